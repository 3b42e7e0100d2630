"""`classify`: labels with probabilities, as a sequence, as a table and as a notebook shows them."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas
import pytest
from PIL import Image

from figurate import Ensemble, Sequential, errors, layers, losses, plots
from figurate.models import Prediction, Predictions
from figurate.models.exported import ExportedModel
from tests.small import figures, model, network

X, Y = figures()


@pytest.fixture(scope="module")
def trained() -> Sequential:
    made = model()
    made.fit(X, Y, epochs=20, verbose=0)
    made.class_names = ["first", "second", "third", "<b>fourth</b>"]
    return made


def pictures(page: str) -> list[np.ndarray[Any, Any]]:
    """The pictures in a page, which is well-formed."""
    sources = [str(image.get("src")) for image in ElementTree.fromstring(page).iter("img")]
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))) for source in sources]


def test_a_sequence_of_labels(trained: Sequential) -> None:
    found = trained.classify(X)
    outputs = trained.predict(X)
    np.testing.assert_array_equal(found.probabilities, outputs)
    assert len(found) == len(X)
    assert trained.class_names is not None
    assert found.labels == [trained.class_names[number] for number in outputs.argmax(axis=1)]
    assert found[3] == (found.labels[3], outputs[3].max())
    assert isinstance(found[3], Prediction)
    assert found[-1] == list(found)[-1]
    part = found[2:5]
    assert isinstance(part, Predictions)
    assert list(part) == list(found)[2:5]
    best = found.top(2)[3]
    assert best[0] == found[3]
    assert best[1].probability == np.sort(outputs[3])[-2]
    assert [len(row) for row in found[:2].top(9)] == [4, 4]
    with pytest.raises(IndexError, match="out of bounds"):
        found[len(X)]


def test_one_figure_and_a_model_without_names() -> None:
    made = network()
    found = made.classify(X[0])
    assert len(found) == 1
    assert found[0].label == str(made.predict(X[0]).argmax())
    assert repr(found).startswith(f"<Predictions of 1 figure: {found[0].label} (")
    assert repr(made.classify(X)).startswith("<Predictions of 96 figures: ")


def test_an_ensemble_classifies_too(trained: Sequential) -> None:
    both = Ensemble([trained, network(seed=5)])
    assert both.class_names == trained.class_names
    np.testing.assert_array_equal(both.classify(X).probabilities, both.predict(X))


def test_files_and_images_of_pictures(trained: Sequential, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path, figure in zip(paths, X, strict=False):
        Image.fromarray((figure * 255).astype(np.uint8)).save(path)
    for given in (paths, [str(path) for path in paths], [Image.open(path) for path in paths]):
        np.testing.assert_array_equal(trained.classify(given).probabilities, trained.predict_pictures(paths))
    assert len(trained.classify(paths[0])) == 1
    (shown,) = pictures(trained.classify(paths[0])._repr_html_())
    np.testing.assert_array_equal(shown, trained.picture_form().all(paths[:1])[0])


def test_tables_of_pandas(trained: Sequential) -> None:
    found = trained.classify(X[:5])
    plain = pandas.DataFrame(found)
    assert plain.columns.tolist() == ["label", "probability"]
    assert plain["label"].tolist() == found.labels
    whole = found.to_pandas()
    assert whole.columns.tolist() == ["label", "probability", *found.class_names]
    np.testing.assert_array_equal(whole[found.class_names], found.probabilities)


def test_numpy_and_the_plots_take_it_for_its_probabilities(trained: Sequential) -> None:
    found = trained.classify(X)
    np.testing.assert_array_equal(np.asarray(found), found.probabilities)
    assert np.asarray(found, dtype=np.float64).dtype == np.float64
    right = int((np.asarray(found).argmax(axis=1) == Y).sum())
    plot = plots.confusion_matrix(Y, found, class_names=found.class_names)
    assert plot.axes[0].get_title() == f"{right} of 96 read rightly"


def test_a_notebook_shows_the_figures(trained: Sequential) -> None:
    found = trained.classify(X)
    page = found._repr_html_()
    shown = pictures(page)
    assert len(shown) == 20
    np.testing.assert_array_equal(shown[4], np.rint(X[4] / X.max() * 255).astype(np.uint8))
    assert "… and 76 more" in page


def test_names_are_escaped(trained: Sequential) -> None:
    page = trained.classify(X[Y == 3])._repr_html_()
    assert "&lt;b&gt;fourth&lt;/b&gt;" in page
    assert "<b>fourth" not in page


def test_names_do_not_turn_probabilities_around() -> None:
    found = Predictions(np.array([[0.95, 0.05], [0.048, 0.952]], np.float32), ["\u202eevil", "שלום"])
    page = found._repr_html_()
    assert "\u202e" not in page + repr(found)
    assert "<bdi>שלום</bdi> (5.0 %)" in page
    assert "<bdi>\\u202eevil</bdi> (4.8 %)" in page


def test_no_figure_is_refused_in_its_own_name(trained: Sequential) -> None:
    with pytest.raises(
        errors.DataError, match=r"`classify` expects at least one figure in x, received none: shape \(0,"
    ):
        trained.classify(X[:0])


def test_figures_that_are_no_pictures_are_not_shown() -> None:
    flat = Sequential([layers.Input((5,)), layers.Dense(3, "softmax")])
    page = flat.classify(np.zeros((2, 5)))._repr_html_()
    assert pictures(page) == []
    assert page.count("<tr>") == 3


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.array([[0, 128], [255, 300]]), [[0, 128], [255, 255]]),
        (np.array([[0.0, 0.5], [1.0, 1.0]]), [[0, 128], [255, 255]]),
        (np.array([[-1.0, 0.0], [1.0, np.nan]]), [[0, 128], [255, 128]]),
        (np.zeros((2, 2)), [[0, 0], [0, 0]]),
    ],
)
def test_pixels_of_any_range_are_shown(x: np.ndarray[Any, Any], expected: list[list[int]]) -> None:
    from figurate.models.predictions import as_bytes

    np.testing.assert_array_equal(as_bytes(x), expected)


def test_scores_become_probabilities() -> None:
    model = network(last="linear")
    scores = model.predict(X).astype(float)
    softmax = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.classify(X).probabilities, softmax, rtol=1e-5)  # as of another library's network
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    np.testing.assert_allclose(model.classify(X).probabilities, softmax, rtol=1e-5)
    model.compile("sgd", losses.BinaryCrossentropy(from_logits=True))
    each = 1 / (1 + np.exp(-scores))
    shares = each / each.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.classify(X).probabilities, shares, rtol=1e-5)
    one = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(1)])
    one.compile("sgd", losses.BinaryCrossentropy(from_logits=True))
    np.testing.assert_allclose(one.classify(X).probabilities[:, 1], 1 / (1 + np.exp(-one.predict(X)[:, 0])), rtol=1e-5)


def test_a_softmax_behind_scores_is_not_made_twice() -> None:
    model = network(last="linear")
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    expected = model.classify(X).probabilities
    model.add(layers.Softmax())
    np.testing.assert_allclose(model.classify(X).probabilities, expected, rtol=1e-5)


def test_the_softmax_need_not_be_the_last_layer() -> None:
    made = [layers.Flatten(), layers.Dense(3), layers.Softmax(), layers.Dropout(0.1), layers.Activation("linear")]
    model = Sequential([layers.Input((8, 8)), *made])
    np.testing.assert_array_equal(model.classify(X).probabilities, model.predict(X))


def test_shares_of_one() -> None:
    sigmoids, squares = network(last="sigmoid"), network(last="linear")
    squares.compile("sgd", "mse")
    for made in (sigmoids, squares):
        with pytest.raises(
            errors.ConfigurationError, match=r"or nobody says so. Name the classes by `model\.class_names"
        ):
            made.classify(X)
        made.class_names = ["a", "b", "c", "d"]
        np.testing.assert_allclose(made.classify(X).probabilities.sum(axis=1), 1, rtol=1e-5)
    found = sigmoids.predict(X)
    shares = found / found.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(sigmoids.classify(X).probabilities, shares, rtol=1e-5)


def test_outputs_that_say_nothing_of_classes_are_refused() -> None:
    one = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(1)])
    one.compile("sgd", "mse")
    planes = Sequential([layers.Input((8, 8, 1)), layers.Conv2D(2, 3)])
    for made in (one, planes):
        with pytest.raises(
            errors.ConfigurationError, match=r"probabilities or scores of classes, received outputs .* ne"
        ):
            made.classify(X)


@pytest.mark.parametrize("ending", [".onnx", ".tflite"])
def test_exported_files_read_classes_as_the_model_does(ending: str, tmp_path: Path) -> None:
    made = []
    for units, loss in (
        (1, losses.BinaryCrossentropy(from_logits=True)),
        (1, losses.MeanSquaredError()),
        (4, losses.BinaryCrossentropy(from_logits=True)),
        (4, losses.SparseCategoricalCrossentropy(from_logits=True)),
        (4, losses.MeanSquaredError()),
    ):
        model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(units)], seed=2)
        model.compile("sgd", loss)
        model.class_names = ["a", "b", "c", "d"][:units]
        made.append(model)
    for model in made:
        model.export(tmp_path / f"model{ending}")
        found = ExportedModel(tmp_path / f"model{ending}").classify(X)
        np.testing.assert_allclose(found.probabilities, model.classify(X).probabilities, atol=1e-5)
        assert found.class_names == model.classify(X).class_names


def test_one_output_is_the_second_of_two_classes() -> None:
    model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(1, "sigmoid")], seed=1)
    model.compile("adam", "binary_crossentropy")
    y = (Y == 0).astype(int)
    model.fit(X, y, epochs=60, verbose=0)
    found = model.classify(X)
    assert found.labels == [str(int(second >= 0.5)) for (second,) in model.predict(X)]
    assert set(found.labels) == {"0", "1"}
    np.testing.assert_array_equal(found.probabilities[:, 1:], model.predict(X))
    model.class_names = ["zero"]
    assert set(model.classify(X).labels) == {"zero", "not zero"}
