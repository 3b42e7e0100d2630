"""Event files, which TensorBoard shows: scalars, histograms, pictures and a network's graph, through tensorboardX.

Says how a value is written, not which: that is `tensor_board.py`. tensorboardX's writer of single files is used, not
its `SummaryWriter`: what is written is on the disk after `flush`, without a thread and a queue between.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.libraries import library

_BINS = 30  # of a histogram, as many as TensorBoard itself makes of it
_STRING = 7  # TensorFlow's number for the type of text
_MIDDLE = 127.5
_count = itertools.count()


def tensorboard_x() -> Any:
    """The module of tensorboardX.

    Raises:
        UnsupportedError: It is not installed; the message says how to mend it.
    """
    return library(
        "tensorboardX",
        "`TensorBoard` writes its files with tensorboardX",
        "figurate[tensorboard]",
        "`CSVLogger` writes a table without it",
    )


class EventFile:
    """One event file in a folder.

    Args:
        folder: Made if there is none. TensorBoard shows each folder as a run.

    Raises:
        UnsupportedError: tensorboardX is not installed.
        OSError: The file cannot be written.

    Source: the file's form is TensorFlow's, `tensorflow/core/util/event.proto`.
    """

    def __init__(self, folder: str) -> None:
        self._library = tensorboard_x()
        os.makedirs(folder, exist_ok=True)
        # Files are named by the second and read in their names' order; two runs in one second must not share one.
        suffix = f".{os.getpid()}.{next(_count):06d}"
        self._writer = self._library.event_file_writer.EventsWriter(os.path.join(folder, "events"), suffix)

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write a number."""
        self._write(self._library.summary.scalar(tag, float(value)), step)

    def histogram(self, tag: str, values: npt.NDArray[np.float32], step: int) -> None:
        """Write how values (of any shape) are distributed; those that are not finite are left out."""
        finite = values[np.isfinite(values)]
        if finite.size:
            self._write(self._library.summary.histogram(tag, finite, _BINS), step)

    def image(self, tag: str, values: npt.NDArray[np.float32], step: int) -> None:
        """Write signed values (height, width) as a picture: zero is grey, the largest magnitude black or white."""
        array = np.nan_to_num(values)
        scale = float(np.abs(array).max(initial=0.0)) or 1.0
        pixels = np.rint(_MIDDLE + array / scale * _MIDDLE).clip(0, 255).astype(np.uint8)
        self._write(self._library.summary.image(tag, pixels, dataformats="HW"), step)

    def graph(self, config: dict[str, Any]) -> None:
        """Write a model's configuration in Keras' form, which TensorBoard draws as a conceptual graph.

        And the same as TensorFlow's graph of operations, a node a layer, since that is what its tab shows first.

        Args:
            config: Of a sequence of layers: {"config": {"layers": [{"class_name": …, "config": {"name": …}}, …]}}.
        """
        summary = self._library.proto.event_pb2.Event().summary
        value = summary.value.add(tag="keras")
        value.metadata.plugin_data.plugin_name = "graph_keras_model"
        value.metadata.plugin_data.content = b"1"  # the version of that form
        value.tensor.dtype = _STRING
        value.tensor.string_val.append(json.dumps(config).encode())
        self._write(summary, 0)
        drawn = self._library.proto.graph_pb2.GraphDef()
        _add_nodes(drawn, config["config"]["layers"], [])
        self._writer.write_event(
            self._library.proto.event_pb2.Event(wall_time=time.time(), graph_def=drawn.SerializeToString())
        )

    def flush(self) -> None:
        """Put everything on the disk."""
        self._writer.flush()

    def close(self) -> None:
        """Put everything on the disk and close the file."""
        self._writer.close()

    def _write(self, summary: Any, step: int) -> None:
        event = self._library.proto.event_pb2.Event(wall_time=time.time(), step=step, summary=summary)
        self._writer.write_event(event)


def _add_nodes(graph: Any, layers: list[dict[str, Any]], before: list[str], scope: str = "") -> list[str]:
    """Add a chain of layers behind nodes; returns the last one. The ways of a `Residual` meet in a node of its own."""
    for layer in layers:
        config = layer["config"]
        name = scope + config["name"]
        if "shortcut" in config:
            ways = [_add_nodes(graph, config[way] or [], before, f"{name}/{way}/") for way in ("layers", "shortcut")]
            before = [end for way in ways for end in way]
            name += "/add"
        graph.node.add(name=name, op=layer["class_name"], input=before)
        before = [name]
    return before
