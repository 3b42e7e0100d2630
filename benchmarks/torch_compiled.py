"""PyTorch at its fastest known to us: a whole training step, batch picking and Adam included, as one compiled program.

PyTorch's documentation shows its parts (torch.func.grad, functional_call, torch.compile), not this loop.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


def compiled_step(model: nn.Module, x: Tensor, y: Tensor) -> Callable[[Tensor], None]:
    """Makes the step: it takes the rows of a batch and changes the model's parameters in place.

    Args:
        model: outputs logits; trained in the mode it is in.
        x: all training figures (n, ...), float32.
        y: their labels (n,), int64.
    """
    weights = {name: weight.detach() for name, weight in model.named_parameters()}  # the model's own memory
    momentum, velocity = ({name: torch.zeros_like(weight) for name, weight in weights.items()} for _ in range(2))
    count = torch.zeros(())

    def loss(weights: dict[str, Tensor], rows: Tensor) -> Tensor:
        return cross_entropy(torch.func.functional_call(model, weights, (x[rows],)), y[rows])

    @torch.compile(fullgraph=True)
    def step(rows: Tensor) -> None:
        gradients = torch.func.grad(loss)(weights, rows)
        count.add_(1)
        rate = RATE * torch.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
        for name, g in gradients.items():
            m, v = momentum[name], velocity[name]
            m.mul_(BETA_1).add_(g, alpha=1 - BETA_1)
            v.mul_(BETA_2).addcmul_(g, g, value=1 - BETA_2)
            weights[name].sub_(rate * m / (v.sqrt() + EPSILON))

    return step
