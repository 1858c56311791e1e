"""A copy of the sample project that can be deployed into an AWS in memory by the command `chalice`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"


class Deployment:
    """A project's folder and an account in memory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def chalice(self, *arguments: str, fails: bool = False) -> Result:
        """Run a command of Chalice in this process."""
        from chalice.cli import cli

        for name in [each for each in sys.modules if each == "app"]:
            del sys.modules[name]
        result = CliRunner().invoke(cli, ["--project-dir", str(self.root), *arguments], obj={})
        if not fails:
            assert result.exit_code == 0, (result.output, result.exception)
        return result

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in one of the project's files, as an author would."""
        file = self.root / path
        text = file.read_text()
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new))
        for name in [n for n in sys.modules if n.partition(".")[0] in ("functions", "statemachines")]:
            del sys.modules[name]
        for cache in self.root.rglob("__pycache__"):
            shutil.rmtree(cache)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the sample project, without requirements (a test has no network)."""
    ignore = shutil.ignore_patterns("__pycache__")
    root = tmp_path / "project"
    for folder in ("functions", "statemachines", "infra", ".chalice"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "deploy*"))
    shutil.copy(ROOT / "app.py", root)
    (root / "requirements.txt").write_text("")
    before, path = dict(sys.modules), list(sys.path)
    monkeypatch.chdir(root)
    del ignore
    yield root
    sys.path[:] = path
    for name in [n for n in sys.modules if n.partition(".")[0] in ("app", "functions", "statemachines")]:
        del sys.modules[name]
    sys.modules.update(
        {n: m for n, m in before.items() if n.partition(".")[0] in ("functions", "statemachines")}
    )


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account in memory."""
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_CHALICE_CLI_MODE", "true")
    with mock_aws():
        yield


@pytest.fixture
def deployment(project: Path, account: None) -> Deployment:
    """The sample project, an account with its buckets, and nothing deployed yet."""
    del account
    s3 = boto3.client("s3", region_name=REGION)
    for stage in ("dev", "prod"):
        s3.create_bucket(
            Bucket=f"nyc-flights-landing-{stage}",
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
    return Deployment(project)
