"""Candidates for `best`: widths, normalization, how much figures are changed, rates and epochs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.losses import CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy
from figurate.optimizers import SGD, Adam, AdamW, Optimizer
from figurate.optimizers.schedules import OneCycle
from figurate.presets import Preset
from figurate.presets.base import ema_momentum

BEST = presets.get("best")


def five(
    first: int, second: int, third: int, normalized: bool = True, dropout: float = 0.3, momentum: float = 0.9
) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Five convolutions: two and a pooling, two and a pooling, one; where `normalized`, what each group hands on.

    `momentum`: of the normalizations' moving averages.
    """

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        def group(filters: int, count: int) -> list[Layer]:
            return [
                *(layers.Conv2D(filters, 3, activation="relu") for _ in range(count)),
                *([layers.MaxPooling2D(2)] if count > 1 else []),
                *([layers.BatchNormalization(momentum=momentum)] if normalized else []),
            ]

        return [
            *group(first, 2),
            *group(second, 2),
            *group(third, 1),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(classes, activation="softmax"),
        ]

    return network


def normalized(first: int, second: int, third: int) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Five convolutions as before, each normalized before its ReLU."""

    def convolution(filters: int) -> list[Layer]:
        return [
            layers.Conv2D(filters, 3, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
        ]

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        return [
            *convolution(first),
            *convolution(first),
            layers.MaxPooling2D(2),
            *convolution(second),
            *convolution(second),
            layers.MaxPooling2D(2),
            *convolution(third),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(classes, activation="softmax"),
        ]

    return network


def pooled_first(
    first: int,
    second: int,
    third: int,
    dense: int = 0,
    dropout: float = 0.3,
    deep: bool = False,
    between: float = 0.0,
    every: bool = False,
    momentum: float = 0.9,
) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Four convolutions: one of 5 x 5 and a pooling at once, two and a pooling, one; each group normalized.

    `deep`: another one before the last. `between`: dropout of channels between the groups. `every`: each convolution
    normalized. `momentum`: of the normalizations' moving averages.
    """

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        def dropped() -> list[Layer]:
            return [layers.SpatialDropout2D(between)] if between else []

        return [
            layers.Conv2D(first, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.BatchNormalization(momentum=momentum),
            *dropped(),
            layers.Conv2D(second, 3, activation="relu"),
            *([layers.BatchNormalization(momentum=momentum)] if every else []),
            layers.Conv2D(second, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.BatchNormalization(momentum=momentum),
            *dropped(),
            *([layers.Conv2D(third, 3, padding="same", activation="relu")] if deep else []),
            layers.Conv2D(third, 3, activation="relu"),
            layers.BatchNormalization(momentum=momentum),
            layers.Flatten(),
            layers.Dropout(dropout),
            *([layers.Dense(dense, activation="relu")] if dense else []),
            layers.Dense(classes, activation="softmax"),
        ]

    return network


def digits() -> list[Layer]:
    return [layers.Augment.digits()]


def moved() -> list[Layer]:
    """As `small`: place, turn and size alone."""
    return [layers.Augment(shift=0.07, rotation=8, scale=0.08)]


def bent() -> list[Layer]:
    """Less than `Augment.digits()`."""
    return [layers.Augment(shift=0.07, rotation=10, scale=0.1, shear=8, elastic=0.015)]


def further() -> list[Layer]:
    """More than `bent`, and further away, as arXiv 2008.10400."""
    return [layers.Augment(shift=0.1, rotation=13, scale=0.13, shear=10, elastic=0.02)]


def smoothed() -> Loss:
    return SparseCategoricalCrossentropy(label_smoothing=0.1)


def smoothed_rows() -> Loss:
    return CategoricalCrossentropy(label_smoothing=0.1)


def decaying(rate: float, steps: int) -> Optimizer:
    """As `best`, and weights that are not needed become small."""
    return AdamW(OneCycle(rate), weight_decay=0.05, beta_2=0.99, use_ema=True, ema_momentum=ema_momentum(steps))


def descent(schedule: OneCycle, momentum_of_average: float) -> Optimizer:
    """What large networks for photographs are often trained with."""
    return SGD(
        schedule, momentum=0.9, nesterov=True, weight_decay=0.005, use_ema=True, ema_momentum=momentum_of_average
    )


def nesterov(rate: float, steps: int) -> Optimizer:
    """`descent` by the schedule of `best`."""
    return descent(OneCycle(rate), ema_momentum(steps))


def averaged(rate: float, steps: int) -> Optimizer:
    """The rate stays at an eighth in the end, and the average is of the last fifth of the steps."""
    return Adam(OneCycle(rate, final_divisor=8), beta_2=0.99, use_ema=True, ema_momentum=1 - 5 / steps)


def averaged_nesterov(rate: float, steps: int) -> Optimizer:
    """`descent` by the schedule of `averaged`."""
    return descent(OneCycle(rate, final_divisor=8), 1 - 5 / steps)


THIN = five(24, 48, 96)
WIDE = pooled_first(32, 64, 128)
STEADY = pooled_first(32, 64, 128, momentum=0.99)
# Epochs enough to tell candidates apart, and what was learned with them from.
SHORT: dict[str, Any] = {"epochs": 12, "loss": "sparse_categorical_crossentropy", "unchanged": 0}
MIDDLE: dict[str, Any] = {"epochs": 16, "loss": smoothed, "unchanged": 0}
LONG: dict[str, Any] = {"epochs": 24, "loss": "sparse_categorical_crossentropy", "unchanged": 0}
PLAIN: dict[str, Any] = {"unchanged": 1 / 16}

CANDIDATES: list[Preset] = [
    variant(BEST, "24-48-96", **SHORT, layers=THIN, augmentation=digits),
    variant(BEST, "24-48-96, bent", **SHORT, layers=THIN, augmentation=bent),
    variant(BEST, "24-48-96, moved", **SHORT, layers=THIN, augmentation=moved),
    variant(BEST, "5x5 32-64-128, moved", **SHORT, layers=WIDE, augmentation=moved),
    variant(BEST, "5x5 32-64-128, bent", **SHORT, layers=WIDE, augmentation=bent),
    variant(BEST, "24-48-96, not normalized", **SHORT, layers=five(24, 48, 96, normalized=False), augmentation=digits),
    variant(BEST, "24-48-96 all normalized, bent", **SHORT, layers=normalized(24, 48, 96), augmentation=bent),
    variant(BEST, "5x5 32-64-128, bent, rate 0.002", **SHORT, layers=WIDE, augmentation=bent, learning_rate=0.002),
    variant(BEST, "5x5 32-64-128, bent further", **SHORT, layers=WIDE, augmentation=further),
    variant(BEST, "5x5 24-48-96, bent", **SHORT, layers=pooled_first(24, 48, 96), augmentation=bent),
    variant(BEST, "all smoothed: 5x5 32-64-128, bent", **MIDDLE, layers=WIDE, augmentation=bent),
    variant(BEST, "… digits", **MIDDLE, layers=WIDE, augmentation=digits),
    variant(BEST, "… dropout 0.5", **MIDDLE, layers=pooled_first(32, 64, 128, dropout=0.5), augmentation=bent),
    variant(BEST, "… dense 128", **MIDDLE, layers=pooled_first(32, 64, 128, dense=128), augmentation=bent),
    variant(BEST, "… deeper", **MIDDLE, layers=pooled_first(32, 64, 128, deep=True), augmentation=bent),
    variant(BEST, "… 24-48-96 all normalized", **MIDDLE, layers=normalized(24, 48, 96), augmentation=bent),
    variant(BEST, "… weights decay", **MIDDLE, layers=WIDE, augmentation=bent, optimizer=decaying),
    variant(BEST, "… 32-96-192", **MIDDLE, layers=pooled_first(32, 96, 192), augmentation=bent),
    variant(BEST, "… channels dropped", **MIDDLE, layers=pooled_first(32, 64, 128, between=0.1), augmentation=bent),
    variant(
        BEST,
        "… batches of 128, rate 0.006",
        **MIDDLE,
        layers=WIDE,
        augmentation=bent,
        batch_size=128,
        learning_rate=0.006,
    ),
    variant(
        BEST,
        "… batches of 32, rate 0.003",
        **MIDDLE,
        layers=WIDE,
        augmentation=bent,
        batch_size=32,
        learning_rate=0.003,
    ),
    variant(
        BEST,
        "… every convolution normalized",
        **MIDDLE,
        layers=pooled_first(32, 64, 128, every=True),
        augmentation=bent,
    ),
    variant(BEST, "… digits, 24 epochs", **MIDDLE | {"epochs": 24}, layers=WIDE, augmentation=digits),
    variant(BEST, "… rate 0.008", **MIDDLE, layers=WIDE, augmentation=bent, learning_rate=0.008),
    variant(BEST, "… 32-64-128", **MIDDLE, layers=five(32, 64, 128), augmentation=bent),
    variant(BEST, "… SGD", **MIDDLE, layers=WIDE, augmentation=bent, learning_rate=0.05, optimizer=nesterov),
    variant(BEST, "… momentum 0.99", **MIDDLE, layers=STEADY, augmentation=bent),
    variant(
        BEST, "… momentum 0.99, averaged for longer", **MIDDLE, layers=STEADY, augmentation=bent, optimizer=averaged
    ),
    variant(
        BEST,
        "… momentum 0.99, SGD, averaged for longer",
        **MIDDLE,
        layers=STEADY,
        augmentation=bent,
        learning_rate=0.1,
        optimizer=averaged_nesterov,
    ),
    variant(BEST, "… momentum 0.99, unchanged at the end", **MIDDLE | PLAIN, layers=STEADY, augmentation=bent),
    variant(
        BEST, "… momentum 0.99, unchanged at the end, digits", **MIDDLE | PLAIN, layers=STEADY, augmentation=digits
    ),
    variant(BEST, "5x5 32-64-128, bent, 24 epochs", **LONG, layers=WIDE, augmentation=bent),
    variant(BEST, "… smoothed, 24 epochs", **LONG | {"loss": smoothed_rows}, layers=WIDE, augmentation=bent),
]
