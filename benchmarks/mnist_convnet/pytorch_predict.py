"""Prediction in PyTorch under inference_mode, in batches of the fastest size of a few; settings: pytorch_train.py's."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from benchmarks.competitor import Job, main, versions
from benchmarks.mnist_convnet.figures import channels_first, fastest_batch, load, timed, weights
from benchmarks.mnist_convnet.pytorch_network import LAYOUTS, network


def run(job: Job) -> dict[str, Any]:
    torch.set_num_threads(job.threads)
    _, (xv, yv) = load(job)
    of_memory = LAYOUTS[job.setting]
    model = network()
    with torch.no_grad():
        for parameter, values in zip(model.parameters(), channels_first(weights()), strict=True):
            parameter.copy_(torch.tensor(values))
    model = model.to(memory_format=of_memory).eval()
    x = torch.tensor(xv).permute(0, 3, 1, 2).contiguous(memory_format=of_memory)

    def predict(batch: int) -> np.ndarray:
        with torch.inference_mode():
            return torch.cat([torch.softmax(model(part), 1) for part in x.split(batch)]).numpy()

    batch = fastest_batch(predict)
    return {**timed(job, lambda: predict(batch), yv), "batch": batch, "versions": versions("torch", "numpy")}


if __name__ == "__main__":
    main(run)
