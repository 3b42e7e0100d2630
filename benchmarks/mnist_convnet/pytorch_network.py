"""The network in PyTorch; it ends in logits."""

from __future__ import annotations

import torch
from torch import nn


def network() -> nn.Sequential:
    """With Keras' initial weights: Glorot's, and zeros."""
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(1600, 10),
    )
    for parameter in model.parameters():
        (nn.init.xavier_uniform_ if parameter.ndim > 1 else nn.init.zeros_)(parameter)
    return model


# How figures lie in memory: (channels, height, width), or (height, width, channels).
LAYOUTS = {"default": torch.contiguous_format, "channels_last": torch.channels_last, "best": torch.channels_last}
