"""Models: `Sequential`, and `Ensemble` of several; `load_model` to read one back; `clone_model`, `fit_many`."""

from figurate.models.cloning import clone_model
from figurate.models.ensemble import Ensemble
from figurate.models.loading import load_model
from figurate.models.many import fit_many
from figurate.models.predictions import Prediction, Predictions
from figurate.models.refused import Model
from figurate.models.sequential import Sequential

__all__ = ["Ensemble", "Model", "Prediction", "Predictions", "Sequential", "clone_model", "fit_many", "load_model"]
