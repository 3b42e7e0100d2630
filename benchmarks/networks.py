"""The layers that the convolutional benchmarks are about, with their shapes and how many operations they take.

Operations are nominal: a multiplication and an addition for each weight at each place it is used, whatever an engine
saves. Training takes three times a layer's forward pass (forward, the gradient of its weights, that of its inputs),
twice where the inputs are the figures themselves, which have no gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

BATCH = 128


@dataclass(frozen=True)
class Convolution:
    """A square window over (height, width, channels).

    Args:
        height, width, channels: of its inputs.
        filters: channels that come out.
        window: height and width of the window.
        strides: pixels from a window to the next.
        same: whether zeros around keep the size.
        relu: whether a ReLU follows.
        pooled: whether 2 x 2 max-pooling follows.
        first: whether its inputs are the figures.
    """

    height: int
    width: int
    channels: int
    filters: int
    window: int
    strides: int = 1
    same: bool = False
    relu: bool = True
    pooled: bool = False
    first: bool = False

    @property
    def forward(self) -> int:
        """Operations of a figure's forward pass."""
        lost = 0 if self.same else self.window - 1
        rows, columns = (-(-(size - lost) // self.strides) for size in (self.height, self.width))
        return 2 * rows * columns * self.filters * self.window**2 * self.channels

    @property
    def training(self) -> int:
        return self.forward * (2 if self.first else 3)

    @property
    def words(self) -> str:
        """As the program in kernels/program takes it."""
        sizes = (self.height, self.width, self.channels, self.filters, self.window, self.strides)
        choices = (
            "same" if self.same else "valid",
            "relu" if self.relu else "linear",
            "pooled" if self.pooled else "plain",
            "first" if self.first else "inner",
        )
        return " ".join(["conv", *map(str, sizes), *choices])

    def __str__(self) -> str:
        text = f"Conv2D {self.height}×{self.width}×{self.channels} → {self.window}×{self.window}×{self.filters}"
        told = {"same": self.same, "linear": not self.relu, "pooled": self.pooled, "first": self.first}
        strides = [f"strides {self.strides}"] if self.strides > 1 else []
        return ", ".join([text, *strides, *(word for word, true in told.items() if true)])


@dataclass(frozen=True)
class Dense:
    """A dense layer behind others."""

    inputs: int
    units: int

    @property
    def forward(self) -> int:
        return 2 * self.inputs * self.units

    @property
    def training(self) -> int:
        return 3 * self.forward

    @property
    def words(self) -> str:
        return f"dense {self.inputs} {self.units} {BATCH}"

    def __str__(self) -> str:
        return f"Dense {self.inputs} → {self.units}"


Layer = Convolution | Dense

# Keras' example "Simple MNIST convnet".
SIMPLE_CONVNET: tuple[Layer, ...] = (
    Convolution(28, 28, 1, 32, 3, pooled=True, first=True),
    Convolution(13, 13, 32, 64, 3, pooled=True),
    Dense(1600, 10),
)


def training_operations(layers: tuple[Layer, ...]) -> int:
    """Operations of one figure's training step."""
    return sum(layer.training for layer in layers)
