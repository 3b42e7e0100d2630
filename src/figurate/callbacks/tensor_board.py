"""`TensorBoard`: writes a run for TensorBoard: curves, learning rate, the network, and how its weights are distributed.

Says what is written and when. How it is written is `event_file.py`'s matter.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from figurate.callbacks.callback import Callback, CallbackModel, Logs, State
from figurate.callbacks.event_file import EventFile, tensorboard_x
from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.layers import Layer
from figurate.parameters import Boolean, Integer

_VALIDATION = "val_"


class _Watched(CallbackModel, Protocol):
    """What is written of a model beside its logs."""

    @property
    def layers(self) -> Sequence[Layer]: ...
    @property
    def compiled(self) -> Any: ...
    def get_config(self) -> dict[str, Any]: ...


class TensorBoard(Callback):
    """Write a run to a folder that TensorBoard shows: `tensorboard --logdir logs`.

    Training goes to the folder `train` in it, validation to `validation`, with Keras' names: `epoch_loss`,
    `epoch_accuracy`, `epoch_learning_rate`, …; validation also as `evaluation_loss_vs_iterations`. The files are
    complete after every epoch, so that a run can be watched.

    Needs tensorboardX (`pip install 'figurate[tensorboard]'`), and TensorBoard itself where the run is watched.

    Args:
        log_dir: The folder; one for each run, such as "logs/first".
        histogram_freq: Epochs between two histograms of the weights; 0 (the default): none.
        write_graph: Whether to write the network for TensorBoard's tab "Graphs".
        write_images: Whether to write the weights as pictures too, with each histogram.
        write_steps_per_second: Whether to write how many steps a second trained.
        update_freq: "epoch"; "batch" or a number of batches writes `batch_loss`, … as well. With a number the engine
            returns after each batch, which costs time.
        profile_batch: Refused: the engine is no graph of operations.
        embeddings_freq, embeddings_metadata: Refused: there are no embeddings.

    Raises:
        ConfigurationError: An argument is wrong.
        UnsupportedError: tensorboardX is not installed, or an argument is refused.
        OSError: The files cannot be written.

    Example:
        >>> watch = TensorBoard("logs/first", histogram_freq=1)  # doctest: +SKIP
        >>> model.fit(x, y, epochs=20, callbacks=[watch])  # doctest: +SKIP

    Source: names and steps are those of `keras.callbacks.TensorBoard`, Keras 3.
    """

    def __init__(
        self,
        log_dir: str | PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: int = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: None = None,
    ) -> None:
        super().__init__()
        owner = "TensorBoard"
        if not isinstance(log_dir, (str, PathLike)) or not os.fspath(log_dir):
            raise ConfigurationError(
                f"`TensorBoard(log_dir=…)` expects the path of a folder, received {shown(log_dir)}. Write "
                '`TensorBoard("logs")`.'
            )
        for name, value, reason in (
            ("profile_batch", profile_batch, "the engine is no graph of operations"),
            ("embeddings_freq", embeddings_freq, "there are no embeddings"),
            ("embeddings_metadata", embeddings_metadata, "there are no embeddings"),
        ):
            if value:
                raise UnsupportedError(
                    f"`TensorBoard({name}=…)` is not supported, since {reason}; received {shown(value)}. Leave it out."
                )
        self.log_dir: str = os.fspath(log_dir)
        self.histogram_freq: int = Integer().check(owner, "histogram_freq", histogram_freq)
        self.write_graph: bool = Boolean().check(owner, "write_graph", write_graph)
        self.write_images: bool = Boolean().check(owner, "write_images", write_images)
        self.write_steps_per_second: bool = Boolean().check(owner, "write_steps_per_second", write_steps_per_second)
        self.update_freq = _update_freq(update_freq)
        if self.update_freq == 0:
            self.idle_hooks = frozenset({"on_train_batch_end"})
        tensorboard_x()  # complains now rather than when training begins
        self._files: dict[str, EventFile] = {}
        self._training = False
        self._batches = 0
        self._steps_before = 0
        self._began = 0.0

    # -- hooks -------------------------------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._training = True
        self._batches = 0
        if self.write_graph:
            self._file("train").graph(_keras_form(self._watched.get_config()))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._began = time.perf_counter()
        self._steps_before = self._iterations

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if self.update_freq and self._batches % self.update_freq == 0:
            values = {f"batch_{name}": value for name, value in (logs or {}).items()}
            if self.write_steps_per_second:
                values["batch_steps_per_second"] = self._steps_per_second()
            self._write("train", values, self._batches)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        train = {f"epoch_{name}": value for name, value in logs.items() if not name.startswith(_VALIDATION)}
        train.setdefault("epoch_learning_rate", self._learning_rate(epoch))
        if self.write_steps_per_second:
            train["epoch_steps_per_second"] = self._steps_per_second()
        self._write("train", train, epoch)
        held = {name.removeprefix(_VALIDATION): value for name, value in logs.items() if name.startswith(_VALIDATION)}
        self._write("validation", {f"epoch_{name}": value for name, value in held.items()}, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        for file in self._files.values():
            file.flush()

    def on_test_end(self, logs: Logs | None = None) -> None:
        values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
        self._write("validation", values, self._iterations)
        if not self._training:
            self._close()

    def on_train_exit(self) -> None:
        self._training = False
        self._close()

    def get_state(self) -> State:
        return {"batches": self._batches}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self._batches = state["batches"]

    # -- what is written ---------------------------------------------------------------------------------------------

    @property
    def _watched(self) -> _Watched:
        return cast(_Watched, self.model)

    @property
    def _iterations(self) -> int:
        return int(self._watched.compiled.iterations)

    def _learning_rate(self, epoch: int) -> float:
        """The rate of the epoch's last step."""
        steps = int(self.params["steps"])
        within = (epoch + 1) * steps - 1, self.params["epochs"] * steps
        return float(self.model.optimizer.learning_rates(max(self._iterations - 1, 0), 1, within)[0])

    def _steps_per_second(self) -> float:
        return (self._iterations - self._steps_before) / max(time.perf_counter() - self._began, 1e-9)

    def _write_weights(self, epoch: int) -> None:
        file = self._file("train")
        names = [f"{la.name}/{spec.name}" for la in self._watched.layers for spec in la.weight_specs(la.built_shape)]
        for name, weight in zip(names, self.model.get_weights(), strict=True):
            file.histogram(f"{name}/histogram", weight, epoch)
            if self.write_images:
                file.image(f"{name}/image", _as_plane(weight), epoch)

    def _write(self, run: str, values: Logs, step: int) -> None:
        for tag, value in values.items():
            self._file(run).scalar(tag, value, step)

    def _file(self, run: str) -> EventFile:
        """The open file of "train" or "validation"; a folder appears when something is written to it."""
        if run not in self._files:
            self._files[run] = EventFile(os.path.join(self.log_dir, run))
        return self._files[run]

    def _close(self) -> None:
        while self._files:
            self._files.popitem()[1].close()


def _update_freq(value: object) -> int:
    """Batches between two entries; 0: none within an epoch."""
    if value == "epoch":
        return 0
    if value == "batch":
        return 1
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ConfigurationError(
        f"`TensorBoard(update_freq=…)` expects 'epoch', 'batch' or a number of batches, received {shown(value)}."
    )


def _keras_form(config: dict[str, Any]) -> dict[str, Any]:
    """A model's configuration as Keras writes it: with the input as the first layer."""
    first = {"class_name": "InputLayer", "config": {"name": "input", "batch_shape": config["build_input_shape"]}}
    return {"class_name": "Sequential", "config": {**config, "layers": [first, *config["layers"]]}}


def _as_plane(weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weights as (height, width): a kernel of a convolution has a row a filter, the channels beside one another."""
    if weight.ndim == 4:
        high, wide, channels, filters = weight.shape
        apart = np.pad(weight, ((0, 1), (0, 1), (0, 0), (0, 0)))  # a grey line between
        return apart.transpose(3, 0, 2, 1).reshape(filters * (high + 1), channels * (wide + 1))
    plane = np.atleast_2d(weight.reshape(-1, weight.shape[-1]))
    return plane.T if plane.shape[0] > plane.shape[1] else plane
