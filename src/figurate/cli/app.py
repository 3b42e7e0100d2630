"""The command `figurate` itself: its help, its version and the list of its commands."""

from __future__ import annotations

import click

from figurate import __version__
from figurate.cli.check_data import check_data
from figurate.cli.completion import completion
from figurate.cli.evaluate import evaluate
from figurate.cli.export import export
from figurate.cli.info import info
from figurate.cli.predict import predict
from figurate.cli.presets import presets
from figurate.cli.read import read
from figurate.cli.show import show
from figurate.cli.train import train


class InOrder(click.Group):
    """A group that lists its commands in the order in which they are used, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Train classifiers for small pictures on an ordinary CPU, in seconds.

    Begin with the lesson: a network of 20 neurons that learns to read handwritten digits. MNIST comes with figurate,
    nothing is downloaded.

    \b
      figurate train mnist                         learn from 60,000 digits, read 10,000 others
      figurate show mnist.safetensors weights      see what the neurons look for
      figurate predict mnist.safetensors my.png    read a picture of your own
      figurate read mnist.safetensors page.jpg     read a whole page

    Every command explains itself: figurate COMMAND --help. Results go to standard output; progress and messages that
    are no result go to standard error. The exit status is 0, or 1 after a failure, 2 after a mistake in the
    command, 130 after Ctrl-C. With FIGURATE_DEBUG=1 a failure shows where it happened.
    """  # noqa: D301 - click reads \b: what follows stays as it is


for _command in (train, evaluate, predict, read, show, export, check_data, presets, info, completion):
    app.add_command(_command)
