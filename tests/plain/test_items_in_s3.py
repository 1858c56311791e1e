"""Items that lie in S3, in a workflow that runs as plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypedDict

import boto3
import pytest
from moto import mock_aws

from ladle import Written, each, s3, task, workflow
from ladle.errors import LadleError
from ladle.testing import plain_run


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS in memory with files of each kind."""
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="landing")
        client.put_object(Bucket="landing", Key="a.csv", Body=b"carrier,minutes\nAA,1\nBB\n")
        client.put_object(Bucket="landing", Key="wide.csv", Body=b"carrier,minutes,more\nAA,1,2\n")
        client.put_object(Bucket="landing", Key="narrow.csv", Body=b"carrier\nAA\n")
        yield


class Row(TypedDict):
    carrier: str
    minutes: str


@task
def taken(carrier: str, minutes: str) -> str:
    return f"{carrier}:{minutes}"


@workflow
def rows(key: str) -> list[str]:
    return [taken(row["carrier"], row["minutes"]) for row in s3.csv("landing", key, Row)]


@workflow
def swallowing(key: str) -> list[str]:
    try:
        return [taken(row["carrier"], row["minutes"]) for row in s3.csv("landing", key, Row)]
    except Exception:  # noqa: BLE001 - that is the point
        return []


@workflow
def written(texts: list[str]) -> Written:
    return s3.write([taken(text, "0") for text in each(texts, distributed=True)], "landing", "out/")


def test_rows_are_read_as_on_aws() -> None:
    """A value that a row lacks is an empty text."""
    assert plain_run(rows, ("a.csv",)).result == ["AA:1", "BB:"]


def test_a_file_that_is_not_there_is_the_maps_error() -> None:
    run = plain_run(rows, ("none.csv",))
    assert type(run.error).__name__ == "States.ItemReaderFailed"
    assert plain_run(swallowing, ("none.csv",)).result == []


def test_of_a_files_columns_those_are_taken_that_are_declared() -> None:
    """One that is missing ends the run past every handler, as in the machine."""
    assert plain_run(rows, ("wide.csv",)).result == ["AA:1"]
    with pytest.raises(LadleError, match=r"s3\.csv\(\)\[0\]\.minutes: missing"):
        plain_run(swallowing, ("narrow.csv",))


def test_results_are_written_with_a_manifest() -> None:
    where = plain_run(written, (["a", "b"],)).result
    client = boto3.client("s3")
    manifest = json.loads(client.get_object(Bucket=where.bucket, Key=where.key)["Body"].read())
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    body = client.get_object(Bucket="landing", Key=file["Key"])["Body"].read()
    assert json.loads(body) == ["a:0", "b:0"]
    assert file["Size"] == len(body)


def test_outside_of_a_run_there_are_no_items() -> None:
    with pytest.raises(LadleError, match=r"s3\.csv was called outside of a run"):
        list(s3.csv("landing", "a.csv"))
