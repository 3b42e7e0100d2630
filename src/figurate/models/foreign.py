"""Models of other libraries made into figurate's: `from_keras`, `from_torch`; `figurate.convert` does the work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from os import PathLike
from typing import Any

from figurate.convert import keras_file, keras_model
from figurate.convert.findings import Findings
from figurate.convert.network import Network
from figurate.errors import ConfigurationError, shown
from figurate.layers import Input
from figurate.models.sequential import Sequential


def from_keras(model_or_path: Any, *, seed: int | None = None) -> Sequential:
    """A Keras model, or a `.keras` file, as a model of figurate's: layers, weights, and where training stands.

    `Sequential` models, and functional ones that are chains with ways around that are added: these become `Residual`.
    Files are read without Keras, by h5py (`pip install 'figurate[keras]'`); nothing in them is run.

    Args:
        model_or_path: A built Keras 3 model, or the path of a file that its `save` wrote.
        seed: See `Sequential`.

    Returns:
        A model whose predictions are the same; compiled, with the optimizer's state, where the Keras model was.
        Regularizers and frozen layers, which only training minds, are left out with a warning; the optimizer then
        begins anew.

    Raises:
        UnsupportedError: There are layers that figurate has not; the message names all of them. Or h5py is missing.
        FileFormatError: The file is damaged, altered or of another kind.
        FileNotFoundError, IsADirectoryError: There is none.
        ConfigurationError: The Keras model is not built, or the argument is neither.

    Example:
        >>> model = figurate.from_keras("digits.keras")  # doctest: +SKIP
    """
    if isinstance(model_or_path, (str, PathLike)):
        findings = Findings("from_keras", f"the Keras model in {os.fspath(model_or_path)!r}")
        network = keras_file.read(model_or_path, findings)
    else:
        network = _live(model_or_path, findings := Findings("from_keras", f"the Keras model {_name(model_or_path)!r}"))
    made = model_of(network, seed)
    findings.warn_otherwise()
    return made


def from_torch(
    module: Any,
    input_shape: Sequence[int] | int | None = None,
    *,
    optimizer: Any = None,
    loss: Any = None,
    metrics: Any = None,
    seed: int | None = None,
) -> Sequential:
    """A `torch.nn.Sequential` as a model of figurate's.

    PyTorch's figures are (channels, height, width), figurate's (height, width, channels): give `predict` and `fit`
    `numpy.moveaxis(x, 1, -1)`; grey ones also as (n, height, width). Weights are turned round to fit.

    Args:
        module: Of `torch.nn`'s own layers; may hold further `Sequential`s.
        input_shape: Of one figure, in PyTorch's order: (1, 28, 28). None: the first layer is `Linear`, which knows it.
        optimizer: A `torch.optim.Adam`, `AdamW` or `SGD` of the module, whose settings and state come along; needs
            `loss`. None: the model is not compiled.
        loss: A loss of `torch.nn`, or what `compile` takes.
        metrics: What `compile` takes.
        seed: See `Sequential`.

    Returns:
        A model whose predictions are those of the module in evaluation.

    Raises:
        UnsupportedError: There are layers that figurate has not; the message names all of them.
        ConfigurationError: The module is none, `input_shape` is missing, or `optimizer` comes without `loss`.

    Example:
        >>> model = figurate.from_torch(module, (1, 28, 28))  # doctest: +SKIP
    """
    from figurate.convert import torch_reading

    findings = Findings("from_torch", f"the module `{type(module).__name__}`")
    network = torch_reading.read(module, input_shape, findings, optimizer=optimizer, loss=loss, metrics=metrics)
    made = model_of(network, seed)
    findings.warn_otherwise()
    return made


def model_of(network: Network, seed: int | None = None) -> Sequential:
    """A model of this network, weights and training state included."""
    made = Sequential([Input(network.input_shape), *network.layers], name=network.name, seed=seed)
    take(made, network)
    return made


def take(model: Sequential, network: Network) -> None:
    """Give a model the weights, and what was compiled, of a network of the same layers."""
    model.set_weights(network.weights)
    if network.chosen is None:
        return
    chosen, state = network.chosen, network.state
    model.compile(chosen.optimizer, chosen.loss, metrics=list(chosen.metrics))
    if state is not None:
        model.get_trainer()
        model.compiled.set_state(state.iterations, state.slots)


def _live(model: Any, findings: Findings) -> Network:
    if not keras_model.is_model(model):
        raise ConfigurationError(
            f"`from_keras` expects a Keras model, or the path of a '.keras' file, received {shown(model)}. Pass one "
            "that `keras.Sequential` made, or use `from_torch` for PyTorch."
        )
    return keras_model.read(model, findings)[0]


def _name(model: Any) -> str:
    return str(getattr(model, "name", type(model).__name__))
