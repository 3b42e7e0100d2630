"""`ForeignFormats`: what `Sequential` inherits to become a model of Keras or PyTorch."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.convert import keras_model
from figurate.convert.findings import Findings
from figurate.convert.network import Chosen, Network, TrainingState
from figurate.layers import Layer
from figurate.training.compiled import Compiled


class _Model(Protocol):
    """What is asked of the model."""

    name: str

    @property
    def layers(self) -> list[Layer]: ...
    @property
    def network(self) -> _engine.Network: ...
    @property
    def compiled_or_none(self) -> Compiled | None: ...
    def get_weights(self) -> list[npt.NDArray[np.float32]]: ...


class ForeignFormats:
    """A mixin for models that other libraries can take over."""

    def to_keras(self: _Model) -> Any:
        """A Keras model of the same layers and weights, compiled alike and as far in training, where Keras can be.

        A functional model where there is a `Residual`, else a `keras.Sequential`. Class names and preprocessing, which
        Keras has not, stay behind; layers of augmentation that it has not are left out with a warning.

        Returns:
            A Keras 3 model, of the backend that is set up.

        Raises:
            UnsupportedError: Keras, or its backend, is not installed.
            ConfigurationError: The model is not built.

        Example:
            >>> model.to_keras().save("digits.keras")  # doctest: +SKIP
        """
        findings = Findings("to_keras", f"the model {self.name!r}")
        made = keras_model.make(_network_of(self), findings)
        findings.warn_otherwise()
        return made

    def to_torch(self: _Model, *, optimizer: bool = False) -> Any:
        """A `torch.nn.Sequential` of the same layers and weights, in evaluation mode.

        It takes figures in PyTorch's order, float32 (n, channels, height, width), of the range that `predict` takes;
        where the model's figures have no channel axis, (n, height, width). Its layers are those of `torch.nn`, and a
        few of `figurate.convert.torch_parts` where it has none. Layers of augmentation are left out with a warning.

        Args:
            optimizer: Whether to return (module, optimizer), with a `torch.optim.Adam`, `AdamW` or `SGD` of the
                settings that the model was compiled with, and with Adam's moments and steps, so that training goes on
                where it stood. Defaults to False.

        Raises:
            UnsupportedError: PyTorch is not installed, or has no such optimizer.
            ConfigurationError: The model is not built, or not compiled where the optimizer is asked for.

        Example:
            >>> module = model.to_torch()  # doctest: +SKIP
            >>> torch.save(module.state_dict(), "digits.pt")  # doctest: +SKIP
        """
        from figurate.convert import torch_writing

        findings = Findings("to_torch", f"the model {self.name!r}")
        made = torch_writing.make(_network_of(self), findings, optimizer)
        findings.warn_otherwise()
        return made


def _network_of(model: _Model) -> Network:
    """The model as a network to be converted."""
    engine, compiled = model.network, model.compiled_or_none
    chosen, reached = None, None
    if compiled is not None and compiled.loss is not None:
        chosen = Chosen(compiled.optimizer, compiled.loss, compiled.metrics(engine.output_shape))
        reached = compiled.state(engine)
    return Network(
        model.name,
        tuple(engine.input_shape),
        model.layers,
        model.get_weights(),
        chosen,
        None if reached is None or reached[0] == 0 else TrainingState(*reached),
    )
