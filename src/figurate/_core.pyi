"""The compiled engine as `_engine.py` sees it. Arrays are C-contiguous and of exactly these types."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]
_Figures = npt.NDArray[np.uint8] | npt.NDArray[np.float32] | npt.NDArray[np.float64]  # (figures, features)
_Targets = npt.NDArray[np.int32] | _Floats  # (figures,) for sparse losses, else (figures, outputs)
_Spec = tuple[str, Mapping[str, object]]  # a kind and its options
_Tick = Callable[[int, list[float]], object]  # steps done, [loss, metrics...]

class _Info(TypedDict):
    instruction_set: str
    available: list[str]
    threads: int

def info() -> _Info:
    """The kernels in use and those there are, and the number of threads by default."""

def default_threads() -> int:
    """CPUs that this process may use, by its affinity and its cgroup's quota."""

def uniform(seed: int, stream: int, count: int) -> _Floats:
    """`count` float32 in [0, 1), the same for the same seed and stream everywhere."""

def normal(seed: int, stream: int, count: int) -> _Floats:
    """`count` standard normal float32."""

def apply_layers(x: _Floats, input_shape: Sequence[int], layers: Sequence[_Spec], seed: int, epoch: int) -> _Floats:
    """Figures (count, features) as layers without weights change them in training: (count, numbers after the last).

    Figure i draws its random numbers as figure i of the epoch does.
    """

def bring_into_form(
    pictures: Sequence[npt.NDArray[np.uint8]],
    *,
    size: tuple[int, int],
    box: tuple[float, float],
    light_ground: bool,
    centre_mass: bool,
    strokes: tuple[float, float],
    deskew: bool,
    ink: bool,
    threads: int,
) -> npt.NDArray[np.uint8]:
    """Grey pictures (height, width) of any sizes, or pieces of ink, as figures (pictures, *size) of one form."""

def stroke_widths(figures: npt.NDArray[np.uint8]) -> list[float]:
    """The thickness of the strokes of figures of ink (figures, height, width), in pixels."""

class Figures:
    """Figures held for training and evaluation: bytes where that loses nothing, else float32."""

    def __init__(self, x: _Figures, threads: int, copies: bool = True) -> None: ...
    @property
    def count(self) -> int: ...
    @property
    def features(self) -> int: ...
    @property
    def minimum(self) -> float: ...
    @property
    def maximum(self) -> float: ...
    @property
    def held_as(self) -> str: ...

class Network:
    """Layers of fixed shapes with their weights."""

    def __init__(self, input_shape: Sequence[int], layers: Sequence[_Spec]) -> None: ...
    @property
    def input_shape(self) -> tuple[int, ...]: ...
    @property
    def output_shape(self) -> tuple[int, ...]: ...
    @property
    def weight_shapes(self) -> list[tuple[int, ...]]: ...
    def get_weights(self) -> list[_Floats]:
        """Copies of the weights, in Keras' shapes."""

    def set_weights(self, weights: Sequence[_Floats]) -> None: ...
    def predict(self, x: _Figures, out: _Floats, threads: int) -> None:
        """Writes what the network makes of figures x, C-contiguous, into `out`, (figures, outputs) float32."""

class Trainer:
    """Trains one network with one optimizer, loss and list of metrics."""

    def __init__(
        self, network: Network, loss: _Spec, optimizer: _Spec, metrics: Sequence[_Spec], seed: int, threads: int
    ) -> None: ...
    def fit_epoch(
        self,
        figures: Figures,
        targets: _Targets,
        sample_weight: _Floats | None,
        *,
        epoch: int,
        batch_size: int,
        shuffle: bool,
        learning_rates: _Floats,
        augments: bool = True,
        first_step: int = 0,
        last_step: int = -1,
        tick: _Tick | None = None,
    ) -> list[float]: ...
    def evaluate(
        self,
        figures: Figures,
        targets: _Targets,
        sample_weight: _Floats | None,
        *,
        tick: _Tick | None = None,
    ) -> list[float]: ...
    @property
    def iterations(self) -> int: ...
    @iterations.setter
    def iterations(self, value: int) -> None: ...
    @property
    def stopped_nonfinite(self) -> bool: ...
    def take_averages(self) -> None:
        """Put the weights' averages in their place; the optimizer must keep them."""

    def swap_averages(self) -> None:
        """Exchange the weights with their averages; the optimizer must keep them."""

    def get_slots(self) -> dict[str, list[_Floats]]:
        """The optimizer's state: {name: one array a trainable weight}."""

    def set_slots(self, slots: Mapping[str, Sequence[_Floats]]) -> None: ...
