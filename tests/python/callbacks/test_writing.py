"""Callbacks that write: the CSV file, the backup of a run, and the progress of training."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from figurate import callbacks, errors
from figurate.callbacks import Callback
from figurate.callbacks.terminal_bar import TerminalBar
from figurate.models import load_model
from tests.small import figures, model, same_weights

X, Y = figures()


def test_csv_logger(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    history = model().fit(X, Y, epochs=2, validation_data=(X, Y), callbacks=[callbacks.CSVLogger(path)], verbose=0)
    header, *rows = path.read_text().splitlines()
    assert header == "epoch,accuracy,loss,val_accuracy,val_loss"
    for epoch, row in enumerate(rows):
        names = header.split(",")[1:]
        assert [float(value) for value in row.split(",")] == [epoch, *(history.history[name][epoch] for name in names)]


def test_csv_logger_appends(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    trained = model()
    for first in (0, 2):
        log = callbacks.CSVLogger(path, separator=";", append=True)
        trained.fit(X, Y, epochs=first + 2, initial_epoch=first, callbacks=[log], verbose=0)
    assert [line.split(";")[0] for line in path.read_text().splitlines()] == ["epoch", "0", "1", "2", "3"]
    trained.fit(X, Y, callbacks=[callbacks.CSVLogger(path)], verbose=0)
    assert [line.split(",")[0] for line in path.read_text().splitlines()] == ["epoch", "0"]
    log = callbacks.CSVLogger(path, append=True)
    with pytest.raises(
        errors.ConfigurationError, match="expects the columns epoch, accuracy, loss, val_accuracy, val_loss in"
    ):
        trained.fit(X, Y, validation_data=(X, Y), callbacks=[log], verbose=0)


def test_csv_logger_of_an_epoch_without_validation(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    log = callbacks.CSVLogger(path)
    model().fit(X, Y, epochs=2, validation_data=(X, Y), validation_freq=2, callbacks=[log], verbose=0)
    assert path.read_text().splitlines()[1].endswith(",NA,NA")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filename": 3}, r"`CSVLogger\(filename=…\)` expects a path, received 3"),
        ({"filename": "a", "separator": ", "}, r"`CSVLogger\(separator=…\)` expects one character"),
        ({"filename": "a", "append": 1}, r"`CSVLogger\(append=…\)` expects True or False"),
    ],
)
def test_arguments_of_csv_logger(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=message):
        callbacks.CSVLogger(**arguments)


class Kill(Callback):
    """Ends a run after an epoch, as a signal would."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if epoch == self.after:
            raise KeyboardInterrupt


def test_a_run_continues_from_its_backup(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    whole, first, second = (model(dropout=0.2, seed=seed) for seed in (1, 1, 2))
    expected = whole.fit(X, Y, epochs=5, verbose=0)
    with pytest.raises(KeyboardInterrupt):
        first.fit(X, Y, epochs=5, callbacks=[callbacks.BackupAndRestore(path), Kill(3)], verbose=0)
    # The backup is a model too.
    assert same_weights(load_model(path), first)
    # Another process may have built its model with another seed: the backup's counts.
    history = second.fit(X, Y, epochs=5, callbacks=[callbacks.BackupAndRestore(path)], verbose=0)
    assert same_weights(whole, second)
    assert history.epoch == [0, 1, 2, 3, 4]
    assert history.history == expected.history
    assert not path.exists()


def test_a_finished_run_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    keep = callbacks.BackupAndRestore(path, delete_checkpoint=False)
    first = model()
    first.fit(X, Y, epochs=2, callbacks=[keep], verbose=0)
    again = model()
    history = again.fit(X, Y, epochs=2, callbacks=[keep], verbose=0)
    assert history.epoch == [0, 1]
    assert same_weights(first, again)
    longer = model()
    whole = model()
    longer.fit(X, Y, epochs=4, callbacks=[keep], verbose=0)
    whole.fit(X, Y, epochs=4, verbose=0)
    assert same_weights(longer, whole)


def test_a_run_that_had_stopped_stays_stopped(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    watching = [
        callbacks.EarlyStopping("loss", mode="max", restore_best_weights=True),
        callbacks.BackupAndRestore(path, delete_checkpoint=False),
    ]
    first = model()
    stopped = first.fit(X, Y, epochs=9, callbacks=watching, verbose=0)
    assert len(stopped.epoch) < 9
    again = model()
    assert again.fit(X, Y, epochs=9, callbacks=watching, verbose=0).epoch == stopped.epoch
    assert same_weights(first, again)


def test_a_folder_holds_the_backup(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        model().fit(
            X, Y, epochs=2, callbacks=[callbacks.BackupAndRestore(tmp_path / "deep" / "run"), Kill(1)], verbose=0
        )
    assert os.listdir(tmp_path / "deep" / "run") == ["backup.safetensors"]


@pytest.mark.parametrize(
    ("options", "fit", "message"),
    [
        ({}, {"batch_size": 16}, "expects batch_size=32, received batch_size=16: it was made by another run"),
        ({}, {"x": X[:50], "y": Y[:50]}, "expects figures=96, received figures=50"),
        ({}, {"shuffle": False}, "expects shuffle=True, received shuffle=False"),
        ({}, {"seed": 5}, "expects seed=None, received seed=5"),
        ({"hidden": 5}, {}, "expects layers .* it was made by another model"),
        ({"optimizer": "sgd"}, {}, "expects optimizer .*Adam.* received .*SGD"),
        ({"metrics": []}, {}, r"expects metrics .* received \[\]"),
    ],
)
def test_a_backup_of_another_run(tmp_path: Path, options: dict[str, Any], fit: dict[str, Any], message: str) -> None:
    keep = callbacks.BackupAndRestore(tmp_path / "run.safetensors")
    with pytest.raises(KeyboardInterrupt):
        model().fit(X, Y, epochs=2, callbacks=[keep, Kill(1)], verbose=0)
    other = model(**options)
    before = other.get_weights()
    with pytest.raises(errors.ConfigurationError, match=message):
        other.fit(**{"x": X, "y": Y, "epochs": 2, "callbacks": [keep], "verbose": 0, **fit})
    assert all((a == b).all() for a, b in zip(before, other.get_weights(), strict=True))


def test_what_is_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    keep = callbacks.BackupAndRestore(path)
    trained = model()
    trained.save(path)
    with pytest.raises(errors.FileFormatError, match=r"Cannot continue from .* it holds a model and no run"):
        trained.fit(X, Y, callbacks=[keep], verbose=0)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(errors.FileFormatError, match="Cannot read"):
        trained.fit(X, Y, callbacks=[keep], verbose=0)


def test_states_of_ones_own_callbacks(tmp_path: Path) -> None:
    class Counts(Callback):
        def __init__(self, state: Any = 0) -> None:
            super().__init__()
            self.state = state

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            if isinstance(self.state, int):
                self.state += 1

        def get_state(self) -> dict[str, Any]:
            return {"state": self.state}

        def set_state(self, state: Any) -> None:
            self.state = state["state"]

    keep = callbacks.BackupAndRestore(tmp_path / "run.safetensors")
    with pytest.raises(KeyboardInterrupt):
        model().fit(X, Y, epochs=5, callbacks=[keep, Counts(), Kill(3)], verbose=0)
    resumed = Counts()
    model().fit(X, Y, epochs=5, callbacks=[keep, resumed], verbose=0)
    assert resumed.state == 5
    with pytest.raises(
        errors.ConfigurationError, match="holds numbers, text, lists, dictionaries and float32 arrays, received"
    ):
        model().fit(X, Y, callbacks=[keep, Counts({1, 2})], verbose=0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"backup_dir": ""}, errors.ConfigurationError, "expects the path of a '.safetensors' file or of a folder"),
        ({"backup_dir": None}, errors.ConfigurationError, "received None"),
        ({"backup_dir": "a", "save_freq": 100}, errors.UnsupportedError, "backs up at the end of epochs only"),
        ({"backup_dir": "a", "delete_checkpoint": "no"}, errors.ConfigurationError, "expects True or False"),
    ],
)
def test_arguments_of_backup_and_restore(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        callbacks.BackupAndRestore(**arguments)


def test_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    trained = model()
    for verbose in ("auto", 1, 2):
        trained.fit(X, Y, epochs=2, validation_data=(X, Y), verbose=verbose)
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("  ")[0] for line in lines] == ["Epoch 1/2", "Epoch 2/2"]
        assert "loss: " in lines[0]
        assert "val_accuracy: " in lines[0]
    trained.fit(X, Y, verbose=0)
    trained.evaluate(X, Y, verbose=0)
    trained.predict(X)
    assert capsys.readouterr().out == ""
    trained.evaluate(X, Y)
    assert "accuracy: " in capsys.readouterr().out


def test_progress_goes_where_its_console_writes(capsys: pytest.CaptureFixture[str]) -> None:
    output = io.StringIO()
    model().fit(X, Y, epochs=2, callbacks=[callbacks.ProgressBar(Console(file=output, width=60))])
    assert capsys.readouterr().out == ""
    lines = output.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Epoch 2/2")


IN_A_TERMINAL = """
import numpy as np
from tests.small import figures, model
x, y = figures(2000)
model(hidden=64).fit(np.tile(x, (100, 1, 1)), np.tile(y, 100), epochs=4)
"""


def test_a_live_bar_in_a_terminal() -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen([sys.executable, "-c", IN_A_TERMINAL], stdout=theirs, env=environment) as run:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the terminal is closed
                break
            if not part:
                break
            seen += part
    os.close(ours)
    assert run.returncode == 0
    text = seen.decode()
    assert "━" in text
    assert " left" in text
    for epoch in range(1, 5):
        assert f"Epoch {epoch}/4  " in text
    assert text.rstrip().endswith("\x1b[?25h") or "\x1b[?25h" in text  # the cursor is back


def test_numbers_and_times() -> None:
    from figurate.callbacks import progress_bar

    assert progress_bar._values({"loss": 0.5, "learning_rate": 1e-05}) == ["loss: 0.5000", "learning_rate: 1.0000e-05"]
    assert [progress_bar._seconds(s) for s in (0.031, 12.3, 61, 3601)] == [
        "0.03 s",
        "12 s",
        "1 min 01 s",
        "60 min 01 s",
    ]


LOGS = {"loss": 0.25, "accuracy": 0.9, "val_loss": 0.3, "val_accuracy": 0.88}


def epochs_on_a_terminal(width: int) -> str:
    """What the first of 20 epochs leaves on a terminal of this width."""
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=True, color_system=None, legacy_windows=False, _environ={}
    )
    bar = callbacks.ProgressBar(console)
    bar.set_params({"epochs": 20, "steps": 10})
    bar.on_train_begin()
    bar.on_epoch_begin(0)
    bar.on_epoch_end(0, LOGS)
    bar.on_train_end()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.getvalue())


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (200, ["Epoch  1/20  0.00 s  loss: 0.2500  accuracy: 0.9000  val_loss: 0.3000  val_accuracy: 0.8800"]),
        (80, [" 1/20  loss: 0.2500  accuracy: 0.9000  val_loss: 0.3000  val_accuracy: 0.8800"]),
        (60, [" 1/20  loss: 0.2500  accuracy: 0.9000  val_loss: 0.3000", "  val_accuracy: 0.8800"]),
        (40, [" 1/20  loss: 0.2500  accuracy: 0.9000", "  val_loss: 0.3000  val_accuracy: 0.8800"]),
    ],
)
def test_lines_of_epochs_fit_the_terminal(width: int, expected: list[str]) -> None:
    lines = re.split(r"[\r\n]+", epochs_on_a_terminal(width))
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line.rstrip() in expected] == expected


@pytest.mark.parametrize(
    ("width", "values"), [(200, "  loss: 0.2500  accuracy: 0.9000"), (80, "  loss: 0.2500  accuracy: 0.9000"), (40, "")]
)
def test_the_live_bar_keeps_epoch_bar_and_time(width: int, values: str) -> None:
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=True, color_system=None, legacy_windows=False, _environ={}
    )
    bar = TerminalBar(console, 100)
    bar.draw(45, "Epoch 10/20", ["loss: 0.2500", "accuracy: 0.9000"], "10 min 30 s left")
    bar.close()
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.getvalue()))
    assert max(map(len, lines)) <= width
    assert any(re.fullmatch(rf"Epoch 10/20 ━+[╸╺━]* +45 %{values}  10 min 30 s left *", line) for line in lines)


def test_the_time_left_is_not_judged_by_one_step() -> None:
    bar = callbacks.ProgressBar()
    bar.set_params({"epochs": 1, "steps": 1001})
    # The first step took long; after it a step takes 2 ms.
    bar._first = (1, 10.0)
    assert [bar._left(done, 10.0 + (done - 1) * 0.002) for done in (1, 2, 501)] == ["", "", "1.00 s left"]
    # Slow steps are judged by their time.
    assert bar._left(2, 12.0) == "33 min 18 s left"
