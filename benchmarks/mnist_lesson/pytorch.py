"""The lesson in PyTorch, three ways.

documented: the loop of PyTorch's tutorial "What is torch.nn really?": TensorDataset, DataLoader, `fit` over both.
fused: the tensors held whole and cut into batches by one index call each, Adam(fused=True), one thread (two are slower
on products this small).
best: the whole step as one torch.compile program (see `torch_compiled.py`), one thread.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.competitor import EpochClock, Job, load_scaled, main, versions
from benchmarks.torch_compiled import compiled_step

BATCH, RATE, EPSILON = 32, 1e-3, 1e-7


def tensors(job: Job) -> list[Tensor]:
    """Training figures and labels, validation figures and labels, as float32 and int64; not timed."""
    (xt, yt), (xv, yv) = load_scaled(job)
    pairs = ((xt, torch.float32), (yt, torch.int64), (xv, torch.float32), (yv, torch.int64))
    return [torch.tensor(array, dtype=dtype) for array, dtype in pairs]


def network() -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10))


def validate(out: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean loss and accuracy of the network's outputs."""
    return cross_entropy(out, labels).item(), (out.argmax(1) == labels).float().mean().item()


def documented(job: Job) -> dict[str, Any]:
    torch.set_num_threads(job.threads)
    xt, yt, xv, yv = tensors(job)
    train = DataLoader(TensorDataset(xt, yt), batch_size=BATCH, shuffle=True)
    valid = DataLoader(TensorDataset(xv, yv), batch_size=BATCH * 2)
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, eps=EPSILON)
    clock = EpochClock()
    for _ in range(job.epochs):
        model.train()
        for x, y in train:
            loss = cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        model.eval()
        with torch.no_grad():
            sums = [(len(y) * torch.tensor(validate(model(x), y))) for x, y in valid]
        val_loss, val_accuracy = (torch.stack(sums).sum(0) / len(yv)).tolist()
        clock.tick()
    return {"epoch_seconds": clock.seconds, "val_loss": val_loss, "val_accuracy": val_accuracy}


def fused(job: Job) -> dict[str, Any]:
    torch.set_num_threads(1)
    xt, yt, xv, yv = tensors(job)
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, eps=EPSILON, fused=True)
    clock = EpochClock()
    for _ in range(job.epochs):
        for rows in torch.randperm(len(xt)).split(BATCH):
            optimizer.zero_grad()
            cross_entropy(model(xt[rows]), yt[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            val_loss, val_accuracy = validate(model(xv), yv)
        clock.tick()
    return {"epoch_seconds": clock.seconds, "val_loss": val_loss, "val_accuracy": val_accuracy}


def best(job: Job) -> dict[str, Any]:
    torch.set_num_threads(1)
    xt, yt, xv, yv = tensors(job)
    model = network()
    step = compiled_step(model, xt, yt)
    clock = EpochClock()
    for _ in range(job.epochs):
        for rows in torch.randperm(len(xt)).split(BATCH):
            step(rows)
        with torch.no_grad():
            val_loss, val_accuracy = validate(model(xv), yv)
        clock.tick()
    return {"epoch_seconds": clock.seconds, "val_loss": val_loss, "val_accuracy": val_accuracy}


def run(job: Job) -> dict[str, Any]:
    torch.manual_seed(job.seed)
    answer = {"documented": documented, "fused": fused, "best": best}[job.setting](job)
    return {**answer, "versions": versions("torch", "numpy")}


if __name__ == "__main__":
    main(run)
