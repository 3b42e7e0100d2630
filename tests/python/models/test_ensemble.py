"""`Ensemble`: the mean of its members, measured and saved as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import figurate
from figurate import errors, layers
from figurate.callbacks import Callback
from figurate.models import Ensemble, Sequential, fit_many, load_model
from tests.small import figures, model, network, same_weights

X, Y = figures()
XV, YV = figures(40, seed=9)


def trained(count: int = 3, epochs: int = 5) -> Ensemble:
    members = [model(hidden=6 + seed, seed=seed) for seed in range(count)]
    fit_many(members, X, Y, epochs=epochs, verbose=0)
    return Ensemble(members)


def test_the_mean_of_the_members() -> None:
    assert figurate.Ensemble is Ensemble
    ensemble = trained()
    mean = np.mean([member.predict(XV) for member in ensemble.models], axis=0, dtype=np.float64)
    outputs = ensemble.predict(XV)
    assert outputs.dtype == np.float32
    np.testing.assert_allclose(outputs, mean, rtol=1e-6)
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(ensemble.predict(XV[0]), outputs[:1])
    np.testing.assert_array_equal(ensemble.predict_on_batch(XV[3:5]), outputs[3:5])
    np.testing.assert_array_equal(ensemble.predict(XV, threads=1, batch_size=7), outputs)
    np.testing.assert_array_equal(Ensemble(ensemble.models[:1]).predict(XV), ensemble.models[0].predict(XV))


def test_it_asks_the_members_as_they_are() -> None:
    ensemble = trained(2)
    before = ensemble.predict(XV)
    ensemble.models[0].fit(X, Y, verbose=0)
    assert not np.array_equal(before, ensemble.predict(XV))


def test_loss_and_metrics_are_of_the_mean(capsys: pytest.CaptureFixture[str]) -> None:
    ensemble = trained()
    p = ensemble.predict(XV).astype(np.float64)
    weight = np.linspace(0, 1, len(XV))
    logs = ensemble.evaluate(XV, YV, verbose=0, return_dict=True)
    losses = -np.log(p[np.arange(len(YV)), YV] / p.sum(axis=1))
    assert list(logs) == ensemble.metrics_names == ["loss", "accuracy"]
    assert logs["loss"] == pytest.approx(losses.mean(), rel=1e-5)
    assert logs["accuracy"] == pytest.approx((p.argmax(axis=1) == YV).mean())
    weighted = ensemble.evaluate(XV, YV, sample_weight=weight, verbose=0)
    assert weighted[0] == pytest.approx((losses * weight).mean(), rel=1e-5)
    assert capsys.readouterr().out == ""
    assert ensemble.evaluate(XV, YV) == list(logs.values())
    assert "accuracy: " in capsys.readouterr().out


def test_other_losses_and_shapes() -> None:
    members = []
    for seed in range(2):
        made = Sequential([layers.Flatten(), layers.Dense(6, "sigmoid"), layers.Reshape((2, 3))], seed=seed)
        made.compile("sgd", "mse")
        made.fit(X, np.zeros((len(X), 2, 3)), verbose=0)
        members.append(made)
    ensemble = Ensemble(members, name="two")
    assert ensemble.output_shape == (None, 2, 3)
    assert ensemble.input_shape == (None, 8, 8)
    outputs = ensemble.predict(XV)
    assert outputs.shape == (len(XV), 2, 3)
    truth = np.full((len(XV), 2, 3), 0.25)
    assert ensemble.evaluate(XV, truth, verbose=0) == pytest.approx(float(((outputs - truth) ** 2).mean()), rel=1e-5)
    assert repr(ensemble) == "<Ensemble 'two' of 2 models>"


def test_all_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "three.safetensors"
    ensemble = trained()
    for member in ensemble.models:
        member.class_names = ["a", "b", "c", "d"]
    ensemble.save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["three.safetensors"]
    again = load_model(path)
    assert isinstance(again, Ensemble)
    assert again.name == ensemble.name
    assert again.class_names == ["a", "b", "c", "d"]
    assert again.input_range == ensemble.input_range
    np.testing.assert_array_equal(again.predict(XV), ensemble.predict(XV))
    assert again.evaluate(XV, YV, verbose=0) == ensemble.evaluate(XV, YV, verbose=0)
    for mine, other in zip(again.models, ensemble.models, strict=True):
        assert mine.history is not None
        assert other.history is not None
        assert mine.history.history == other.history.history
    # The members train on where they ended.
    for one in (again, ensemble):
        fit_many(one.models, X, Y, epochs=2, verbose=0)
    for mine, other in zip(again.models, ensemble.models, strict=True):
        assert same_weights(mine, other)
    small = tmp_path / "small.safetensors"
    ensemble.save(small, include_optimizer=False)
    assert small.stat().st_size < 0.6 * path.stat().st_size
    # The same ensemble gives the same bytes.
    load_model(small).save(path, include_optimizer=False)
    assert path.read_bytes() == small.read_bytes()
    with pytest.raises(FileExistsError, match="expects a new path"):
        ensemble.save(small, overwrite=False)
    with pytest.raises(errors.UnsupportedError, match="change the ending"):
        ensemble.save(tmp_path / "three.keras")


def test_histories_with_arrays(tmp_path: Path) -> None:
    class Weigh(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["weights"] = self.model.get_weights()[0]

    members = [model(seed=seed) for seed in range(2)]
    fit_many(members, X, Y, epochs=2, callbacks=lambda made: [Weigh()])
    Ensemble(members).save(tmp_path / "e.safetensors")
    for mine, other in zip(load_model(tmp_path / "e.safetensors").models, members, strict=True):
        assert other.history is not None
        np.testing.assert_array_equal(mine.history.history["weights"][0], other.history.history["weights"][0])


def test_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    alike = Ensemble([model(seed=seed) for seed in range(3)], name="three")
    alike.summary()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'Ensemble: "three", the mean of 3 models, each like this one:'
    assert sum(line.startswith('Model: "') for line in lines) == 1
    assert lines[-1] == f" Params of all 3 models: {3 * alike.models[0].count_params():,}"
    said: list[str] = []
    trained().summary(print_fn=said.append)
    assert said[0].endswith("the mean of 3 models:")
    assert sum(line.startswith('Model: "') for line in said) == 3


def test_whole_numbers_where_it_learned_from_0_to_1() -> None:
    ensemble = trained(1)
    whole = (XV * 255).astype(np.uint8)
    with pytest.warns(figurate.FigurateWarning, match="`predict` received uint8 pixels up to 199"):
        ensemble.predict(whole)
    with pytest.warns(figurate.FigurateWarning, match="`evaluate` received uint8 pixels"):
        ensemble.evaluate(whole, YV, verbose=0)


def scores() -> Sequential:
    made = network(last="linear")
    made.compile("adam", figurate.losses.SparseCategoricalCrossentropy(from_logits=True))
    return made


def named(names: list[str]) -> Sequential:
    made = network()
    made.class_names = names
    return made


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "no members": ([], errors.ConfigurationError, r"expects a list of at least one `Sequential`, received \[\]"),
    "a model alone": (network(), errors.ConfigurationError, "Write `Ensemble"),
    "not built": (
        [Sequential([layers.Dense(4)])],
        errors.ConfigurationError,
        "The model is not built",
    ),
    "other figures": (
        [network(), Sequential([layers.Dense(4, input_shape=(5,))])],
        errors.ShapeError,
        r"take figures of one shape, received \(8, 8\) of member 0 and \(5,\) of member 1",
    ),
    "other outputs": (
        [network(), Sequential([layers.Flatten(input_shape=(8, 8))])],
        errors.ShapeError,
        r"have the same outputs, received \(4,\) of member 0 and \(64,\) of member 1",
    ),
    "scores": ([network(), scores()], errors.ConfigurationError, r"member 1\. Add `Softmax\(\)` to it"),
    "other names": (
        [named(["a", "b", "c", "d"]), network(), named(["a", "b", "c", "x"])],
        errors.ConfigurationError,
        "same class names, received .* of member 0 and .* of member 2",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    members, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        Ensemble(members)


def test_one_twice_and_other_pixels() -> None:
    made = model()
    with pytest.raises(errors.ConfigurationError, match="different models, received one of them twice"):
        Ensemble([made, made])
    made.fit(X, Y, verbose=0)
    other = model()
    other.fit(np.rint(X * 255), Y, verbose=0)
    with pytest.raises(errors.ConfigurationError, match=r"pixels of the same range, received InputRange.*of member 1"):
        Ensemble([made, other])


def test_what_it_does_not_do() -> None:
    ensemble = Ensemble([network()])
    with pytest.raises(errors.UnsupportedError, match=r"Write `fit_many\(ensemble\.models, x, y\)`"):
        ensemble.fit(X, Y)
    for convert in (ensemble.to_keras, ensemble.to_torch):
        with pytest.raises(
            errors.UnsupportedError, match=r"`\[model\.to_(keras|torch)\(\) for model in ensemble\.models\]`"
        ):
            convert()
    with pytest.raises(errors.ConfigurationError, match="expect a loss"):
        ensemble.evaluate(XV, YV)
    compiled = Ensemble([network(), model()])
    with pytest.raises(errors.ShapeError, match="one label a figure"):
        compiled.evaluate(XV, YV[:3])
    with pytest.raises(errors.ShapeError, match=r"expects x to hold figures of shape \(8, 8\)"):
        compiled.predict(np.zeros((3, 9, 9)))
    with pytest.raises(errors.DataError, match="finite"):
        compiled.predict(np.full((3, 8, 8), np.nan))
