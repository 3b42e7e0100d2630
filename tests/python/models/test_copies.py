"""Models copied and sent to other processes: through the bytes of their file, checked as a file is."""

from __future__ import annotations

import copy
import io
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest

from figurate import presets
from figurate.models import Sequential
from figurate.models.loading import from_bytes
from figurate.models.saving import to_bytes
from tests.small import figures, model, network, same_weights


def trained() -> Sequential:
    made = model()
    made.fit(*figures(), epochs=2, verbose=0)
    made.class_names = ["a", "b", "c", "d"]
    return made


def sent(model: Sequential) -> Sequential:
    """As joblib and multiprocessing send it."""
    written = io.BytesIO()
    joblib.dump(model, written)
    return joblib.load(io.BytesIO(written.getvalue()))  # type: ignore[no-any-return]


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, sent])
def test_a_copy_is_the_same_and_trains_on_alike(way: Callable[[Sequential], Sequential]) -> None:
    first = trained()
    second = way(first)
    assert second is not first
    assert same_weights(first, second)
    assert (second.name, second.seed, second.class_names) == (first.name, first.seed, first.class_names)
    assert first.history is not None
    assert second.history is not None
    assert second.history.history == first.history.history
    assert second.preprocessing == first.preprocessing
    for one in (first, second):
        one.fit(*figures(), epochs=2, verbose=0)
    assert same_weights(first, second)


def test_a_copy_goes_its_own_way() -> None:
    first = trained()
    second, before = copy.deepcopy(first), first.get_weights()
    second.fit(*figures(), verbose=0)
    assert all(np.array_equal(old, new) for old, new in zip(before, first.get_weights(), strict=True))


@pytest.mark.parametrize("name", presets.names())
def test_copies_of_presets(name: str) -> None:
    first = presets.get(name).build((8, 8), 4)
    second = sent(first)
    assert same_weights(first, second)
    assert second.optimizer.get_config() == first.optimizer.get_config()


def test_a_copy_of_what_is_not_built() -> None:
    first = Sequential(seed=9, name="empty")
    assert sent(first).get_config() == first.get_config()
    config = network().get_config()
    first = Sequential.from_config({**config, "build_input_shape": None, "layers": config["layers"][1:]})
    first.seed = 5
    first.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    second = copy.deepcopy(first)
    assert not second.built
    assert second.get_config() == first.get_config()
    x, y = figures()
    for one in (first, second):
        one.fit(x.reshape(len(x), -1), y, verbose=0)
    assert same_weights(first, second)


def test_another_process_predicts_alike() -> None:
    made = trained()
    x = figures()[0]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert np.array_equal(pool.apply(made.predict, (x,)), made.predict(x))


def test_bytes_are_those_of_the_file_and_checked_like_it(tmp_path: Path) -> None:
    made = trained()
    made.save(tmp_path / "model.safetensors")
    data = to_bytes(made)
    assert data == (tmp_path / "model.safetensors").read_bytes()
    with pytest.raises(ValueError, match=r"Cannot read 'bytes' as a figurate model: .* It is truncated"):
        from_bytes(data[:-4])
    with pytest.raises(ValueError, match="expected at least 8 bytes, received 3"):
        from_bytes(b"abc")
    with pytest.raises(ValueError, match="its checksum does not match its contents"):
        from_bytes(data[:-1] + bytes([data[-1] ^ 1]))
