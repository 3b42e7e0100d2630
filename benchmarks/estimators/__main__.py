"""`fit` of FigureClassifier beside scikit-learn's MLPClassifier: python3 -m benchmarks.estimators [--quick]"""

from __future__ import annotations

from benchmarks.harness import Competitor
from benchmarks.versus import Versus


def expected(epochs: int) -> tuple[float, float]:
    """Accuracy on the test figures that this network can have after so many epochs."""
    ranges = {1: (0.890, 0.945), 2: (0.915, 0.960), 3: (0.930, 0.970), 10: (0.960, 0.983), 20: (0.965, 0.985)}
    return ranges[max(known for known in ranges if known <= epochs)]


def rival(setting: str, note: str) -> Competitor:
    return Competitor(
        "MLPClassifier", "benchmarks.estimators.sklearn_mlp", "frameworks", {"setting": setting, "epochs": 3}, note
    )


ESTIMATORS = Versus(
    task="estimators",
    what="784-100-10 as an estimator, Adam, batches of 200, 60,000 flat figures: the whole call of fit",
    epochs=20,
    rival_epochs=3,
    figurate=Competitor("FigureClassifier", "benchmarks.estimators.figurate_estimator"),
    rivals=(rival("documented", "as documented"), rival("best", "float32, one thread")),
    expected=expected,
)

if __name__ == "__main__":
    ESTIMATORS.main(__doc__)
