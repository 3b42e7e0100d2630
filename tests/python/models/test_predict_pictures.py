"""`predict_pictures`: models know the form of their figures and read pictures of any kind.

What the form does to a picture is tested in tests/python/figures and tests/core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from figurate import errors, layers, optimizers
from figurate.datasets import mnist
from figurate.figures import FigurePreprocessing
from figurate.models import Ensemble, Sequential, clone_model, load_model
from tests.small import figures, model

Pixels = npt.NDArray[np.uint8]

# The ranges that people train on.
RANGES: dict[str, Callable[[Pixels], npt.NDArray[Any]]] = {
    "0..1": lambda x: x / 255.0,
    "0..255": lambda x: x,
    "floats to 255": lambda x: x.astype(np.float32),
    "0..16": lambda x: np.rint(x / 255.0 * 16),
    "-1..1": lambda x: x / 127.5 - 1,
    "standardised": lambda x: (x - 33.3) / 78.6,
}


@pytest.fixture(scope="module")
def digits() -> tuple[Pixels, npt.NDArray[np.integer[Any]]]:
    """Four thousand of MNIST's training figures."""
    (x, y), _ = mnist.load_data()
    return x[:4000], y[:4000]


def trained(
    x: npt.NDArray[Any], y: npt.NDArray[Any], *, form: FigurePreprocessing | None = None, seed: int = 1
) -> Sequential:
    made = Sequential(
        [layers.Input(x.shape[1:]), layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(10, "softmax")],
        seed=seed,
    )
    made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    if form is not None:
        made.preprocessing = form
    made.fit(x, y, epochs=4, verbose=0)
    return made


@pytest.fixture(scope="module")
def reader(digits: tuple[Pixels, npt.NDArray[Any]]) -> Sequential:
    """A model trained on x / 255."""
    x, y = digits
    return trained(x / 255.0, y)


@pytest.fixture(scope="module")
def drawn(digits: tuple[Pixels, npt.NDArray[Any]]) -> list[Pixels]:
    """The first figures as people draw: dark on light, large, off centre."""
    found = []
    for i, figure in enumerate(digits[0][:200]):
        image = Image.fromarray(255 - figure).resize((150, 150), Image.Resampling.BICUBIC)
        found.append(np.pad(np.asarray(image), ((0, i % 60), (i % 90, 10)), constant_values=255))
    return found


# -- the form ----------------------------------------------------------------------------------------------------------


def test_fit_learns_the_form_of_its_figures(reader: Sequential, digits: tuple[Pixels, npt.NDArray[Any]]) -> None:
    assert reader.preprocessing == FigurePreprocessing.learn(digits[0])
    assert Sequential([layers.Input((28, 28))]).preprocessing is None


def test_flat_figures_have_a_form_too(digits: tuple[Pixels, npt.NDArray[Any]], drawn: list[Pixels]) -> None:
    x, y = digits
    flat = trained(x.reshape(len(x), -1) / 255.0, y)
    assert flat.preprocessing == FigurePreprocessing.learn(x)
    assert flat.predict_pictures(drawn[:3]).shape == (3, 10)


def test_a_given_form_stays_until_it_is_taken_away() -> None:
    x, y = figures()
    given = FigurePreprocessing(height=8, width=8, box=(6, 6))
    made = model()
    made.preprocessing = given
    made.fit(x, y, verbose=0)
    assert made.preprocessing is given
    made.preprocessing = None
    made.fit(x, y, verbose=0)
    assert made.preprocessing == FigurePreprocessing.learn(x)


def test_the_form_belongs_to_the_file_and_to_clones(reader: Sequential, drawn: list[Pixels], tmp_path: Path) -> None:
    reader.save(tmp_path / "reader.safetensors")
    again = load_model(tmp_path / "reader.safetensors")
    assert again.preprocessing == reader.preprocessing
    np.testing.assert_array_equal(again.predict_pictures(drawn[:20]), reader.predict_pictures(drawn[:20]))
    assert clone_model(reader).preprocessing == reader.preprocessing


def test_a_loaded_form_is_learned_again_by_fit(tmp_path: Path) -> None:
    x, y = figures()
    made = model()
    made.preprocessing = FigurePreprocessing(height=8, width=8, box=(6, 6))
    made.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.preprocessing == made.preprocessing
    again.fit(x, y, verbose=0)
    assert again.preprocessing == FigurePreprocessing.learn(x)


def test_wrong_forms_are_refused(reader: Sequential) -> None:
    with pytest.raises(
        errors.ConfigurationError, match=r"expects a `figures\.FigurePreprocessing` or None, received \{"
    ):
        reader.preprocessing = {"invert": True}  # type: ignore[assignment]
    with pytest.raises(errors.ShapeError, match=r"of the model's shape \(28, 28\), received one for \(32, 32\)"):
        reader.preprocessing = FigurePreprocessing(height=32, width=32)
    unbuilt = Sequential([layers.Flatten(), layers.Dense(4)])
    unbuilt.preprocessing = FigurePreprocessing(height=9, width=9)
    unbuilt.build((None, 8, 8))
    with pytest.raises(errors.ConfigurationError, match=r"takes figures of shape \(8, 8\), its `preprocessing` makes"):
        unbuilt.predict_pictures(np.zeros((9, 9)))


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_drawn_pictures_are_read_as_their_figures(
    reader: Sequential, digits: tuple[Pixels, npt.NDArray[Any]], drawn: list[Pixels]
) -> None:
    truth = digits[1][: len(drawn)]
    right = (reader.predict(digits[0][: len(drawn)] / 255.0).argmax(axis=1) == truth).mean()
    assert (reader.predict_pictures(drawn).argmax(axis=1) == truth).mean() > right - 0.05
    assert (reader.predict_pictures(drawn, as_is=True).argmax(axis=1) == truth).mean() < 0.5


def test_pictures_come_as_paths_images_and_arrays(reader: Sequential, drawn: list[Pixels], tmp_path: Path) -> None:
    Image.fromarray(drawn[0]).save(tmp_path / "drawn.png")
    expected = reader.predict_pictures([drawn[0]])
    assert expected.shape == (1, 10)
    assert expected.dtype == np.float32
    path = tmp_path / "drawn.png"
    image = Image.fromarray(drawn[0])
    data = path.read_bytes()
    for one in (
        path,
        str(path),
        data,
        bytearray(data),
        image,
        image.convert("RGB"),
        drawn[0],
        np.dstack([drawn[0]] * 3),
    ):
        np.testing.assert_array_equal(reader.predict_pictures(one), expected)
        np.testing.assert_array_equal(reader.predict_pictures([one, path, one]), np.repeat(expected, 3, axis=0))
    # Many of one size as one array; many as anything that can be gone through.
    same = np.stack([np.pad(figure, 5) for figure in np.repeat(drawn[:1], 4, axis=0)])
    np.testing.assert_array_equal(reader.predict_pictures(same), reader.predict_pictures(list(same)))
    np.testing.assert_array_equal(reader.predict_pictures(iter([drawn[0]])), expected)
    np.testing.assert_array_equal(reader.predict_pictures(drawn, threads=1), reader.predict_pictures(drawn, threads=3))


@pytest.mark.parametrize("name", RANGES)
def test_models_of_every_range_of_pixels_read_pictures(
    name: str, digits: tuple[Pixels, npt.NDArray[Any]], drawn: list[Pixels]
) -> None:
    x, y = digits
    made = trained(RANGES[name](x), y)
    assert replace(made.preprocessing or FigurePreprocessing(height=1, width=1), stroke_width=None) == (
        FigurePreprocessing(height=28, width=28, box=(20, 20))
    )
    truth = y[: len(drawn)]
    right = (made.predict(RANGES[name](x[: len(drawn)])).argmax(axis=1) == truth).mean()
    assert right > 0.6  # few epochs, and unscaled pixels are hard to learn from
    assert (made.predict_pictures(drawn).argmax(axis=1) == truth).mean() > right - 0.1
    # A picture that is in the model's form already means what the figure does.
    expected = made.predict(x[:50] * (16 / 255) if name == "0..16" else RANGES[name](x[:50]))
    np.testing.assert_allclose(made.predict_form(x[:50]), expected, atol=2e-4)
    np.testing.assert_allclose(made.predict_pictures(list(x[:50]), as_is=True), expected, atol=2e-4)


def test_predict_changes_no_figure(reader: Sequential, digits: tuple[Pixels, npt.NDArray[Any]]) -> None:
    x = digits[0][:20] / 255.0
    before = reader.predict(1 - x)
    form = reader.preprocessing
    reader.preprocessing = replace(form, ground="light") if form is not None else None
    try:
        np.testing.assert_array_equal(reader.predict(1 - x), before)
    finally:
        reader.preprocessing = form
    assert not np.allclose(reader.predict_pictures(list(1 - x)), before, atol=0.1)


def test_ensembles_read_pictures(
    reader: Sequential, digits: tuple[Pixels, npt.NDArray[Any]], drawn: list[Pixels], tmp_path: Path
) -> None:
    x, y = digits
    both = Ensemble([reader, trained(x / 255.0, y, seed=2)])
    assert both.preprocessing == reader.preprocessing
    mean = np.mean([member.predict_pictures(drawn[:9]) for member in both.models], axis=0)
    np.testing.assert_allclose(both.predict_pictures(drawn[:9]), mean, atol=1e-6)
    both.save(tmp_path / "both.safetensors")
    again = load_model(tmp_path / "both.safetensors")
    np.testing.assert_array_equal(again.predict_pictures(drawn[:9]), both.predict_pictures(drawn[:9]))


def test_colour_models_read_pictures() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (60, 12, 10, 3), np.uint8)
    made = Sequential([layers.Input((12, 10, 3)), layers.Flatten(), layers.Dense(3, "softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    made.fit(x, rng.integers(0, 3, 60), verbose=0)
    assert made.preprocessing == FigurePreprocessing(height=12, width=10, channels=3)
    np.testing.assert_array_equal(made.predict_pictures(list(x[:5])), made.predict(x[:5]))
    assert made.predict_pictures([rng.integers(0, 256, (80, 70), np.uint8)]).shape == (1, 3)


def test_models_that_were_never_trained_fit_pictures_to_their_size(drawn: list[Pixels]) -> None:
    made = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(3, "softmax")])
    assert made.preprocessing is None
    assert made.picture_form() == FigurePreprocessing(height=28, width=28)
    with pytest.warns(errors.FigurateWarning, match="neither the form of its figures nor the range") as told:
        found = made.predict_pictures(drawn[:2])
    assert [one.filename for one in told] == [__file__]
    x = made.picture_form().all(drawn[:2])
    np.testing.assert_array_equal(found, made.predict(x / 255.0))
    for use in (lambda: made.classify([Image.fromarray(drawn[0])]), lambda: made.predict_form(x)):
        with pytest.warns(errors.FigurateWarning, match=r"Call `model\.learn_form\(x_train\)`") as told:
            use()
        assert [one.filename for one in told] == [__file__]


def test_models_that_learned_elsewhere_learn_the_form_of_their_figures(drawn: list[Pixels]) -> None:
    x, _ = mnist.load_data()[0]
    for given in (x[:1000], x[:1000] / 255.0, 1 - x[:1000] / 255.0):
        made = Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(3)])
        trained = clone_model(made)
        trained.compile(optimizers.SGD(0.0), "mse")
        trained.fit(given, np.zeros((1000, 3)), epochs=1, verbose=0)
        made.learn_form(given)
        assert made.preprocessing == trained.preprocessing is not None
        assert made.input_range == trained.input_range
        assert made.predict_pictures(drawn[:2]).shape == (2, 3)
    with pytest.raises(errors.ShapeError, match=r"`learn_form` expects x to hold figures of shape \(28, 28, 1\)"):
        made.learn_form(np.zeros((5, 4)))


def test_bytes_go_to_models_that_divide_them(drawn: list[Pixels]) -> None:
    made = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Rescaling(1 / 255), layers.Dense(2)])
    np.testing.assert_array_equal(made.predict_pictures(drawn[:2]), made.predict(made.picture_form().all(drawn[:2])))


# -- messages ----------------------------------------------------------------------------------------------------------


def test_models_of_other_figures_read_no_pictures() -> None:
    for shape in ((30,), (28, 28, 2), (3, 3, 3, 1)):
        made = Sequential([layers.Input(shape), layers.Flatten(), layers.Dense(2, "softmax")])
        with pytest.raises(errors.ShapeError, match=r"takes figures of the shape .* no picture of grey or colour"):
            made.predict_pictures(np.zeros((5, 5)))


@pytest.mark.parametrize(
    ("pictures", "error", "message"),
    [
        ([], errors.DataError, "`predict_pictures` expects at least one picture, received none"),
        (np.zeros((0, 28, 28)), errors.DataError, "expects at least one picture, received none"),
        ("nowhere.png", FileNotFoundError, r"nowhere\.png"),
        ([None], errors.DataError, "as a path, bytes, a Pillow image or an array, received None"),
        (np.zeros(784), errors.DataError, r"received the shape \(\). Pass one picture, or several as a list"),
        (None, errors.DataError, "received None"),
        (7, errors.DataError, "received 7"),
    ],
    ids=str,
)
def test_what_is_no_picture_is_refused(reader: Sequential, pictures: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        reader.predict_pictures(pictures)


def test_a_file_that_is_no_picture_is_named(reader: Sequential, drawn: list[Pixels], tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(errors.FileFormatError, match=r"notes\.png`: expected a picture"):
        reader.predict_pictures([drawn[0], tmp_path / "notes.png"])


def test_figures_of_another_shape_are_refused(reader: Sequential) -> None:
    with pytest.raises(errors.ShapeError, match=r"`predict_form` expects figures of shape \(28, 28\), received \(5, 8"):
        reader.predict_form(np.zeros((5, 8, 8), np.uint8))
