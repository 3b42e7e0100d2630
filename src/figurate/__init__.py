"""The public names of figurate: classifiers for small pictures, trained on an ordinary CPU in seconds.

Says which names exist and where they live; holds no code of its own. Submodules are imported when first used, so
that `import figurate` and the command line's help stay fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from figurate import (
        activations as activations,
        callbacks as callbacks,
        datasets as datasets,
        errors as errors,
        figures as figures,
        initializers as initializers,
        layers as layers,
        losses as losses,
        metrics as metrics,
        models as models,
        nn as nn,
        optimizers as optimizers,
        plots as plots,
        presets as presets,
        utils as utils,
    )
    from figurate.errors import FigurateError as FigurateError, FigurateWarning as FigurateWarning
    from figurate.layers import Input as Input
    from figurate.models import Ensemble as Ensemble, Sequential as Sequential, fit_many as fit_many
    from figurate.models.accelerated import accelerate as accelerate
    from figurate.models.foreign import from_keras as from_keras, from_torch as from_torch

_MODULES = (
    "activations",
    "callbacks",
    "datasets",
    "errors",
    "figures",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "nn",
    "optimizers",
    "plots",
    "presets",
    "utils",
)

_NAMES = {
    "Ensemble": "figurate.models",
    "FigurateError": "figurate.errors",
    "FigurateWarning": "figurate.errors",
    "Input": "figurate.layers",
    "Model": "figurate.models",  # not among the public names: it says what to write in its place
    "Sequential": "figurate.models",
    "accelerate": "figurate.models.accelerated",
    "fit_many": "figurate.models",
    "from_keras": "figurate.models.foreign",
    "from_torch": "figurate.models.foreign",
}

__all__ = [
    "Ensemble",
    "FigurateError",
    "FigurateWarning",
    "Input",
    "Sequential",
    "__version__",
    "accelerate",
    "activations",
    "callbacks",
    "datasets",
    "errors",
    "figures",
    "fit_many",
    "from_keras",
    "from_torch",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "nn",
    "optimizers",
    "plots",
    "presets",
    "utils",
]


def __getattr__(name: str) -> object:
    """Import a public name on first use; of any other say where it may be meant to be."""
    if name in _MODULES:
        return import_module(f"figurate.{name}")
    if name in _NAMES:
        value: object = getattr(import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    message = f"module `figurate` has no attribute `{name}`; it offers: {', '.join(sorted(__all__))}"
    if not name.startswith("_"):
        homes = [home for home in _MODULES if name in import_module(f"figurate.{home}").__all__]
        message += "".join(f". Did you mean `figurate.{home}.{name}`?" for home in homes[:1])
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return sorted(__all__)
