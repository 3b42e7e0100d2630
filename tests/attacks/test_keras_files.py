"""`.keras` files that are damaged or meant to do harm: each is refused by name, before it costs memory or runs code.

Made with h5py and zipfile alone: they are read without Keras, too.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import errors
from figurate.models.foreign import from_keras

h5py = pytest.importorskip("h5py", reason="`.keras` files are read with h5py")

Members = dict[str, bytes]
CONFIG, WEIGHTS = "config.json", "model.weights.h5"
KERNEL = "layers/dense/vars/0"


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": kind, "config": {"name": name, **config}}


def document() -> dict[str, Any]:
    layers = [
        layer("InputLayer", "in", batch_shape=[None, 3, 2]),
        layer("Flatten", "flat"),
        layer("Dense", "dense", units=4),
    ]
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "net", "layers": layers},
        "compile_config": {
            "optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": 0.01}},
            "loss": "mse",
        },
    }


def weights(change: Callable[[Any], object] = lambda file: None) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file[KERNEL] = np.ones((6, 4), np.float32)
        file["layers/dense/vars/1"] = np.zeros(4, np.float32)
        for place, shape in enumerate([(), (), (6, 4), (6, 4), (4,), (4,)]):
            file[f"optimizer/vars/{place}"] = np.ones(shape, np.int32 if place == 0 else np.float32)
        change(file)
    return buffer.getvalue()


def archive(members: Members, compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def sound() -> Members:
    return {"metadata.json": b"{}", CONFIG: json.dumps(document()).encode(), WEIGHTS: weights()}


def with_weights(change: Callable[[Any], object]) -> bytes:
    return archive(sound() | {WEIGHTS: weights(change)})


def with_config(change: Callable[[dict[str, Any]], object]) -> bytes:
    changed = document()
    change(changed)
    return archive(sound() | {CONFIG: json.dumps(changed).encode()})


def replaced(**options: Any) -> Callable[[Any], None]:
    """The kernel made anew."""

    def change(file: Any) -> None:
        del file[KERNEL]
        file.create_dataset(KERNEL, **options)

    return change


def external_link(file: Any) -> None:
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink("pipe.h5", "/secret")


def external_group(file: Any) -> None:
    del file["optimizer"]
    file["optimizer"] = h5py.ExternalLink("pipe.h5", "/")


def soft_link(file: Any) -> None:
    del file[KERNEL]
    file[KERNEL] = h5py.SoftLink("/layers/dense/vars/1")


def virtual(file: Any) -> None:
    del file[KERNEL]
    layout = h5py.VirtualLayout(shape=(6, 4), dtype="f4")
    layout[:] = h5py.VirtualSource("pipe.h5", "secret", shape=(6, 4))
    file.create_virtual_dataset(KERNEL, layout)


def never_written(file: Any) -> None:
    """Promises numbers that take no room in the file."""
    replaced(shape=(6, 4), dtype="f4")(file)


def deep(document: dict[str, Any]) -> None:
    entry = layer("Dense", "d", units=2)
    for _ in range(150):
        entry = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [entry]}}
    document["config"]["layers"].append(entry)


def layers_of(document: dict[str, Any]) -> list[Any]:
    found: list[Any] = document["config"]["layers"]
    return found


def wide(document: dict[str, Any]) -> None:
    padded = [layer("Reshape", "r", target_shape=[3, 2, 1]), layer("ZeroPadding2D", "wide", padding=[5000, 5000])]
    document["config"]["layers"][1:1] = padded


def twice() -> bytes:
    buffer = io.BytesIO(archive(sound()))
    with zipfile.ZipFile(buffer, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr(CONFIG, b"{}")
    return buffer.getvalue()


def promising(size: int) -> bytes:
    """The directory's word for the size of the weights is another."""
    data = bytearray(archive({CONFIG: b"{}", WEIGHTS: b"abcd"}))
    at = data.rindex(WEIGHTS.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 20 : at + 28] = size.to_bytes(4, "little") * 2
    return bytes(data)


def broken(member: str, at: int = 200) -> bytes:
    """One byte of a member changed, so that its checksum is wrong."""
    data, members = bytearray(archive(sound())), sound()
    data[bytes(data).index(members[member]) + at] ^= 1
    return bytes(data)


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    # The archive.
    "empty": (lambda: b"", "it is no sound zip archive"),
    "cut": (lambda: archive(sound())[:-30], "it is no sound zip archive"),
    "no archive": (lambda: b"\x89HDF\r\n\x1a\n" * 10, "it is no sound zip archive"),
    "packed": (lambda: archive(sound(), zipfile.ZIP_DEFLATED), r"member 'config\.json' is packed or encrypted"),
    "a bomb": (lambda: archive({CONFIG: b"0" * 10**7}, zipfile.ZIP_DEFLATED), "is packed or encrypted"),
    "no configuration": (lambda: archive({WEIGHTS: b""}), r"has 0 members 'config\.json', expected one"),
    "no weights": (lambda: archive({CONFIG: b"{}"}), r"has 0 members 'model\.weights\.h5', expected one"),
    "a member twice": (twice, r"has 2 members 'config\.json', expected one"),
    "a member of 4 GB": (lambda: promising(2**32 - 2), "would have 4,294,967,294 bytes, and the whole file has"),
    "a member longer than what is left": (lambda: promising(200), "it is no sound zip archive"),
    "a bit of the weights": (lambda: broken(WEIGHTS), "it is no sound zip archive"),
    "many members": (lambda: archive({f"{i}": b"" for i in range(10_001)}), "has 10,001 members"),
    # The configuration.
    "no JSON": (lambda: archive(sound() | {CONFIG: b"{"}), r"its config\.json is no JSON"),
    "a list": (lambda: archive(sound() | {CONFIG: b"[]"}), r"its config\.json is no JSON object"),
    "nested deep": (lambda: archive(sound() | {CONFIG: b"[" * 10**5 + b"]" * 10**5}), "is no JSON"),
    "16 MB of it": (lambda: archive(sound() | {CONFIG: b" " * (2**24 + 1)}), r"config\.json has 16,777,217 bytes"),
    "nothing in it": (lambda: with_config(dict.clear), "its configuration is not that of a Keras model"),
    "no layers": (lambda: with_config(lambda d: d["config"].pop("layers")), "is not that of a Keras model"),
    "layers a number": (lambda: with_config(lambda d: d["config"].update(layers=3)), "is not that of a Keras model"),
    "a layer a number": (lambda: with_config(lambda d: layers_of(d).append(3)), "is not that of a Keras model"),
    "models within models, many times": (lambda: with_config(deep), "its configuration is nested more than 100 deep"),
    "too many layers": (
        lambda: with_config(lambda d: layers_of(d).extend([layer("Flatten", "f")] * 1000)),
        "it has more than 1000 layers",
    ),
    "code": (
        lambda: with_config(lambda d: layers_of(d).append(layer("Lambda", "run", function="eA=="))),
        "run: `Lambda` runs code, which is never taken over",
    ),
    "another module's class": (
        lambda: with_config(lambda d: layers_of(d)[2].update(module="os.path")),
        "dense: there is no layer `Dense`",
    ),
    "an activation's code": (
        lambda: with_config(lambda d: layers_of(d)[2]["config"].update(activation={"class_name": "function"})),
        "dense: its `activation` is a function of your own",
    ),
    "a shape left open": (
        lambda: with_config(lambda d: layers_of(d)[0]["config"].update(batch_shape=[None, None, 2])),
        "that is not built",
    ),
    "units beyond all bounds": (
        lambda: with_config(lambda d: layers_of(d)[2]["config"].update(units=2**31 - 1)),
        "dense: (`dense`|it) would",
    ),
    "figures beyond all bounds": (
        lambda: with_config(wide),
        "wide: it would give [0-9,]+ values a figure, more than 16,777,216",
    ),
    # The weights.
    "no HDF5": (lambda: archive(sound() | {WEIGHTS: b"nothing"}), "its weights are no sound HDF5 file"),
    "HDF5 cut": (lambda: archive(sound() | {WEIGHTS: weights()[:1000]}), "its weights are no sound HDF5 file"),
    "more units than there are": (
        lambda: with_config(lambda d: layers_of(d)[2]["config"].update(units=5)),
        r"has the shape \(6, 4\), expected \(6, 5\)",
    ),
    "an array missing": (
        lambda: with_weights(lambda f: f.__delitem__(KERNEL)),
        "weights lack 'layers/dense/vars/0'",
    ),
    "a group for an array": (
        lambda: with_weights(lambda f: (f.__delitem__(KERNEL), f.create_group(KERNEL))),
        "weights lack 'layers/dense/vars/0'",
    ),
    "whole numbers": (lambda: with_weights(replaced(data=np.ones((6, 4), np.int32))), "holds int32, expected float32"),
    "texts": (lambda: with_weights(replaced(data=np.full((6, 4), b"x"))), r"holds \|S1, expected float32"),
    "an external link": (lambda: with_weights(external_link), "have a link 'layers/dense/vars/0' to another place"),
    "an external group": (lambda: with_weights(external_group), "have a link 'optimizer/vars' to another place"),
    "a soft link": (lambda: with_weights(soft_link), "have a link 'layers/dense/vars/0' to another place"),
    "external storage": (
        lambda: with_weights(replaced(shape=(6, 4), dtype="f4", external=[("pipe.h5", 0, 96)])),
        "lies elsewhere or is packed",
    ),
    "a virtual data set": (lambda: with_weights(virtual), "lies elsewhere or is packed"),
    "a filter": (
        lambda: with_weights(replaced(data=np.ones((6, 4), np.float32), compression="gzip")),
        "lies elsewhere or is packed",
    ),
    "chunks": (lambda: with_weights(replaced(shape=(6, 4), dtype="f4", chunks=(2, 2))), "lies elsewhere or is packed"),
    "numbers never written": (lambda: with_weights(never_written), "needs 96 bytes, which are not in the file"),
    # The optimizer.
    "too few of the optimizer's": (
        lambda: with_weights(lambda f: f.__delitem__("optimizer/vars/5")),
        "`Adam` keeps 6 arrays, received 5",
    ),
    "another shape of the optimizer's": (
        lambda: with_weights(lambda f: (f.__delitem__("optimizer/vars/5"), f.__setitem__("optimizer/vars/5", [1.0]))),
        "'optimizer/vars/5' has the shape",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, message = CASES[name]
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.h5")  # whoever opens it waits for ever
    data = make() if name != "external storage" else _elsewhere(make)
    (tmp_path / "model.keras").write_bytes(data)
    with pytest.raises((errors.FileFormatError, errors.UnsupportedError, errors.ConfigurationError), match=message):
        from_keras("model.keras")


def _elsewhere(make: Callable[[], bytes]) -> bytes:
    """Made where the file that it points to may be written."""
    os.rename("pipe.h5", "pipe")
    data = make()
    os.replace("pipe", "pipe.h5")
    return data


def test_the_sound_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sound.keras"
    path.write_bytes(archive(sound()))
    model = from_keras(path)
    np.testing.assert_array_equal(model.predict(np.ones((1, 3, 2))), np.full((1, 4), 6.0))
    state = model.compiled.state(model.network)
    assert state is not None
    assert state[0] == 1
    assert sorted(state[1]) == ["momentum", "velocity"]


def test_every_cut_is_refused(tmp_path: Path) -> None:
    whole = archive(sound())
    path = tmp_path / "cut.keras"
    for size in range(0, len(whole), 331):
        path.write_bytes(whole[:size])
        with pytest.raises(errors.FileFormatError, match="Cannot read"):
            from_keras(path)


def test_a_bit_of_the_weights_file(tmp_path: Path) -> None:
    """With the checksum of the archive made right: HDF5's own structures, damaged."""
    path = tmp_path / "bit.keras"
    body = weights()
    for at in range(0, len(body), 397):
        data = bytearray(body)
        data[at] ^= 0x41
        path.write_bytes(archive(sound() | {WEIGHTS: bytes(data)}))
        with contextlib.suppress(errors.FileFormatError):
            from_keras(path)  # a weight's own bits may be any


def test_h5py_is_named_where_it_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "sound.keras"
    path.write_bytes(archive(sound()))
    code = (
        "import sys; sys.modules['h5py'] = None\nfrom figurate import errors\n"
        "from figurate.models.foreign import from_keras\n"
        "try: from_keras(sys.argv[1])\nexcept errors.UnsupportedError as error: print(error)"
    )
    paths = os.pathsep.join(os.path.abspath(entry) for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "`.keras` files are read with `h5py`" in done.stdout
    assert "pip install 'figurate[keras]'" in done.stdout
