"""Normalization: values brought to mean 0 and variance 1, then to a scale and an offset that are learned.

`BatchNormalization` goes by channel, over the batch; `LayerNormalization` by pixel, over its channels.
"""

from __future__ import annotations

from typing import Any, ClassVar

from figurate import initializers
from figurate.initializers import Initializer
from figurate.layers.axes import channels_changed, check_last_axis
from figurate.layers.base import EngineLayers, FigureShape, Layer, WeightSpec
from figurate.parameters import Boolean, Real, Resolved
from figurate.registry import Parameters, Refusal, Refusals

_INITIALIZER = Resolved(initializers.get, initializers.serialize)
_DECAY = Refusal("Use `weight_decay=` of the optimizer.")
_CONSTRAINT = Refusal("Leave it out; `weight_decay=` of the optimizer keeps weights small.")


class _Normalization(Layer):
    """The base of both: scale ("gamma") and offset ("beta") for each entry of the last axis."""

    _scale_and_offset: ClassVar[Parameters] = {
        "epsilon": Real(low=0, low_open=True),
        "center": Boolean(),
        "scale": Boolean(),
        "beta_initializer": _INITIALIZER,
        "gamma_initializer": _INITIALIZER,
    }
    _common_refusals: ClassVar[Refusals] = {
        "beta_regularizer": _DECAY,
        "gamma_regularizer": _DECAY,
        "beta_constraint": _CONSTRAINT,
        "gamma_constraint": _CONSTRAINT,
    }
    beta_initializer: Initializer
    gamma_initializer: Initializer

    def _set(self, epsilon: float, center: bool, scale: bool, beta_initializer: Any, gamma_initializer: Any) -> None:
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = beta_initializer
        self.gamma_initializer = gamma_initializer

    def check_input(self, shape: FigureShape) -> None:
        if self._built_shape is not None and shape[-1:] != self._built_shape[-1:]:
            raise channels_changed(type(self).__name__, shape, self._built_shape, "values on the last axis")

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        self.check_input(shape)
        specs = []
        if self.scale:
            specs.append(WeightSpec("gamma", shape[-1:], self.gamma_initializer))
        if self.center:
            specs.append(WeightSpec("beta", shape[-1:], self.beta_initializer))
        return specs

    def _options(self) -> dict[str, object]:
        return {"epsilon": self.epsilon, "center": self.center, "scale": self.scale}


class BatchNormalization(_Normalization):
    """Each channel to mean 0 and variance 1: in training over the batch, otherwise by means taken while training.

    `gamma * (inputs - mean) / sqrt(variance + epsilon) + beta`, where mean and variance are over the batch and all axes
    but the last. In training `moving = moving * momentum + of the batch * (1 - momentum)`.

    Args:
        axis: Only -1, the last axis (the default).
        momentum: How slowly the moving mean and variance follow the batches'. Defaults to 0.99.
        epsilon: Added to the variance. Defaults to 0.001.
        center: Whether to add `beta`. Defaults to True.
        scale: Whether to multiply by `gamma`. Defaults to True.
        beta_initializer: Defaults to "zeros".
        gamma_initializer: Defaults to "ones".
        moving_mean_initializer: Defaults to "zeros".
        moving_variance_initializer: Defaults to "ones".
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …, channels).

    Output shape: the same.

    Weights: gamma (if `scale`), beta (if `center`), moving_mean and moving_variance, each (channels,). The last two
        follow the figures and are not trained: the optimizer keeps no state for them.

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: Another axis, renormalization, regularizers, constraints.

    Example:
        >>> layer = BatchNormalization()
        >>> layer.build((None, 26, 26, 32))
        >>> [(spec.name, spec.trainable) for spec in layer.weight_specs((26, 26, 32))][1:3]
        [('beta', True), ('moving_mean', False)]

    Source: Ioffe & Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate
    shift", arXiv 1502.03167, 2015.
    """

    _parameters: ClassVar[Parameters] = {
        "momentum": Real(low=0, high=1),
        **_Normalization._scale_and_offset,
        "moving_mean_initializer": _INITIALIZER,
        "moving_variance_initializer": _INITIALIZER,
    }
    _refused: ClassVar[Refusals] = {
        **_Normalization._common_refusals,
        "renorm": Refusal("Choose larger batches.", (False,)),
        "renorm_clipping": Refusal("Choose larger batches."),
        "renorm_momentum": Refusal("Choose larger batches.", (None, 0.99)),
        "synchronized": Refusal("A batch is computed in one place; leave it out.", (False,)),
    }
    moving_mean_initializer: Initializer
    moving_variance_initializer: Initializer

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        check_last_axis(type(self).__name__, axis)
        self.momentum = momentum
        self._set(epsilon, center, scale, beta_initializer, gamma_initializer)
        self.moving_mean_initializer = moving_mean_initializer
        self.moving_variance_initializer = moving_variance_initializer
        self._check()

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        return [
            *super().weight_specs(shape),
            WeightSpec("moving_mean", shape[-1:], self.moving_mean_initializer, trainable=False),
            WeightSpec("moving_variance", shape[-1:], self.moving_variance_initializer, trainable=False),
        ]

    def to_engine(self) -> EngineLayers:
        return [("batch_normalization", {"momentum": self.momentum, **self._options()})]


class LayerNormalization(_Normalization):
    """Each pixel's channels to mean 0 and variance 1, in training and prediction alike.

    `gamma * (inputs - mean) / sqrt(variance + epsilon) + beta`, where mean and variance are over the last axis alone.

    Args:
        axis: Only -1, the last axis (the default).
        epsilon: Added to the variance. Defaults to 0.001.
        center: Whether to add `beta`. Defaults to True.
        scale: Whether to multiply by `gamma`. Defaults to True.
        beta_initializer: Defaults to "zeros".
        gamma_initializer: Defaults to "ones".
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …, channels).

    Output shape: the same.

    Weights: gamma (if `scale`) and beta (if `center`), each (channels,).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: Other axes, regularizers, constraints.

    Example:
        >>> LayerNormalization().compute_output_shape((None, 128))
        (None, 128)

    Source: Ba, Kiros & Hinton, "Layer normalization", arXiv 1607.06450, 2016.
    """

    _parameters: ClassVar[Parameters] = _Normalization._scale_and_offset
    _refused: ClassVar[Refusals] = {
        **_Normalization._common_refusals,
        "rms_scaling": Refusal("Means are taken away as well; leave it out.", (False,)),
    }

    def __init__(
        self,
        axis: int = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        check_last_axis(type(self).__name__, axis)
        self._set(epsilon, center, scale, beta_initializer, gamma_initializer)
        self._check()

    def to_engine(self) -> EngineLayers:
        return [("layer_normalization", self._options())]
