"""Runs one job in a process of its own: JSON on standard input, JSON on the last line of standard output."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from benchmarks.engine.measuring import measure


def peak_mb() -> float:
    """The most memory this process ever had, in MiB (Linux; 0 elsewhere)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    job = json.load(sys.stdin)
    answer: dict[str, Any] = {}
    try:
        started = time.perf_counter()
        run = importlib.import_module(f"benchmarks.engine.adapters.{job['adapter']}").prepare(
            job["definition"]
        )
        answer["prepare"] = time.perf_counter() - started
        output, first, warm = measure(lambda: run(job["input"]), job["budget"])
        answer.update(output=output, first=first, warm=warm)
    except Exception as error:  # noqa: BLE001 - reported in the table
        answer["error"] = f"{type(error).__name__}: {error}"[:300]
    answer["peak_mb"] = peak_mb()
    print("\n" + json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
