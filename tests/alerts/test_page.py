"""The page about alerts says what the code does."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import ladle
from ladle.runtime import aws
from tests.alerts.stage import MACHINES, Stage
from tests.alerts.test_alerts import alerted

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_declaration_is_right(tmp_path: Path) -> None:
    """It has no problems."""
    source = tmp_path / "example.py"
    source.write_text(blocks("python")[0])
    names: dict[str, Any] = {"Report": dict[str, int], "datetime": datetime}
    names |= {name: getattr(ladle, name) for name in ("workflow", "Cron")}
    exec(compile(source.read_text(), str(source), "exec"), names)
    assert names["daily"].problems == ()
    assert names["daily"].deadline == "07:00"


def test_the_message_has_the_rows_and_the_remedy_of_the_page(stage: Stage) -> None:
    """Label by label, for a failure two levels down."""
    alerted(stage, stage.run("yearly"))
    [message] = stage.messages()

    def rows(text: str) -> list[str]:
        labels = [line[:10].strip() for line in text.splitlines() if line.strip()]
        return [label for label in labels if label]

    assert [row for row in rows(blocks("text")[0]) if row in _ROWS] == [
        row for row in rows(message["Message"]) if row in _ROWS
    ]
    for sentence in ("in its nested run", "To go on at the step that failed, within 14 days"):
        assert sentence in blocks("text")[0]
        assert sentence in message["Message"]


_ROWS = ("Run", "Step", "Error", "Cause", "Started")


def test_the_attributes_are_those_of_the_page(stage: Stage) -> None:
    """Each label and each fact is named there."""
    alerted(stage, stage.run("daily"))
    [message] = stage.messages()
    facts = json.loads(message["MessageAttributes"]["facts"]["Value"])
    missing = {name for name in (*message["MessageAttributes"], *facts) if f"`{name}`" not in PAGE}
    assert missing == set()


def test_the_remedy_of_a_run_that_ended_in_its_fail_state_works(stage: Stage) -> None:
    """The input that it reads back is what the first run had."""
    run = stage.run("rejected")
    alerted(stage, run)
    [message] = stage.messages()
    command = message["Message"].split("with the same input:\n")[1]
    arns = re.findall(r"arn:\S+", command)
    assert arns == [f"{MACHINES}rejected", run]
    given = aws.client("stepfunctions").describe_execution(executionArn=arns[1])["input"]
    again = stage.states.start_execution(stateMachineArn=arns[0], input=given)["executionArn"]
    assert json.loads(stage.states.describe_execution(executionArn=again)["input"]) == {"key": "bad.csv"}
