"""An emulated AWS in a process of its own, and a copy of the repository that is deployed into it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest

from tests.e2e import large

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
T = TypeVar("T")

REGION = "us-east-1"
ACCOUNT = "000000000000"
PROJECT = ("app.py", "requirements.txt", ".chalice", "data", "functions", "infra", "ladle", "statemachines")

INVENTORY = (
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("lambda", "list_layers", "Layers", "LayerName"),
    ("stepfunctions", "list_state_machines", "stateMachines", "name"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_policies", "Policies", "PolicyName"),
    ("events", "list_rules", "Rules", "Name"),
    ("scheduler", "list_schedules", "Schedules", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sns", "list_subscriptions", "Subscriptions", "Endpoint"),
    ("sqs", "list_queues", "QueueUrls", None),
    ("dynamodb", "list_tables", "TableNames", None),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("s3", "list_buckets", "Buckets", "Name"),
)
"""What an account is asked for: service, call, where the answer has the list, and what names an item."""


def readme_commands() -> list[str]:
    """The blocks of commands in the README's section about deploying, in their order."""
    section = re.search(r"^## Deploy\n(.*?)^## ", (ROOT / "README.md").read_text(), re.M | re.S)
    assert section is not None, "the README has no section `## Deploy`"
    return re.findall(r"^```sh\n(.*?)^```$", section[1], re.M | re.S)


class Account:
    """The emulated account, and the folder of the project that is deployed to it."""

    def __init__(self, root: Path, endpoint: str) -> None:
        self.root = root
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "LADLE_"))},
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "PATH": os.pathsep.join(
                [str(root / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
            ),
            "PYTHONPATH": str(root),
        }
        self.session = boto3.Session("test", "test", region_name=REGION)
        self.endpoint = endpoint

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)

    def shell(self, commands: str, seconds: float = 200) -> str:
        """What commands print, typed in the project's folder; fails with it when one of them fails."""
        done = subprocess.run(
            ["sh", "-e", "-c", commands],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        return done.stdout

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in one of the project's files, as an author would."""
        file = self.root / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
        file.write_text(text.replace(old, new))

    def inventory(self) -> set[str]:
        """All that the account has, as far as Ladle makes such things."""
        found: set[str] = set()
        for service, call, items, name in INVENTORY:
            for each in getattr(self.client(service), call)().get(items, []):
                found.add(f"{service} {each[name] if name else each}")
        return found

    def machine(self, workflow: str) -> str:
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-dev-{workflow}"

    def runs(self, workflow: str) -> dict[str, str]:
        """The runs of a workflow: status by name."""
        answer = self.client("stepfunctions").list_executions(stateMachineArn=self.machine(workflow))
        return {each["name"]: each["status"] for each in answer["executions"]}

    def run(self, workflow: str, name: str) -> dict[str, Any]:
        execution = f"{self.machine(workflow).replace(':stateMachine:', ':execution:')}:{name}"
        found: dict[str, Any] = self.client("stepfunctions").describe_execution(executionArn=execution)
        return found

    def ended(self, workflow: str, beginning: str, seconds: float = 60) -> dict[str, Any]:
        """The one run whose name begins so, when it has ended."""

        def look() -> dict[str, Any] | None:
            found = [
                each
                for each, status in self.runs(workflow).items()
                if each.startswith(beginning) and status != "RUNNING"
            ]
            return self.run(workflow, found[0]) if found else None

        return eventually(look, f"a run of {workflow} that ended", seconds)

    def objects(self, bucket: str) -> set[str]:
        answer = self.client("s3").list_objects_v2(Bucket=f"nyc-flights-{bucket}-dev")
        return {each["Key"] for each in answer.get("Contents", [])}

    def read(self, bucket: str, key: str) -> bytes:
        body: bytes = self.client("s3").get_object(Bucket=f"nyc-flights-{bucket}-dev", Key=key)["Body"].read()
        return body

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """What a queue has, which it then has no more."""
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found: list[dict[str, Any]] = []
        while more := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in more:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                found.append(json.loads(each["Body"]))
        return found

    def log(self, function: str) -> list[dict[str, Any]]:
        """The structured lines of a function's log."""
        events = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/nyc-flights-dev-{function}")
        lines = []
        for each in events["events"]:
            with contextlib.suppress(ValueError):
                line = json.loads(each["message"])
                if isinstance(line, dict) and "message" in line:  # the others are metrics
                    lines.append(line)
        return lines


def eventually(look: Callable[[], T | None], what: str, seconds: float = 30) -> T:
    """What `look` gives, as soon as it is something; fails after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    return pytest.fail(f"there was not, within {seconds} s: {what}")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """MiniStack on a free port, with a folder of its own, ended with all the processes that it started."""
    python = ROOT / os.environ.get("EMULATOR", ".venv/emulator/bin/python")
    if not python.exists():
        pytest.fail(f"there is no {python}: `make e2e` sets the emulator up")
    folder = tmp_path_factory.mktemp("emulator")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [python, HERE / "emulator.py", str(port), str(folder)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        eventually(lambda: _answers(port, process, folder / "log"), "an answer of the emulator")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its session: the emulator and its Lambda workers
        process.wait(10)


def _answers(port: int, process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        pytest.fail(f"the emulator ended: {log.read_text()}")
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def copied(root: Path) -> Path:
    """Make the folder a copy of the repository, as far as a deploy needs it, with a command `aws`."""
    ignored = shutil.ignore_patterns("__pycache__", "deployed", "deployments", ".ladle")
    for name in PROJECT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, root / name)
    command = root / "bin" / "aws"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{HERE / 'aws.py'}' \"$@\"\n")
    command.chmod(0o755)
    return root


@pytest.fixture(scope="module")
def account(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """A copy of the repository and an account with nothing in it but two queues: one that is subscribed to
    the topic, and one that sees the events of S3."""
    found = Account(copied(tmp_path_factory.mktemp("repository")), endpoint)
    large.add_to(found.root)
    for queue in ("alerts", "uploads"):
        found.client("sqs").create_queue(QueueName=queue)
    events = found.client("events")
    events.put_rule(Name="uploads", EventPattern=json.dumps({"source": ["aws.s3"]}))
    events.put_targets(
        Rule="uploads", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:uploads"}]
    )
    with (found.root / "infra" / "dev.toml").open("a") as file:
        file.write(f'\n[subscriptions]\nops = ["sqs:arn:aws:sqs:{REGION}:{ACCOUNT}:alerts"]\n')
    return found
