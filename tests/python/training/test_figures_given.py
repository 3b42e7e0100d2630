"""Figures as users pass them: every form that is welcome gives the same result, every other its own message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from figurate import errors, layers, losses
from figurate.models import Ensemble, Sequential
from tests.small import figures, model, network, same_weights

X, Y = figures()
BYTES = np.rint(X * 255).astype(np.uint8)


def raw_model() -> Sequential:
    """A model that takes pixels of 0..255."""
    made = Sequential(
        [layers.Input((8, 8)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(4, "softmax")], seed=1
    )
    made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


FORMS: dict[str, Any] = {
    "int8 halved": lambda x: (x // 2).astype(np.int8),
    "int16": lambda x: x.astype(np.int16),
    "uint16": lambda x: x.astype(np.uint16),
    "int64": lambda x: x.astype(np.int64),
    "float16": lambda x: x.astype(np.float16),
    "float32": lambda x: x.astype(np.float32),
    "float64": lambda x: x.astype(np.float64),
    "longdouble": lambda x: x.astype(np.longdouble),
    "the other byte order": lambda x: x.astype(">f4"),
    "Fortran order": np.asfortranarray,
    "every second of more": lambda x: np.repeat(x, 2, axis=0)[::2],
    "a part of wider figures": lambda x: np.pad(x, ((0, 0), (0, 0), (2, 3)))[:, :, 2:-3],
    "backwards": lambda x: x[::-1][::-1],
    "a last axis of one": lambda x: x[..., np.newaxis],
    "lists": lambda x: x.tolist(),
    "a list of arrays": list,
    "a tuple of arrays": tuple,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same(form: str) -> None:
    given = FORMS[form](BYTES)
    reference = (BYTES // 2) if form == "int8 halved" else BYTES
    ours, other = raw_model(), raw_model()
    # Floats are scaled in one rounding and bytes in two, so predictions may differ in the last bit.
    np.testing.assert_allclose(ours.predict(given), other.predict(reference), rtol=1e-6)
    ours.fit(given, Y, verbose=0)
    other.fit(reference, Y, verbose=0)
    assert same_weights(ours, other)
    assert ours.evaluate(given, Y, verbose=0) == other.evaluate(reference, Y, verbose=0)


def test_truths_are_numbers() -> None:
    drawn = BYTES > 100
    np.testing.assert_array_equal(network().predict(drawn), network().predict(drawn.astype(np.float32)))


def test_read_only_figures_are_read_and_no_array_is_changed() -> None:
    for given in (X.copy(), X.astype(np.float64), BYTES.copy(), np.asfortranarray(X)):
        before = given.copy()
        given.flags.writeable = False
        trained = raw_model()
        trained.fit(given, Y, verbose=0)
        trained.evaluate(given, Y, verbose=0)
        trained.predict(given)
        np.testing.assert_array_equal(given, before)


def test_one_figure_is_a_batch_of_one() -> None:
    made = network()
    whole = made.predict(X)
    for one in (X[3], X[3].astype(np.float64), np.asfortranarray(X[3]), X[3][..., np.newaxis], X[3].tolist()):
        assert made.predict(one).shape == (1, 4)
        np.testing.assert_allclose(made.predict(one)[0], whole[3], rtol=1e-5)


def test_an_axis_of_one_may_be_missing() -> None:
    made = Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(2)])
    np.testing.assert_array_equal(made.predict(X), made.predict(X[..., np.newaxis]))


def test_grey_figures_without_channels_are_the_same_to_a_convolution() -> None:
    planes = X[..., np.newaxis]
    one, other = (
        Sequential([layers.Input((8, 8, 1)), layers.Conv2D(3, 3, activation="relu"), layers.Flatten(), layers.Dense(4)])
        for _ in range(2)
    )
    other.set_weights(one.get_weights())
    for made, x in ((one, X), (other, planes)):
        made.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
        made.fit(x, Y, epochs=2, verbose=0, seed=1, validation_data=(x, Y))
    assert same_weights(one, other)
    assert one.evaluate(X, Y, verbose=0) == other.evaluate(planes, Y, verbose=0) == one.evaluate(planes, Y, verbose=0)
    np.testing.assert_array_equal(one.predict(X), one.predict(planes))
    np.testing.assert_allclose(one.predict(X[3])[0], one.predict(planes)[3], rtol=1e-5, atol=1e-6)


def test_grey_figures_without_channels_before_any_shape_is_known() -> None:
    made = Sequential([layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(4)])
    made.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))
    with pytest.raises(
        errors.ShapeError,
        match=r"received shape \(None, 8, 8\), without channels\. .*`Input\(shape=\(8, 8, 1\)\)`, add `Reshape\(\(8, 8",
    ):
        made.fit(X, Y, verbose=0)
    made.fit(X[..., np.newaxis], Y, verbose=0)


def test_shapes_come_from_the_first_batch() -> None:
    for call in ("fit", "evaluate", "predict"):
        made = Sequential([layers.Flatten(), layers.Dense(4, "softmax")])
        made.compile("adam", "sparse_categorical_crossentropy")
        made.predict(X) if call == "predict" else getattr(made, call)(X, Y, verbose=0)
        assert made.input_shape == (None, 8, 8)


def numbers() -> Iterator[NDArray[Any]]:
    yield X


class Loader:
    """Like a data loader: iterable, and nothing else."""

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return iter([X])


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (
        X.reshape(-1, 64),
        errors.ShapeError,
        r"figures of shape \(8, 8\), so \(n, 8, 8\), received \(96, 64\). Write `x.reshape\(-1, 8, 8\)`",
    ),
    (X.reshape(-1), errors.ShapeError, r"received \(6144,\). Write `x.reshape\(-1, 8, 8\)`"),
    (X[:, :7], errors.ShapeError, r"received \(96, 7, 8\). Resize the figures, or make a model for this shape"),
    (X[:0], errors.DataError, r"expects at least one figure in x, received none: shape \(0, 8, 8\)"),
    (np.zeros((0,)), errors.ShapeError, r"received \(0,\)"),
    (5, errors.DataError, "expects x as an array, received 5"),
    (None, errors.DataError, "expects x as an array, received None"),
    ("digits", errors.DataError, "expects x as an array, received 'digits'"),
    (
        X.astype(str),
        errors.DataError,
        r"expects x to hold numbers, received an array of type <U32. .*`x.astype\('float32'\)`",
    ),
    (X.astype(complex), errors.DataError, "received an array of type complex128"),
    (X.astype(object), errors.DataError, "received an array of type object"),
    ([X[0], X[1][:5]], errors.DataError, "received parts of different shapes .* Bring all figures to one size"),
    (
        numbers(),
        errors.UnsupportedError,
        r"received `builtins.generator`: generators, data loaders and tf.data sets are not",
    ),
    (Loader(), errors.UnsupportedError, "Collect the figures first, for instance by `numpy.stack"),
    ({"x": X}, errors.UnsupportedError, "received the dictionary .* models have one input"),
]


@pytest.mark.parametrize("call", ["fit", "evaluate", "predict"])
@pytest.mark.parametrize(("given", "error", "message"), REFUSED, ids=[message[:30] for *_, message in REFUSED])
def test_what_is_no_figures(call: str, given: Any, error: type[Exception], message: str) -> None:
    made = model()
    with pytest.raises(error, match=f"`{call}` .*{message}"):
        made.predict(given) if call == "predict" else getattr(made, call)(given, Y, verbose=0)


@pytest.mark.parametrize("call", ["fit", "evaluate"])
def test_one_figure_is_for_predict_alone(call: str) -> None:
    with pytest.raises(errors.ShapeError, match=r"For a single figure write `x\[numpy.newaxis\]`"):
        getattr(model(), call)(X[0], Y[:1], verbose=0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("call", ["fit", "evaluate", "predict"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_pixels_that_are_not_finite(call: str, value: float, dtype: str) -> None:
    broken = X.astype(dtype)
    broken[5, 2, 3] = value
    made = model()
    before = made.get_weights()
    with pytest.raises(errors.DataError, match=rf"`{call}` .*received {value} in figure 5 at position 19"):
        made.predict(broken) if call == "predict" else getattr(made, call)(broken, Y, verbose=0)
    np.testing.assert_array_equal(made.get_weights()[0], before[0])


def test_large_finite_pixels_are_no_error() -> None:
    assert network(last="linear").predict(np.full((8, 8), 1e30, dtype=np.float64)).shape == (1, 4)


@pytest.mark.parametrize("call", ["fit", "evaluate", "predict"])
@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_whole_numbers_given_to_a_model_of_0_to_1_warn(call: str, dtype: str) -> None:
    made = model()
    made.fit(X.astype(np.float64), Y, verbose=0)
    assert made.input_range is not None
    assert (made.input_range.low, made.input_range.dtype) == (0.0, "float64")
    assert made.input_range.high == pytest.approx(X.max())
    message = rf"`{call}` received {dtype} pixels up to 199, expected numbers from 0 to 0.78.* Divide by 255 first"
    given = BYTES.astype(dtype)
    with pytest.warns(errors.FigurateWarning, match=message) as caught:
        made.predict(given) if call == "predict" else getattr(made, call)(given, Y, verbose=0)
    assert caught[0].filename == __file__


def test_no_warning_where_the_range_fits() -> None:
    of_bytes = raw_model()
    of_bytes.fit(BYTES, Y, verbose=0)
    of_bytes.predict(BYTES)
    of_bytes.predict(BYTES.astype(np.float32))
    of_bytes.predict(np.zeros_like(X))
    of_fractions = model()
    of_fractions.fit(X, Y, verbose=0)
    of_fractions.predict((BYTES > 100).astype(np.uint8))
    of_fractions.predict(X.astype(np.float64))


def test_fractions_for_a_model_of_bytes() -> None:
    of_bytes = raw_model()
    of_bytes.fit(BYTES, Y, verbose=0)
    message = (
        r"received float\d\d pixels up to 0\.\d+, expected numbers from 0 to 199 .* Leave them as they are, or mul"
    )
    for use in (
        lambda: of_bytes.predict(X),
        lambda: of_bytes.predict(X.astype(np.float64)[0]),
        lambda: of_bytes.evaluate(X, Y, verbose=0),
        lambda: of_bytes.fit(X, Y, verbose=0),
    ):
        with pytest.warns(errors.FigurateWarning, match=message) as told:
            use()
        assert [one.filename for one in told] == [__file__]


def test_bytes_in_floats_for_a_model_of_fractions() -> None:
    made = model()
    made.fit(X, Y, verbose=0)
    given = BYTES.astype(np.float32)
    message = r"received float32 pixels up to 199, expected numbers from 0 to 0\.\d+ .* Divide by 255 first"
    for use in (
        lambda: made.predict(given),
        lambda: made.classify(given),
        lambda: Ensemble([made]).predict(given),
        lambda: made.evaluate(given, Y, verbose=0),
        lambda: made.train_on_batch(given, Y),
    ):
        with pytest.warns(errors.FigurateWarning, match=message) as told:
            use()
        assert [one.filename for one in told] == [__file__]


def test_what_is_trained_on_in_batches_is_known_too() -> None:
    made = raw_model()
    made.train_on_batch(BYTES[:5] // 2, Y[:5])
    made.train_on_batch(BYTES, Y)
    assert made.input_range is not None
    assert (made.input_range.low, made.input_range.high) == (0, BYTES.max())


def test_tables_and_dark_figures_have_ranges_of_their_own() -> None:
    table = Sequential([layers.Input((3,)), layers.Dense(2, "softmax")])
    table.compile("sgd", "sparse_categorical_crossentropy")
    rows = np.array([[0.0, 0.5, 1.0], [199.0, 0.2, 0.0]] * 9)
    table.fit(rows, [0, 1] * 9, verbose=0)
    table.predict(rows[:1])
    dark = raw_model()
    dark.fit(BYTES.astype(float), Y, verbose=0)
    dark.predict((BYTES[:2] > 100).astype(float))


def test_one_raw_figure_warns_too() -> None:
    made = model()
    made.fit(X, Y, verbose=0)
    with pytest.warns(errors.FigurateWarning, match="`predict` received uint8 pixels"):
        made.predict(BYTES[0])


def test_channels_first_are_told_of() -> None:
    model = Sequential([layers.Input((6, 6, 3)), layers.Flatten(), layers.Dense(2)])
    for x in (np.zeros((5, 3, 6, 6)), np.zeros((3, 6, 6))):
        with pytest.raises(errors.ShapeError, match=r"Channels come last here: write `numpy\.moveaxis\(x, -3, -1\)`"):
            model.predict(x)
        assert model.predict(np.moveaxis(x, -3, -1)).shape[1] == 2
