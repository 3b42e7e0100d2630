"""What the numbers were measured on: processor, CPUs, instruction sets, and how busy it was. Linux only."""

from __future__ import annotations

import os
import platform
import time
from datetime import date
from pathlib import Path

SHOWN_FLAGS = ("sse4_2", "avx2", "fma", "avx512f", "avx512_bf16", "amx_tile", "asimd")
QUIET = 0.1  # of all CPUs' time: below this, a measurement is believed


def describe(cpus: int = 2) -> dict[str, object]:
    """The machine as the results name it.

    Args:
        cpus: how many of its CPUs the competitors are bound to.
    """
    facts: dict[str, str] = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": facts.get("model name", platform.processor() or "unknown"),
        "family": facts.get("cpu family", ""),
        "model": facts.get("model", ""),
        "architecture": platform.machine(),
        "flags": [flag for flag in SHOWN_FLAGS if flag in flags],
        "cpus": os.cpu_count(),
        "cpus_used": len(bound_cpus(cpus)),
        "memory_gb": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "date": date.today().isoformat(),
        "busy_before": busy(),
    }


def bound_cpus(count: int) -> set[int]:
    """The first `count` CPUs this process may use."""
    return set(sorted(os.sched_getaffinity(0))[:count])


def busy(seconds: float = 1.0) -> float:
    """Share of all CPUs' time that was used while this process slept: 0 on a quiet machine."""

    def ticks() -> tuple[int, int]:
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    total, idle = ticks()
    time.sleep(seconds)
    later, later_idle = ticks()
    return round(1 - (later_idle - idle) / max(later - total, 1), 3)
