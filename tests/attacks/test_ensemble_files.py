"""Files of ensembles that are damaged or meant to do harm; what they share with models' is test_model_files.py's."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from figurate import errors
from figurate.callbacks import BackupAndRestore
from figurate.models import Ensemble, load_model
from tests.attacks.changes import put, put_together, remove, take_apart, with_document, with_header
from tests.small import CLASSES, SIDE, figures, model, network


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a sound file of three models, with their optimizers' states."""
    path = tmp_path_factory.mktemp("sound") / "ensemble.safetensors"
    members = [model(hidden=6 + seed, seed=seed) for seed in range(3)]
    for member in members:
        member.fit(*figures(), verbose=0)
    Ensemble(members).save(path)
    return path.read_bytes()


def grown(count: int) -> Callable[[dict[str, Any]], None]:
    """The first member so many times."""

    def change(document: dict[str, Any]) -> None:
        document["members"] = [document["members"][0]] * count

    return change


def swap_members(document: dict[str, Any]) -> None:
    document["members"] = [document["members"][i] for i in (1, 0, 2)]


def name_classes(document: dict[str, Any]) -> None:
    for member, names in zip(document["members"], ("abcd", "abcd", "abce"), strict=True):
        member["class_names"] = list(names)


def many_layers(document: dict[str, Any]) -> None:
    """A thousand activations in each of a hundred members."""
    first = copy.deepcopy(document["members"][0])
    first["layers"] = [{"class_name": "ReLU", "config": {"name": f"r{i}"}} for i in range(1000)]
    document["members"] = [first] * 100


KERNEL = "members.1.layers.1.kernel"

CASES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda data: data[:-4], "outside the .* bytes that follow the header"),
    "one bit": (lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:], "its checksum does not match"),
    "no members": (with_document(put("members", value=[])), "expected a list of 1 to 1000 models"),
    "members by name": (with_document(put("members", value={"a": 1})), "expected a list of 1 to 1000 models"),
    "too many members": (with_document(grown(1001)), "expected a list of 1 to 1000 models"),
    "too many layers": (with_document(many_layers), "its members have more than 20,000 layers"),
    "a member that is a number": (with_document(put("members", 1, value=7)), "in member 1 its document lacks field"),
    "a member too many": (
        with_document(lambda d: d["members"].append(d["members"][0])),
        r"expected an array 'members\.3\.layers\.1\.kernel'",
    ),
    "a member too few": (
        with_document(remove("members", 2)),
        r"received an array 'members\.2\..*' that no layer needs",
    ),
    "members exchanged": (with_document(swap_members), r"expected 'members\.0\..*kernel' to have the shape \(64, 7\)"),
    "an ensemble within": (
        with_document(lambda d: d["members"][0].update(members=[])),
        "in member 0 its document has an unknown field 'members'",
    ),
    "a checksum of a member's own": (
        with_document(put("members", 0, "checksum", value="")),
        "in member 0 its document has an unknown field 'checksum'",
    ),
    "a field of a model": (with_document(put("seed", value=1)), "its document has an unknown field 'seed'"),
    "a member without history": (
        with_document(remove("members", 2, "history")),
        "in member 2 its document lacks field 'history'",
    ),
    "no name": (with_document(put("name", value="")), "its field 'name' is '', expected a text"),
    "called a model": (with_document(put("contents", value="model")), "its document lacks field 'class_names'"),
    "a run in a member": (with_document(put("members", 1, "run", value={})), "in member 1 the field 'run' is no null"),
    "an unknown layer": (
        with_document(put("members", 1, "layers", 1, "class_name", value="os.system")),
        r"in member 1 its field 'layers\[1\]' is wrong: Unknown layer 'os\.system'",
    ),
    "other units": (
        with_document(put("members", 1, "layers", 1, "config", "units", value=13)),
        r"'members\.1\.layers\.1\.kernel' to have the shape \(64, 13\)",
    ),
    "other figures": (
        with_document(put("members", 1, "input_shape", value=[64])),
        r"expects members that take figures of one shape, received \(8, 8\) of member 0 and \(64,\) of member 1",
    ),
    "scores among probabilities": (
        with_document(put("members", 2, "compile", "loss", "config", "from_logits", value=True)),
        r"expects members that give probabilities.*`from_logits=True`\), member 2",
    ),
    "other class names": (
        with_document(name_classes),
        "expects members with the same class names",
    ),
    "another range of pixels": (
        with_document(put("members", 1, "input", "maximum", value=255)),
        "expects members that were trained on pixels of the same range",
    ),
    "an array of no member": (
        with_header(lambda header: header.update({"members.7.layers.1.kernel": header.pop(KERNEL)})),
        "expected an array 'members.1.layers.1.kernel'",
    ),
    "another member's array in a history": (
        with_document(put("members", 0, "history", "history", "loss", value={"$array": "members.1.history.0"})),
        "refers to nothing",
    ),
    "weights in a history": (
        with_document(put("members", 0, "history", "history", "loss", value={"$array": KERNEL})),
        "refers to nothing",
    ),
    "an array that nothing refers to": (
        with_header(put("members.0.history.0", value={"dtype": "F32", "shape": [0], "data_offsets": [0, 0]})),
        r"nothing in its document refers to the array 'members\.0\.history\.0'",
    ),
    "a history of a member that is none": (
        with_header(put("members.3.history.0", value={"dtype": "F32", "shape": [0], "data_offsets": [0, 0]})),
        r"received an array 'members\.3\.history\.0' that no layer needs",
    ),
    "a history of numbers": (
        with_document(put("members", 2, "history", value={"epoch": 3})),
        "its history has another form",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_file_is_refused(case: str, sound: bytes, tmp_path: Path) -> None:
    make, message = CASES[case]
    path = tmp_path / "ensemble.safetensors"
    path.write_bytes(make(sound))
    with pytest.raises(errors.FileFormatError, match=message) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_the_unchanged_file_is_read(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ensemble.safetensors"
    for data in (sound, put_together(*take_apart(sound)), with_document(lambda document: None)(sound)):
        path.write_bytes(data)
        assert load_model(path).count_params() == sum(SIDE * SIDE * u + u + u * CLASSES + CLASSES for u in (6, 7, 8))


def test_every_cut_and_many_changed_bytes_are_refused(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ensemble.safetensors"
    for length in range(0, len(sound), 397):
        path.write_bytes(sound[:length])
        with pytest.raises(errors.FileFormatError, match="Cannot read"):
            load_model(path)
    for place in range(0, len(sound), 211):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0x20]) + sound[place + 1 :])
        try:
            load_model(path)
        except errors.FileFormatError:
            continue
        # White space in the header is the one thing that means nothing.
        assert sound[place : place + 1] in b" \0", place


def test_where_a_model_is_expected(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ensemble.safetensors"
    path.write_bytes(sound)
    with pytest.raises(errors.FileFormatError, match=r"Cannot read the weights of one model .*: it holds an ensemble"):
        network().load_weights(path)
    with pytest.raises(errors.FileFormatError, match=r"it holds an ensemble of 3 models\. Use `load_model`"):
        model().fit(*figures(), callbacks=[BackupAndRestore(path)], verbose=0)
