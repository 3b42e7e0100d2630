"""The data that loading is measured with: MNIST as a folder of PNGs, and MNIST many times over as IDX and Parquet.

Everything is made below a folder that is given, and may be thrown away after.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np

from benchmarks.competitor import CACHE

PER_FIGURE = {"idx": 785, "parquet": 320}  # bytes on the disk
ROWS = 1000  # of a row group, as Hugging Face writes them


def mnist() -> tuple[np.ndarray, np.ndarray]:
    """The training figures (60000, 28, 28) uint8 and their labels."""
    return np.load(CACHE / "mnist_x_train.npy"), np.load(CACHE / "mnist_y_train.npy")


def folder_of_pngs(target: Path) -> Path:
    """60,000 PNGs in a folder a class, `target/7/00015.png`; made once."""
    done = target / "done"
    if not done.exists():
        from PIL import Image

        x, y = mnist()
        for label in range(10):
            (target / "figures" / str(label)).mkdir(parents=True, exist_ok=True)
        for number, (figure, label) in enumerate(zip(x, y, strict=True)):
            Image.fromarray(figure).save(target / "figures" / str(label) / f"{number:05}.png")
        done.touch()
    return target / "figures"


def room_for(target: Path, kind: str, times: int) -> bool:
    """Whether the disk has room for such a set, and, unpacked, for it once more."""
    needed = 60_000 * times * (PER_FIGURE[kind] + 785)
    return shutil.disk_usage(target).free > needed + (2 << 30)


def idx_set(target: Path, times: int) -> Path:
    """MNIST's training figures `times` over, as four raw IDX files; the test part is a thousand of them."""
    x, y = mnist()
    target.mkdir(parents=True)
    for part, count, repeated in (("train", 60_000, times), ("t10k", 1000, 1)):
        for name, values in (("images-idx3", x[:count]), ("labels-idx1", y[:count])):
            shape = (repeated * count, *values.shape[1:])
            with open(target / f"{part}-{name}-ubyte", "wb") as file:
                file.write(bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes())
                for _ in range(repeated):
                    file.write(values.tobytes())
    return target


def parquet_set(target: Path, times: int) -> Path:
    """The same in Hugging Face's image layout, one file a part."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from PIL import Image

    x, y = mnist()
    encoded = []
    for figure in x:
        buffer = io.BytesIO()
        Image.fromarray(figure).save(buffer, "PNG")
        encoded.append({"bytes": buffer.getvalue(), "path": None})
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    target.mkdir(parents=True)
    for part, count, repeated in (("train", 60_000, times), ("test", 1000, 1)):
        table = pa.table({"image": pa.array(encoded[:count], kind), "label": pa.array(y[:count].astype(np.int64))})
        path = target / f"{part}-00000-of-00001.parquet"
        with pq.ParquetWriter(path, table.schema, use_dictionary=False, compression="snappy") as writer:
            for _ in range(repeated):
                writer.write_table(table, row_group_size=ROWS)
    return target
