"""ministack: a server of its own beside this process, waits scaled to nothing, functions as its Lambdas."""

from __future__ import annotations

import atexit
import io
import itertools
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

POLL_SECONDS = 0.02
FUNCTIONS = ("echo", "flaky", "config", "enrich", "load", "notify")
SOURCE = (Path(__file__).parent.parent / "functions.py").read_text()


def serve() -> str:
    """Starts a server on a free port; returns its address. It ends with this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "LOG_LEVEL": "ERROR"}
    command = [str(Path(sys.executable).parent / "ministack")]
    log = subprocess.DEVNULL
    server = subprocess.Popen(command, env={**os.environ, **settings}, stdin=log, stdout=log, stderr=log)
    atexit.register(server.terminate)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/_ministack/health", timeout=2).read()
        except OSError:
            if server.poll() is not None:
                raise RuntimeError("the ministack server ended at once") from None
            time.sleep(0.05)
        else:
            break
    scale = json.dumps({"stepfunctions._SFN_WAIT_SCALE": 0}).encode()
    urllib.request.urlopen(
        urllib.request.Request(f"{address}/_ministack/config", method="POST", data=scale)
    ).read()
    return address


def package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("functions.py", SOURCE)
    return buffer.getvalue()


def prepare(definition: dict[str, Any]) -> Callable[[Any], Any]:
    settings: dict[str, Any] = {
        "endpoint_url": serve(),
        "region_name": "us-east-1",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        "config": Config(inject_host_prefix=False, read_timeout=600, retries={"max_attempts": 0}),
    }
    machines, functions = boto3.client("stepfunctions", **settings), boto3.client("lambda", **settings)
    role = "arn:aws:iam::000000000000:role/bench"
    text = json.dumps(definition).replace("123456789012", "000000000000")
    for name in FUNCTIONS:
        if f":function:{name}" in text:
            functions.create_function(
                FunctionName=name,
                Runtime="python3.11",
                Role=role,
                Handler=f"functions.{name}",
                Code={"ZipFile": package()},
                Timeout=60,
            )
    arn = machines.create_state_machine(name="bench", definition=text, roleArn=role)["stateMachineArn"]
    numbers = itertools.count()

    def run(value: Any) -> Any:
        name = f"run{next(numbers)}"
        started = machines.start_execution(stateMachineArn=arn, name=name, input=json.dumps(value))
        while (answer := machines.describe_execution(executionArn=started["executionArn"]))[
            "status"
        ] == "RUNNING":
            time.sleep(POLL_SECONDS)
        if answer["status"] != "SUCCEEDED":
            raise RuntimeError(f"{answer['status']} {answer.get('error')} {str(answer.get('cause'))[:200]}")
        return json.loads(answer["output"])

    return run
