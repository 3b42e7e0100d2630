"""Models: `Sequential`; `load_model` to read one back from its file; `clone_model` and `fit_many` for many of them."""

from figurate.models.cloning import clone_model
from figurate.models.loading import load_model
from figurate.models.many import fit_many
from figurate.models.refused import Model
from figurate.models.sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model", "fit_many", "load_model"]
