"""Pictures say what they show: labels, counts, colours; and a file appears whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from PIL import Image

import figurate
from figurate import layers, plots
from figurate.errors import ConfigurationError, DataError, ShapeError
from figurate.plots._canvas import ORANGE
from figurate.plots.diagram import _GAP as GAP
from tests import small

FIGURES = np.arange(12 * 8 * 8, dtype=np.uint8).reshape(12, 8, 8)
LABELS = np.arange(12) % 3
NAMES = ("cat", "dog", "cow")


@pytest.fixture
def model() -> figurate.Sequential:
    return figurate.Sequential(
        [
            layers.Input((8, 8)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(30, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(3),
            layers.Softmax(),
        ]
    )


def titles(plot: plots.Plot) -> list[str]:
    return [axes.get_title() for axes in plot.axes if axes.get_title()]


def texts(plot: plots.Plot) -> str:
    return "\n".join(text.get_text() for axes in plot.axes for text in axes.texts)


def test_a_grid_names_every_figure() -> None:
    assert titles(plots.figures(FIGURES, LABELS, class_names=NAMES, columns=5)) == ["cat", "dog", "cow"] * 4
    assert titles(plots.figures(FIGURES / 255.0, LABELS)) == ["0", "1", "2"] * 4
    assert titles(plots.figures(FIGURES[:, :, :, None])) == []


def test_a_grid_refuses_none_too_many_and_missing_labels() -> None:
    with pytest.raises(ShapeError, match=r"1 to 400 figures, received 0"):
        plots.figures(FIGURES[:0])
    with pytest.raises(ShapeError, match=r"received 500.*`x\[:30\]`"):
        plots.figures(np.zeros((500, 2, 2)))
    with pytest.raises(ShapeError, match="one label a figure, 12, received 2"):
        plots.figures(FIGURES, LABELS[:2])


def test_augmented_figures_stand_beside_the_one_they_were() -> None:
    layer = layers.Augment(shift=0.2, seed=1)
    assert titles(plots.augmented(layer, FIGURES[:3] / 255, count=5)) == ["as it is"] * 3
    model = figurate.Sequential([layers.Rescaling(1 / 255), layers.Augment.digits(), layers.Flatten(), layers.Dense(3)])
    plot = plots.augmented(model, FIGURES[:2], count=4)
    assert len(plot.axes) == 2 * 5
    np.testing.assert_array_equal(plot.axes[5].images[0].get_array(), FIGURES[1])
    shown = np.stack([np.asarray(axes.images[0].get_array()) for axes in plot.axes[:5]])
    assert len(np.unique(shown, axis=0)) == 5
    assert len(plots.augmented(model, FIGURES[0], count=1).axes) == 2
    with pytest.raises(ShapeError, match=r"`augmented\(count=…\)` expects at least 1, received 0"):
        plots.augmented(layer, FIGURES, count=0)
    with pytest.raises(ShapeError, match="1 to 400 figures, received 480"):
        plots.augmented(layer, np.repeat(FIGURES, 10, axis=0), count=3)
    with pytest.raises(ConfigurationError, match="expects a layer of augmentation, received none"):
        plots.augmented([layers.Rescaling(2.0)], FIGURES)


def test_mistakes_say_true_and_read() -> None:
    probabilities = np.eye(3)[(LABELS + (np.arange(12) == 4)) % 3]  # figure 4, a dog, is read as a cow
    assert titles(plots.mistakes(FIGURES, LABELS, probabilities, class_names=NAMES)) == ["dog,\nread cow"]
    assert titles(plots.mistakes(FIGURES, LABELS, probabilities)) == ["1, read 2"]
    with pytest.raises(DataError, match="every figure was read rightly"):
        plots.mistakes(FIGURES, LABELS, np.eye(3)[LABELS])


def test_a_network_shows_every_layer_with_shape_and_parameters(model: figurate.Sequential) -> None:
    shown = texts(plots.network(model))
    for part in ("Input", "8 × 8", "Rescaling\n", "× 1/255", "Flatten", "64 numbers", "relu\n30 neurons\n1,950", "0.2"):
        assert part in shown + "\n"
    assert "64 × 30\nweights" in shown


@pytest.fixture
def convnet() -> figurate.Sequential:
    return figurate.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(12, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(4, (2, 1)),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def test_planes_are_as_large_as_their_heights_and_widths(convnet: figurate.Sequential) -> None:
    plot = plots.network(convnet)
    shown = texts(plot)
    for part in ("3×3 relu\n6 × 6 × 12\n120\n", "2×2\n3 × 3 × 12", "2×1\n2 × 3 × 4", "4 numbers", "4 × 3\nweights"):
        assert part in shown
    planes = [patch for patch in plot.axes[0].patches if isinstance(patch, Rectangle)]
    # The input has one plane; of 12 channels six are drawn.
    assert len(planes) == 1 + 6 + 6 + 4
    figure, first, pooled = planes[0], planes[1], planes[7]
    assert first.get_height() / figure.get_height() == pytest.approx(6 / 8)
    assert pooled.get_width() / figure.get_width() == pytest.approx(3 / 8)


def test_a_way_around_is_drawn_around_its_layers() -> None:
    model = figurate.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Residual([layers.Conv2D(4, 3, padding="same")], shortcut=[layers.Conv2D(4, 1)]),
            layers.Residual([layers.ReLU()]),
            layers.GlobalAveragePooling2D(),
        ]
    )
    plot = plots.network(model)
    shown = texts(plot)
    assert "+ Conv2D\n8 × 8 × 4\n8\nparameters" in shown
    assert "+ input\n8 × 8 × 4" in shown
    # Columns: input, convolution, sum, ReLU, sum, pooling.
    around = [line.get_xdata() for line in plot.axes[0].lines if line.get_color() == ORANGE]
    columns = [[round(float(x) / GAP) for x in (line[0], line[-1])] for line in map(np.asarray, around)]
    assert columns == [[0, 2], [2, 4]]


def test_ways_around_others_stand_above_theirs() -> None:
    model = figurate.Sequential(
        [
            layers.Input((8,)),
            layers.Residual([layers.Residual([layers.Dense(8)]), layers.ReLU()]),
            layers.Residual([layers.ReLU()]),
            layers.Dense(1, use_bias=False),
        ]
    )
    axes = plots.network(model).axes[0]
    # Inner, outer, the next one: a height each, below the picture's top and above what is written of the `Dense` layer.
    ways = [np.asarray(line.get_data(), float) for line in axes.lines if line.get_color() == ORANGE]
    inner, outer, beside = (float(way[1].max()) for way in ways)
    written = max(text.get_position()[1] for text in axes.texts if text.get_text())
    assert written < inner == beside < outer < axes.get_ylim()[1]
    assert ways[1][0][-1] < ways[2][0][0], "the end of one isn't the beginning of the next"
    shown = texts(plots.network(figurate.Sequential([layers.Input((1,)), layers.Dense(1, use_bias=False)])))
    assert "1 number\n" in shown + "\n"
    assert "1 neuron\n1\nparameter\n" in shown + "\n"


def test_filters_of_the_first_convolution_are_pictures(convnet: figurate.Sequential) -> None:
    plot = plots.weights(convnet)
    assert titles(plot) == [f"filter {number}" for number in range(12)]
    kernel = convnet.get_weights()[0]
    np.testing.assert_array_equal(plot.axes[7].images[0].get_array(), kernel[:, :, 0, 7])
    two = figurate.Sequential([layers.Input((8, 8, 2)), layers.Conv2D(4, 3)])
    with pytest.raises(ShapeError, match="one grey or colour figure together; here the first `Conv2D` sees 2 channels"):
        plots.weights(two)
    for apart in (layers.DepthwiseConv2D(3), layers.SeparableConv2D(4, 3)):  # a filter of theirs sees one colour
        model = figurate.Sequential([layers.Input((8, 8, 3)), apart])
        with pytest.raises(ShapeError, match=f"the first `{type(apart).__name__}` sees 3 channels"):
            plots.weights(model)


def test_weights_of_colour_figures_are_colours_on_grey() -> None:
    for first in (layers.Conv2D(4, 3), layers.Dense(4)):
        flat = [layers.Flatten()] if isinstance(first, layers.Dense) else []
        model = figurate.Sequential([layers.Input((6, 6, 3)), *flat, first])
        plot = plots.weights(model)
        assert len(titles(plot)) == len(plot.axes) == 4  # and no bar: nobody reads three colours off one
        kernel = model.get_weights()[0].reshape(-1, 4)[:, 2]
        drawn = np.asarray(plot.axes[2].images[0].get_array()).reshape(-1).astype(int)
        middle = np.abs(kernel) < np.quantile(np.abs(kernel), 0.9)
        assert (np.sign(drawn - 127.5) == np.sign(kernel))[np.abs(kernel) > 0.02].all()
        assert np.corrcoef(drawn[middle], kernel[middle])[0, 1] > 0.999


def test_a_network_without_its_shape_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"hasn't seen its input's shape.*Input\(\(28, 28\)\)"):
        plots.network(figurate.Sequential([layers.Flatten(), layers.Dense(3)]))


def test_relu_bends_at_zero() -> None:
    plot = plots.activation("relu", reach=2.0)
    x, y = (np.asarray(values) for values in plot.axes[0].lines[-1].get_data())
    np.testing.assert_array_equal(y, np.maximum(x, 0.0))
    assert titles(plot) == ["relu(x) = max(0, x)"]
    assert titles(plots.activation(figurate.activations.relu)) == titles(plot)


# The engine's functions are the measure of the drawn ones.
@pytest.mark.parametrize("name", ["linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"])
def test_curves_are_the_functions_that_layers_compute(name: str) -> None:
    line = plots.activation(name).axes[0].lines[-1]
    x, y = (np.asarray(values) for values in line.get_data())
    model = figurate.Sequential([layers.Input((1,)), layers.Activation(name)])
    np.testing.assert_allclose(model.predict(x[:, None].astype(np.float32), verbose=0)[:, 0], y, atol=2e-6)


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"activation to draw 'rellu'. Did you mean 'relu'"):
        plots.activation("rellu")


def test_a_history_has_a_panel_a_quantity() -> None:
    plot = plots.history({"loss": [2.0, 1.0], "accuracy": [0.5, 0.6], "val_loss": [2.1, 1.2], "learning_rate": [1, 1]})
    assert [axes.get_ylabel() for axes in plot.axes] == ["loss", "accuracy"]
    assert [line.get_label() for line in plot.axes[0].lines] == ["training", "validation"]
    assert np.asarray(plot.axes[0].lines[1].get_data()).tolist() == [[1, 2], [2.1, 1.2]]
    with pytest.raises(DataError, match="history is empty"):
        plots.history({})


def test_a_history_of_validation_alone_is_drawn() -> None:
    axes = plots.history({"val_loss": [1.0, 2.0], "loss": []}).axes
    assert [one.get_ylabel() for one in axes] == ["loss"]
    assert [line.get_label() for line in axes[0].lines] == ["validation"]


@pytest.mark.parametrize("epochs", [1, 2, 200])
def test_epochs_begin_at_one(epochs: int) -> None:
    axes = plots.history({"loss": [1.0] * epochs}).axes[0]
    low, high = axes.get_xlim()
    assert [tick for tick in axes.get_xticks() if low <= tick <= high and not 1 <= tick <= epochs] == []


def test_an_epoch_between_those_without_a_number_is_a_dot() -> None:
    nan = float("nan")
    lines = plots.history({"loss": [nan, 1.0, nan, 2.0, 3.0, float("inf"), 4.0], "val_loss": [1.0] * 7}).axes[0].lines
    assert (lines[0].get_marker(), lines[0].get_markevery()) == ("o", [1, 6])
    assert lines[1].get_marker() == ""


def test_a_quantity_of_some_epochs_stands_at_these() -> None:
    trained = small.model()
    history = trained.fit(
        *small.figures(), epochs=5, initial_epoch=1, validation_data=small.figures(), validation_freq=2, verbose=0
    )
    training, validation = plots.history(history).axes[0].lines
    assert np.asarray(training.get_xdata()).tolist() == [2, 3, 4, 5]
    assert np.asarray(validation.get_xdata()).tolist() == [2, 4]


def test_a_prediction_marks_the_true_class() -> None:
    plot = plots.prediction(FIGURES[0], [0.1, 0.9, 0.0], true=2, class_names=NAMES)
    assert plot.get_suptitle() == "read as dog:\nwrong, it is cow"
    assert [label.get_text() for label in plot.axes[1].get_yticklabels()] == ["cat", "dog", "true label ▸ cow"]
    assert "90.0 %" in texts(plot)
    assert plots.prediction(FIGURES[0], [0.1, 0.9]).get_suptitle() == "read as 1"
    with pytest.raises(ShapeError, match=r"\(classes,\), received \(1, 3\).*`p\[0\]`"):
        plots.prediction(FIGURES[0], [[0.1, 0.9, 0.0]])


def test_weights_are_a_picture_a_neuron_on_one_scale(model: figurate.Sequential) -> None:
    plot = plots.weights(model)
    assert len(titles(plot)) == 30
    limits = {image.get_clim() for axes in plot.axes for image in axes.images}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == -high
    kernel = model.get_weights()[0]
    np.testing.assert_array_equal(plot.axes[3].images[0].get_array(), kernel[:, 3].reshape(8, 8))


def test_weights_that_see_no_figure_are_refused() -> None:
    model = figurate.Sequential([layers.Input((8, 9, 2)), layers.Flatten(), layers.Dense(3)])
    with pytest.raises(ShapeError, match=r"pixels of one grey or colour figure; here a figure is \(8, 9, 2\)"):
        plots.weights(model)
    with pytest.raises(ShapeError, match="this model has none"):
        plots.weights(figurate.Sequential([layers.Input((4,)), layers.ReLU()]))
    with pytest.raises(ShapeError, match=r"\(units, height, width\) or \(units, height, width, 3\), received \(3, 4\)"):
        plots.weights(np.zeros((3, 4)))


def test_a_confusion_matrix_counts_and_names() -> None:
    plot = plots.confusion_matrix([0, 0, 1, 2], [0, 1, 1, 2], class_names=NAMES)
    assert titles(plot) == ["3 of 4 read rightly"]
    assert [label.get_text() for label in plot.axes[0].get_yticklabels()] == list(NAMES)
    assert plot.axes[0].get_xlabel() == "read as"
    assert plot.axes[0].get_ylabel() == "true label"
    counted = plot.axes[-1].get_yticks()
    assert [tick == int(tick) for tick in counted] == [True] * len(counted), "half a mistake is none"


def test_a_confusion_matrix_without_mistakes_is_pale() -> None:
    plot = plots.confusion_matrix([0, 1, 2], [0, 1, 2])
    image = plot.axes[0].images[0]
    assert image.get_clim() == (0, 1)
    assert min(image.to_rgba(np.asarray(image.get_array()))[0, 1]) > 0.9
    assert plot.axes[-1].get_ylim() == (0, 1)


@pytest.mark.parametrize("classes", [3, 16, 47])
def test_a_confusion_matrix_of_many_classes_has_room_for_its_names(classes: int, tmp_path: Path) -> None:
    y = np.arange(classes)
    plots.confusion_matrix(y, y[::-1], class_names=[f"letter {n}" for n in y]).save(tmp_path / "many.png")
    with Image.open(tmp_path / "many.png") as image:
        assert image.width < 1750
        pixels = np.asarray(image.convert("L"))
    assert np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).min() == 255


def test_every_picture_is_drawn_within_its_frame(
    model: figurate.Sequential, convnet: figurate.Sequential, tmp_path: Path
) -> None:
    """Nothing is cut off at the edge: the outermost pixels are all white."""
    rng = np.random.default_rng(0)
    read = rng.random((12, 3))
    garments = ("T-shirt/top", "Ankle boot", "Pullover")
    drawn = {
        "figures": plots.figures(FIGURES, LABELS, class_names=garments),
        "augmented": plots.augmented(layers.Augment(shift=0.1), FIGURES[:2], count=3),
        "mistakes": plots.mistakes(FIGURES, LABELS, read, class_names=garments),
        "network": plots.network(model),
        "planes": plots.network(convnet),
        "relu": plots.activation("gelu"),
        "history": plots.history({"loss": [2.0, 1.0, 0.1], "val_loss": [2.0, 1.0, 0.1]}),
        "prediction": plots.prediction(FIGURES[0], read[0] / read[0].sum(), true=1, class_names=garments),
        "weights": plots.weights(model),
        "confusion": plots.confusion_matrix(LABELS, read, class_names=garments),
    }
    for name, plot in drawn.items():
        plot.save(tmp_path / f"{name}.png")
        with Image.open(tmp_path / f"{name}.png") as image:
            pixels = np.asarray(image.convert("L"))
        edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert edge.min() == 255, f"{name} is cut off at its edge"


def test_the_same_picture_is_the_same_bytes(tmp_path: Path) -> None:
    for path in (tmp_path / "a.png", tmp_path / "b.png"):
        plots.activation("relu").save(path)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_formats_by_ending(tmp_path: Path, ending: str, start: bytes) -> None:
    plots.activation("relu").save(tmp_path / f"relu.{ending}")
    assert (tmp_path / f"relu.{ending}").read_bytes().startswith(start)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"\.png, \.svg, \.pdf.*received 'relu.jpg'. Name it 'relu.png'"):
        plots.activation("relu").save(tmp_path / "relu.jpg")


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "relu.png").mkdir()
    with pytest.raises(OSError, match="no regular file"):
        plots.activation("relu").save(tmp_path / "relu.png")
    assert os.listdir(tmp_path) == ["relu.png"]


def test_a_notebook_shows_pictures_by_itself() -> None:
    assert plots.activation("relu")._repr_png_().startswith(b"\x89PNG")


def test_pyplot_is_never_loaded_and_a_missing_matplotlib_is_named() -> None:
    code = (
        "import sys, figurate.plots as plots\n"
        "plots.activation('relu')._repr_png_()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    code = (
        "import sys\n"
        "sys.modules['matplotlib'] = sys.modules['matplotlib.figure'] = None\n"
        "import figurate.plots as plots, figurate.plots.terminal\n"
        "for name in plots.__all__:\n"
        "    try: getattr(plots, name)\n"
        "    except NotImplementedError as error: print(name, error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.splitlines()
    assert [line.split()[0] for line in said] == plots.__all__
    assert all("pip install 'figurate[plots]'" in line for line in said)
