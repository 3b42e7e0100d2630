"""Drawings in a terminal: worked by hand on figures of a few pixels, in colour and in plain characters."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from rich.console import Console, RenderableType

from figurate import layers
from figurate.errors import DataError, ShapeError
from figurate.models import Sequential
from figurate.plots import terminal
from figurate.plots.terminal.bars import draw_bar


def printed(renderable: RenderableType, *, colour: str | None = None, width: int = 80) -> str:
    """What a console of this width prints, as one string; without colour its escape codes are left out."""
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        color_system=colour,  # type: ignore[arg-type]
        force_terminal=colour is not None,
        legacy_windows=False,
    )
    console.print(renderable)
    return file.getvalue()


class _Ascii(io.StringIO):
    """A file that holds ASCII only, as a terminal without Unicode does."""

    encoding = "ascii"


def printed_in_ascii(renderable: RenderableType) -> str:
    file = _Ascii()
    Console(file=file, width=80, legacy_windows=False).print(renderable)
    return file.getvalue()


def test_two_pixels_share_a_cell_in_colour() -> None:
    # Black over white, then white over black: one upper half block each, foreground above, background below.
    drawn = printed(terminal.FigureDrawing(np.array([[0, 255], [255, 0]], np.uint8)), colour="truecolor")
    assert drawn == ("\x1b[38;2;0;0;0;48;2;255;255;255m\u2580\x1b[0m\x1b[38;2;255;255;255;48;2;0;0;0m\u2580\x1b[0m\n")


def test_equal_neighbours_share_an_escape_code() -> None:
    drawn = printed(terminal.FigureDrawing(np.zeros((2, 28), np.uint8)), colour="truecolor")
    assert drawn.count("\x1b[38;2") == 1
    assert drawn.count("\u2580") == 28


def test_256_colours_are_enough() -> None:
    drawn = printed(terminal.FigureDrawing(np.array([[0], [255]], np.uint8)), colour="256")
    assert drawn == "\x1b[38;5;16;48;5;231m\u2580\x1b[0m\n"


@pytest.mark.parametrize("colour", [None, "standard"])
def test_without_colours_ink_is_characters(colour: str | None) -> None:
    # Means of two rows: 0 -> " ", 255 -> "@"; 127.5 lies in the middle of the ten characters.
    figure = np.array([[0, 255, 255], [0, 255, 0]], np.uint8)
    assert printed(terminal.FigureDrawing(figure), colour=colour) == " @=\n"


def test_floats_of_0_to_1_draw_as_bytes_do() -> None:
    figure = np.arange(16, dtype=np.uint8).reshape(4, 4) * 17
    assert printed(terminal.FigureDrawing(figure / 255.0)) == printed(terminal.FigureDrawing(figure))


def test_a_colour_figure_of_odd_height() -> None:
    figure = np.zeros((3, 2, 3), np.uint8)
    figure[:, :, 0] = 200
    drawn = printed(terminal.FigureDrawing(figure), colour="truecolor")
    assert drawn.count("\n") == 2
    assert "\x1b[38;2;200;0;0;48;2;200;0;0m" in drawn


def test_signs_of_weights_differ_without_colour() -> None:
    drawn = printed(terminal.WeightsDrawing(np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]])))
    assert drawn == "% #\n"


def test_a_batch_is_refused_where_a_figure_belongs() -> None:
    with pytest.raises(ShapeError, match=r"shape \(height, width\).*received \(2, 28, 28, 1\).*`x\[0\]`"):
        terminal.FigureDrawing(np.zeros((2, 28, 28, 1)))


def test_bars_have_labels_percents_and_the_true_class() -> None:
    lines = printed(terminal.ProbabilityBars([0.25, 0.75, 0.0], ["cat", "dog", "cow"], true=0)).splitlines()
    # 22 cells hold a whole bar: 0.75 fills 16.5 of them, 0.25 fills 5.5.
    assert lines[0].split() == ["cat", "█████▌", "25.0", "%", "◀", "true", "label"]
    assert lines[1].split() == ["dog", "████████████████▌", "75.0", "%"]
    assert lines[2].split() == ["cow", "0.0", "%"]


def test_bars_in_ascii() -> None:
    lines = printed_in_ascii(terminal.ProbabilityBars([0.5, 0.5], true=1)).splitlines()
    assert lines[1].split() == ["1", "#" * 11, "50.0", "%", "<", "true", "label"]


@pytest.mark.parametrize(
    ("value", "bar"), [(0.0, ""), (0.00001, "▏"), (0.125, "█"), (0.5, "████"), (0.53125, "████▎"), (1.0, "████████")]
)
def test_a_bar_is_exact_to_an_eighth(value: float, bar: str) -> None:
    assert draw_bar(value, 8) == bar


def test_bars_want_a_name_a_class() -> None:
    with pytest.raises(ShapeError, match=r"one class name a class, 3, received 2"):
        terminal.ProbabilityBars([0.2, 0.3, 0.5], ["a", "b"])
    with pytest.raises(ShapeError, match=r"one row of probabilities.*received \(2, 2\)"):
        terminal.ProbabilityBars(np.eye(2))


def test_a_prediction_stands_beside_its_figure_if_there_is_room() -> None:
    drawing = terminal.PredictionDrawing(np.zeros((28, 28), np.uint8), np.eye(10)[7], true=3)
    wide, narrow = printed(drawing, width=80), printed(drawing, width=60)
    assert len(wide.splitlines()) == 14
    assert len(narrow.splitlines()) > 14
    for drawn in (wide, narrow):
        assert "Read as 7 (100.0 %): wrong, it is 3." in drawn
        assert max(map(len, drawn.splitlines())) <= 80


def test_bars_keep_no_room_for_a_mark_that_is_not_there() -> None:
    marked, plain = (terminal.ProbabilityBars(np.eye(10)[0], true=true) for true in (3, None))
    assert (marked.shortest, plain.shortest) == (32, 18)


@pytest.mark.parametrize(
    ("width", "beside", "below"),
    [(120, 28, False), (80, 26, False), (60, 28, True), (40, 28, True)],
)
def test_the_picture_stands_before_what_the_model_saw(width: int, beside: int, below: bool) -> None:
    figure, picture = np.zeros((28, 28), np.uint8), np.full((300, 300, 3), 255, np.uint8)
    drawn = printed(terminal.PredictionDrawing(figure, np.eye(10)[7], original=picture), width=width)
    lines = drawn.splitlines()
    assert max(map(len, lines)) <= width
    assert sum("@" * beside in line for line in lines) == beside // 2
    headings = [line.split() for line in lines if "saw" in line or "the picture" in line]
    words = ["the", "picture", "what", "the", "model", "saw"]
    assert headings == ([words] if width > 40 else [words[:2], words[2:]])
    assert ("Read as 7 (100.0 %)." in lines) == below
    assert "Read as 7 (100.0 %)." in drawn


@pytest.mark.parametrize(("shape", "drawn_as"), [((40, 400), (42, 4)), ((400, 40), (3, 28)), ((9, 5), (5, 9))])
def test_a_picture_keeps_its_proportions(shape: tuple[int, int], drawn_as: tuple[int, int]) -> None:
    drawing = terminal.PredictionDrawing(
        np.zeros((28, 28), np.uint8), np.eye(10)[7], original=np.full(shape, 255, np.uint8)
    )
    inked = [line.count("@") for line in printed(drawing, width=150).splitlines() if "@" in line]
    assert (max(inked), len(inked)) == (drawn_as[0], (drawn_as[1] + 1) // 2)


def test_long_class_names_still_fit_80_columns() -> None:
    names = [f"a garment no. {number}" for number in range(10)]
    drawn = printed(terminal.PredictionDrawing(np.zeros((28, 28), np.uint8), np.eye(10)[0], names, true=9))
    assert "◀ true label" in drawn
    assert len(drawn.splitlines()) == 14


def test_a_grid_fills_the_width_and_halves_large_figures() -> None:
    grid = terminal.figure_grid(np.full((7, 28, 28), 255, np.uint8), [f"no {number}" for number in range(7)])
    lines = printed(grid, width=80).splitlines()
    # 14 cells and 2 between: five figures fit in 80 columns, so seven take two rows of 7 lines, a caption and a space.
    assert lines[0].split() == ["@" * 14] * 5
    assert lines[7].split() == ["no", "0", "no", "1", "no", "2", "no", "3", "no", "4"]
    assert lines[9].split() == ["@" * 14] * 2


def test_small_figures_keep_their_size_in_a_grid() -> None:
    assert printed(terminal.figure_grid(np.full((1, 8, 8), 255, np.uint8), ["x"])).splitlines()[0].strip() == "@" * 8


def test_a_grid_wants_a_caption_a_figure() -> None:
    with pytest.raises(ShapeError, match="one caption a drawing, 2, received 1"):
        terminal.figure_grid(np.zeros((2, 4, 4)), ["one"])


def test_weights_share_one_scale() -> None:
    drawn = printed(terminal.weights_grid(np.array([np.full((2, 2), 1.0), np.full((2, 2), 0.05)]), ["a", "b"]))
    # 1 is the end of the scale; 0.05 is so near to zero that it is left blank.
    assert drawn.splitlines()[0].rstrip() == "##"


def test_weights_of_colour_figures_are_drawn_as_figures() -> None:
    weights = np.zeros((1, 2, 2, 3))
    weights[0, 0], weights[0, 1, 0] = 1.0, -1.0
    # What speaks for all three colours is white, what speaks against them black, and nothing is grey.
    figure = np.array([[[255] * 3] * 2, [[0] * 3, [128] * 3]], np.uint8)
    assert printed(terminal.weights_grid(weights, ["a"])) == printed(terminal.figure_grid([figure], ["a"]))


def test_curves_show_both_series_and_their_last_values() -> None:
    loss, accuracy = terminal.curves(
        {"loss": [1.0, 0.5], "accuracy": [0.5, 0.9], "val_loss": [1.2, 0.7], "val_accuracy": [0.4, 0.8], "lr": [1, 1]}
    )
    drawn = printed(loss)
    assert "training 0.5000" in drawn
    assert "validation 0.7000" in drawn
    assert "1.200" in drawn.splitlines()[1]
    assert drawn.splitlines()[-1].split() == ["1", "epoch", "2"]
    assert {"*", "o"} <= set(printed_in_ascii(accuracy))


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [float("nan"), 1.0]])
def test_a_curve_of_one_epoch_or_one_value(values: list[float]) -> None:
    assert "loss" in printed(terminal.Curve("loss", {"training": values}))


def test_no_curve_without_epochs() -> None:
    with pytest.raises(DataError, match="history is empty"):
        terminal.curves({})
    with pytest.raises(DataError, match="no loss to draw"):
        terminal.Curve("loss", {"training": []})


def test_a_network_has_a_square_a_channel() -> None:
    model = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    assert [line.split() for line in printed(terminal.NetworkDrawing(model)).splitlines()] == [
        ["Input", "■", "8", "×", "8", "×", "1"],
        ["30", "parameters", "│"],
        ["Conv2D", "3×3", "relu", "■", "■", "■", "6", "×", "6", "×", "3"],
        ["│"],
        ["Flatten", *"●●●●●●●●●", "···", *"●●●●●●●●●", "108"],
        ["218", "parameters", "│"],
        ["Dense", "●", "●", "2"],
    ]
    assert "# # # 6 x 6 x 3" in " ".join(printed_in_ascii(terminal.NetworkDrawing(model)).split())


def test_a_residual_is_its_layers_then_the_sum() -> None:
    within = layers.Residual([layers.Dense(3, "relu"), layers.Dropout(0.5)], shortcut=[layers.Dense(3)])
    model = Sequential([layers.Input((2,)), within, layers.Residual([layers.ReLU()])])
    lines = [line.split("●")[0].split() for line in printed(terminal.NetworkDrawing(model)).splitlines()]
    assert lines[::2] == [
        ["Input"],
        ["Dense", "relu"],
        ["Dropout", "0.5"],
        ["Residual", "+", "Dense"],
        ["ReLU"],
        ["Residual", "+", "input"],
    ]
    assert [line[:-1] for line in lines[1::2]] == [["9", "parameters"], [], ["9", "parameters"], [], []]


def test_the_confusion_table_counts() -> None:
    table = terminal.ConfusionTable(np.array([[3, 1], [0, 4]]), ["cat", "dog"])
    lines = [line.split() for line in printed(table).splitlines()]
    assert lines[1] == ["cat", "3", "1", "75.0", "%"]
    assert lines[2] == ["dog", ".", "4", "100.0", "%"]
    assert "48;2;20;90;60" in printed(table, colour="truecolor")


def confusions(classes: int, right: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """As many right ones a class; of the second class 12 are read as the last and 5 as the first."""
    counts = np.diag(np.full(classes, right))
    counts[1, [-1, 0]] = 12, 5
    return counts


@pytest.mark.parametrize(("classes", "right", "width"), [(26, 256, 80), (10, 8910, 60), (100, 100, 80)])
def test_a_confusion_table_that_does_not_fit_is_a_list(classes: int, right: int, width: int) -> None:
    names = [f"c{number}" for number in range(classes)]
    lines = printed(terminal.ConfusionTable(confusions(classes, right), names), width=width).splitlines()
    assert len(lines) == 1 + classes
    share = f"{100 * right / (right + 17):.1f}"
    assert lines[2].split() == ["c1", share, "%", "as", f"c{classes - 1}:", "12,", "c0:", "5"]
    assert lines[3].split() == ["c2", "100.0", "%"]


@pytest.mark.parametrize("width", [120, 80, 60, 40, 25])
def test_the_numbers_of_a_confusion_table_are_whole(width: int) -> None:
    drawn = printed(terminal.ConfusionTable(confusions(10, 9999), [str(number) for number in range(10)]), width=width)
    assert max(map(len, drawn.splitlines())) <= width
    assert "\u2026" not in drawn.split("often")[-1].partition("\n")[2]
    said = {int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.])", drawn)}
    assert said <= {*range(10), 9999, 12, 5, 17}


def test_a_list_of_confusions_says_how_many_it_leaves_out() -> None:
    counts = np.full((30, 30), 3)
    counts[0, 7] = 20
    long = [f"the {number}th of all characters" for number in range(30)]
    wide, narrow = (printed(terminal.ConfusionTable(counts, long), width=width).splitlines()[1] for width in (90, 40))
    assert wide.split("  ")[-1] == "as the 7th of all characters: 20, 84 more"
    assert narrow == "the 0t…acters    2.8 %  104 wrong"


def test_headings_that_would_be_alike_make_a_list() -> None:
    names = [f"class {number}" for number in range(10)]
    assert printed(terminal.ConfusionTable(np.eye(10, dtype=np.int64), names), width=60).startswith("true ")


@pytest.mark.parametrize("width", [200, 80, 60, 50, 40, 20])
def test_a_network_is_never_folded(width: int) -> None:
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(10)])
    lines = printed(terminal.NetworkDrawing(model), width=width).splitlines()
    assert max(map(len, lines)) <= width
    if width > 40:
        assert len(lines) == 7
        assert len({line.index("│") for line in lines[1::2]}) == 1
    else:
        kinds = ["Input", "Flatten", "Dense", "100,480", "Dense", "1,290"]
        assert [line.split()[0] for line in lines] == kinds
