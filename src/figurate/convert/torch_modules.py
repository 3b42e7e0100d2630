"""The modules of `torch.nn` that figurate has layers for, one method each: a closed list.

Follows the shape of a figure through the modules, channels last, since padding and the order of weights depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from figurate import layers
from figurate.convert import torch_order, torch_parts, torch_windows
from figurate.convert.findings import Findings
from figurate.convert.torch_order import Order, Turn
from figurate.errors import FigurateError
from figurate.layers import Layer
from figurate.layers.base import FigureShape

_MADE = "it is what `torch.compile`, `torch.jit` or `torch.fx` made of a module; pass that module"
_LAZY = "it has no weights yet; give the module a figure first"
_UNKNOWN = {
    "LazyConv2d": _LAZY,
    "LazyLinear": _LAZY,
    "GraphModule": _MADE,
    "OptimizedModule": _MADE,
    "RecursiveScriptModule": _MADE,
    "LogSoftmax": "there is no such layer; leave it out, and train with `from_logits=True`, or `CrossEntropyLoss`",
}

Tensors = list[tuple[Any, Turn]]
Two = tuple[int, int]


def flat(nn: Any, module: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The modules of a `Sequential` and of those within it, each with its name: "2.0"."""
    if (
        not isinstance(module, nn.Sequential)
        or type(module).forward is not nn.Sequential.forward
        or _altered(nn, module)
    ):
        yield name or "the module", module
        return
    for key, child in module._modules.items():  # `named_children` leaves out what stands there a second time
        yield from flat(nn, child, f"{name}.{key}" if name else key)


def _altered(nn: Any, module: Any) -> bool:
    """Whether calling the module runs more, or something else, than its class's `forward`."""
    hooked = bool(module._forward_hooks or module._forward_pre_hooks)
    return hooked or "forward" in vars(module) or type(module).__call__ is not nn.Module.__call__


class ModuleReader:
    """Makes the layers, module after module.

    Attributes:
        layers: So far.
        tensors: PyTorch's tensors in the order of figurate's weights, with how their values are turned.
        order: Which of figurate's values stands at each place of PyTorch's, where figures are flat and differ.
    """

    def __init__(self, nn: Any, findings: Findings, shape: FigureShape) -> None:
        self.layers: list[Layer] = []
        self.tensors: Tensors = []
        self.order: Order | None = None
        self._shape: FigureShape | None = shape  # None once it is not known any more
        self._nn, self._findings = nn, findings
        self._name, self._next = "", None  # of the module that is read; the one after it
        self._edges: tuple[int, ...] | None = None  # what `ConstantPad2d` leaves to the `MaxPool2d` behind it
        self._weighted: dict[int, str] = {}  # parameters, and the modules that have them

    def chain(self, modules: Iterable[tuple[str, Any]]) -> None:
        """Add the layers of named modules, in their order."""
        for (name, module), (_, self._next) in pairwise([*modules, ("", None)]):
            self.read(name, module)

    def read(self, name: str, module: Any) -> None:
        """Add the layers that stand for a module, or note why there are none."""
        kind = type(module)
        where = f"{name} ({kind.__name__})"
        method = getattr(self, f"_{kind.__name__}", None)
        theirs = getattr(self._nn, kind.__name__, None) is kind
        others = {self._weighted.setdefault(id(one), name) for one in module.parameters(recurse=False)} - {name}
        reason = ""
        if _altered(self._nn, module) and kind.__name__ not in _UNKNOWN:
            reason = "it has forward hooks, or a `forward` or `__call__` of its own, which are code; remove them first"
        elif method is None or not (theirs or getattr(torch_parts, kind.__name__, None) is kind):
            reason = _UNKNOWN.get(kind.__name__, "there is no such layer, or it is one of your own")
            if name == "the module" and not theirs and kind.__name__ not in _UNKNOWN:
                reason = "its `forward` is code of your own; build a `Sequential` of its layers, and pass that"
        elif others:
            reason = f"it has the weights of {others.pop()} once more, and figurate has no weights in common"
        self._name = name
        if method is None or reason:
            self._findings.cannot(where, reason)
            self._shape = None
            return
        try:
            if self._shape is None:
                # An earlier module is not known, and so neither are the shapes; what is known by kind is enough.
                return
            for layer in method(module):
                self._shape = layer.output_shape_of(self._shape)
                self.layers.append(layer)
        except (FigurateError, _Unlike) as error:
            self._findings.cannot(where, str(error))
            self._shape = None

    # -- layers with weights -----------------------------------------------------------------------------------------

    def _Linear(self, module: Any) -> Iterator[Layer]:
        if self._known() != (module.in_features,):
            advice = "add `Flatten`" if len(self._known()) > 1 else "see `input_shape`"
            raise _Unlike(f"it takes {module.in_features} values, received figures of {self._theirs()}; {advice}")
        yield layers.Dense(module.out_features, use_bias=module.bias is not None)
        self._keep(module.weight, torch_order.dense(self.order))
        self._keep(module.bias, torch_order.SAME)
        self.order = None

    def _Conv2d(self, module: Any) -> Iterator[Layer]:
        if len(self._known()) != 3 or self._known()[2] != module.in_channels:
            raise _Unlike(
                f"it takes {module.in_channels} channels, received figures of (channels, height, width) = "
                f"{self._theirs()}"
            )
        if module.padding_mode != "zeros":
            raise _Unlike(f"padding_mode={module.padding_mode!r}; figurate has 'zeros'")
        window, strides, dilation = module.kernel_size, module.stride, module.dilation
        padding = (0, 0) if module.padding == "valid" else module.padding
        same = self._same(window, strides, dilation)
        if padding == "same" or (padding, padding) == tuple(zip(*same, strict=True)):
            word = "same"
        else:
            word = "valid"
            if any(padding):
                yield layers.ZeroPadding2D(tuple(padding))
        channels, groups = module.in_channels, module.groups
        options: dict[str, Any] = {
            "strides": strides,
            "padding": word,
            "dilation_rate": dilation,
            "use_bias": module.bias is not None,
        }
        if groups == channels and groups > 1:
            yield layers.DepthwiseConv2D(window, depth_multiplier=module.out_channels // channels, **options)
            self._keep(module.weight, torch_order.depthwise(channels))
        else:
            yield layers.Conv2D(module.out_channels, window, groups=groups, **options)
            self._keep(module.weight, torch_order.CONV)
        self._keep(module.bias, torch_order.SAME)

    def _BatchNorm2d(self, module: Any) -> Iterator[Layer]:
        yield from self._batch_norm(module, 3)

    def _BatchNorm1d(self, module: Any) -> Iterator[Layer]:
        yield from self._batch_norm(module, 1)

    def _batch_norm(self, module: Any, axes: int) -> Iterator[Layer]:
        if len(self._known()) != axes or self._known()[-1] != module.num_features:
            raise _Unlike(f"it takes {module.num_features} features, received figures of {self._theirs()}")
        if module.running_mean is None or module.momentum is None:
            raise _Unlike("`track_running_stats=False` and `momentum=None` are not to be had")
        affine = module.weight is not None
        yield layers.BatchNormalization(momentum=1 - module.momentum, epsilon=module.eps, center=affine, scale=affine)
        for tensor in (module.weight, module.bias, module.running_mean, module.running_var):
            self._keep(tensor, torch_order.values(self.order))

    def _LayerNorm(self, module: Any) -> Iterator[Layer]:
        shape = self._known()
        if len(shape) == 3 or tuple(module.normalized_shape) != shape[-1:]:
            raise _Unlike(f"it normalises {tuple(module.normalized_shape)}; figurate has the last axis of flat figures")
        yield from self._normalized(module)

    def _normalized(self, module: Any) -> Iterator[Layer]:
        yield layers.LayerNormalization(
            epsilon=module.eps, center=module.bias is not None, scale=module.weight is not None
        )
        for tensor in (module.weight, module.bias):
            self._keep(tensor, torch_order.values(self.order))

    def _keep(self, tensor: Any, turn: Turn) -> None:
        if tensor is not None:
            self.tensors.append((tensor, turn))

    # -- activations -------------------------------------------------------------------------------------------------

    def _ReLU(self, module: Any) -> Iterator[Layer]:
        yield layers.ReLU()

    def _LeakyReLU(self, module: Any) -> Iterator[Layer]:
        yield layers.ReLU(negative_slope=module.negative_slope)

    def _ELU(self, module: Any) -> Iterator[Layer]:
        if module.alpha != 1:
            raise _Unlike(f"alpha={module.alpha}; figurate has 1")
        yield layers.Activation("elu")

    def _GELU(self, module: Any) -> Iterator[Layer]:
        if module.approximate != "none":
            raise _Unlike(f"approximate={module.approximate!r}; figurate has 'none'")
        yield layers.Activation("gelu")

    def _SiLU(self, module: Any) -> Iterator[Layer]:
        yield layers.Activation("silu")

    def _Tanh(self, module: Any) -> Iterator[Layer]:
        yield layers.Activation("tanh")

    def _Sigmoid(self, module: Any) -> Iterator[Layer]:
        yield layers.Activation("sigmoid")

    def _Softmax(self, module: Any) -> Iterator[Layer]:
        if module.dim not in (-1, 1) or len(self._known()) != 1:
            raise _Unlike("figurate has it over the values of flat figures, `dim=1`")
        yield layers.Softmax()

    # -- axes --------------------------------------------------------------------------------------------------------

    def _Identity(self, module: Any) -> Iterator[Layer]:
        yield from ()

    def _Flatten(self, module: Any) -> Iterator[Layer]:
        if module.start_dim != 1 or module.end_dim not in (-1, len(self._known())):
            raise _Unlike("figurate flattens whole figures, `start_dim=1, end_dim=-1`")
        if len(self._known()) > 1:
            self.order = torch_order.flat_order(self._known())
        yield layers.Flatten()

    def _Unflatten(self, module: Any) -> Iterator[Layer]:
        after = torch_order.channels_last(tuple(module.unflattened_size))
        if module.dim != 1 or len(self._known()) != 1 or -1 in after:
            raise _Unlike("figurate has it for flat figures, `Unflatten(1, (channels, height, width))`")
        if not torch_order.equal(self.order, torch_order.flat_order(after)):
            if self.order is None:
                raise _Unlike("several channels would be in another order; put a `Conv2d` behind one channel")
            raise _Unlike("it makes figures of another shape than those that were flattened")
        self.order = None
        yield layers.Reshape(after)

    def _ZeroPad2d(self, module: Any) -> Iterator[Layer]:
        left, right, top, bottom = module.padding
        yield layers.ZeroPadding2D(((top, bottom), (left, right)))

    def _ConstantPad2d(self, module: Any) -> Iterator[Layer]:
        if module.value == 0:
            yield from self._ZeroPad2d(module)
        elif module.value == -math.inf and type(self._next) is self._nn.MaxPool2d:
            self._edges = tuple(module.padding)
        else:
            raise _Unlike(f"value={module.value}; figurate has 0, and -inf before `MaxPool2d`")

    # -- pooling, dropout --------------------------------------------------------------------------------------------

    def _MaxPool2d(self, module: Any) -> Iterator[Layer]:
        if module.dilation not in (1, (1, 1)):
            raise _Unlike(f"dilation={module.dilation}; figurate has 1")
        if module.return_indices:
            raise _Unlike("`return_indices=True` gives two results; figurate has one")
        edges, self._edges = self._edges, None
        if edges is None:
            yield layers.MaxPooling2D(*self._pooling(module))
            return
        self._planes()
        window, strides = _two(module.kernel_size), _two(module.stride)
        rows, columns = self._same(window, strides, (1, 1))
        if edges != (*columns, *rows) or any(_two(module.padding)):
            raise _Unlike(f"edges of {edges} and padding={module.padding}: windows lie elsewhere with 'same'")
        yield layers.MaxPooling2D(window, strides, "same")

    def _AvgPool2d(self, module: Any) -> Iterator[Layer]:
        if module.divisor_override is not None:
            raise _Unlike("`divisor_override` is not to be had")
        padding = _two(module.padding)
        if any(padding) and module.count_include_pad:
            if self._counts(module, module.ceil_mode) != self._counts(module, False):
                raise _Unlike("`ceil_mode=True` with `count_include_pad=True`: the last windows are averaged otherwise")
            yield layers.ZeroPadding2D(padding)
            yield layers.AveragePooling2D(_two(module.kernel_size), _two(module.stride))
        else:
            yield layers.AveragePooling2D(*self._pooling(module))

    def _pooling(self, module: Any) -> tuple[Two, Two, str]:
        """Window, strides and padding in figurate's words."""
        window, strides, padding = _two(module.kernel_size), _two(module.stride), _two(module.padding)
        theirs = self._counts(module, module.ceil_mode)
        near = tuple(sides[0] for sides in self._same(window, strides, (1, 1)))
        sizes = self._known()[:2]
        ours = {
            "valid": [(size - length) // step + 1 for size, length, step in zip(sizes, window, strides, strict=True)],
            "same": [-(-size // step) for size, step in zip(sizes, strides, strict=True)],
        }
        for word, begin in (("valid", (0, 0)), ("same", near)):
            if padding == begin and theirs == ours[word]:
                return window, strides, word
        raise _Unlike(f"padding={padding}, ceil_mode={module.ceil_mode}: windows lie elsewhere with 'valid' and 'same'")

    def _counts(self, module: Any, ceil: bool) -> list[int]:
        """How many windows a pooling has on each axis."""
        axes = zip(self._planes()[:2], _two(module.kernel_size), _two(module.stride), _two(module.padding), strict=True)
        return [torch_windows.count(*axis, ceil) for axis in axes]

    def _AdaptiveAvgPool2d(self, module: Any) -> Iterator[Layer]:
        yield self._adaptive(module, layers.GlobalAveragePooling2D, layers.AveragePooling2D)

    def _AdaptiveMaxPool2d(self, module: Any) -> Iterator[Layer]:
        yield self._adaptive(module, layers.GlobalMaxPooling2D, layers.MaxPooling2D)

    def _adaptive(self, module: Any, whole: Any, windows: Any) -> Layer:
        sizes, wanted = self._planes()[:2], _two(module.output_size)
        if wanted == (1, 1):
            found: Layer = whole(keepdims=True)
            return found
        if None in wanted:
            raise _Unlike(f"output_size={module.output_size}; write the number {sizes[wanted.index(None)]} for None")
        if any(size % want for size, want in zip(sizes, wanted, strict=True)):
            raise _Unlike(f"output_size={module.output_size} does not divide figures of {sizes}")
        found = windows(tuple(size // want for size, want in zip(sizes, wanted, strict=True)))
        return found

    def _Dropout(self, module: Any) -> Iterator[Layer]:
        if module.p > 0:
            yield layers.Dropout(module.p)

    def _Dropout2d(self, module: Any) -> Iterator[Layer]:
        if module.p > 0:
            yield layers.SpatialDropout2D(module.p)

    # -- what `to_torch` makes where `torch.nn` has nothing ----------------------------------------------------------

    def _Rescaling(self, module: Any) -> Iterator[Layer]:
        yield layers.Rescaling(module.scale, module.offset)

    def _ChannelLayerNorm(self, module: Any) -> Iterator[Layer]:
        yield from self._normalized(module)

    def _AveragePooling(self, module: Any) -> Iterator[Layer]:
        yield layers.AveragePooling2D(module.kernel_size, module.stride, "same")

    def _Reshape(self, module: Any) -> Iterator[Layer]:
        yield layers.Reshape(module.shape)

    def _Reorder(self, module: Any) -> Iterator[Layer]:
        if self.order is None or self.order.argsort().tolist() != module.order.tolist():
            raise _Unlike("it brings values into another order than `to_torch` does")
        self.order = None
        yield from ()

    def _Residual(self, module: Any) -> Iterator[Layer]:
        ways = []
        for word in ("layers", "shortcut"):
            reader = ModuleReader(self._nn, self._findings, self._known())
            reader.order, reader._weighted = self.order, self._weighted
            reader.chain(flat(self._nn, getattr(module, word), f"{self._name}.{word}"))
            ways.append(reader)
        if any(reader._shape is None for reader in ways):
            self._shape = None  # they have said why
            return
        if not torch_order.equal(ways[0].order, ways[1].order):
            raise _Unlike("`Flatten` and `Linear` stand on one of the ways alone")
        yield layers.Residual(ways[0].layers, shortcut=ways[1].layers or None)
        self.order = ways[0].order
        for reader in ways:
            self.tensors += reader.tensors

    # -- shapes ------------------------------------------------------------------------------------------------------

    def _known(self) -> FigureShape:
        assert self._shape is not None  # `read` asks
        return self._shape

    def _planes(self) -> FigureShape:
        """The shape, where it has planes."""
        if len(self._known()) != 3:
            raise _Unlike(f"it takes figures of (channels, height, width), received {self._theirs()}")
        return self._known()

    def _theirs(self) -> FigureShape:
        return torch_order.channels_first(self._known())

    def _same(self, window: Two, strides: Two, dilation: Two) -> list[Two]:
        """Zeros before and behind on each axis with padding "same"."""
        sizes = self._known()[:2]
        return [torch_windows.same_padding(*axis) for axis in zip(sizes, window, strides, dilation, strict=True)]


class _Unlike(Exception):
    """A module that figurate cannot be like; its text says why."""


def _two(value: Any) -> Any:
    return (value, value) if isinstance(value, int) else tuple(value)
