"""A small project on disk, and the command line run in this process."""

import json
import sys
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from ladle.cli.app import cli

WORK = """
    import logging
    import os
    import time

    import boto3

    from ladle import Retry, TaskToken, task

    log = logging.getLogger(__name__)
    s3 = boto3.client("s3")


    class BadFile(Exception):
        pass


    class Late(Exception):
        pass


    @task
    def words_of(bucket: str, key: str) -> list[str]:
        print("reading", key)
        log.info("from %s", bucket)
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        if "torn" in text:
            raise BadFile(f"{key} is torn")
        return text.split()


    @task
    def length(word: str) -> int:
        return len(word)


    @task
    def publish(total: int) -> str:
        s3.put_object(Bucket=os.environ["REPORTS"], Key="all/index.html", Body=f"<h1>{total}</h1>")
        return f"s3://{os.environ['REPORTS']}/all/index.html"


    @task
    def keep(key: str, reason: str) -> None:
        print("kept", key, reason)


    @task(timeout=600)
    def ask(answer: TaskToken[bool], question: str) -> None:
        print("asked", question)


    TRIES: list[int] = []


    @task(retry=Retry(on=[Late], attempts=3, interval=600))
    def patient(times: int) -> int:
        TRIES.append(1)
        if len(TRIES) <= times:
            raise Late(f"try {len(TRIES)}")
        return len(TRIES)


    @task(timeout=1)
    def endless() -> None:
        while True:
            time.sleep(0.01)


    @task
    def wrong() -> int:
        return "text"


    @task
    def leaves() -> None:
        raise SystemExit(3)


    @task
    def loud() -> int:
        for number in range(100_000):
            print("line", number)
        return 1
"""
FLOWS = """
    from functions.work import *
    from ladle import S3Upload, sleep, workflow


    @workflow(on=S3Upload("landing", prefix="texts/", suffix=".txt"))
    def count(bucket: str, key: str) -> str:
        \"\"\"Counts the letters of a text.\"\"\"
        try:
            words = words_of(bucket, key)
        except BadFile as error:
            keep(key, str(error))
            raise
        lengths = [length(word) for word in words]
        return publish(sum(lengths))


    @workflow
    def decide(question: str) -> str:
        if ask(question):
            return "yes"
        return "no"


    @workflow(timeout=7 * 86400)
    def wait_long(times: int = 2) -> int:
        sleep(86400)
        return patient(times)


    @workflow(timeout=60)
    def too_long() -> None:
        sleep(86400)


    @workflow
    def hang() -> None:
        endless()


    @workflow
    def mistyped() -> int:
        return wrong()


    @workflow
    def exits() -> None:
        leaves()


    @workflow
    def shout() -> int:
        return loud()


    @workflow
    def outer(key: str) -> str:
        return count("landing", key)
"""
LOCAL = """
    [buckets]
    landing = "landing"
    reports = "reports"

    [environment]
    REPORTS = "reports"

    [local.files]
    landing = "data"
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project in the current folder; the interpreter forgets its modules afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    before = dict(sys.modules)
    write(tmp_path / "functions" / "work.py", WORK)
    write(tmp_path / "statemachines" / "flows.py", FLOWS)
    write(tmp_path / "infra" / "local.toml", LOCAL)
    write(tmp_path / "data" / "texts" / "rose.txt", "a rose is a rose")
    write(tmp_path / "data" / "texts" / "bad.txt", "torn in the middle")
    yield tmp_path
    for name in set(sys.modules) - set(before):
        if name.partition(".")[0] in ("functions", "statemachines"):
            del sys.modules[name]
    sys.modules.update(before)


@pytest.fixture
def ladle(project):
    """Run a command in the project; gives exit code, stdout and stderr."""
    assert project == Path.cwd()

    def run(*words, stdin=None):
        return CliRunner().invoke(cli, list(words), input=stdin)

    return run


@pytest.fixture
def ladle_json(ladle):
    """Run a command with --json and read what it prints."""

    def run(*words, code=0):
        result = ladle(*words, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    return run
