"""Task functions that want to break `ladle run`: a clear failure of that run, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

WORK = """
    import os
    import signal
    import sys
    import time

    from ladle import task


    @task
    def fine() -> int:
        return 1


    @task
    def prints_a_gigabyte() -> int:
        line = "x" * (1024 * 1024)
        for _ in range(1024):
            print(line)
        return 1


    @task(timeout=1)
    def never_returns() -> int:
        while True:
            time.sleep(0.01)


    @task(timeout=1)
    def sleeps_in_c() -> int:
        time.sleep(600)
        return 1


    @task
    def leaves() -> int:
        sys.exit(3)


    @task
    def recurses() -> int:
        return _deeper(0)


    def _deeper(n: int) -> int:
        return _deeper(n + 1) + 1


    @task
    def gives_a_set() -> dict:
        return {"a": {1, 2}}


    @task
    def gives_nan() -> float:
        return float("nan")


    @task
    def gives_too_much() -> str:
        return "x" * 300_000


    @task
    def gives_far_too_much() -> str:
        return "x" * 7_000_000


    class Unspeakable(Exception):
        def __str__(self) -> str:
            raise RuntimeError("not even this")


    @task
    def raises_the_unspeakable() -> int:
        raise Unspeakable()


    @task
    def kills_its_process() -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 1
"""

NAMES = (
    "prints_a_gigabyte",
    "never_returns",
    "sleeps_in_c",
    "leaves",
    "recurses",
    "gives_a_set",
    "gives_nan",
    "gives_too_much",
    "gives_far_too_much",
    "raises_the_unspeakable",
    "kills_its_process",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one workflow for each hostile task, and one that is fine."""
    folder = tmp_path_factory.mktemp("project")
    flows = ["from functions.work import *", "from ladle import workflow", ""]
    for name in ("fine", *NAMES):
        annotation = {"gives_a_set": "dict", "gives_nan": "float"}.get(
            name, "str" if "much" in name else "int"
        )
        flows += ["", "@workflow", f"def run_{name}() -> {annotation}:", f"    return {name}()", ""]
    for path, text in {
        "functions/work.py": textwrap.dedent(WORK),
        "statemachines/flows.py": "\n".join(flows),
    }.items():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


Ladle = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ladle(project: Path) -> Ladle:
    """Run the command in the project, as a process of its own."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ladle", *words],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        )

    return run


def record(ladle: Ladle, name: str) -> dict[str, Any]:
    """The run of a workflow, as `--json` prints it."""
    result = ladle("run", f"run_{name}", "--json")
    assert "Traceback" not in result.stderr, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("never_returns", "States.Timeout"),
        ("sleeps_in_c", "States.Timeout"),
        ("leaves", "SystemExit"),
        ("recurses", "RecursionError"),
        ("gives_nan", None),
        ("gives_too_much", "States.DataLimitExceeded"),
        ("gives_far_too_much", "Function.ResponseSizeTooLarge"),
        ("gives_a_set", None),
        ("raises_the_unspeakable", "Unspeakable"),
    ],
)
def test_the_run_fails_and_says_why(ladle: Ladle, name: str, error: str | None) -> None:
    """With an exit code that says so; the next run is fine."""
    found = record(ladle, name)
    assert found["status"] in ("FAILED", "TIMED_OUT"), found
    assert found["error"]
    if error is not None:
        assert found["error"] == error
    assert record(ladle, "fine")["status"] == "SUCCEEDED"


@pytest.mark.slow
def test_a_gigabyte_of_output_is_cut(ladle: Ladle, project: Path) -> None:
    """The run succeeds; the beginning and the end of what was printed are kept."""
    assert record(ladle, "prints_a_gigabyte")["status"] == "SUCCEEDED"
    kept = sum(path.stat().st_size for path in (project / ".ladle").rglob("*") if path.is_file())
    assert kept < 64 * 1024 * 1024


@pytest.mark.slow
def test_a_killed_process_leaves_a_clear_record(ladle: Ladle) -> None:
    """The run is interrupted, not running for ever; others are as they were."""
    assert ladle("run", "run_kills_its_process", "--json").returncode != 0
    listed = ladle("runs").stdout
    assert "interrupted" in listed.lower(), listed
    assert record(ladle, "fine")["status"] == "SUCCEEDED"
