"""Models: `Sequential`, and `load_model` to read one back from its file."""

from figurate.models.loading import load_model
from figurate.models.refused import Model
from figurate.models.sequential import Sequential

__all__ = ["Model", "Sequential", "load_model"]
