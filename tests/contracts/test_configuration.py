"""What every layer, loss, metric, optimizer, schedule and initializer does: go to JSON and back, and show itself."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from figurate import initializers, layers, losses, metrics, optimizers
from figurate.optimizers import schedules

# Every class of the closed lists once with settings that are not the defaults.
OBJECTS: dict[ModuleType, list[Any]] = {
    layers: [
        layers.Activation("tanh", name="bend"),
        layers.Augment(shift=(0.0, 0.1), rotation=10, elastic=0.02, mirror=True, fill_mode="nearest", seed=2**64 - 1),
        layers.AveragePooling2D((2, 3), strides=1),
        layers.BatchNormalization(momentum=0.9, epsilon=1e-5, scale=False, moving_mean_initializer="ones"),
        layers.Conv2D(
            6, (3, 5), strides=2, padding="same", groups=2, activation="relu", kernel_initializer="he_normal"
        ),
        layers.Dense(20, "relu", use_bias=False, kernel_initializer=initializers.HeNormal(seed=3), input_dim=784),
        layers.DepthwiseConv2D(3, depth_multiplier=2, dilation_rate=(1, 2), use_bias=False),
        layers.Dropout(0.25, seed=4),
        layers.Flatten(input_shape=(28, 28)),
        layers.GlobalAveragePooling2D(keepdims=True),
        layers.GlobalMaxPooling2D(),
        layers.InputLayer((28, 28, 1)),
        layers.LayerNormalization(epsilon=1e-6, center=False, gamma_initializer=initializers.Constant(0.5)),
        layers.MaxPooling2D(3, strides=(2, 1), padding="same"),
        layers.RandomBrightness((-0.1, 0.2), value_range=(0, 1), seed=3),
        layers.RandomContrast(0.25, value_range=(0, 1)),
        layers.RandomElasticTransform(0.5, (0.25, 0.5), "nearest", "wrap", value_range=(-1, 1)),
        layers.RandomErasing((0.5, 0.75), scale=(0.1, 0.2), fill_value=0.5),
        layers.RandomFlip("vertical", seed=3),
        layers.RandomInvert(0.5, value_range=[-1, 1]),
        layers.RandomRotation((-0.1, 0.2), fill_mode="wrap", fill_value=0.5),
        layers.RandomShear(0.25, (0.0, 0.5), "nearest"),
        layers.RandomTranslation(0.25, (-0.25, 0.5), interpolation="nearest"),
        layers.RandomZoom(0.25, (-0.25, 0.5), "constant"),
        layers.ReLU(negative_slope=0.25),
        layers.Rescaling(1 / 255, offset=-0.5),
        layers.Reshape((4, -1)),
        layers.Residual(
            [layers.Conv2D(8, 3, padding="same"), layers.Residual([layers.ReLU()])], shortcut=[layers.Conv2D(8, 1)]
        ),
        layers.SeparableConv2D(8, 3, depth_multiplier=2, pointwise_initializer="he_uniform", activation="gelu"),
        layers.Softmax(),
        layers.SpatialDropout2D(0.25, seed=4),
        layers.ZeroPadding2D(((1, 2), (3, 4))),
    ],
    losses: [
        losses.SparseCategoricalCrossentropy(from_logits=True),
        losses.CategoricalCrossentropy(label_smoothing=0.1),
        losses.BinaryCrossentropy(True, 0.2, name="yes_or_no"),
        losses.MeanSquaredError(),
    ],
    metrics: [
        metrics.SparseCategoricalAccuracy(name="acc"),
        metrics.CategoricalAccuracy(),
        metrics.BinaryAccuracy(threshold=0.25),
        metrics.SparseTopKCategoricalAccuracy(k=2),
        metrics.TopKCategoricalAccuracy(k=3),
        metrics.Precision(thresholds=0.25, class_id=3),
        metrics.Recall(top_k=2, name="found"),
    ],
    optimizers: [
        optimizers.Adam(schedules.ExponentialDecay(0.1, 10, 0.5), epsilon=1e-5, weight_decay=0.1),
        optimizers.AdamW(0.1, 0.01, name="mine"),
        optimizers.SGD(0.1, 0.5, nesterov=True),
        optimizers.RMSprop(rho=0.5, centered=True, clipnorm=1.0),
        optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=10, global_clipnorm=2.0),
    ],
    schedules: [
        schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
        schedules.InverseTimeDecay(0.1, 10, 0.5),
        schedules.PiecewiseConstantDecay([10, 20.5], [0.1, 0.05, 0.01]),
        schedules.PolynomialDecay(0.1, 10, power=2.0, cycle=True),
        schedules.CosineDecay(0.0, 10, alpha=0.1, warmup_target=0.1, warmup_steps=5),
        schedules.CosineDecayRestarts(0.1, 10, t_mul=1.5, m_mul=0.5),
        schedules.OneCycle(0.1, 50, warmup_fraction=0.25, initial_divisor=10, final_divisor=100, annealing="linear"),
        schedules.OneCycle(0.1),
    ],
    initializers: [
        initializers.Constant(0.5),
        initializers.Zeros(),
        initializers.Ones(),
        initializers.RandomUniform(-1, 1, seed=1),
        initializers.RandomNormal(0.5, 0.25),
        initializers.TruncatedNormal(stddev=0.25),
        initializers.VarianceScaling(2.0, "fan_avg", "uniform", seed=2),
        initializers.GlorotUniform(seed=3),
        initializers.GlorotNormal(),
        initializers.HeUniform(),
        initializers.HeNormal(seed=2**64 - 1),
        initializers.LecunUniform(),
        initializers.LecunNormal(),
    ],
}
EACH = [
    pytest.param(module, value, id=f"{type(value).__name__}") for module, values in OBJECTS.items() for value in values
]


@pytest.mark.parametrize("module", OBJECTS, ids=lambda module: module.__name__)
def test_none_is_left_out(module: ModuleType) -> None:
    assert {type(value) for value in OBJECTS[module]} == set(module._REGISTRY.classes)


@pytest.mark.parametrize(("module", "value"), EACH)
def test_to_json_and_back(module: ModuleType, value: Any) -> None:
    written = json.loads(json.dumps(module.serialize(value), allow_nan=False))
    again = module.deserialize(written)
    assert type(again) is type(value)
    assert again.get_config() == value.get_config()
    assert type(value).from_config(value.get_config()).get_config() == value.get_config()
    assert json.loads(json.dumps(module.serialize(again))) == written


@pytest.mark.parametrize(("module", "value"), EACH)
def test_repr_is_python_and_shows_the_settings(module: ModuleType, value: Any) -> None:
    call = ast.parse(repr(value), mode="eval").body
    assert isinstance(call, ast.Call)
    assert ast.unparse(call.func) == type(value).__name__
    settings = {keyword.arg: keyword.value for keyword in call.keywords}
    defaults = inspect.signature(type(value).__init__).parameters
    for name, setting in value.get_config().items():
        if name in settings and not any(isinstance(node, ast.Call) for node in ast.walk(settings[name])):
            shown = ast.literal_eval(settings[name])
            assert (list(shown) if isinstance(shown, tuple) else shown) == setting
        elif name not in settings and name in defaults and not isinstance(setting, dict):
            default = defaults[name].default
            # A tuple in Python is a list in JSON.
            assert setting == (list(default) if isinstance(default, tuple) else default) or default is None


@pytest.mark.parametrize(("module", "value"), EACH)
def test_every_setting_is_an_argument(module: ModuleType, value: Any) -> None:
    arguments: Callable[..., Any] = type(value).__init__
    known = set(inspect.signature(arguments).parameters)
    assert set(value.get_config()) <= known | {"input_shape"}


@pytest.mark.parametrize(("module", "value"), EACH)
def test_docstrings_name_their_arguments(module: ModuleType, value: Any) -> None:
    text = " ".join(f"{inspect.getdoc(cls)}" for cls in type(value).__mro__)
    for argument in inspect.signature(type(value).__init__).parameters.values():
        if argument.name != "self" and argument.kind is argument.POSITIONAL_OR_KEYWORD:
            assert argument.name in text, f"{type(value).__name__} says nothing of `{argument.name}`"
