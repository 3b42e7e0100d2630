"""figurate as a scikit-learn estimator: `FigureClassifier`; needs scikit-learn (`pip install 'figurate[sklearn]'`).

Example:
    >>> from figurate.sklearn import FigureClassifier
    >>> FigureClassifier(network="tiny", epochs=5)
    FigureClassifier(epochs=5, network='tiny')
"""

from figurate.errors import UnsupportedError

try:
    from figurate.sklearn.classifier import FigureClassifier
except ImportError as error:
    if (error.name or "").partition(".")[0] != "sklearn":
        raise
    raise UnsupportedError(
        f"`figurate.sklearn` needs scikit-learn 1.6 or newer, and Python says: {error}. Install it with "
        "`pip install 'figurate[sklearn]'`; models are trained without it by `figurate.presets`."
    ) from error

__all__ = ["FigureClassifier"]
