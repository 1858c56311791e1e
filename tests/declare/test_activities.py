"""`@activity`: declared like a task, with the options that make sense for a worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladle import TaskToken, activity, compiler, task
from ladle.declare import Activity, Task, Workflow
from ladle.project import Project
from tests.language.written import module_of


def problems(declared: Activity[..., Any]) -> list[str]:
    return [f"{each.code} {each.message} | {each.hint}" for each in declared.problems]


def test_it_is_called_like_its_function() -> None:
    """Outside of a run it is the function."""

    @activity(timeout=7200, heartbeat=60)
    def measure(plate: str, gain: int = 2) -> int:
        return len(plate) * gain

    assert measure("ab") == 4
    assert (measure.name, measure.timeout, measure.heartbeat) == ("measure", 7200, 60)
    assert measure.problems == ()


def test_it_may_take_long_and_has_a_heartbeat() -> None:
    """Unlike a Lambda function; shorter than its timeout."""

    def f() -> None: ...

    assert problems(activity(timeout=99_999_999, heartbeat=1)(f)) == []
    assert problems(activity(timeout=0)(f)) == [
        "D120 `timeout` is 0 | write whole seconds from 1 to 99,999,999"
    ]
    assert problems(activity(heartbeat=60)(f)) == [
        "D120 `heartbeat` is 60 | write less than `timeout`, which is 60"
    ]


def test_it_takes_no_token() -> None:
    """What it returns is the value of the call: somebody else's answer is a task's."""

    @activity
    def ask(token: TaskToken[bool], question: str) -> None: ...

    (found,) = problems(ask)
    assert found.startswith("D120 an activity takes no TaskToken")


def test_what_belongs_to_lambda_functions_it_has_not() -> None:
    """No memory, no pool: the worker's machine is yours."""
    with pytest.raises(TypeError, match="memory"):
        activity(memory=512)(len)  # type: ignore[call-overload]


FLOWS = """
from dataclasses import dataclass
from ladle import *

@activity
def measure(plate: str) -> int: ...
"""


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        (
            "@workflow(type='EXPRESS', timeout=60)\ndef flow(plate: str) -> int:\n    return measure(plate)",
            "L606",
            "it cannot wait for a worker of `measure`",
        ),
        (
            "@workflow\ndef flow(names: list[str]) -> list[int]:\n"
            "    return [measure(name) for name in each(names, batch=10)]",
            "L104",
            "with `batch=`, the element is one call of a task",
        ),
        (
            "@workflow\ndef flow(plate: str) -> int:\n    return measure.options(heartbeat=60)(plate)",
            "L604",
            "`heartbeat` is 60",
        ),
        ("@workflow\ndef flow(plate: str) -> int:\n    return measure(3)", "L401", "takes `str`, not `int`"),
    ],
)
def test_a_workflow_calls_it_where_it_can(tmp_path: Path, source: str, code: str, said: str) -> None:
    """As a task, but not in Express machines and not in batches."""
    module = module_of(source, tmp_path, FLOWS)
    (flow,) = [each for each in vars(module).values() if isinstance(each, Workflow)]
    (found,) = compiler.check([flow], root=tmp_path)
    assert found.code == code
    assert said in found.message


def test_its_values_stay_in_the_machine(tmp_path: Path) -> None:
    """A worker gets them whole: it knows no stored values, and may be anybody's. Its result is checked."""
    source = """
@dataclass
class Plate:
    rows: list[str]

@task
def load(name: str) -> Plate: ...

@activity
def stars(plate: Plate) -> int: ...

@workflow
def flow(name: str) -> int:
    return stars(load(name))
"""
    module = module_of(source, tmp_path, FLOWS)
    (flow,) = [each for each in vars(module).values() if isinstance(each, Workflow)]
    states = compiler.compile_workflow(flow).definition["States"]
    assert states["load"]["Arguments"]["Payload"]["ladle"].get("keep", True) is True
    assert states["stars"]["Resource"] == "${stars}"
    assert "stars: expected int" in states["stars"]["Output"]


def test_a_name_is_a_task_or_an_activity(tmp_path: Path) -> None:
    """`${name}` in a machine stands for one of them."""
    for folder in ("functions", "statemachines"):
        (tmp_path / folder).mkdir()
    (tmp_path / "functions" / "one.py").write_text(
        "from ladle import activity, task\n\n@task\ndef work() -> None: ...\n\n"
        "@activity(name='work')\ndef other() -> None: ...\n\n@activity\ndef measure() -> None: ...\n"
    )
    project = Project.load(tmp_path)
    assert [each.code for each in project.diagnostics] == ["L003"]
    assert list(project.activities) == ["measure"]
    assert isinstance(task(len), Task)
