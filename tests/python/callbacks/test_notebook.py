"""Progress in a notebook is one line, rewritten: a real kernel runs the cells, and keeps what it was sent."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[3]

CELLS = (
    "import numpy as np\nfrom tests.small import figures, model\nfrom figurate import callbacks\nx, y = figures(2000)\n"
    "x, y = np.tile(x, (40, 1, 1)), np.tile(y, 40)\nvalidation = (x[:100], y[:100])",
    "trained = model(hidden=64)\nhistory = trained.fit(x, y, epochs=6, validation_data=validation)",
    "model().fit(x[:96], y[:96], epochs=2, verbose=2);",
    "model().fit(x[:96], y[:96], epochs=2, verbose=0);",
    "history",
    "trained",
    "trained.classify(x[:3])",
    "class Break(callbacks.Callback):\n"
    "    def on_epoch_begin(self, epoch, logs=None):\n"
    "        if epoch == 2: raise KeyboardInterrupt\n"
    "try: trained.fit(x[:96], y[:96], epochs=5, callbacks=[Break()])\nexcept KeyboardInterrupt: pass",
    "class Stop(callbacks.Callback):\n"
    "    def on_train_tick(self, step, logs=None):\n"
    "        raise KeyboardInterrupt\n"
    "try: trained.fit(x, y, epochs=4, callbacks=[callbacks.ProgressBar(), Stop()], verbose=0)\n"
    "except KeyboardInterrupt: pass",
)


class Watching(NotebookClient):
    """Counts what each cell's display was sent."""

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("display_data", "update_display_data"):
            self.__dict__.setdefault("sent", []).append((cell_index, msg["msg_type"], msg["content"]["data"]))
        return super().process_message(msg, cell, cell_index)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Watching:
    before = dict(os.environ)
    # The kernel writes its settings and its history nowhere else; it finds the tests' models.
    home = tmp_path_factory.mktemp("home")
    os.environ |= {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "IPYTHONDIR": str(home)}
    os.environ |= {
        "JUPYTER_RUNTIME_DIR": str(home),
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    make: Any = nbformat.v4
    notebook = make.new_notebook(cells=[make.new_code_cell(cell) for cell in CELLS])
    client = Watching(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(home)}})
    try:
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    nbformat.validate(notebook)
    return client


def outputs(client: Watching, cell: int) -> list[Any]:
    found: list[Any] = client.nb.cells[cell].outputs
    return found


def test_the_cell_keeps_one_line_the_last_epochs(ran: Watching) -> None:
    (shown,) = outputs(ran, 1)
    line = shown.data["text/plain"]
    assert re.fullmatch(r"Epoch 6/6  +[\d.]+ s  loss: .*  accuracy: .*  val_loss: .*  val_accuracy: [\d.]+", line)
    assert line in shown.data["text/html"]
    assert "<progress" not in shown.data["text/html"], "nothing moves any more"


def test_it_was_rewritten_while_the_model_trained(ran: Watching) -> None:
    sent = [(kind, data) for cell, kind, data in ran.__dict__["sent"] if cell == 1]
    assert [kind for kind, _ in sent] == ["display_data"] + ["update_display_data"] * (len(sent) - 1)
    # At most ten a second.
    assert 2 <= len(sent) < 200
    bars = [data["text/html"] for _, data in sent if "<progress" in data["text/html"]]
    done = [int(value) for bar in bars for value in re.findall(r'<progress value="(\d+)" max="15000"', bar)]
    assert done == sorted(done)
    assert len(done) == len(bars) >= 1
    later = [data["text/plain"] for _, data in sent[:-1] if "Epoch 1/" not in data["text/plain"]]
    assert all("val_accuracy: " in line for line in later), "the last validation stays beside the running values"


def test_lines_when_asked_for_and_silence(ran: Watching) -> None:
    printed = "".join(part.text for part in outputs(ran, 2))
    assert [line.split("  ")[0] for line in printed.splitlines()] == ["Epoch 1/2", "Epoch 2/2"]
    assert outputs(ran, 3) == []


def test_results_show_themselves(ran: Watching) -> None:
    for cell, words in ((4, "data:image/svg+xml"), (5, "Total params"), (6, "data:image/png")):
        (shown,) = outputs(ran, cell)
        assert words in shown.data["text/html"]
        assert shown.data["text/plain"].startswith("<")


def test_a_run_that_is_stopped_leaves_the_last_whole_epoch(ran: Watching) -> None:
    (shown,) = outputs(ran, 7)
    assert shown.data["text/plain"].startswith("Epoch 2/5  ")


def test_a_run_that_is_stopped_in_its_first_epoch_says_so(ran: Watching) -> None:
    (shown,) = outputs(ran, 8)
    assert re.fullmatch(r"Epoch 1/4  stopped at \d+ % of all epochs", shown.data["text/plain"])
    assert "<progress" not in shown.data["text/html"]
