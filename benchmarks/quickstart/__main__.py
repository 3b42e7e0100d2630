"""TensorFlow's quickstart network, beside PyTorch and Keras on JAX: python3 -m benchmarks.quickstart [--rounds 5]"""

from __future__ import annotations

from benchmarks.harness import Competitor
from benchmarks.versus import Versus


def expected(epochs: int) -> tuple[float, float]:
    """Validation accuracy this network can have after so many epochs."""
    ranges = {1: (0.940, 0.972), 2: (0.955, 0.979), 3: (0.962, 0.982), 5: (0.970, 0.984)}
    return ranges[max(known for known in ranges if known <= epochs)]


def rival(name: str, file: str, setting: str, note: str) -> Competitor:
    return Competitor(name, f"benchmarks.quickstart.{file}", "frameworks", {"setting": setting}, note)


QUICKSTART = Versus(
    task="quickstart",
    what="784-128-10 with dropout 0.2, Adam, batches of 32, 60,000 figures, 5 epochs: the whole fit",
    epochs=5,
    rival_epochs=3,
    figurate=Competitor("figurate", "benchmarks.quickstart.figurate_fit"),
    rivals=(
        rival("PyTorch", "pytorch", "documented", "as documented"),
        rival("PyTorch", "pytorch", "fused", "no DataLoader, Adam(fused=True)"),
        rival("PyTorch", "pytorch", "best", "each step one torch.compile program, one thread"),
        rival("Keras on JAX", "keras_jax", "documented", "as documented"),
        rival("Keras on JAX", "keras_jax", "best", "float32, steps_per_execution=25, jit_compile=True"),
    ),
    expected=expected,
)

if __name__ == "__main__":
    QUICKSTART.main(__doc__)
