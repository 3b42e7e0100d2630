"""The whole fit of the lesson, beside the other frameworks: python3 -m benchmarks.mnist_lesson [--quick]"""

from __future__ import annotations

from benchmarks.harness import Competitor
from benchmarks.versus import Versus


def expected(epochs: int) -> tuple[float, float]:
    """Validation accuracy this network can have after so many epochs."""
    ranges = {1: (0.900, 0.950), 2: (0.915, 0.958), 3: (0.925, 0.962), 10: (0.940, 0.970), 20: (0.945, 0.970)}
    return ranges[max(known for known in ranges if known <= epochs)]


def rival(name: str, file: str, setting: str, note: str, environment: str = "frameworks") -> Competitor:
    return Competitor(name, f"benchmarks.mnist_lesson.{file}", environment, {"setting": setting}, note)


LESSON = Versus(
    task="mnist_lesson",
    what="784-20-10, Adam, batches of 32, 60,000 figures, validation on 10,000 after every epoch: the whole fit",
    epochs=20,
    rival_epochs=3,
    figurate=Competitor("figurate", "benchmarks.mnist_lesson.figurate_fit"),
    rivals=(
        rival("Keras on TensorFlow", "keras_tensorflow", "documented", "as documented", "tensorflow"),
        rival("Keras on TensorFlow", "keras_tensorflow", "best", "float32, steps_per_execution=375", "tensorflow"),
        rival("Keras on JAX", "keras_jax", "documented", "as documented"),
        rival("Keras on JAX", "keras_jax", "best", "float32, steps_per_execution=25, jit_compile=True"),
        rival("JAX without Keras", "jax_scan", "best", "each epoch one jax.lax.scan program"),
        rival("PyTorch", "pytorch", "documented", "as documented"),
        rival("PyTorch", "pytorch", "fused", "no DataLoader, Adam(fused=True), one thread"),
        rival("PyTorch", "pytorch", "best", "each step one torch.compile program, one thread"),
        rival("scikit-learn", "sklearn_mlp", "documented", "as documented"),
        rival("scikit-learn", "sklearn_mlp", "best", "float32, one thread"),
    ),
    expected=expected,
)

if __name__ == "__main__":
    LESSON.main(__doc__)
