"""What a Lambda function loads before its first call: as little as there can be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OTHERS = [
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "chalice",
    "click",
    "jlens",
    "moto",
    "pydantic",
    "rich",
]
ROOMS = [
    "asl",
    "cli",
    "compiler",
    "deploy",
    "engine",
    "jsonata",
    "local",
    "operate",
    "plain",
    "project",
    "testing",
]
HEAVY = {*OTHERS, *(f"ladle.{room}" for room in ROOMS)}


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import ladle",
        "import ladle.runtime",
        "import ladle.wire",
        "import ladle\n@ladle.task\ndef f(n: int) -> int: return n\n"
        "import ladle.runtime as r; assert r.invoke(f, {'args': {'n': 1}}) == 1",
    ],
)
def test_nothing_heavy_is_loaded(statement: str) -> None:
    """Neither by the import nor by a first call."""
    assert sorted(loaded_by(statement) & HEAVY) == []


def test_a_task_file_loads_no_triggers_and_no_codec() -> None:
    """They come with their first use."""
    assert not {name for name in loaded_by("from ladle import Retry, task") if name.startswith("ladle.wire")}


def test_the_entry_imports_the_task_beforehand(tmp_path: Path) -> None:
    """While Lambda initialises: the task's module, the codec, the task's types, the logger."""
    (tmp_path / "jobs.py").write_text("import ladle\n@ladle.task\ndef double(n: int) -> int: return 2 * n\n")
    code = (
        "import sys, ladle.runtime.entry as e\n"
        "assert {'jobs', 'ladle.wire', 'aws_lambda_powertools'} <= set(sys.modules)\n"
        "print(e.handler({'args': {'n': 4}}, None))"
    )
    environment = {**os.environ, "LADLE_TASK": "jobs:double", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "8"


def test_the_time_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Best of five, beside what the standard library's part of it takes."""

    def best(statement: str) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True)
            times.append(time.perf_counter() - began)
        return min(times) * 1000

    empty = best("pass")
    shown = [
        f"{statement}: {best(statement) - empty:.1f} ms"
        for statement in ("import typing, dataclasses", "import ladle", "import ladle.runtime")
    ]
    with capsys.disabled():
        print("\n" + "\n".join(shown))
    assert len(shown) == 3
