"""The page within Lambda: nothing without a signature, and what the package knows of the stage."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ladle.runtime import aws
from ladle.runtime.project_file import ProjectFile
from ladle.web import remote
from ladle.web.answer import ALL, DOING

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:demo-dev"
CONTEXT = SimpleNamespace(invoked_function_arn=FUNCTION)
PROJECT = {
    "app": "demo",
    "stage": "dev",
    "workflows": {
        "sums": {
            "machine": "demo-dev-sums",
            "type": "STANDARD",
            "schema": {"properties": {"n": {"type": "integer"}}, "required": ["n"]},
            "triggers": [
                {"kind": "Cron", "expression": "0 6 * * ? *", "timezone": "Europe/Berlin", "input": {"n": 5}},
                {"kind": "S3Upload", "bucket": "landing", "prefix": "a/", "suffix": ".csv"},
                {"kind": "Rate", "expression": "5 minutes", "timezone": "UTC", "input": {}},
            ],
            "topic": "",
            "timeout": 60,
        }
    },
}
CHAIN = {"StartAt": "a", "States": {"a": {"Type": "Pass", "Result": 1, "End": True}}}


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The page in a package, and an account with the stage's machine and one run of it."""
    (tmp_path / "ladle_project.json").write_text(json.dumps(PROJECT))
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    for name, value in (
        ("ACCESS_KEY_ID", "x"),
        ("SECRET_ACCESS_KEY", "x"),
        ("DEFAULT_REGION", "eu-central-1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    remote._page.cache_clear()
    aws.client.cache_clear()
    with mock_aws():
        states = boto3.client("stepfunctions", region_name="eu-central-1")
        machine = states.create_state_machine(
            name="demo-dev-sums", definition=json.dumps(CHAIN), roleArn="arn:aws:iam::123456789012:role/r"
        )
        states.start_execution(stateMachineArn=machine["stateMachineArn"], name="one", input='{"n": 5}')
        yield states
    remote._page.cache_clear()
    aws.client.cache_clear()


def asked(path: str, method: str = "GET", who: Any = None, **query: str) -> Any:
    """The answer to a request of API Gateway, signed unless `who` says otherwise."""
    identity = {"userArn": "arn:aws:iam::123456789012:user/somebody"} if who is None else who
    incoming = SimpleNamespace(
        method=method,
        headers={"Accept-Encoding": "gzip"},
        query_params=query,
        raw_body=b"",
        context={"path": f"/api{path}", "identity": identity},
    )
    return remote.answered(incoming, CONTEXT, path)


@pytest.mark.parametrize("pattern", [*ALL, *DOING])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", [{}, {"userArn": None}, {"sourceIp": "1.2.3.4"}])
def test_without_a_signature_there_is_no_data(pattern: str, method: str, who: Any) -> None:
    """Whatever API Gateway was made to let through."""
    path = pattern
    for brace in ("{name}", "{run}", "{step}", "{file}", "{folder}", "{pair}", "{verb}"):
        path = path.replace(brace, "sums")
    response = asked(path, method, who)
    assert response.status == 403
    assert b"demo" not in response.body
    assert b"sums" not in response.body


def test_the_stage_is_shown_as_the_package_knows_it() -> None:
    session = json.loads(asked("/api/session").body)
    assert (session["stage"], session["app"], session["live"], session["poll"]) == ("dev", "demo", False, 15)
    overview = json.loads(asked("/api/overview").body)
    (row,) = overview["workflows"]
    assert row["name"] == "sums"
    assert row["trigger"] == "06:00 daily Europe/Berlin, S3 landing/a/*.csv, every 5 minutes"
    assert [each[2] for each in row["last"]] == ["one"]


def test_it_does_only_what_the_stage_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default nothing; where it may stop runs, it stops one that it was given a ticket for."""
    assert asked("/api/plan/stop", run="one").status == 403
    monkeypatch.setenv("LADLE_PAGE_ACTIONS", "stop")
    remote._page.cache_clear()
    assert json.loads(asked("/api/session").body)["actions"] == ["stop"]
    assert asked("/api/plan/redrive", run="one").status == 403
    plan = json.loads(asked("/api/plan/stop", run="one").body)
    assert plan["title"] == "Stop this run"
    assert plan["command"] == "ladle stop one --stage dev"


def test_a_run_of_the_stage_is_drawn() -> None:
    view = json.loads(asked("/api/runs/one").body)
    assert view["workflow"] == "sums"
    assert [node["id"] for node in view["graph"]["nodes"]] == ["a"]


def test_the_shell_knows_where_it_is_served() -> None:
    assert b'<base href="/api/">' in asked("/r/one").body
    assert b'<base href="/api/">' in asked("/").body


@pytest.mark.parametrize(
    ("whole", "path", "prefix"),
    [
        ("/api/", "/", "/api/"),
        ("/api/r/a%20b", "/r/a b", "/api/"),
        ("/", "/", "/"),
        ("/w/sums", "/w/sums", "/"),
        ("/pages/dev/w/sums", "/w/sums", "/pages/dev/"),
    ],
)
def test_the_prefix_is_what_stands_before_the_address(whole: str, path: str, prefix: str) -> None:
    assert remote._prefix(whole, path) == prefix


def test_nothing_is_compressed_behind_a_gateway() -> None:
    """Which takes text, and compresses it itself."""
    assert "Content-Encoding" not in asked("/api/overview").headers


def test_no_stream_is_held_open() -> None:
    assert asked("/api/live", view="overview", since="0").status == 404


def test_triggers_of_the_file_are_those_declared() -> None:
    found = remote.end_of(ProjectFile.of(PROJECT, aws.Place.of(CONTEXT)))
    assert [type(each).__name__ for each in found.workflows["sums"].triggers] == ["Cron", "S3Upload", "Rate"]
    assert found.workflows["sums"].parameters[0]["required"] is True
