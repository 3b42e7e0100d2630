"""Ctrl-C and worse, in real processes: what is kept, and how fast training lets go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from figurate.models import load_model
from tests.small import same_weights

# A run of half a minute; the parent interrupts it once training is under way.
CTRL_C = """
import sys, time
import numpy as np
from figurate import callbacks
from tests.small import figures, model
made = model(hidden=128)
x, y = figures(3000)
x, y = np.tile(x, (10, 1, 1)), np.tile(y, 10)
say = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epoch == 0 and print("ready", flush=True))
before = made.get_weights()[0]
try:
    made.fit(x, y, epochs=1000, callbacks=[say], verbose=0)
except KeyboardInterrupt:
    stopped = time.time()
    assert made.history.epoch[0] == 0 and 1 <= len(made.history.epoch) < 1000
    assert len(made.history.history["loss"]) == len(made.history.epoch)
    after = made.get_weights()[0]
    assert np.isfinite(after).all() and not np.array_equal(before, after)
    made.evaluate(x, y, verbose=0)
    made.fit(x[:100], y[:100], verbose=0)
    print("stopped", stopped, flush=True)
"""


def interrupted_run() -> float:
    """Seconds from Ctrl-C until `fit` raised; the run checks the rest itself."""
    with subprocess.Popen([sys.executable, "-c", CTRL_C], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        time.sleep(0.05)
        sent = time.time()
        run.send_signal(signal.SIGINT)
        word, stopped = run.stdout.readline().split()
        assert run.wait(30) == 0
    assert word == "stopped"
    return float(stopped) - sent


def test_ctrl_c_stops_within_a_fifth_of_a_second() -> None:
    # The system may be busy with other things once, but not three times.
    assert any(interrupted_run() < 0.2 for _ in range(3))


def test_ctrl_c_from_a_callback_passes_through() -> None:
    from figurate.callbacks import LambdaCallback
    from tests.small import figures, model

    def interrupt(epoch: int, logs: object) -> None:
        if epoch == 1:
            os.kill(os.getpid(), signal.SIGINT)

    made = model()
    with pytest.raises(KeyboardInterrupt):
        made.fit(*figures(), epochs=5, callbacks=[LambdaCallback(on_epoch_begin=interrupt)], verbose=0)
    assert made.history is not None
    assert made.history.epoch == [0]


# One run, killed again and again, against one that is left alone. A callback for each kind of state a backup must hold.
RUN = """
import sys
from figurate import callbacks, layers, optimizers
from figurate.models import Sequential
from tests.small import figures
folder, backup = sys.argv[1:3]
x, y = figures(600)
stack = [layers.Flatten(), layers.Dense(24, "relu"), layers.Dropout(0.25), layers.Dense(4, "softmax")]
made = Sequential(stack, seed=11)
made.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
watching = [
    callbacks.EarlyStopping("val_loss", patience=30, restore_best_weights=True),
    callbacks.ReduceLROnPlateau("loss", patience=1, factor=0.7, min_delta=0.05, cooldown=1),
    callbacks.CSVLogger(f"{folder}/log.csv"),
    callbacks.ModelCheckpoint(f"{folder}/best.safetensors", monitor="val_loss", save_best_only=True),
]
if backup == "yes":
    watching.insert(0, callbacks.BackupAndRestore(f"{folder}/backup"))
    # Every epoch is announced, and takes long enough to be killed in.
    import time
    slow = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: (print(epoch, flush=True), time.sleep(0.01)))
    watching.append(slow)
made.fit(x[:500], y[:500], epochs=60, validation_data=(x[500:], y[500:]), callbacks=watching, verbose=0)
made.save(f"{folder}/end.safetensors")
"""


def test_a_run_killed_again_and_again_ends_where_it_would_have(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    subprocess.run([sys.executable, "-c", RUN, whole, "no"], check=True)

    command = [sys.executable, "-c", RUN, str(killed), "yes"]
    kills = 0
    for wait in np.random.default_rng(0).uniform(0, 0.03, 5):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            for _ in range(4):
                run.stdout.readline()
            time.sleep(wait)
            run.kill()
        kills += run.returncode == -signal.SIGKILL
    assert kills >= 1  # on a busy machine a run may end before it is killed
    last = subprocess.run(command, capture_output=True, text=True, check=True)
    # Each kill comes after four epochs, the last of them perhaps before it was backed up: it did not begin anew.
    assert len(last.stdout.split()) <= 60 - 3 * kills

    expected, found = load_model(whole / "end.safetensors"), load_model(killed / "end.safetensors")
    assert same_weights(expected, found)
    assert expected.history is not None
    assert found.history is not None
    assert found.history.epoch == list(range(60))
    assert found.history.history == expected.history.history
    assert expected.optimizer.learning_rate == found.optimizer.learning_rate
    assert expected.get_trainer().iterations == found.get_trainer().iterations
    for name, arrays in expected.get_trainer().get_slots().items():
        for mine, other in zip(arrays, found.get_trainer().get_slots()[name], strict=True):
            np.testing.assert_array_equal(mine, other)
    assert same_weights(load_model(whole / "best.safetensors"), load_model(killed / "best.safetensors"))
    assert (whole / "log.csv").read_text() == (killed / "log.csv").read_text()
    assert not (killed / "backup" / "backup.safetensors").exists()
