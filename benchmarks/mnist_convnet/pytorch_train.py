"""Training in PyTorch, three ways; in all of them the tensors are held whole and a batch is cut out by one index call.

default: eager, figures as (channels, height, width), which is how PyTorch has them; Adam(fused=True).
channels_last: the same, model and figures in channels_last, which its documentation advises for convolutions on CPUs.
best: channels_last, and the whole step as one torch.compile program (see `torch_compiled.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchmarks.competitor import EpochClock, Job, main, versions
from benchmarks.mnist_convnet.figures import load, steps
from benchmarks.mnist_convnet.pytorch_network import LAYOUTS, network
from benchmarks.networks import BATCH
from benchmarks.torch_compiled import RATE, compiled_step

EPSILON = 1e-7


def eager_step(model: nn.Module, x: Tensor, y: Tensor) -> Callable[[Tensor], None]:
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, eps=EPSILON, fused=True)

    def step(rows: Tensor) -> None:
        optimizer.zero_grad()
        cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()

    return step


def run(job: Job) -> dict[str, Any]:
    torch.manual_seed(job.seed)
    torch.set_num_threads(job.threads)
    (xt, yt), (xv, yv) = load(job)
    of_memory = LAYOUTS[job.setting]
    x_train, x_valid = (torch.tensor(x).permute(0, 3, 1, 2).contiguous(memory_format=of_memory) for x in (xt, xv))
    y_train, y_valid = (torch.tensor(y, dtype=torch.int64) for y in (yt, yv))
    model = network().to(memory_format=of_memory).train()
    step = (compiled_step if job.setting == "best" else eager_step)(model, x_train, y_train)
    clock = EpochClock()
    for _ in range(job.epochs):
        for rows in torch.randperm(len(x_train)).split(BATCH):
            step(rows)
        clock.tick()
    model.eval()
    with torch.no_grad():
        out = torch.cat([model(part) for part in x_valid.split(1000)])
    return {
        "epoch_seconds": clock.seconds,
        "steps": steps(job),
        "val_accuracy": (out.argmax(1) == y_valid).float().mean().item(),
        "val_loss": cross_entropy(out, y_valid).item(),
        "versions": versions("torch", "numpy"),
    }


if __name__ == "__main__":
    main(run)
