"""Model files that are damaged or meant to do harm: each is refused with a message of its own, before it costs memory.

A case is a change of a sound file: of its bytes, of its header's JSON, or of the document within. Changes of the
document are given a right checksum again, so that the rule under test is what refuses them.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from figurate import errors
from figurate.models import load_model
from figurate.models.container import LARGEST_HEADER
from tests.attacks.changes import Header, put, put_together, remove, with_document, with_header
from tests.small import figures, model


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a sound model file, with the optimizer's state."""
    path = tmp_path_factory.mktemp("sound") / "model.safetensors"
    trained = model()
    trained.fit(*figures(), verbose=0)
    trained.save(path)
    return path.read_bytes()


def move_array(header: Header) -> None:
    """The second array laid over the first."""
    names = sorted((n for n in header if n != "__metadata__"), key=lambda n: header[n]["data_offsets"][0])
    size = header[names[1]]["data_offsets"][1] - header[names[1]]["data_offsets"][0]
    header[names[1]]["data_offsets"] = [4, 4 + size]


def swap_arrays(header: Header) -> None:
    one, other = header["optimizer.momentum.layers.1.kernel"], header["optimizer.velocity.layers.1.kernel"]
    one["data_offsets"], other["data_offsets"] = other["data_offsets"], one["data_offsets"]


def one_bit(data: bytes) -> bytes:
    return data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]


def huge_units(document: dict[str, Any]) -> None:
    document["layers"][1]["config"]["units"] = 2**31 - 1


def around(layers: list[Any], **config: Any) -> dict[str, Any]:
    """A `Residual` with these layers, in a file's form."""
    return {"class_name": "Residual", "config": {"layers": layers, "shortcut": None, "name": "around", **config}}


def relu(name: str) -> dict[str, Any]:
    return {"class_name": "ReLU", "config": {"name": name}}


def nested(depth: int) -> dict[str, Any]:
    """So many `Residual`s within one another."""
    entry = relu("innermost")
    for level in range(depth):
        entry = around([entry], name=f"level_{level}")
    return entry


KERNEL = "layers.1.kernel"

CASES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    # The bytes.
    "empty": (lambda data: b"", "expected at least 8 bytes, received 0"),
    "seven bytes": (lambda data: data[:7], "expected at least 8 bytes, received 7"),
    "header cut": (lambda data: data[:100], r"its header promises \d[\d,]+ bytes, and 92 follow. It is truncated"),
    "arrays cut": (lambda data: data[:-4], r"lies at \[\d+, \d+\], outside the [\d,]+ bytes that follow the header"),
    "bytes added": (lambda data: data + b"\0\0\0\0", r"its arrays end at byte [\d,]+, and [\d,]+ follow the header"),
    "one bit of a weight": (one_bit, "its checksum does not match its contents. It was altered or damaged"),
    "header of 2^63 bytes": (
        lambda data: struct.pack("<Q", 2**63) + data[8:],
        "its header promises 9,223,372,036,854,775,808",
    ),
    "no JSON": (lambda data: put_together(b"{{", b""), "its header is no valid JSON"),
    "a list": (lambda data: put_together(b"[]", b""), "its header is no JSON object"),
    "no text": (lambda data: put_together(b"\xff{}", b""), "its header is no valid JSON"),
    "nested deep": (lambda data: put_together(b"[" * 200_000 + b"]" * 200_000, b""), "its header is nested too deep"),
    "a name twice": (lambda data: put_together(b'{"a": 1, "a": 2}', b""), "the name 'a' stands twice"),
    "a number that is none": (lambda data: put_together(b'{"a": NaN}', b""), "NaN is no JSON number"),
    "a number of many digits": (
        lambda data: put_together(b'{"a": ' + b"9" * 5000 + b"}", b""),
        "its header is no valid JSON",
    ),
    "a picture": (lambda data: b"\x89PNG\r\n\x1a\n" + data, "its header promises .* no .safetensors file"),
    "a header too long": (
        lambda data: put_together(b"{" + b" " * LARGEST_HEADER + b"}", b""),
        r"its header has 16,777,218 bytes, more than the 16,777,216 allowed",
    ),
    # The header.
    "another program's file": (with_header(remove("__metadata__", "figurate")), "without the metadata key 'figurate'"),
    "no metadata": (with_header(remove("__metadata__")), "without the metadata key 'figurate'"),
    "document no JSON": (with_header(put("__metadata__", "figurate", value="{")), "its document is no valid JSON"),
    "document a number": (with_header(put("__metadata__", "figurate", value="1")), "its document is no JSON object"),
    "an array of bytes": (with_header(put(KERNEL, "dtype", value="U8")), "has the type 'U8', expected 'F32'"),
    "no shape": (with_header(remove(KERNEL, "shape")), "lacks dtype, shape or data_offsets"),
    "a shape below 0": (with_header(put(KERNEL, "shape", value=[-64, 12])), "has no valid shape"),
    "a shape of texts": (with_header(put(KERNEL, "shape", value=["64", 12])), "has no valid shape"),
    "a shape of truths": (with_header(put(KERNEL, "shape", value=[True, 768])), "has no valid shape"),
    "promises more": (with_header(put(KERNEL, "shape", value=[2**40, 2**40])), r"needs [\d,]+ bytes, received 3,072"),
    "offsets outside": (with_header(put(KERNEL, "data_offsets", value=[0, 2**60])), "lies at .* outside the"),
    "offsets backwards": (with_header(put(KERNEL, "data_offsets", value=[8, 4])), "lies at .* outside the"),
    "three offsets": (with_header(put(KERNEL, "data_offsets", value=[0, 4, 8])), "lies at .* outside the"),
    "overlap": (with_header(move_array), "its arrays overlap at byte 4 after the header"),
    "two arrays swapped": (with_header(swap_arrays), "its checksum does not match"),
    "an array missing": (
        with_header(lambda h: h.update(other=h.pop(KERNEL))),
        "expected an array 'layers.1.kernel' of shape",
    ),
    "another shape": (
        with_header(put(KERNEL, "shape", value=[12, 64])),
        r"to have the shape \(64, 12\), received \(12, 64\)",
    ),
    "an empty array added": (
        with_header(put("extra", value={"dtype": "F32", "shape": [0], "data_offsets": [0, 0]})),
        "received an array 'extra' that no layer needs",
    ),
    # The document.
    "a letter of the document": (
        with_header(lambda h: h["__metadata__"].update(figurate=h["__metadata__"]["figurate"].replace("relu", "tanh"))),
        "its checksum does not match",
    ),
    "a newer format": (
        with_document(put("format_version", value=2)),
        "its format version is 2, .* Install a newer figurate",
    ),
    "no version": (with_document(remove("format_version")), "its format version is None, expected 1"),
    "a version of text": (with_document(put("format_version", value="1")), "its format version is '1'"),
    "a field missing": (with_document(remove("history")), "its document lacks field 'history'"),
    "a field too many": (with_document(put("code", value="import os")), "its document has an unknown field 'code'"),
    "an unknown layer": (with_document(put("layers", 1, "class_name", value="Lambda")), "Unknown layer 'Lambda'"),
    "a layer of Python": (
        with_document(put("layers", 1, "class_name", value="os.system")),
        "Unknown layer 'os.system'",
    ),
    "an unknown setting": (
        with_document(put("layers", 1, "config", "shell", value="ls")),
        "Unknown setting of `Dense` 'shell'",
    ),
    "a setting missing": (with_document(remove("layers", 1, "config", "units")), "lacks 'units'"),
    "an unknown activation": (
        with_document(put("layers", 1, "config", "activation", value="eval")),
        "Unknown activation 'eval'",
    ),
    "units of text": (with_document(put("layers", 1, "config", "units", value="12")), "expects a whole number"),
    "no units": (with_document(put("layers", 1, "config", "units", value=0)), "expects a whole number of at least 1"),
    "units beyond memory": (with_document(huge_units), "would have .* weights|would give .* values a figure"),
    "other units": (
        with_document(put("layers", 1, "config", "units", value=13)),
        r"'layers.1.kernel' to have the shape \(64, 13\)",
    ),
    "no layers": (with_document(put("layers", value=[])), "expected a list of 1 to 1000 layers"),
    "a million layers": (with_document(put("layers", value=[{}] * 100_000)), "expected a list of 1 to 1000 layers"),
    "a layer that is a number": (with_document(put("layers", 0, value=7)), "its field 'layers\\[0\\]' is wrong"),
    "an input among the layers": (
        with_document(put("layers", 0, value={"class_name": "InputLayer", "config": {"shape": [8, 8]}})),
        "`InputLayer` is no layer of a file",
    ),
    "two layers of one name": (
        with_document(lambda d: d["layers"][2]["config"].update(name=d["layers"][1]["config"]["name"])),
        "two of its layers have the name",
    ),
    "a layer of Python within another": (
        with_document(put("layers", 0, value=around([{"class_name": "os.system", "config": {}}]))),
        "its field 'layers\\[0\\]' is wrong: Unknown layer 'os.system'",
    ),
    "an input within another layer": (
        with_document(put("layers", 0, value=around([{"class_name": "InputLayer", "config": {"shape": [8, 8]}}]))),
        "expects layer objects of `figurate.layers`, received InputLayer",
    ),
    "no layers within another": (with_document(put("layers", 0, value=around([]))), "expects a list of layers"),
    "a name within another layer twice": (
        with_document(lambda d: d["layers"].insert(0, around([relu(d["layers"][1]["config"]["name"])]))),
        "two of its layers have the name",
    ),
    "a million layers within another": (
        with_document(put("layers", 0, value=around([relu(f"r{i}") for i in range(20_000)]))),
        "it has more than 1000 layers, those within others among them",
    ),
    "layers nested deep": (with_document(put("layers", 0, value=nested(200))), "wrong: maximum recursion depth"),
    "figures beyond memory within another layer": (
        with_document(
            lambda d: d.update(
                input_shape=[8, 8, 1],
                layers=[
                    around(
                        [
                            {"class_name": "ZeroPadding2D", "config": {"padding": 5000, "name": "wide"}},
                            {"class_name": "GlobalMaxPooling2D", "config": {"keepdims": True, "name": "narrow"}},
                        ],
                        shortcut=[{"class_name": "GlobalMaxPooling2D", "config": {"keepdims": True, "name": "one"}}],
                    )
                ],
            )
        ),
        "its layer 0 would give 100,160,064 values a figure",
    ),
    "figures beyond memory": (with_document(put("input_shape", value=[2**24, 2])), "more than 16,777,216"),
    "an input of text": (with_document(put("input_shape", value="88")), "its field 'input_shape' is '88'"),
    "an input of nothing": (with_document(put("input_shape", value=[])), "expected up to 8 sizes of at least 1"),
    "another input": (
        with_document(lambda d: d.update(input_shape=[8, 9], preprocessing=None)),
        r"'layers.1.kernel' to have the shape \(72, 12\)",
    ),
    "a seed below 0": (with_document(put("seed", value=-1)), "its field 'seed' is -1"),
    "an unknown loss": (with_document(put("compile", "loss", "class_name", value="Own")), "Unknown loss 'Own'"),
    "an unknown optimizer": (
        with_document(put("compile", "optimizer", "class_name", value="Own")),
        "Unknown optimizer 'Own'",
    ),
    "an unknown metric": (
        with_document(put("compile", "metrics", 0, "class_name", value="Own")),
        "Unknown metric 'Own'",
    ),
    "compile is a list": (with_document(put("compile", value=[])), "its field 'compile' is wrong"),
    "slots of another optimizer": (with_document(put("training", "slots", value=["momentum"])), "that no layer needs"),
    "a slot with a path": (with_document(put("training", "slots", value=["../x"])), "its field 'slots' is"),
    "a slot twice": (with_document(put("training", "slots", value=["momentum", "momentum"])), "expected no name twice"),
    "steps below 0": (with_document(put("training", "iterations", value=-3)), "its field 'iterations' is -3"),
    "class names too few": (with_document(put("class_names", value=["a"])), "expected 4 texts, one an output"),
    "a range without end": (with_document(put("input", "maximum", value=float("1e999"))), "Infinity is no JSON number"),
    "a range backwards": (with_document(put("input", "minimum", value=9.0)), "expected two numbers in order"),
    "preprocessing of text": (with_document(put("preprocessing", value="os.system")), "its field 'preprocessing' is"),
    "preprocessing a list": (with_document(put("preprocessing", value=[])), "its field 'preprocessing' is"),
    "preprocessing of nothing": (
        with_document(put("preprocessing", value={})),
        "expects exactly box, centre, channels",
    ),
    "preprocessing with a name more": (
        with_document(put("preprocessing", "shell", value="ls")),
        "its field 'preprocessing' is wrong: .* expects exactly",
    ),
    "preprocessing with a name less": (with_document(remove("preprocessing", "deskew")), "expects exactly box, centre"),
    "preprocessing with a class": (
        with_document(put("preprocessing", value={"class_name": "os.system", "config": {}})),
        "its field 'preprocessing' is wrong: .* expects exactly",
    ),
    "preprocessing beyond memory": (
        with_document(lambda d: d["preprocessing"].update(height=2**31, width=2**31)),
        "expects a whole number from 1 to 4096",
    ),
    "preprocessing of another size": (
        with_document(put("preprocessing", "height", value=9)),
        r"its field 'preprocessing' makes figures of \(9, 8\), the model takes \(8, 8\)",
    ),
    "preprocessing in a colour too many": (with_document(put("preprocessing", "channels", value=4)), "expects 1 or 3"),
    "preprocessing in true channels": (with_document(put("preprocessing", "channels", value=True)), "expects 1 or 3"),
    "a box larger than the figure": (
        with_document(put("preprocessing", "box", value=[8, 9])),
        "expects a box within 8 × 8 pixels",
    ),
    "a box of nothing": (
        with_document(put("preprocessing", "box", value=[0, 0])),
        "expects two numbers from 1 to 4096",
    ),
    "a box of text": (with_document(put("preprocessing", "box", value="66")), "expects two numbers from 1 to 4096"),
    "a box of three": (with_document(put("preprocessing", "box", value=[6, 6, 6])), "expects two numbers from 1"),
    "a box of lists": (with_document(put("preprocessing", "box", value=[[6], [6]])), "expects two numbers from 1"),
    "strokes below 0": (
        with_document(put("preprocessing", "stroke_width", value=[-1, 2])),
        "expects two numbers from 0 to 4096",
    ),
    "strokes backwards": (
        with_document(put("preprocessing", "stroke_width", value=[3, 2])),
        "expects the least before the greatest",
    ),
    "an unknown ground": (with_document(put("preprocessing", "ground", value="grey")), "expects 'dark' or 'light'"),
    "an unknown centre": (with_document(put("preprocessing", "centre", value=["mass"])), "expects 'mass' or 'box'"),
    "deskew a number": (with_document(put("preprocessing", "deskew", value=1)), "expects True or False, received 1"),
    "a history of text": (with_document(put("history", value="long")), "its field 'history' is 'long'"),
    "a history of numbers": (with_document(put("history", value={"epoch": 3})), "its history has another form"),
    "a reference to nothing": (
        with_document(put("history", "history", "loss", value={"$array": "run.9"})),
        "refers to nothing",
    ),
    "a reference to weights": (
        with_document(put("history", "history", "loss", value={"$array": "layers.1.kernel"})),
        "refers to nothing",
    ),
    "weights only": (with_document(put("contents", value="weights")), "it holds 'weights' and not a model"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_file_is_refused(case: str, sound: bytes, tmp_path: Path) -> None:
    make, message = CASES[case]
    path = tmp_path / "model.safetensors"
    path.write_bytes(make(sound))
    with pytest.raises(errors.FileFormatError, match=message) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_the_unchanged_file_is_read(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    for data in (sound, with_header(lambda header: None)(sound), with_document(lambda document: None)(sound)):
        path.write_bytes(data)
        assert load_model(path).count_params() == 64 * 12 + 12 + 12 * 4 + 4


def test_every_cut_is_refused(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    for length in range(0, len(sound), 97):
        path.write_bytes(sound[:length])
        with pytest.raises(errors.FileFormatError, match="Cannot read"):
            load_model(path)


def test_every_changed_byte_is_refused(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    for place in range(0, len(sound), 61):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0x20]) + sound[place + 1 :])
        try:
            load_model(path)
        except errors.FileFormatError:
            continue
        # White space in the header is the one thing that means nothing.
        assert sound[place : place + 1] in b" \0", place


LITTLE_MEMORY = """
import resource, sys
from figurate import errors
from figurate.models import load_model
import numpy, safetensors.numpy
limit = 200 * 2**20 + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
for path in sys.argv[1:]:
    try:
        load_model(path)
    except errors.FileFormatError as error:
        print("refused")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
assert peak < limit, peak
"""


def test_promises_cost_no_memory(sound: bytes, tmp_path: Path) -> None:
    names = [
        "header of 2^63 bytes",
        "promises more",
        "units beyond memory",
        "figures beyond memory",
        "a million layers",
    ]
    paths = []
    for i, name in enumerate(names):
        paths.append(tmp_path / f"{i}.safetensors")
        paths[-1].write_bytes(CASES[name][0](sound))
    command = [sys.executable, "-c", LITTLE_MEMORY, *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["refused"] * len(names)
