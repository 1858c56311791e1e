"""Secrets and parameters as arguments of tasks: fetched by the task, known to nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ladle import Parameter, Secret, task, workflow
from ladle.errors import LadleError
from ladle.runtime import TaskFailure, aws, invoke, sources
from ladle.testing import plain_run


@task
def charge(
    order: int, *, key: str = Secret("stripe"), limits: dict[str, int] = Parameter("/till/limits")
) -> str:
    """Says what it was given."""
    return f"{order} {key} {limits['most']}"


@workflow
def till(order: int) -> str:
    return charge(order)


EVENT = {"args": {"order": 1}}


@pytest.fixture(autouse=True)
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS in memory with the secret and the parameter."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    sources.forget()
    with mock_aws():
        aws.client.cache_clear()
        boto3.client("secretsmanager").create_secret(Name="stripe", SecretString="sk-1")
        boto3.client("ssm").put_parameter(Name="/till/limits", Value='{"most": 5}', Type="SecureString")
        yield
    aws.client.cache_clear()
    sources.forget()


def test_the_task_gets_the_values_and_callers_pass_none() -> None:
    """They are no part of what the state machine sends: an event that has one is refused."""
    assert invoke(charge, EVENT) == "1 sk-1 5"
    assert list(charge.signature.parameters) == ["order"]
    with pytest.raises(TaskFailure, match="no such parameter"):
        invoke(charge, {"args": {"order": 1, "key": "mine"}})


def test_values_are_fetched_once_and_again_when_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotated secret is seen within five minutes."""
    invoke(charge, EVENT)
    boto3.client("secretsmanager").put_secret_value(SecretId="stripe", SecretString="sk-2")
    assert invoke(charge, EVENT) == "1 sk-1 5"
    later = sources.time.monotonic() + 301
    monkeypatch.setattr(sources.time, "monotonic", lambda: later)
    assert invoke(charge, EVENT) == "1 sk-2 5"


def test_a_missing_secret_is_named_with_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is the place for local runs; the stage's file may give another name."""
    monkeypatch.setenv("LADLE_SOURCES", '{"secret": {"stripe": "prod/stripe"}}')
    with pytest.raises(TaskFailure) as caught:
        invoke(charge, EVENT)
    told = json.loads(str(caught.value))["message"]
    assert told.startswith("charge: the secret 'prod/stripe' for `key` cannot be read: ")
    assert "[local.secrets]" in told


def test_no_error_shows_what_a_secret_says() -> None:
    """Neither text that is no JSON nor JSON of another form."""
    for text in ('{"most": "hunter2"}', "hunter2"):
        sources.forget()
        boto3.client("ssm").put_parameter(
            Name="/till/limits", Value=text, Type="SecureString", Overwrite=True
        )
        with pytest.raises(TaskFailure) as caught:
            invoke(charge, EVENT)
        failure = caught.value.payload("r")
        assert "charge: limits" in json.loads(failure["errorMessage"])["message"]
        assert "hunter2" not in json.dumps(failure)


def test_plain_calls_pass_them_or_take_them_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no vault, and what is missing is named."""
    assert charge(1, key="k", limits={"most": 2}) == "1 k 2"
    with pytest.raises(
        LadleError, match=r"`key` is Secret\('stripe'\).* pass key=… or set LADLE_SECRET_STRIPE"
    ):
        charge(1)
    monkeypatch.setenv("LADLE_SECRET_STRIPE", "e")
    monkeypatch.setenv("LADLE_PARAMETER_TILL_LIMITS", '{"most": 7}')
    assert charge(1) == "1 e 7"
    assert plain_run(till, {"order": 3}).result == "3 e 7"
    assert invoke(charge, EVENT) == "1 e 7"


def test_wrong_places_are_told() -> None:
    """A workflow's parameter, one without a type, a name that AWS does not have."""

    @task
    def bare(key=Secret("stripe")) -> None: ...  # type: ignore[no-untyped-def]  # that is what it is about

    @task
    def named(key: str = Secret("no blanks")) -> None: ...

    @workflow
    def holds(key: str = Secret("stripe")) -> None: ...

    declared: Any
    for declared in (bare, named, holds):
        assert [problem.code for problem in declared.problems] == ["D110"], declared
