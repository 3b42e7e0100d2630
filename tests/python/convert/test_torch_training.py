"""Optimizers and losses of PyTorch taken over, and given to it: training goes on where it stood."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import Sequential, errors, layers as L, losses, optimizers
from figurate.models.foreign import from_torch

torch = pytest.importorskip("torch", reason="converts modules of PyTorch")
nn = torch.nn
RNG = np.random.default_rng(6)


@pytest.mark.parametrize("kind", ["Adam", "AdamW"])
def test_training_goes_on_where_it_stood(kind: str) -> None:
    module = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(96, 4))
    # Keras' epsilon, which figurate has, is added elsewhere: a small one makes no difference.
    optimizer = getattr(torch.optim, kind)(module.parameters(), lr=0.01, eps=1e-8)
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    x = torch.from_numpy(RNG.random((40, 1, 6, 6), dtype=np.float32))
    y = torch.from_numpy(RNG.integers(0, 4, 40))

    def step() -> float:
        optimizer.zero_grad()
        value = loss(module(x), y)
        value.backward()
        optimizer.step()
        return float(value.detach())

    first = from_torch(module, (1, 6, 6), optimizer=optimizer, loss=loss)
    assert first.compiled.state(first.network) is None
    for _ in range(20):
        step()
    model = from_torch(module, (1, 6, 6), optimizer=optimizer, loss=loss, metrics=["accuracy"])
    figures = np.moveaxis(x.numpy(), 1, -1)
    for _ in range(5):
        assert model.train_on_batch(figures, y.numpy())[0] == pytest.approx(step(), rel=1e-4)
    with torch.no_grad():
        theirs = module(x).numpy()
    np.testing.assert_allclose(model.predict(figures), theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("kind", ["Adam", "AdamW"])
def test_training_goes_on_there_where_it_stood(kind: str) -> None:
    model = Sequential(
        [L.Input((6, 6, 2)), L.Conv2D(6, 3), L.BatchNormalization(), L.ReLU(), L.Flatten(), L.Dense(4)], seed=1
    )
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(getattr(optimizers, kind)(0.01, epsilon=1e-8), loss)
    x, y = RNG.random((40, 6, 6, 2), dtype=np.float32), RNG.integers(0, 4, 40)
    model.fit(x, y, batch_size=40, epochs=20, verbose=0)
    module, optimizer = model.to_torch(optimizer=True)
    assert type(optimizer).__name__ == kind
    module.train()
    figures = torch.from_numpy(np.moveaxis(x, -1, 1).copy())
    for _ in range(5):
        optimizer.zero_grad()
        value = nn.CrossEntropyLoss()(module(figures), torch.from_numpy(y))
        value.backward()
        optimizer.step()
        assert float(value.detach()) == pytest.approx(model.train_on_batch(x, y), rel=1e-4)
    # And back, once more.
    again = from_torch(module, (2, 6, 6), optimizer=optimizer, loss=nn.CrossEntropyLoss())
    assert again.train_on_batch(x, y) == pytest.approx(model.train_on_batch(x, y), rel=1e-3)


def test_optimizers_that_torch_has_not() -> None:
    def model(optimizer: Any = None) -> Sequential:
        made = Sequential([L.Input((3,)), L.Dense(2)], seed=1)
        if optimizer is not None:
            made.compile(optimizer, "mse")
            made.fit(np.eye(3, dtype=np.float32), np.eye(3, 2, dtype=np.float32), verbose=0)
        return made

    with pytest.warns(errors.FigurateWarning, match="its momentum begins anew"):
        _, sgd = model(optimizers.SGD(0.1, nesterov=True, momentum=0.5)).to_torch(optimizer=True)
    assert [sgd.param_groups[0][name] for name in ("lr", "momentum", "nesterov")] == [0.1, 0.5, True]
    cases: list[tuple[Any, str]] = [
        (None, r"`to_torch\(optimizer=True\)` expects a compiled model"),
        (optimizers.RMSprop(), "expects `Adam`, `AdamW`, or `SGD` without weight decay, received RMSprop"),
        (optimizers.Adam(optimizers.schedules.OneCycle(0.1)), "expects a learning rate, received OneCycle"),
    ]
    for optimizer, message in cases:
        with pytest.raises(errors.FigurateError, match=message):
            model(optimizer).to_torch(optimizer=True)
    schedule = optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    with pytest.warns(errors.FigurateWarning, match=r"(?s)no `clipnorm`.*no ExponentialDecay\(.*stays at 0\.05"):
        model(optimizers.Adam(schedule, clipnorm=1.0)).to_torch(optimizer=True)


def test_losses_and_optimizers_that_are_not_to_be_had() -> None:
    module = nn.Sequential(nn.Linear(3, 2))
    adam = torch.optim.Adam(module.parameters())
    sgd = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9, nesterov=True)
    assert "nesterov=True" in repr(from_torch(module, optimizer=sgd, loss="mse").optimizer)
    cases: list[tuple[Any, Any, str]] = [
        (adam, None, "expects `optimizer` and `loss` together"),
        (adam, nn.NLLLoss(), "expects one of CrossEntropyLoss.* Leave `LogSoftmax` out, and use `CrossEntropyLoss`"),
        (
            adam,
            nn.CrossEntropyLoss(reduction="sum"),
            r"loss=CrossEntropyLoss\(…\)\)` expects `reduction='mean'`, received 'sum'\. .* the mean over all figures",
        ),
        (adam, nn.CrossEntropyLoss(ignore_index=3), r"expects `ignore_index=-100`, received 3\. Leave the figures of"),
        (
            adam,
            nn.BCEWithLogitsLoss(pos_weight=torch.ones(2)),
            "expects `pos_weight=None`, received weights. Use `class_weight`",
        ),
        (torch.optim.lr_scheduler.StepLR(adam, 3), "mse", r"received the scheduler StepLR\. Pass its `optimizer`"),
        (optimizers.Adam(), "mse", r"expects an optimizer of `torch\.optim`, received .*leave it out, and call `comp"),
        (torch.optim.Adagrad(module.parameters()), "mse", "with one group of parameters, received Adagrad"),
        (torch.optim.Adam(module.parameters(), amsgrad=True), "mse", "cannot take over `amsgrad`"),
        (torch.optim.Adam(module.parameters(), weight_decay=0.1), "mse", "which enters the gradient"),
    ]
    for optimizer, loss, message in cases:
        with pytest.raises(errors.FigurateError, match=message):
            from_torch(module, optimizer=optimizer, loss=loss)
