"""What all tests share: their order, and the backend of Keras. Fixtures live beside the tests that use them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

# Keras reads this when it is first imported; the parity tests compare with Keras on JAX, on the CPU.
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every process they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TINY = Path(__file__).parent / "test_tiny.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The end-to-end test of a second runs first: where it fails, nothing else says more."""
    items.sort(key=lambda item: item.path != TINY)


def pytest_report_header() -> str:
    """Name the kernels under test: the same suite runs on several."""
    from figurate import _engine

    info = _engine.info()
    return f"figurate: {info['instruction_set']} kernels of {info['available']}, {info['threads']} threads"
