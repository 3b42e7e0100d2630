"""The options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def data_options(command: Command) -> Command:
    """The options that say how DATA is to be taken."""
    for option in reversed(
        [
            click.option(
                "--test-split",
                metavar="SHARE",
                type=click.FloatRange(0.0, 0.9, min_open=True),
                default=0.2,
                show_default=True,
                help="How much of each class is put aside for the test, where DATA has no test part of its own.",
            ),
            click.option("--strict", is_flag=True, help="Stop at the first picture that can't be read."),
            click.option(
                "--transposed/--not-transposed",
                default=None,
                help="Whether figures lie transposed.  [default: EMNIST's do, known by their names]",
            ),
            click.option("--image", metavar="COLUMN", help="A table's column of pictures; found by its name."),
            click.option("--label", metavar="COLUMN", help="A table's column of labels; found by its name."),
            click.option(
                "--groups", metavar="COLUMN", help="Keep figures with one value here (a writer) on one side of a split."
            ),
        ]
    ):
        command = option(command)
    return command
