"""A copy of the sample project that can be deployed into an AWS in memory by the command `chalice`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws
from moto.s3.models import s3_backends

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"


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


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of the sample project, without requirements: a test has no network."""
    root = folder / "project"
    ignored = shutil.ignore_patterns("__pycache__", "deploy*")
    for name in ("functions", "statemachines", "infra", ".chalice"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    shutil.copy(ROOT / "app.py", root)
    (root / "requirements.txt").write_text("")
    own = ("app", "functions", "statemachines")
    path, modules = list(sys.path), {n: m for n, m in sys.modules.items() if n.partition(".")[0] in own}
    yield root
    sys.path[:] = path
    for name in [n for n in sys.modules if n.partition(".")[0] in own]:
        del sys.modules[name]
    sys.modules.update(modules)


@contextmanager
def empty_account() -> Iterator[None]:
    """An account in memory with nothing in it but the buckets of the project's stages."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_CHALICE_CLI_MODE", "true")
        patch.setattr(botocore.client.BaseClient, "_make_api_call", _with_event_bridge)
        with mock_aws():
            s3 = boto3.client("s3", region_name=REGION)
            for stage in ("dev", "prod"):
                where = {"LocationConstraint": REGION}
                s3.create_bucket(Bucket=f"nyc-flights-landing-{stage}", CreateBucketConfiguration=where)
            yield


_make_api_call = botocore.client.BaseClient._make_api_call


def _with_event_bridge(self: Any, operation: str, arguments: Any) -> Any:
    """moto keeps the EventBridge flag of a bucket, and does not show it."""
    answer = _make_api_call(self, operation, arguments)
    if operation == "GetBucketNotificationConfiguration":
        kept = s3_backends[ACCOUNT]["aws"].buckets[arguments["Bucket"]].notification_configuration
        if kept is not None and kept.event_bridge is not None:
            answer["EventBridgeConfiguration"] = {}
    return answer


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A copy of the sample project."""
    with copied(tmp_path) as root:
        yield root


@pytest.fixture
def deployment(project: Path) -> Iterator[Deployment]:
    """The sample project, an account with its buckets, and nothing deployed yet."""
    with empty_account():
        yield Deployment(project)


@pytest.fixture
def deployed(deployment: Deployment) -> Deployment:
    """The stage `dev`, deployed."""
    deployment.chalice("deploy", "--stage", "dev")
    return deployment


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The stage `dev`, deployed once for the tests that only read."""
    with copied(tmp_path_factory.mktemp("shared")) as root, empty_account():
        found = Deployment(root)
        found.chalice("deploy", "--stage", "dev")
        yield found
