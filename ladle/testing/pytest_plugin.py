"""For pytest: `pytest_plugins = ["ladle.testing.pytest_plugin"]` in the conftest.py at the project's root.

Brings the fixture `ladle_stepfunctions`, and runs the files `*.run.json` that `ladle replay --save` writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ladle.testing.stepfunctions import mock_stepfunctions

if TYPE_CHECKING:
    from ladle.local.stepfunctions import StepFunctions
    from ladle.operate.records import TaskLog

__all__ = ["ladle_stepfunctions", "pytest_collect_file"]


@pytest.fixture
def ladle_stepfunctions(monkeypatch: pytest.MonkeyPatch) -> Iterator[StepFunctions]:
    """boto3's Step Functions on the engine, for one test; gives the service behind the clients."""
    import os

    if "AWS_DEFAULT_REGION" not in os.environ:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_stepfunctions() as service:
        yield service


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A recorded run is a test."""
    if file_path.name.endswith(".run.json"):
        found: pytest.Collector = RecordedRun.from_parent(parent, path=file_path)
        return found
    return None


class RecordedRun(pytest.File):
    """The file of a recorded run: one test."""

    def collect(self) -> Iterator[pytest.Item]:
        """The test."""
        yield Replay.from_parent(self, name="replay")


class WentAnotherWay(Exception):
    """The run did not end as its file says."""


class Replay(pytest.Item):
    """Runs the project's code on the recorded input, with the recorded results."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.logs: list[TaskLog] = []

    def runtest(self) -> None:
        """Run it in the AWS in memory; what was not recorded is called for real."""
        from ladle.local.replay import read_case, run_case
        from ladle.local.session import LocalSession

        case = read_case(self.path)
        with LocalSession.open(self.path.parent) as session:
            wrong = run_case(case, session, lambda _, __, log: self.logs.append(log))
        if wrong is not None:
            raise WentAnotherWay(wrong)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """What is wrong in a line, and the traceback of the task that failed."""
        if isinstance(excinfo.value, WentAnotherWay):
            failed = [log for log in self.logs if log.error is not None]
            told = [f"{log.step}: {log.traceback or f'{log.error}: {log.message}'}" for log in failed[-1:]]
            return "\n".join([str(excinfo.value), *told])
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """How pytest calls the test."""
        return self.path, None, self.path.name
