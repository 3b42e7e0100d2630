"""PyTorch's modules taken over, and figurate's models given to it: the same outputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from figurate import Sequential, errors, layers as L
from figurate.convert import torch_parts, torch_windows
from figurate.models.foreign import from_torch

torch = pytest.importorskip("torch", reason="converts modules of PyTorch")
nn = torch.nn
RNG = np.random.default_rng(6)


def outputs(module: Any, x: NDArray[Any]) -> NDArray[Any]:
    """Of a module, for figures (n, …, channels), in figurate's order."""
    with torch.no_grad():
        found = module.eval()(torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 1) if x.ndim == 4 else x)))
    array: NDArray[Any] = found.numpy()
    return np.moveaxis(array, 1, -1) if array.ndim == 4 else array


def varied(module: Any) -> Any:
    """The module with means, scales and biases of its own."""
    torch.manual_seed(7)
    for name, tensor in module.state_dict().items():
        if tensor.dim() == 1:
            tensor.uniform_(0.5 if name.endswith("var") else -0.5, 1.5)
    return module


MODULES: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "lesson": (
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 9), nn.ReLU(), nn.Linear(9, 4), nn.Softmax(1)),
        (1, 6, 6),
    ),
    "without channels": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(12, 3), nn.Sigmoid()), (3, 4)),
    "planes": (
        lambda: nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, bias=False),
            nn.BatchNorm2d(8, eps=0.01, momentum=0.2),
            nn.LeakyReLU(0.3),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, groups=8),
            nn.SiLU(),
            nn.Conv2d(16, 12, 3, stride=2, padding=1),
            nn.Dropout2d(0.1),
            nn.AvgPool2d(2, stride=1, padding=1),
            nn.Flatten(),
            nn.BatchNorm1d(108),
            nn.Tanh(),
            nn.LayerNorm(108),
            nn.Dropout(0.5),
            nn.Linear(108, 5),
        ),
        (3, 12, 13),
    ),
    "groups": (
        lambda: nn.Sequential(
            nn.ZeroPad2d((1, 0, 2, 1)),
            nn.Conv2d(4, 8, 3, groups=2, dilation=2, padding="same"),
            nn.GELU(),
            nn.AdaptiveAvgPool2d((3, 1)),
            nn.AdaptiveMaxPool2d(1),
            nn.Flatten(),
            nn.Sequential(nn.Linear(8, 16), nn.Identity(), nn.Unflatten(1, (1, 4, 4))),
            nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
            nn.ELU(),
            nn.Conv2d(1, 2, (2, 1), padding=(1, 0)),
        ),
        (4, 9, 9),
    ),
    "flat and back": (
        lambda: nn.Sequential(nn.Conv2d(2, 3, 2), nn.Flatten(), nn.ReLU(), nn.Unflatten(1, (3, 4, 5)), nn.Tanh()),
        (2, 5, 6),
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_outputs_are_the_same_there_and_back(name: str) -> None:
    make, shape = MODULES[name]
    module = varied(make())
    if name == "groups":  # whose last pooling lies elsewhere than ours
        module[7] = nn.MaxPool2d(2)
    model = from_torch(module, shape)
    x = RNG.random((20, *model.network.input_shape), dtype=np.float32)
    expected = outputs(module, x)
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(outputs(model.to_torch(), x), expected, rtol=1e-5, atol=1e-5)


def test_the_first_layer_knows_its_shape() -> None:
    model = from_torch(nn.Sequential(nn.Linear(5, 3)))
    assert model.input_shape == (None, 5)
    with pytest.raises(errors.ConfigurationError, match=r"expects `input_shape`, .*Write `from_torch\(module"):
        from_torch(nn.Sequential(nn.Flatten(), nn.Linear(5, 3)))


OURS: dict[str, tuple[list[L.Layer], tuple[int, ...]]] = {
    "conventional": (
        [
            L.Rescaling(1 / 255, -0.5),
            L.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            L.MaxPooling2D(3, strides=2, padding="same"),
            L.AveragePooling2D(3, strides=2, padding="same"),
            L.Flatten(),
            L.BatchNormalization(scale=False, momentum=0.8),
            L.LayerNormalization(center=False),
            L.Dense(5, "softmax"),
        ],
        (13, 14, 3),
    ),
    "around": (
        [
            L.Reshape((8, 9, 1)),
            L.SeparableConv2D(6, 3, depth_multiplier=2, activation="elu"),
            L.LayerNormalization(),
            L.Residual([L.Conv2D(6, 3, padding="same"), L.BatchNormalization(), L.ReLU(negative_slope=0.1)]),
            L.Residual([L.Conv2D(8, 3, strides=2, padding="same")], shortcut=[L.Conv2D(8, 1, strides=2)]),
            L.SpatialDropout2D(0.1),
            L.GlobalAveragePooling2D(),
            L.Activation("leaky_relu"),
            L.Dense(5, use_bias=False),
        ],
        (8, 9),
    ),
    "another order": (
        [L.DepthwiseConv2D(2, depth_multiplier=3), L.ZeroPadding2D(1), L.Flatten(), L.Reshape((4, 5, 6)), L.Flatten()],
        (3, 4, 2),
    ),
    "ends flat": ([L.Conv2D(3, 2), L.Flatten(), L.BatchNormalization(), L.Softmax()], (3, 4, 1)),
    "uneven edges": (
        [L.MaxPooling2D(2, strides=1, padding="same"), L.MaxPooling2D((3, 2), padding="same")],
        (17, 19, 2),
    ),
    "ways of other orders": (
        [
            L.Flatten(),
            L.Residual([L.Dense(12)]),
            L.Residual([L.Flatten(), L.Dense(12)], shortcut=[L.Flatten()]),
            L.Dense(3),
        ],
        (2, 3, 2),
    ),
    "ways flattened alike": ([L.Residual([L.Flatten()], shortcut=[L.Flatten(), L.ReLU()]), L.Dense(2)], (2, 2, 3)),
    "flat within": (
        [L.Residual([L.Flatten(), L.Dense(4)], shortcut=[L.Conv2D(2, 1), L.Flatten()]), L.Dropout(0.1), L.Dense(2)],
        (1, 2, 3),
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_figurates_models_there_and_back(name: str) -> None:
    kinds, shape = OURS[name]
    model = Sequential([L.Input(shape), *(type(layer).from_config(layer.get_config()) for layer in kinds)], seed=2)
    model.set_weights([RNG.uniform(0.1, 1.0, w.shape) if w.ndim == 1 else w for w in model.get_weights()])
    module = model.to_torch()
    assert not module.training
    x = RNG.random((20, *shape), dtype=np.float32)
    np.testing.assert_allclose(outputs(module, x), model.predict(x), rtol=1e-5, atol=1e-5)
    again = from_torch(module, (shape[2], *shape[:2]) if len(shape) == 3 else shape)
    np.testing.assert_allclose(again.predict(x), model.predict(x), rtol=1e-5, atol=1e-5)


def test_a_module_of_torchs_has_its_own_form_again() -> None:
    module = nn.Sequential(
        nn.Conv2d(2, 3, 3, stride=2, padding=1),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.Conv2d(3, 6, (3, 5), padding=(0, 1), groups=3),
        nn.MaxPool2d((2, 2), (2, 2), (0, 0)),
        nn.Flatten(),
        nn.Linear(24, 4),
    )
    back = from_torch(module, (2, 12, 13)).to_torch()
    assert str(back) == str(module)
    module.load_state_dict(back.state_dict())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of tools that are still in use
@pytest.mark.filterwarnings("ignore:Constant folding:UserWarning")
def test_modules_of_ours_go_through_torchs_own_tools(tmp_path: Path) -> None:
    kinds = [L.Reshape((5, 6, 2)), L.LayerNormalization(), L.Residual([L.Conv2D(2, 1)])]
    kinds += [L.AveragePooling2D(2, strides=1, padding="same"), L.Reshape((60,)), L.Dense(3)]
    model = Sequential([L.Input((60,)), *kinds], seed=1)
    module, x = model.to_torch(), RNG.random((4, 60), dtype=np.float32)
    expected = model.predict(x)
    for made in (torch.jit.script(module), torch.fx.symbolic_trace(module)):
        np.testing.assert_allclose(outputs(made, x), expected, rtol=1e-5, atol=1e-5)
    runtime = pytest.importorskip("onnxruntime", reason="runs what PyTorch exported")
    path = tmp_path / "module.onnx"
    options = {"dynamo": False, "input_names": ["x"], "dynamic_axes": {"x": {0: "n"}}}
    torch.onnx.export(module, (torch.from_numpy(x[:2]),), str(path), **options)
    (found,) = runtime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {"x": x})
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("window", [1, 2, 3, 4])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [6, 7, 8])
def test_windows_that_reach_over_edges(window: int, stride: int, size: int) -> None:
    for layer in (
        L.Conv2D(2, window, strides=stride, padding="same"),
        L.MaxPooling2D(window, strides=stride, padding="same"),
        L.AveragePooling2D(window, strides=stride, padding="same"),
    ):
        model = Sequential([L.Input((size, size + 3, 2)), layer], seed=1)
        x = RNG.random((3, size, size + 3, 2), dtype=np.float32)
        np.testing.assert_allclose(outputs(model.to_torch(), x), model.predict(x), rtol=1e-5, atol=1e-5)


def test_a_module_may_stand_in_two_places() -> None:
    relu = nn.ReLU()
    module = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), relu, nn.Linear(8, 8), relu, nn.Linear(8, 3)).eval()
    x = RNG.random((9, 3, 4), dtype=np.float32)
    with torch.no_grad():
        theirs = module(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(from_torch(module, (3, 4)).predict(x), theirs, rtol=1e-5, atol=1e-5)
    shared = nn.Linear(4, 4)
    with pytest.raises(
        errors.UnsupportedError, match=r"1 \(Linear\): it has the weights of 0 once more, and figurate has no weights"
    ):
        from_torch(nn.Sequential(shared, shared))
    with pytest.raises(errors.UnsupportedError, match=r"1\.layers\.0 \(Linear\): it has the weights of 0 once more"):
        from_torch(nn.Sequential(shared, torch_parts.Residual([shared])))
    tied = nn.Linear(4, 4)
    tied.weight = shared.weight
    with pytest.raises(errors.UnsupportedError, match="it has the weights of 0 once more"):
        from_torch(nn.Sequential(shared, tied))


@pytest.mark.parametrize("size", range(6, 12))
@pytest.mark.parametrize("window", [(2, 2, 1), (3, 1, 1), (3, 2, 1), (3, 3, 1)])
def test_averages_at_the_edges(size: int, window: tuple[int, int, int]) -> None:
    kernel, stride, padding = window
    module = nn.Sequential(nn.AvgPool2d(kernel, stride, padding, ceil_mode=True), nn.Flatten()).eval()
    module.append(nn.Linear(module(torch.zeros(1, 2, size, size)).shape[1], 3))
    if torch_windows.count(size, *window, True) > torch_windows.count(size, *window, False):
        with pytest.raises(errors.UnsupportedError, match="the last windows are averaged otherwise"):
            from_torch(module, (2, size, size))
        return
    model = from_torch(module, (2, size, size))
    x = RNG.random((4, size, size, 2), dtype=np.float32)
    np.testing.assert_allclose(outputs(module, x), model.predict(x), rtol=1e-5, atol=1e-5)


def test_what_training_would_do_otherwise_is_told() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    module[0].weight.requires_grad_(False)
    with pytest.warns(errors.FigurateWarning, match=r"0\.weight: it is frozen \(requires_grad=False\)"):
        from_torch(module)
    module[0].weight.requires_grad_(True)
    sgd = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9)
    module(torch.ones(1, 4)).sum().backward()
    sgd.step()
    with pytest.warns(errors.FigurateWarning, match="optimizer: its momentum begins anew"):
        from_torch(module, optimizer=sgd, loss="mse")
    part = torch.optim.Adam(module[2].parameters())
    module(torch.ones(1, 4)).sum().backward()
    part.step()
    with pytest.warns(errors.FigurateWarning, match=r"(?s)they all begin anew.*0\.weight: the optimizer leaves it out"):
        from_torch(module, optimizer=part, loss="mse")
    other = torch.optim.Adam(nn.Linear(4, 3).parameters())
    with pytest.raises(
        errors.ConfigurationError, match="the optimizer of this module, received one with parameters of a"
    ):
        from_torch(module, optimizer=other, loss="mse")


def test_code_is_told_of() -> None:
    hooked = nn.Sequential(nn.Linear(4, 3))
    hooked[0].register_forward_hook(lambda module, given, found: found * 100)
    with pytest.raises(errors.UnsupportedError, match=r"0 \(Linear\): it has forward hooks, or a .* of its own, which"):
        from_torch(hooked)
    replaced = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
    replaced[1].forward = lambda x: x * 2
    with pytest.raises(errors.UnsupportedError, match=r"1 \(ReLU\): it has forward hooks, or a `forward`"):
        from_torch(replaced)

    class Called(nn.Sequential):  # type: ignore[misc,name-defined]
        def __call__(self, x: Any) -> Any:
            return -super().__call__(x)

    with pytest.raises(errors.UnsupportedError, match=r"the module \(Called\): it has forward hooks, or a"):
        from_torch(Called(nn.Linear(4, 3)), (4,))

    class Net(nn.Module):  # type: ignore[misc,name-defined]
        def forward(self, x: Any) -> Any:
            return x

    with pytest.raises(errors.UnsupportedError, match="its `forward` is code of your own; build a `Sequential` of its"):
        from_torch(Net(), (4,))

    class Block(nn.Sequential):  # type: ignore[misc,name-defined]
        """As torchvision has them."""

    assert len(from_torch(Block(nn.Linear(4, 3), Block(nn.ReLU()))).layers) == 2


@pytest.mark.parametrize(
    "pooling", [nn.MaxPool2d(2), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(2)]
)
def test_pooling_needs_planes(pooling: Any) -> None:
    with pytest.raises(
        errors.UnsupportedError, match=r"it takes figures of \(channels, height, width\), received \(16,\)"
    ):
        from_torch(nn.Sequential(nn.Flatten(), pooling), (1, 4, 4))


class Own(nn.ReLU):  # type: ignore[misc,name-defined]
    """A user's own."""


def test_all_that_is_missing_is_named_at_once() -> None:
    module = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding_mode="reflect"), nn.PReLU(), nn.Sequential(Own()), nn.Flatten(), nn.LogSoftmax(1)
    )
    with pytest.raises(errors.UnsupportedError, match="received the module `Sequential` with 4 things") as raised:
        from_torch(module, (1, 8, 8))
    text = str(raised.value)
    for line in (
        "0 (Conv2d): padding_mode='reflect'",
        "1 (PReLU): there is no such layer",
        "2.0 (Own): there is no such layer, or it is one of your own",
        "4 (LogSoftmax): there is no such layer; leave it out, and train with `from_logits=True`, or `Cr",
    ):
        assert f"\n  {line}" in text


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (
            lambda: nn.Linear(9, 2),
            r"the module \(Linear\): it takes 9 values, received figures of \(2, 6, 6\); add `Flatten`",
        ),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(9, 2)), r"received figures of \(72,\); see `input_shape`"),
        (
            lambda: nn.Conv2d(3, 2, 3),
            r"it takes 3 channels, received figures of \(channels, height, width\) = \(2, 6, 6\)",
        ),
        (lambda: nn.MaxPool2d(3, stride=2, padding=1), r"padding=\(1, 1\), ceil_mode=False: windows lie elsewhere"),
        (lambda: nn.MaxPool2d(2, return_indices=True), "`return_indices=True` gives two results"),
        (lambda: nn.ConstantPad2d(1, 0.5), r"value=0\.5; figurate has 0, and -inf before `MaxPool2d`"),
        (lambda: nn.Sequential(nn.ConstantPad2d(1, -np.inf), nn.Flatten()), "-inf before `MaxPool2d`"),
        (
            lambda: nn.Sequential(nn.ConstantPad2d(1, -np.inf), nn.MaxPool2d(2)),
            r"edges of \(1, 1, 1, 1\) and padding=0",
        ),
        (lambda: nn.LazyLinear(2), "it has no weights yet; give the module a figure first"),
        (lambda: nn.PReLU(), "there is no such layer"),
        (lambda: nn.AvgPool2d(2, divisor_override=3), "`divisor_override` is not to be had"),
        (lambda: nn.AdaptiveAvgPool2d((None, 3)), r"output_size=\(None, 3\); write the number 6 for None"),
        (lambda: nn.AdaptiveAvgPool2d(4), r"output_size=4 does not divide figures of \(6, 6\)"),
        (lambda: nn.BatchNorm2d(2, track_running_stats=False), "`track_running_stats=False`"),
        (lambda: nn.LayerNorm(6), "it normalises"),
        (lambda: nn.Softmax(1), "flat figures, `dim=1`"),
        (lambda: nn.GELU("tanh"), "approximate='tanh'"),
        (lambda: nn.ELU(2.0), "alpha=2"),
        (lambda: nn.Flatten(2), "flattens whole figures"),
        (lambda: nn.Sequential(nn.Flatten(), nn.ReLU()), "the output: it has the order of channels first"),
    ],
)
def test_what_figurate_has_otherwise(module: Callable[[], Any], message: str) -> None:
    with pytest.raises(errors.UnsupportedError, match=message):
        from_torch(module(), (2, 6, 6))


def test_augmentation_is_left_out_with_a_warning() -> None:
    model = Sequential([L.Input((6, 6)), L.RandomRotation(0.1, name="turn"), L.Flatten(), L.Dense(2)])
    with pytest.warns(errors.FigurateWarning, match="turn: `torch.nn` has no `RandomRotation`") as caught:
        model.to_torch()
    assert caught[0].filename == __file__


def test_what_is_no_module() -> None:
    with pytest.raises(errors.ConfigurationError, match=r"expects a `torch\.nn\.Sequential`, received 3"):
        from_torch(3)


def test_weights_of_other_kinds() -> None:
    module = nn.Sequential(nn.Linear(4, 2)).to(torch.bfloat16)
    expected = module[0].weight.detach().float().numpy().T
    np.testing.assert_array_equal(from_torch(module).get_weights()[0], expected)
    with pytest.raises(errors.ConfigurationError, match="received one on the device 'meta', which holds none"):
        from_torch(module.to("meta"))
