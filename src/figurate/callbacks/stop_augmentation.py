"""`StopAugmentation`: leaves figures as they are in the last epochs."""

from __future__ import annotations

from figurate.callbacks.callback import Callback, Logs
from figurate.parameters import Integer


class StopAugmentation(Callback):
    """Let training end with figures as they are, which are what the model will be asked about.

    Figures changed by chance teach more, but they are not quite like others: a little blurred where they were turned,
    further from the middle. In a last epoch without changes a network settles on what it will see, above all the moving
    averages of `BatchNormalization`. Rates should be low by then, as at the end of `OneCycle` or `CosineDecay`.

    Keras has no such callback. It sets `model.stop_augmentation`, as callbacks of your own may.

    Args:
        last_epochs: How many; at least 1, the default.

    Raises:
        ConfigurationError: `last_epochs` is none.

    Example:
        >>> from figurate.callbacks import StopAugmentation
        >>> model.fit(x, y, epochs=16, callbacks=[StopAugmentation()])  # doctest: +SKIP

    Source: training ends like this in YOLOX (Ge et al., arXiv 2107.08430); why figures changed and unchanged differ to
    a network, Touvron et al., arXiv 1906.06423.
    """

    def __init__(self, last_epochs: int = 1) -> None:
        super().__init__()
        self.last_epochs: int = Integer(low=1).check("StopAugmentation", "last_epochs", last_epochs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.model.stop_augmentation = epoch >= self.params["epochs"] - self.last_epochs
