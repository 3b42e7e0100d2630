"""`TerminateOnNaN`: ends training quietly when the loss is no longer finite, where `fit` alone would raise."""

from __future__ import annotations

from figurate.callbacks.callback import Callback
from figurate.errors import TrainingError
from figurate.parameters import Boolean


class TerminateOnNaN(Callback):
    """Stop training when the loss becomes NaN or infinite, instead of the error that `fit` raises by itself.

    The engine looks at the loss of every batch, so this costs nothing.

    Args:
        raise_error: Whether to raise a `TrainingError` after all.

    Raises:
        TrainingError: The loss is not finite and `raise_error` is True.

    Example:
        >>> callbacks = [TerminateOnNaN()]
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error: bool = Boolean().check("TerminateOnNaN", "raise_error", raise_error)

    def on_nonfinite_loss(self, step: int, loss: float) -> bool:
        if self.raise_error:
            raise TrainingError(
                f"The loss of batch {step} is {loss}, expected a finite number. Lower the learning rate or scale the "
                "pixels."
            )
        print(f"Batch {step}: the loss is {loss}, training stops")
        self.model.stop_training = True
        return True
