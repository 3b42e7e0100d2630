"""`figurate show`: every view in the terminal and as a picture, and what doesn't go together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import figurate
from figurate import datasets, layers

Call = Callable[..., Any]

VIEWS = {
    "network": "168 parameters",
    "curve": "validation 0.",
    "weights": "neuron 19",
    "confusion": "of 64 read rightly",
    "mistakes": "read",
}


def test_figures_of_a_set(call: Call, folder: Path) -> None:
    outcome = call("show", folder, "--count", 3, "--first", 5, "--split", "train")
    assert outcome.status == 0
    lines = outcome.out.splitlines()
    assert lines[0].startswith(f"{folder}: 512 figures to learn from")
    # Labels go 0, 1, … 7, 0, …; four rows of characters hold the eight rows of pixels.
    assert lines[6].split() == ["5", "6", "7"]


@pytest.mark.parametrize("view", VIEWS)
def test_views_of_a_model(call: Call, folder: Path, model_file: Path, view: str) -> None:
    outcome = call("show", model_file, view, "--data", folder)
    assert outcome.status == 0
    assert outcome.err == ""
    assert VIEWS[view] in outcome.out


def test_the_network_is_shown_if_nothing_is_named(call: Call, model_file: Path) -> None:
    assert call("show", model_file).out == call("show", model_file, "network").out


CONVNET_VIEWS = {
    "network": "Conv2D 3×3 relu",
    "curve": "training",
    "weights": "filter 11",
    "confusion": "of 64 read rightly",
    "mistakes": "read",
}


@pytest.fixture(scope="module")
def convnet_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A convolutional network that has seen the bars twice."""
    (x, y), _ = datasets.load(folder)
    path = tmp_path_factory.mktemp("models") / "convnet.safetensors"
    model = figurate.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(12, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(8, activation="softmax"),
        ],
        seed=1,
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=2, verbose=0)
    model.save(path)
    return path


@pytest.mark.parametrize("view", CONVNET_VIEWS)
def test_views_of_a_convolutional_network(call: Call, folder: Path, convnet_file: Path, view: str) -> None:
    outcome = call("show", convnet_file, view, "--data", folder)
    assert (outcome.status, outcome.err) == (0, "")
    assert CONVNET_VIEWS[view] in outcome.out
    assert call("show", convnet_file, view, "--data", folder, "--out", f"{view}.png").status == 0
    with Image.open(f"{view}.png") as image:
        assert min(image.size) > 100


def test_a_convolutional_network_reads_sets_and_pictures(call: Call, folder: Path, convnet_file: Path) -> None:
    outcome = call("evaluate", convnet_file, folder)
    assert (outcome.status, outcome.err) == (0, "")
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save("bar.png")
    outcome = call("predict", convnet_file, "bar.png")
    assert outcome.status == 0
    assert "bar.png: " in outcome.out


@pytest.mark.parametrize("view", ["figures", *VIEWS])
def test_views_as_pictures(call: Call, folder: Path, model_file: Path, view: str) -> None:
    # Three epochs are too few to read every bar rightly: there are mistakes to show.
    assert call("train", folder, "--epochs", 3, "--quiet", "--out", "young.safetensors").status == 0
    what = folder if view == "figures" else "young.safetensors"
    outcome = call("show", what, view, "--data", folder, "--out", f"{view}.png")
    assert outcome.status == 0
    assert outcome.err == f"figurate: written to '{view}.png'.\n"
    with Image.open(f"{view}.png") as image:
        assert min(image.size) > 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["MODEL", "figures"], "'figures' are shown of a data set, and"),
        (["SET", "curve"], "'curve' is shown of a model, and"),
        (["MODEL", "confusion"], "say of which set, such as --data mnist"),
        (["MODEL", "mistakes"], "say of which set, such as --data mnist"),
        (["MODEL", "weigths"], "'weigths' is not one of"),
        (["SET", "--out", "a.jpg"], "written as .png, .svg, .pdf, received 'a.jpg'. Name it 'a.png'."),
        (["SET", "--out", "nowhere/a.png"], "The folder 'nowhere' does not exist."),
        (["SET", "--count", "0"], "'--count'"),
    ],
)
def test_mistakes_in_use(call: Call, folder: Path, model_file: Path, words: list[str], said: str) -> None:
    named = {"MODEL": str(model_file), "SET": str(folder)}
    outcome = call("show", *[named.get(word, word) for word in words])
    assert outcome.status == 2
    assert said in " ".join(outcome.err.split())


def test_beyond_the_last_figure(call: Call, folder: Path) -> None:
    outcome = call("show", folder, "--first", 64, "--split", "train")
    assert outcome.status == 0
    outcome = call("show", folder, "--first", 64)
    assert outcome.status == 1
    assert "--first below 64" in outcome.err


def test_figures_of_a_folder_of_pictures(call: Call) -> None:
    for name, tone in (("dark", 30), ("light", 220)):
        Path("tones", name).mkdir(parents=True)
        for number in range(5):
            pixels = np.full((12, 12, 3), (tone, 128, number), np.uint8)
            Image.fromarray(pixels).save(Path("tones", name, f"{number}.png"))
    Path("tones", "dark", "text.png").write_text("no picture")
    outcome = call("show", "./tones", "--split", "all")
    assert outcome.status == 0
    assert "8 figures to learn from, 2 to validate with; 12 × 12 × 3 pixels" in outcome.out
    assert (outcome.out.count("dark"), outcome.out.count("light")) == (5, 5)
    assert "tones/dark/text.png: " in outcome.err
    assert call("show", "./tones", "--out", "tones.png").status == 0


def test_figures_of_a_file(call: Call) -> None:
    rng = np.random.default_rng(3)
    np.savez("set.npz", x=rng.integers(0, 255, (20, 9, 9), dtype=np.uint8), y=np.arange(20) % 2)
    outcome = call("show", "set.npz", "--count", 3)
    assert outcome.status == 0
    assert "set.npz: 16 figures to learn from, 4 to validate with; 9 × 9 pixels" in outcome.out


def test_what_is_nothing(call: Call) -> None:
    outcome = call("show", "fashion_mnits")
    assert outcome.status == 1
    assert "Did you mean 'fashion_mnist'?" in outcome.err


def test_an_untrained_model_has_no_curve(call: Call) -> None:
    figurate.Sequential([layers.Input((4,)), layers.Dense(2)]).save("new.safetensors")
    for words in ([], ["--out", "a.png"]):
        outcome = call("show", "new.safetensors", "curve", *words)
        assert outcome.status == 1
        assert "history is empty. Train the model first" in outcome.err
    assert not Path("a.png").exists()


def test_labels_beyond_the_model_are_refused(call: Call, folder: Path) -> None:
    model = figurate.Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    model.save("three.safetensors")
    outcome = call("show", "three.safetensors", "confusion", "--data", folder)
    assert outcome.status == 1
    assert (
        "expected labels that the model knows, ['0', '1', '2'], received ['3', '4', '5', '6', '7'] too" in outcome.err
    )


def test_a_missing_matplotlib_is_named(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from figurate import plots

    for name in [name for name in sys.modules if name.startswith(("matplotlib", "figurate.plots."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(vars(plots), "figures", raising=False)
    outcome = call("show", folder, "--out", "a.png")
    assert outcome.status == 1
    assert "pip install 'figurate[plots]'" in outcome.err


@pytest.fixture(scope="session")
def ensemble_file(folder: Path, tmp_path_factory: pytest.TempPathFactory, call: Call) -> Path:
    """Three models that read bars, in one file."""
    place = tmp_path_factory.mktemp("ensembles")
    members = []
    for seed in range(3):
        path = place / f"{seed}.safetensors"
        assert call("train", folder, "--epochs", 2, "--seed", seed, "--quiet", "--out", path).status == 0
        members.append(figurate.models.load_model(path))
    figurate.Ensemble(members, name="three").save(place / "three.safetensors")
    return place / "three.safetensors"


@pytest.mark.parametrize("view", VIEWS)
def test_views_of_an_ensemble(call: Call, folder: Path, ensemble_file: Path, view: str) -> None:
    outcome = call("show", ensemble_file, view, "--data", folder, "--member", 2)
    assert outcome.status == 0
    of_one = view in ("network", "curve", "weights")
    assert ("Member 2 of <Ensemble 'three' of 3 models>; --member N shows another." in outcome.out) is of_one
    picture = call("show", ensemble_file, view, "--data", folder, "--out", f"{view}.png")
    assert picture.status == 0
    assert Path(f"{view}.png").is_file()


def test_a_member_that_is_not_there(call: Call, ensemble_file: Path, model_file: Path) -> None:
    outcome = call("show", ensemble_file, "curve", "--member", 3)
    assert outcome.status == 1
    assert "received 3. It holds an ensemble of 3 models, counted from 0." in outcome.err
    outcome = call("show", model_file, "--member", 1)
    assert outcome.status == 1
    assert "received 1. It holds one model, number 0." in outcome.err


def test_an_ensemble_is_read_and_measured(call: Call, folder: Path, ensemble_file: Path) -> None:
    outcome = call("evaluate", ensemble_file, folder)
    assert outcome.status == 0
    assert "accuracy " in outcome.out
    assert call("show", folder, "--count", 1, "--out", "bar.png").status == 0
    outcome = call("predict", ensemble_file, "bar.png")
    assert outcome.status == 0
    assert outcome.out.startswith("bar.png: ")
