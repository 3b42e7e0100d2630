"""Modules for what `torch.nn` has not: a network that `to_torch` made is built of these and of `torch.nn`'s own.

Imported only where PyTorch is. Figures are (n, channels, height, width), as everywhere in PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Rescaling(nn.Module):
    """`x * scale + offset`: raw pixels to the range that a network was trained on.

    Args:
        scale, offset: Numbers.
    """

    def __init__(self, scale: float, offset: float = 0.0) -> None:
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x: Tensor) -> Tensor:
        """(n, …) to the same shape."""
        return x * self.scale + self.offset

    def extra_repr(self) -> str:
        """What `repr` shows."""
        return f"scale={self.scale}, offset={self.offset}"


class Residual(nn.Module):
    """`shortcut(x) + layers(x)`.

    Args:
        layers: In order.
        shortcut: Layers of the way around; none: x as it is.
    """

    def __init__(self, layers: Sequence[nn.Module], shortcut: Sequence[nn.Module] = ()) -> None:
        super().__init__()
        self.layers, self.shortcut = nn.Sequential(*layers), nn.Sequential(*shortcut)

    def forward(self, x: Tensor) -> Tensor:
        """(n, …) to what `layers` give."""
        found: Tensor = self.shortcut(x) + self.layers(x)
        return found


class ChannelLayerNorm(nn.LayerNorm):
    """`LayerNorm` over the channels of each pixel: (n, channels, height, width) to the same shape."""

    def forward(self, input: Tensor) -> Tensor:
        """Normalise."""
        last = input.permute(0, 2, 3, 1)
        found = nn.functional.layer_norm(last, self.normalized_shape, self.weight, self.bias, self.eps)
        return found.permute(0, 3, 1, 2)


class AveragePooling(nn.AvgPool2d):
    """The mean of each window over the pixels within the figure, where windows reach farther over one edge.

    Args:
        window, strides: Height and width.
        around: How far over the edges: left, right, top, bottom.
    """

    def __init__(self, window: tuple[int, int], strides: tuple[int, int], around: tuple[int, int, int, int]) -> None:
        super().__init__(window, strides)
        self.around = list(around)

    def forward(self, input: Tensor) -> Tensor:
        """(n, channels, height, width) to the same with fewer pixels."""
        within = input.new_ones((1, 1, input.size(2), input.size(3)))
        total = nn.functional.avg_pool2d(nn.functional.pad(input, self.around), self.kernel_size, self.stride)
        share = nn.functional.avg_pool2d(nn.functional.pad(within, self.around), self.kernel_size, self.stride)
        return total / share


class Reshape(nn.Module):
    """The values of figures under other axes, in the order of (height, width, channels).

    Args:
        shape: Of one figure, channels last where it has three axes.
        axes: How many the figures have that come in.
    """

    def __init__(self, shape: Sequence[int], axes: int) -> None:
        super().__init__()
        self.shape, self.axes = tuple(shape), axes
        self.sizes = [-1, *shape]

    def forward(self, x: Tensor) -> Tensor:
        """(n, …) to (n, *shape), the channels first where there are three axes."""
        if self.axes == 3:
            x = x.permute(0, 2, 3, 1)
        x = x.reshape(self.sizes)
        if len(self.shape) == 3:
            x = x.permute(0, 3, 1, 2)
        return x

    def extra_repr(self) -> str:
        """What `repr` shows."""
        return f"shape={self.shape}, axes={self.axes}"


class Reorder(nn.Module):
    """The values of flat figures in another order.

    Args:
        order: Which value stands at each place.
    """

    def __init__(self, order: Sequence[int]) -> None:
        super().__init__()
        self.order: Tensor
        self.register_buffer("order", torch.tensor(order, dtype=torch.int64), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(n, values) to the same shape."""
        return x[:, self.order]
