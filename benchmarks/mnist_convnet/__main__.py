"""Keras' "Simple MNIST convnet" beside other frameworks: python3 -m benchmarks.mnist_convnet [--rounds 3] [--quick]

Training steps of 128 figures on two threads, the first epoch, compiling mostly, left out by everyone; prediction of
10,000 figures with the same trained weights; figurate on one thread; and what of the processor's multiply-adds its
steps use, counted nominally (networks.py), against a peak that is measured directly before each run (kernels/program).
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks import machine, native
from benchmarks.harness import Answer, Competitor, ask, believe, key, options, pairs, spread, write
from benchmarks.networks import BATCH, SIMPLE_CONVNET, training_operations

FIGURES, EPOCHS = 12_800, 4
QUICK_FIGURES, QUICK_EPOCHS = 2_560, 2
LARGEST_DIFFERENCE = 1e-4
Found = dict[str, list[tuple[Answer, Answer]]]


def expected(steps: int) -> tuple[float, float]:
    """Validation accuracy this network can have after so many steps."""
    ranges = {20: (0.70, 0.93), 40: (0.80, 0.95), 400: (0.960, 0.990)}
    return ranges[max(known for known in ranges if known <= steps)]


def competitor(name: str, file: str, setting: str, note: str, environment: str = "frameworks") -> Competitor:
    return Competitor(name, f"benchmarks.mnist_convnet.{file}", environment, {"setting": setting}, note)


TRAINING = Competitor("figurate", "benchmarks.mnist_convnet.figurate_train")
TRAINING_RIVALS = (
    competitor("PyTorch", "pytorch_train", "default", "eager, its default layout"),
    competitor("PyTorch", "pytorch_train", "channels_last", "eager, channels_last"),
    competitor("PyTorch", "pytorch_train", "best", "channels_last, each step one torch.compile program"),
    competitor("Keras on TensorFlow", "keras_tensorflow", "documented", "as documented", "tensorflow"),
    competitor("Keras on TensorFlow", "keras_tensorflow", "best", "steps_per_execution, no XLA", "tensorflow"),
    competitor("Keras on JAX", "keras_jax", "documented", "as documented"),
)
PREDICTION = Competitor("figurate", "benchmarks.mnist_convnet.figurate_predict")
PREDICTION_RIVALS = (
    competitor("ONNX Runtime", "onnx_predict", "best", "batches of the fastest size"),
    competitor("PyTorch", "pytorch_predict", "default", "its default layout, inference_mode"),
    competitor("PyTorch", "pytorch_predict", "channels_last", "channels_last, inference_mode"),
)


def step_ms(answer: Answer) -> float:
    """Milliseconds of a training step: the median of the epochs after the first."""
    return 1e3 * statistics.median(answer["epoch_seconds"][1:]) / float(answer["steps"])


def predict_ms(answer: Answer) -> float:
    """Milliseconds for all figures: the median of the calls of a process."""
    return 1e3 * float(answer["seconds"])


def with_job(one: Competitor, **changes: Any) -> Competitor:
    return replace(one, job=one.job | changes)


def believe_training(one: Competitor, answer: Answer) -> None:
    epochs = len(answer["epoch_seconds"])
    believe(one, answer, lambda count: expected(count * answer["steps"]), epochs)


def believe_prediction(one: Competitor, answer: Answer) -> None:
    if not answer["largest_difference"] <= LARGEST_DIFFERENCE:
        raise SystemExit(
            f"{key(one)}: its outputs are {answer['largest_difference']:.1e} away from figurate's, expected at most "
            f"{LARGEST_DIFFERENCE:.0e}. A time is worth nothing where the answer is wrong: mend the competitor first."
        )


def side_by_side(
    baseline: Competitor,
    rivals: tuple[Competitor, ...],
    rounds: int,
    measure: Callable[[Answer], float],
    check: Callable[[Competitor, Answer], None],
) -> Found:
    """Pairs of answers, all of them checked; one thread of figurate is a rival of two."""
    found = pairs(baseline, [*rivals, one_thread(baseline)], rounds, shown=lambda answer: f"{measure(answer):.2f} ms")
    for rival in [*rivals, one_thread(baseline)]:
        for mine, answer in found[key(rival)]:
            check(baseline, mine)
            check(rival, answer)
    return found


def one_thread(baseline: Competitor) -> Competitor:
    return replace(with_job(baseline, threads=1), note="one thread")


def own_summary(found: Found, measure: Callable[[Answer], float]) -> dict[str, object]:
    """figurate's own runs, one before every rival's."""
    own = [mine for answers in found.values() for mine, _ in answers]
    return {
        "threads": 2,
        "runs": len(own),
        "milliseconds": spread(map(measure, own)),
        "val_accuracy": spread(answer["val_accuracy"] for answer in own),
        "peak_mb": max(answer["peak_mb"] for answer in own),
        "versions": own[0]["versions"],
    }


def rival_summary(rival: Competitor, found: Found, measure: Callable[[Answer], float]) -> dict[str, object]:
    """What the pairs say of one rival; ratios are its time over figurate's, pair by pair."""
    rows = found[key(rival)]
    answers = [answer for _, answer in rows]
    summary: dict[str, object] = {
        "name": rival.name,
        "setting": rival.job.get("setting"),
        "note": rival.note,
        "milliseconds": spread(map(measure, answers)),
        "ratio": spread(measure(answer) / measure(mine) for mine, answer in rows),
        "val_accuracy": spread(answer["val_accuracy"] for answer in answers),
        "peak_mb": max(answer["peak_mb"] for answer in answers),
        "versions": answers[0]["versions"],
    }
    for told in ("batch", "largest_difference"):
        if told in answers[0]:
            summary[told] = max(answer[told] for answer in answers)
    return summary


def peak_and_steps(baseline: Competitor, rounds: int) -> dict[str, object]:
    """Pairs of the processor's peak and a run of figurate directly after it."""
    operations = training_operations(SIMPLE_CONVNET)
    rows = []
    for number in range(rounds):
        peak = native.peak()
        rate = operations * BATCH / step_ms(ask(baseline)) * 1e-6
        rows.append((peak, rate))
        print(f"  round {number + 1}: {rate:.0f} of {peak:.0f} GFLOP/s, {rate / peak:.0%}", flush=True)
    return {
        "operations_a_figure": operations,
        "peak_gflops": spread(peak for peak, _ in rows),
        "nominal_gflops": spread(rate for _, rate in rows),
        "nominal_share": spread(rate / peak for peak, rate in rows),
    }


def main() -> None:
    arguments = options(__doc__, rounds=3)
    figures, epochs = (QUICK_FIGURES, QUICK_EPOCHS) if arguments.quick else (FIGURES, EPOCHS)
    calls = 2 if arguments.quick else 10
    before = machine.describe()
    native.built()
    training, *rivals = (
        with_job(one, epochs=epochs, options={"figures": figures}) for one in (TRAINING, *TRAINING_RIVALS)
    )
    predicting, *predictors = (with_job(one, options={"calls": calls}) for one in (PREDICTION, *PREDICTION_RIVALS))

    print("mnist_convnet: the answers", flush=True)
    first = ask(training, options={"figures": figures, "save": True})
    believe_training(training, first)
    for rival in rivals:
        believe_training(rival, ask(rival))
    for one in (predicting, *predictors):
        believe_prediction(one, ask(one))

    print("mnist_convnet: milliseconds a training step", flush=True)
    steps = side_by_side(training, tuple(rivals), arguments.rounds, step_ms, believe_training)
    print("mnist_convnet: milliseconds for predicting 10,000 figures", flush=True)
    predictions = side_by_side(predicting, tuple(predictors), arguments.rounds, predict_ms, believe_prediction)
    print("mnist_convnet: steps against the processor's peak", flush=True)
    peak = peak_and_steps(training, arguments.rounds)
    write(
        "mnist_convnet",
        arguments.quick,
        before,
        what='Keras\' "Simple MNIST convnet", batches of 128: a training step, and predicting 10,000 figures',
        figures=figures,
        epochs=epochs,
        rounds=arguments.rounds,
        instruction_set=first["instruction_set"],
        training=own_summary(steps, step_ms),
        training_others=[rival_summary(rival, steps, step_ms) for rival in (*rivals, one_thread(training))],
        prediction=own_summary(predictions, predict_ms),
        prediction_others=[
            rival_summary(rival, predictions, predict_ms) for rival in (*predictors, one_thread(predicting))
        ],
        peak=peak,
    )


if __name__ == "__main__":
    main()
