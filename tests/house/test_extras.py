"""Extras keep the core small: it runs with its own requirements alone, and says by name how to install what is missing.

Each case runs in a fresh interpreter that finds nothing but Python, figurate and what `pip install figurate` brings.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

import figurate

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

BLOCK = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Block())
"""

MODEL = """
import numpy as np, figurate
from figurate import callbacks, datasets, layers, plots
x = np.linspace(0, 1, 96 * 64, dtype=np.float32).reshape(96, 8, 8)
y = np.arange(96) % 4
model = figurate.Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(4, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
"""

# What the core does: data, training, files, pictures, results in a notebook, the command line.
CORE = (
    MODEL
    + """
history = model.fit(x, y, epochs=2, validation_split=0.25, callbacks=[callbacks.CSVLogger("log.csv")])
model.save("model.safetensors")
model = figurate.models.load_model("model.safetensors")
from PIL import Image
Image.fromarray((x[0] * 255).astype(np.uint8)).save("figure.png")
for shown in (history, model, figurate.Ensemble([model]), model.classify(x), model.classify("figure.png")):
    assert shown._repr_html_()
from figurate.cli import main
for words in (["info"], ["predict", "model.safetensors", "figure.png"], ["show", "model.safetensors"],
              ["show", "model.safetensors", "curve"], ["show", "model.safetensors", "weights"]):
    sys.argv[1:] = words
    try: main()
    except SystemExit as end: assert not end.code, words
"""
)

# (what is missing, what asks for it, how to install it)
MISSING = [
    ("OpenCV", "figurate.figures.read(x[0], model)", "figurate[photos]"),
    ("pyarrow", "open('set.parquet', 'wb').close(); datasets.load('set.parquet')", "figurate[parquet]"),
    ("matplotlib", "plots.history({'loss': [1.0]})", "figurate[plots]"),
    ("tensorboardX", "callbacks.TensorBoard('logs')", "figurate[tensorboard]"),
    ("MLflow", "callbacks.MLflow()", "mlflow"),
    ("pandas", "callbacks.History().to_pandas()", "pandas"),
    ("pandas of predictions", "model.classify(x).to_pandas()", "pandas"),
    ("scikit-learn", "from figurate.sklearn import FigureClassifier", "figurate[sklearn]"),
    ("onnx", "model.export('model.onnx')", "figurate[onnx]"),
    ("LiteRT", "model.export('model.tflite')", "figurate[litert]"),
    ("h5py", "open('m.keras', 'wb').close(); figurate.from_keras('m.keras')", "figurate[keras]"),
    ("keras", "model.to_keras()", "keras"),
    ("torch", "model.to_torch()", "figurate[torch]"),
]


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code where only the core's requirements are found."""
    here = str(Path(figurate.__file__).parents[1])  # the package under test, wherever it is
    script = f"ALLOWED = {sorted(core_modules())!r}\n{BLOCK}\nsys.path.insert(0, {here!r})\n{code}"
    return subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=120)


def core_modules() -> set[str]:
    """What can be imported after `pip install figurate`, by the metadata of what is installed."""
    wanted, found = list(PROJECT["dependencies"]), set()
    while wanted:
        requirement = wanted.pop()
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
        if name not in found and "extra ==" not in requirement:
            found.add(name)
            wanted += requires(name) or []
    modules = {
        module
        for module, names in packages_distributions().items()
        if found & {name.lower().replace("_", "-") for name in names}
    }
    return modules | set(sys.stdlib_module_names) | {"figurate"}


def test_the_core_requires_five_packages() -> None:
    names = {re.split(r"[^\w-]", requirement, maxsplit=1)[0] for requirement in PROJECT["dependencies"]}
    assert names == {"numpy", "safetensors", "Pillow", "rich", "click"}


def test_the_core_runs_without_any_extra(tmp_path: Path) -> None:
    ran = run(CORE, tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each case says, by what is missing: "UnsupportedError" and its message, if all is well."""
    code = f"{MODEL}\nimport json\nsaid = {{}}\nfor name, asked, _ in {MISSING!r}:\n    try: exec(asked)\n"
    code += "    except Exception as error: said[name] = f'{type(error).__name__}: {error}'\nprint(json.dumps(said))"
    ran = run(code, tmp_path_factory.mktemp("missing"))
    assert ran.returncode == 0, ran.stderr
    found: dict[str, str] = json.loads(ran.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("name", "install"), [(name, install) for name, _, install in MISSING])
def test_what_is_missing_is_named_with_its_install_command(name: str, install: str, said: dict[str, str]) -> None:
    message = said[name]
    assert message.startswith("UnsupportedError: ")
    assert "not installed" in message or "No module named" in message
    assert (f"`pip install '{install}'`" if "[" in install else f"`pip install {install}") in message


def test_an_extra_that_a_message_names_exists() -> None:
    named = {row[2].partition("[")[2].rstrip("]") for row in MISSING if "[" in row[2]}
    assert named <= set(PROJECT["optional-dependencies"])
