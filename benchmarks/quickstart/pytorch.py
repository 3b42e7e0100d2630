"""TensorFlow's quickstart network in PyTorch.

documented: DataLoader over a TensorDataset and the loop of PyTorch's tutorials. fused: the tensors held whole and cut
into batches by one index call each, Adam(fused=True), the threads it is given. best: the whole step as one
torch.compile program (see `torch_compiled.py`), one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.competitor import EpochClock, Job, load_scaled, main, versions
from benchmarks.torch_compiled import compiled_step

BATCH, RATE, EPSILON = 32, 1e-3, 1e-7

Epoch = Callable[[], None]


def documented(model: nn.Module, x: Tensor, y: Tensor) -> Epoch:
    loader = DataLoader(TensorDataset(x, y), batch_size=BATCH, shuffle=True)
    return loop(model, torch.optim.Adam(model.parameters(), lr=RATE, eps=EPSILON), lambda: iter(loader))


def fused(model: nn.Module, x: Tensor, y: Tensor) -> Epoch:
    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        for rows in torch.randperm(len(x)).split(BATCH):
            yield x[rows], y[rows]

    return loop(model, torch.optim.Adam(model.parameters(), lr=RATE, eps=EPSILON, fused=True), batches)


def loop(
    model: nn.Module, optimizer: torch.optim.Optimizer, batches: Callable[[], Iterator[tuple[Tensor, Tensor]]]
) -> Epoch:
    """The loop of PyTorch's tutorials over one epoch's batches."""

    def epoch() -> None:
        for x, y in batches():
            loss = cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()

    return epoch


def best(model: nn.Module, x: Tensor, y: Tensor) -> Epoch:
    step = compiled_step(model, x, y)

    def epoch() -> None:
        for rows in torch.randperm(len(x)).split(BATCH):
            step(rows)

    return epoch


def run(job: Job) -> dict[str, Any]:
    torch.manual_seed(job.seed)
    torch.set_num_threads(1 if job.setting == "best" else job.threads)
    (xt, yt), (xv, yv) = load_scaled(job)
    x_train, x_valid = (torch.tensor(x, dtype=torch.float32) for x in (xt, xv))
    y_train, y_valid = (torch.tensor(y, dtype=torch.int64) for y in (yt, yv))
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)).train()
    epoch = {"documented": documented, "fused": fused, "best": best}[job.setting](model, x_train, y_train)
    clock = EpochClock()
    for _ in range(job.epochs):
        epoch()
        clock.tick()
    model.eval()
    with torch.no_grad():
        out = model(x_valid)
    return {
        "epoch_seconds": clock.seconds,
        "val_accuracy": (out.argmax(1) == y_valid).float().mean().item(),
        "val_loss": cross_entropy(out, y_valid).item(),
        "versions": versions("torch", "numpy"),
    }


if __name__ == "__main__":
    main(run)
