"""Schedules that leave their number of steps to `fit`: the same bits as with the number given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import callbacks, optimizers
from figurate.errors import ConfigurationError
from figurate.models import load_model
from figurate.optimizers import schedules as s
from tests.small import figures, model, same_weights

X, Y = figures()
STEPS = 6  # of an epoch of 96 figures in batches of 16

# An open schedule, and the same for four epochs.
PAIRS: dict[str, tuple[s.LearningRateSchedule, s.LearningRateSchedule]] = {
    "OneCycle": (s.OneCycle(0.02), s.OneCycle(0.02, 4 * STEPS)),
    "CosineDecay": (s.CosineDecay(0.02), s.CosineDecay(0.02, 4 * STEPS)),
    "CosineDecay after a warm-up": (
        s.CosineDecay(0.0, warmup_target=0.02, warmup_steps=5),
        s.CosineDecay(0.0, 4 * STEPS - 5, warmup_target=0.02, warmup_steps=5),
    ),
    "PolynomialDecay": (s.PolynomialDecay(0.02), s.PolynomialDecay(0.02, 4 * STEPS)),
    "ExponentialDecay": (s.ExponentialDecay(0.02, None, 0.1), s.ExponentialDecay(0.02, 4 * STEPS, 0.1)),
    "InverseTimeDecay": (s.InverseTimeDecay(0.02, None, 5), s.InverseTimeDecay(0.02, 4 * STEPS, 5)),
}


def trained(schedule: Any, epochs: int = 4, **fit: Any) -> Any:
    made = model(optimizers.Adam(schedule))
    made.fit(X, Y, epochs=epochs, batch_size=16, verbose=0, **fit)
    return made


@pytest.mark.parametrize("case", PAIRS)
def test_fit_gives_the_number_of_steps(case: str) -> None:
    free, fixed = PAIRS[case]
    assert free.is_open
    assert not fixed.is_open
    assert free.over(4 * STEPS).get_config() == fixed.get_config()
    assert fixed.over(7) is fixed
    assert same_weights(trained(free), trained(fixed))


def test_with_hooks_for_batches_too() -> None:
    watching = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    assert same_weights(trained(s.OneCycle(0.02), callbacks=[watching]), trained(s.OneCycle(0.02)))


def test_another_fit_begins_again_and_a_later_initial_epoch_goes_on() -> None:
    whole = trained(s.OneCycle(0.02))

    class Stop(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = epoch == 1

    cut = trained(s.OneCycle(0.02), callbacks=[Stop()])
    cut.fit(X, Y, epochs=4, initial_epoch=2, batch_size=16, verbose=0)
    assert same_weights(cut, whole)

    again = trained(s.OneCycle(0.02), epochs=2)
    again.fit(X, Y, epochs=2, batch_size=16, verbose=0)
    rates = s.OneCycle(0.02, 2 * STEPS)
    by_hand = trained(rates, epochs=2)

    class Begin(s.LearningRateSchedule):
        def __call__(self, step: int) -> float:
            return float(rates(step - 2 * STEPS))

    by_hand.optimizer.learning_rate = Begin()
    by_hand.fit(X, Y, epochs=2, batch_size=16, verbose=0)
    assert same_weights(again, by_hand)


def test_a_file_holds_it_open(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    made = trained(s.OneCycle(0.02))
    made.save(path)
    again = load_model(path)
    assert isinstance(again.optimizer.learning_rate, s.OneCycle)
    assert again.optimizer.learning_rate.get_config() == s.OneCycle(0.02).get_config()
    for one in (made, again):
        one.fit(X, Y, epochs=3, batch_size=16, verbose=0, seed=1)
    assert same_weights(made, again)


def test_a_run_that_was_cut_off_goes_on_in_the_middle(tmp_path: Path) -> None:
    backup = tmp_path / "run.safetensors"

    class Die(callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                raise RuntimeError("cut off")

    with pytest.raises(RuntimeError, match="cut off"):
        trained(s.OneCycle(0.02), callbacks=[callbacks.BackupAndRestore(backup), Die()])
    assert same_weights(
        trained(s.OneCycle(0.02), callbacks=[callbacks.BackupAndRestore(backup)]), trained(s.OneCycle(0.02))
    )


def test_where_the_number_is_missing() -> None:
    with pytest.raises(ConfigurationError, match=r"`OneCycle` expects a number of steps .* received total_steps=None"):
        s.OneCycle(0.02)(3)
    with pytest.raises(ConfigurationError, match=r"Ask `schedule\.over\(steps\)\(step\)`, or set `decay_steps`"):
        model(optimizers.Adam(s.CosineDecay(0.02))).train_on_batch(X, Y)
    np.testing.assert_allclose(s.CosineDecay(0.02).over(100)(np.array([0, 50])), [0.02, 0.01])


def test_a_warm_up_longer_than_training() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"`CosineDecay\(warmup_steps=…\)` expects fewer than the 24 steps .* received 24\. Warm up",
    ):
        trained(s.CosineDecay(0.0, warmup_target=0.1, warmup_steps=24))
