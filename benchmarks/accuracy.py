"""Validation accuracy of figurate and of Keras, mean of 5 seeds: python3 -m benchmarks.accuracy [--rounds 5] [--quick]

The lesson in full, 20 epochs each, Keras on JAX as documented; a round is a seed.
"""

from __future__ import annotations

import statistics

from benchmarks import machine
from benchmarks.harness import Competitor, ask, options, spread, write


def main() -> None:
    arguments = options(__doc__)
    epochs = 2 if arguments.quick else 20
    before = machine.describe()
    ours = Competitor("figurate", "benchmarks.mnist_lesson.figurate_fit", job={"epochs": epochs})
    keras = Competitor("Keras on JAX", "benchmarks.mnist_lesson.keras_jax", "frameworks", job={"epochs": epochs})
    found: dict[str, list[float]] = {ours.name: [], keras.name: []}
    print(f"accuracy: after {epochs} epochs, seed by seed", flush=True)
    for seed in range(1, arguments.rounds + 1):
        for competitor in (ours, keras):
            found[competitor.name].append(float(ask(competitor, seed=seed)["val_accuracy"]))
        print(f"  seed {seed}: figurate {found[ours.name][-1]:.4f}, Keras {found[keras.name][-1]:.4f}", flush=True)
    means = {name: statistics.mean(values) for name, values in found.items()}
    write(
        "accuracy",
        arguments.quick,
        before,
        what="validation accuracy after the lesson's fit, mean of the seeds",
        epochs=epochs,
        seeds=arguments.rounds,
        mean=means,
        spread={name: spread(values) for name, values in found.items()},
        points_apart=100 * abs(means[ours.name] - means[keras.name]),
    )


if __name__ == "__main__":
    main()
