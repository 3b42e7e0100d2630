"""`figurate completion`: the script that teaches a shell to complete figurate's words."""

from __future__ import annotations

import click

from figurate.cli.status import COMPLETION

_SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print the script for shell completion.")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete figurate's commands, options, data sets and files with the Tab key.

    \b
      figurate completion bash > ~/.local/share/bash-completion/completions/figurate
      figurate completion zsh > ~/.zfunc/_figurate          (with ~/.zfunc in fpath)
      figurate completion fish > ~/.config/fish/completions/figurate.fish

    For the shell at hand alone: eval "$(figurate completion bash)"
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(kind(ctx.find_root().command, {}, "figurate", COMPLETION).source())
