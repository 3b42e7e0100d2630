"""`FigureClassifier` by itself: what it takes, what it learns, what it says of itself."""

from __future__ import annotations

import warnings
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from figurate import callbacks
from figurate.models import load_model
from figurate.sklearn import FigureClassifier, settings
from tests.python.sklearn.estimators import lesson, table
from tests.small import SIDE, figures, same_weights

# -- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["flat", "shaped", "with a channel", "lists", "float64", "fortran"])
def test_figures_in_every_form_give_the_same(form: str) -> None:
    x, y = figures()
    given: Any = {
        "flat": x.reshape(len(x), -1),
        "shaped": x,
        "with a channel": x[..., None],
        "lists": x.tolist(),
        "float64": x.astype(float),
        "fortran": np.asfortranarray(x),
    }[form]
    fitted = lesson().fit(given, y)
    assert fitted.n_features_in_ == SIDE * SIDE
    expected = lesson().fit(x, y)
    assert same_weights(fitted.model_, expected.model_)
    assert np.array_equal(fitted.predict_proba(x.reshape(len(x), -1)), expected.predict_proba(x))


def test_a_preset_of_convolutions_takes_flat_figures() -> None:
    x, y = figures(240)
    fitted = FigureClassifier(epochs=12, batch_size=16, random_state=1).fit(x.reshape(len(x), -1), y)
    assert fitted.figure_shape_ == (SIDE, SIDE)
    assert "Conv2D" in [type(layer).__name__ for layer in fitted.model_.layers]
    assert fitted.score(x, y) > 0.9


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float64, np.float32])
def test_pixels_of_any_range_learn_alike(dtype: Any) -> None:
    x, y = figures(240)
    pixels = np.rint(x * 255).astype(dtype)
    pixels[0, 0, :2] = 0, 255
    fitted = lesson().fit(pixels, y)
    assert np.allclose(
        fitted.predict_proba(pixels), lesson().fit(pixels / 255, y).predict_proba(pixels / 255), atol=1e-4
    )


def test_pixels_from_the_least_to_the_greatest_by_hand() -> None:
    x, y = figures()
    fitted = lesson(epochs=1).fit(np.clip(x * 20, 2, 18) - 10, y)  # -8 to 8
    scaling = fitted.model_.layers[0].get_config()
    low, high = np.clip(x.min() * 20, 2, 18) - 10, np.clip(x.max() * 20, 2, 18) - 10
    assert scaling["scale"] == pytest.approx(1 / (high - low))
    assert low * scaling["scale"] + scaling["offset"] == pytest.approx(0, abs=1e-6)


# -- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_trains_the_dense_counterpart_on_standardised_features() -> None:
    x, y = table()
    fitted = FigureClassifier(random_state=1, n_jobs=1, epochs=60).fit(x, y)
    assert [type(layer).__name__ for layer in fitted.model_.layers] == ["Dense", "Dense"]
    assert fitted.model_.layers[0].get_config()["units"] == 64  # as many as the widest of the preset's layers
    assert fitted.scaler_ is not None
    assert np.allclose(fitted.scaler_.mean_, x.mean(axis=0))
    assert fitted.score(x, y) > 0.9


@pytest.mark.parametrize("network", ["fast", "best"])
def test_a_weight_of_three_is_three_rows_of_a_table_to_the_last_bit(network: str) -> None:
    x, y = table()
    weights = np.random.default_rng(0).integers(0, 4, len(x))
    order = np.random.default_rng(1).permutation(len(x))
    options: dict[str, Any] = {"random_state": 1, "epochs": 5, "batch_size": 16}
    weighed = FigureClassifier(network, **options).fit(x[order], y[order], weights[order])
    repeated = FigureClassifier(network, **options).fit(x.repeat(weights, axis=0), y.repeat(weights))
    assert same_weights(weighed.model_, repeated.model_)


@pytest.mark.parametrize("shape", [(SIDE * SIDE,), [SIDE * SIDE], SIDE * SIDE])
def test_a_square_of_features_that_is_no_picture(shape: Any) -> None:
    x, y = figures()
    fitted = lesson(image_shape=shape).fit(x.reshape(len(x), -1), y)
    assert fitted.figure_shape_ == (SIDE * SIDE,)
    assert fitted.scaler_ is not None


def test_a_square_that_looks_like_no_picture_is_told_of() -> None:
    x, y = figures()
    flat = x.reshape(len(x), -1)
    shuffled = flat[:, np.random.default_rng(1).permutation(flat.shape[1])]
    with pytest.warns(UserWarning, match=r"takes 64 features for pictures of 8 × 8, but neighbouring .*shape=\(64,\)"):
        lesson(epochs=1).fit(shuffled, y)
    framed = np.full((len(x), 28, 28), 0.1)
    framed[:, 10:18, 10:18] = x  # all that is far apart is of one tone
    lesson(epochs=1).fit(framed.reshape(len(x), -1), y)
    # Pictures, rows too few to tell, and squares of which the caller says what they are.
    lesson(epochs=1).fit(flat, y)
    lesson(epochs=1).fit(shuffled[:30], y[:30])
    lesson(epochs=1, image_shape=(SIDE, SIDE)).fit(shuffled, y)
    lesson(epochs=1, image_shape=(SIDE * SIDE,)).fit(shuffled, y)


# -- labels and weights ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["north", "east", "south", "west"]),
        np.array([-3, 0, 7, 1000]),
        np.array([0.5, 1.5, 2.5, 3.5]).astype(str).astype(object),
        np.array([2**60, 2**60 + 1, 2**60 + 2, 5]),
        np.array([False, True, True, False]),
    ],
    ids=["strings", "negative", "objects", "large", "booleans"],
)
def test_labels_of_any_kind(labels: Any) -> None:
    x, y = figures(240)
    fitted = lesson().fit(x, labels[y])
    assert np.array_equal(fitted.classes_, np.unique(labels))
    assert fitted.predict(x).dtype == labels.dtype
    assert fitted.score(x, labels[y]) > 0.9
    assert fitted.model_.class_names == [str(label) for label in fitted.classes_]


def test_weights_are_scaled_to_a_mean_of_one() -> None:
    x, y = figures()
    weights = np.random.default_rng(2).uniform(0.5, 2, len(x))
    one, other = lesson().fit(x, y, weights), lesson().fit(x, y, 1024 * weights)
    assert same_weights(one.model_, other.model_)
    assert same_weights(lesson().fit(x, y, np.full(len(x), 7.0)).model_, lesson().fit(x, y).model_)


def test_figures_of_weight_zero_are_as_if_they_were_not_there() -> None:
    x, y = figures()
    weights = (np.arange(len(x)) % 3 > 0).astype(float)
    assert same_weights(lesson().fit(x, y, weights).model_, lesson().fit(x[weights > 0], y[weights > 0]).model_)


def test_weights_of_classes_multiply_those_of_figures() -> None:
    x, y = figures()
    names = np.array(["a", "b", "c", "d"])[y]
    weights = np.linspace(1, 2, len(x))
    by_class = lesson(class_weight={"a": 0.0, "b": 3.0}).fit(x, names, weights)
    by_hand = lesson().fit(x, names, weights * np.array([0.0, 3.0, 1.0, 1.0])[y])
    assert same_weights(by_class.model_, by_hand.model_)
    counts = np.bincount(y)
    balanced = lesson(class_weight="balanced").fit(x, names)
    assert np.allclose(
        balanced.predict_proba(x), lesson().fit(x, names, (1 / counts)[y]).predict_proba(x), rtol=1e-3, atol=1e-5
    )


# -- training --------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_on_any_number_of_threads() -> None:
    x, y = figures()
    one, two, other = (lesson(random_state=seed, n_jobs=jobs).fit(x, y) for seed, jobs in ((4, 1), (4, 2), (5, -1)))
    assert same_weights(one.model_, two.model_)
    assert not same_weights(one.model_, other.model_)
    assert same_weights(lesson(random_state=np.random.RandomState(4)).fit(x, y).model_, one.model_)


def test_n_jobs_are_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    cores = joblib.cpu_count()
    assert settings.threads(None) is None  # the engine's own choice
    assert [settings.threads(jobs) for jobs in (3, np.int64(3), -1, -cores, -99)] == [3, 3, cores, 1, 1]
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert settings.threads(None) == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "999")
    assert settings.threads(None) == cores
    assert settings.threads(2) == 2


def test_the_course_of_training() -> None:
    fitted = lesson(epochs=7).fit(*figures())
    assert fitted.n_iter_ == 7
    assert fitted.loss_curve_ == fitted.history_["loss"]
    assert len(fitted.history_["accuracy"]) == 7
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]


def test_probabilities_sum_to_one_as_metrics_ask_for() -> None:
    x, y = figures()
    voting = VotingClassifier([("one", lesson(epochs=1)), ("other", LogisticRegression())], voting="soft")
    x = x.reshape(len(x), -1).astype(float)
    voting.fit(x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log_loss(y, voting.predict_proba(x))


def test_the_model_of_a_table_takes_it_as_it_is(tmp_path: Any) -> None:
    x, y = table()
    x[:, 0] = 3.0  # a feature that never varies
    fitted = FigureClassifier(random_state=1, n_jobs=1, epochs=30).fit(x, y)
    for _ in range(2):
        fitted.model_.save(tmp_path / "table.safetensors")
        model = load_model(tmp_path / "table.safetensors")
        assert np.allclose(model.predict(x), fitted.predict_proba(x), atol=1e-4)
        assert model.class_names == ["0", "1", "2"]
        fitted.partial_fit(x[:50] * 2, y[:50])  # another scale


def test_figures_held_out_are_measured() -> None:
    x, y = figures(400)
    options: dict[str, Any] = {"validation_fraction": 0.25, "epochs": 60}
    stopped = lesson(**options, callbacks=[callbacks.EarlyStopping(patience=2, min_delta=0.05)]).fit(
        x, np.array(list("abcd"))[y]
    )
    assert len(stopped.history_["val_loss"]) == stopped.n_iter_ < 60
    assert stopped.history_["val_accuracy"][-1] > 0.8
    # They are those of scikit-learn's own split, and not trained on.
    train, _ = train_test_split(np.arange(400), test_size=0.25, stratify=y, random_state=1)
    assert not same_weights(lesson(epochs=3).fit(x, y).model_, lesson(**options | {"epochs": 3}).fit(x, y).model_)
    alone, held = lesson(epochs=3).fit(x[train], y[train]), lesson(**options | {"epochs": 3}).fit(x, y)
    assert same_weights(alone.model_, held.model_)
    rows, labels = table()
    assert "val_loss" in FigureClassifier(validation_fraction=0.1, epochs=2).fit(rows, labels).history_
    for wrong in (0, 1.0, 5, "much"):
        with pytest.raises(
            ValueError, match=r"validation_fraction=…\)` expects a share between 0 and 1, such as 0\.1, or"
        ):
            lesson(validation_fraction=wrong).fit(x, y)


def test_logarithms_of_probabilities() -> None:
    x, y = figures()
    fitted = lesson().fit(x, y)
    assert np.allclose(np.exp(fitted.predict_log_proba(x)), fitted.predict_proba(x))


def test_the_model_file_needs_no_scikit_learn(tmp_path: Any) -> None:
    x, y = figures(240)
    pixels = np.rint(x * 255).astype(np.uint8)
    fitted = lesson().fit(pixels, np.array(["a", "b", "c", "d"])[y])
    fitted.model_.save(tmp_path / "model.safetensors")
    model = load_model(tmp_path / "model.safetensors")
    assert model.class_names == ["a", "b", "c", "d"]
    np.testing.assert_allclose(model.predict(pixels), fitted.predict_proba(pixels), atol=1e-6)


def test_callbacks_and_progress(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []
    watching = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    lesson(epochs=3, callbacks=[watching], verbose=2).fit(*figures())
    assert seen == [0, 1, 2]
    assert "Epoch 3/3" in capsys.readouterr().out
    lesson(epochs=3).fit(*figures())
    assert capsys.readouterr().out == ""


# -- messages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, r"`FigureClassifier\(epochs=…\)` expects a whole number of at least 1 or None, received 0"),
        ({"batch_size": 0.5}, r"`FigureClassifier\(batch_size=…\)` expects a whole number"),
        ({"learning_rate": 0}, r"`FigureClassifier\(learning_rate=…\)` expects a finite number above 0"),
        ({"image_shape": (7, 8)}, r"shape \(7, 8\), as `image_shape` or the network says, so 56 features, received 64"),
        ({"image_shape": (4, 16)}, r"expects figures of shape \(4, 16\), received \(8, 8\)"),
        ({"image_shape": 3.0}, r"`FigureClassifier\(image_shape=…\)` expects the sizes"),
        ({"warm_start": 2}, r"`FigureClassifier\(warm_start=…\)` expects True or False"),
        ({"n_jobs": 0}, r"`FigureClassifier\(n_jobs=…\)` expects a number of threads, -1 for all, or None, received 0"),
        ({"class_weight": {9: 1.0}}, r"class_weight=…\)` expects labels of \[0, 1, 2, 3\], received 9"),
        ({"class_weight": {1: -1}}, r"expects finite weights of at least 0, received -1 for the class 1"),
        ({"class_weight": "even"}, r"expects {label: weight}, 'balanced' or None, received 'even'"),
        ({"network": "fats"}, "Unknown preset 'fats'. Did you mean 'fast'"),
        ({"kind": "letters"}, r"expects kind='characters' or 'things', received 'letters'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_wrong_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lesson(**options).fit(*figures())


def test_wrong_data() -> None:
    x, y = figures()
    with pytest.raises(ValueError, match=r"labels of at least 2 classes, received 1 class: 0\.0\. Pass"):
        lesson().fit(x, np.zeros(len(x)))
    with pytest.raises(ValueError, match="expects a weight above 0, received weights that are all zero"):
        lesson(class_weight={0: 0, 1: 0, 2: 0, 3: 0}).fit(x, y)
    with pytest.raises(NotFittedError, match="is not fitted yet"):
        lesson().predict(x)
    fitted = lesson(epochs=1).fit(x, y)
    with pytest.raises(ValueError, match=r"expects figures of shape \(8, 8\), received \(4, 16\)"):
        fitted.predict(x.reshape(-1, 4, 16))
    with pytest.raises(ValueError, match=r"expects figures of shape \(8, 8\), received \(7, 7\)"):
        fitted.predict(x[:, :7, :7])
    with pytest.raises(ValueError, match="X has 49 features, but FigureClassifier is expecting 64"):
        fitted.predict(x[:, :7, :7].reshape(len(x), -1))
    with pytest.raises(ValueError, match=r"labels of at least 2 classes, received none\. Pass"):
        lesson().partial_fit(x, y, classes=[])
    with pytest.raises(ValueError, match="contains NaN"):
        fitted.predict(np.full((1, SIDE, SIDE), np.nan))


def test_wrong_parts() -> None:
    x, y = figures()
    with pytest.raises(ValueError, match="The first `partial_fit` expects `classes=`"):
        lesson().partial_fit(x, y)
    with pytest.raises(ValueError, match="expects `class_weight` as a dictionary or None, received 'balanced'"):
        lesson(class_weight="balanced").partial_fit(x, y, classes=range(4))
    with pytest.raises(ValueError, match=r"expects labels of \[0, 1, 2\], received 3 at figure \d+"):
        lesson().partial_fit(x, y, classes=[0, 1, 2])
    begun = lesson().partial_fit(x, y, classes=range(4))
    with pytest.raises(ValueError, match="expects the classes of the first call"):
        begun.partial_fit(x, y, classes=range(5))
