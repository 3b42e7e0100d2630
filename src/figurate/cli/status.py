"""From what a command raised to what the shell sees: one clear line on standard error, and the exit status.

0 done, 1 failure, 2 the command was written wrongly, 130 interrupted. FIGURATE_DEBUG=1 adds the traceback.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import TextIO

import click

from figurate.errors import harmless

FAILURE, USAGE, INTERRUPTED = 1, 2, 130
COMPLETION = "_FIGURATE_COMPLETE"


def run(app: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and give its exit status; nothing gets past but `SystemExit` from shell completion.

    Args:
        app: the command.
        arguments: the words after `figurate`.
    """
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            outcome = _invoke(app, list(arguments))
            sys.stdout.flush()
        except click.exceptions.Exit as leaving:
            return leaving.exit_code
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except (KeyboardInterrupt, click.Abort) as error:
            return _report(str(error) or "interrupted", INTERRUPTED)
        except BrokenPipeError:
            # The reader has gone, as `head` goes; what is still in the buffer must not fail once more at exit.
            _discard_output()
            return FAILURE
        except OSError as error:
            _discard_output()
            return _report(_of_system(error), FAILURE)
        except MemoryError:
            return _report("there is not enough memory for this", FAILURE)
        except Exception as error:
            return _report(_of_library(error), FAILURE)
    return outcome if isinstance(outcome, int) else 0


def _invoke(app: click.Command, arguments: list[str]) -> object:
    """What `click.Command.main` does, but for Ctrl-C: that keeps its message, and prints no empty line."""
    if COMPLETION in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(app, {}, "figurate", COMPLETION, os.environ[COMPLETION])
    with app.make_context("figurate", arguments) as context:
        return app.invoke(context)


def _report(message: str, status: int) -> int:
    """Print one line, and the traceback of the exception at hand if asked for."""
    if os.environ.get("FIGURATE_DEBUG") == "1":
        traceback.print_exc()
    with contextlib.suppress(OSError):
        print(harmless(f"figurate: {' '.join(message.split())}"), file=sys.stderr)
    return status


def _of_system(error: OSError) -> str:
    """The system's words for what failed, with the file it failed on."""
    if error.strerror is None:
        return str(error)
    return f"{error.strerror}: '{error.filename}'" if error.filename else error.strerror


def _of_library(error: Exception) -> str:
    """The library's message; anything it didn't foresee is named as such."""
    from figurate.errors import FigurateError

    if isinstance(error, FigurateError):
        return str(error)
    return f"unexpected {type(error).__name__}: {error}. With FIGURATE_DEBUG=1 it shows where this happened."


def _discard_output() -> None:
    """Let what is still buffered for standard output go nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A warning as one line, without the place in the code that a user of commands has no use for."""
    print(harmless(f"figurate: warning: {' '.join(str(message).split())}"), file=sys.stderr)
