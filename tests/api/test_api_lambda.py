"""Lambda tasks run the functions that were created in moto, in this process."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from typing import Any

import pytest
from api_making import ROLE, Make, finished, states

from ladle.local.stepfunctions import StepFunctions


@pytest.fixture
def functions(service: StepFunctions) -> Any:
    """Create functions in moto from sources: `functions(name, {path: source}, handler, …)`."""
    del service
    import boto3

    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client = boto3.client("lambda")

    def create(name: str, files: dict[str, str], handler: str = "main.handler", **more: Any) -> str:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            for path, source in files.items():
                opened.writestr(path, source)
        created = client.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=role,
            Handler=handler,
            Code={"ZipFile": archive.getvalue()},
            **more,
        )
        return str(created["FunctionArn"])

    return create


def test_the_code_of_the_function_runs(sfn: Any, make: Make, functions: Any) -> None:
    """With its modules, its environment and its context object."""
    arn = functions(
        "f",
        {
            "src/main.py": (
                "import os\nfrom src import helper\n"
                "def handler(event, context):\n"
                "    return [helper.twice(event['n']), os.environ['STAGE'], context.function_name,\n"
                "            context.get_remaining_time_in_millis()]\n"
            ),
            "src/__init__.py": "",
            "src/helper.py": "def twice(n):\n    return 2 * n\n",
        },
        "src/main.handler",
        Environment={"Variables": {"STAGE": "test"}},
        Timeout=7,
    )
    found = finished(sfn, make(states(A={"Type": "Task", "Resource": arn})), {"n": 21})
    assert json.loads(found["output"]) == [42, "test", "f", 7000]


def test_functions_do_not_meet(sfn: Any, make: Make, functions: Any) -> None:
    """Each has its own `main`, which stays loaded, and this process keeps none of it."""
    count = (
        "calls = {}\ndef handler(event, context):\n    calls[len(calls)] = 1\n    return [NAME, len(calls)]\n"
    )
    tasks = {}
    for name in ("one", "two"):
        resource = functions(name, {"main.py": f"NAME = '{name}'\n{count}"})
        for turn in ("first", "second"):
            tasks[f"{name} {turn}"] = {"Type": "Task", "Resource": resource, "ResultPath": f"$.{name}{turn}"}
    found = finished(sfn, make(states(**tasks)))
    assert json.loads(found["output"]) == {
        "onefirst": ["one", 1],
        "onesecond": ["one", 2],
        "twofirst": ["two", 1],
        "twosecond": ["two", 2],
    }
    assert "main" not in sys.modules


def test_new_code_is_run(sfn: Any, make: Make, functions: Any) -> None:
    """After UpdateFunctionCode."""
    import boto3

    arn = functions("f", {"main.py": "def handler(event, context):\n    return 1\n"})
    machine = make(states(A={"Type": "Task", "Resource": arn}))
    assert finished(sfn, machine)["output"] == "1"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("main.py", "def handler(event, context):\n    return 2\n")
    boto3.client("lambda").update_function_code(FunctionName="f", ZipFile=archive.getvalue())
    assert finished(sfn, machine)["output"] == "2"


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        ("raise ValueError('no')", "ValueError", "no"),
        ("raise SystemExit(3)", "Runtime.ExitError", "exit status 3"),
        ("return {1, 2}", "Runtime.MarshalError", "Unable to marshal response: Object of type set"),
        ("import time; time.sleep(4)", "Sandbox.Timedout", "Task timed out after 3.00 seconds"),
        ("import nowhere", "ModuleNotFoundError", "No module named 'nowhere'"),
    ],
)
def test_failures_are_lambdas_own(
    sfn: Any, make: Make, functions: Any, body: str, error: str, message: str
) -> None:
    """Under the names that Lambda gives them, so that Retry and Catch meet them."""
    arn = functions("f", {"main.py": f"def handler(event, context):\n    {body}\n"})
    found = finished(sfn, make(states(A={"Type": "Task", "Resource": arn})))
    assert (found["status"], found["error"]) == ("FAILED", error)
    assert message in json.loads(found["cause"])["errorMessage"]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import nowhere\n", "Runtime.ImportModuleError"),
        ("def handler(:\n", "Runtime.UserCodeSyntaxError"),
        ("handle = 1\n", "Runtime.HandlerNotFound"),
    ],
)
def test_a_handler_that_cannot_be_loaded(
    sfn: Any, make: Make, functions: Any, source: str, error: str
) -> None:
    """Fails each call, under Lambda's names."""
    arn = functions("f", {"main.py": source})
    assert finished(sfn, make(states(A={"Type": "Task", "Resource": arn})))["error"] == error


def test_the_stack_shows_the_functions_own_lines(sfn: Any, make: Make, functions: Any) -> None:
    """Where they lie on Lambda."""
    arn = functions("f", {"main.py": "def handler(event, context):\n    raise KeyError('x')\n"})
    cause = json.loads(finished(sfn, make(states(A={"Type": "Task", "Resource": arn})))["cause"])
    assert cause["stackTrace"] == [
        "  File \"/var/task/main.py\", line 2, in handler\n    raise KeyError('x')\n"
    ]


def test_bytes_are_the_payload(sfn: Any, make: Make, functions: Any) -> None:
    """As they are."""
    arn = functions("f", {"main.py": "def handler(event, context):\n    return b'[1]'\n"})
    assert finished(sfn, make(states(A={"Type": "Task", "Resource": arn})))["output"] == "[1]"


def test_sleeping_takes_virtual_time(sfn: Any, make: Make, functions: Any) -> None:
    """A function that sleeps for two seconds took two seconds."""
    arn = functions("f", {"main.py": "import time\ndef handler(event, context):\n    time.sleep(2)\n"})
    found = finished(sfn, make(states(A={"Type": "Task", "Resource": arn})))
    assert (found["stopDate"] - found["startDate"]).total_seconds() == 2


def test_a_callable_stands_in_for_the_code(sfn: Any, make: Make, functions: Any) -> None:
    """A function that exists in moto keeps its settings, the callable of its name runs."""
    functions("echo", {"main.py": "def handler(event, context):\n    raise SystemError\n"})
    invoke = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "echo", "Payload.$": "$"},
        "OutputPath": "$.Payload",
    }
    assert finished(sfn, make(states(A=invoke)), {"a": 1})["output"] == '{"a":1}'


def test_a_function_that_is_not_there_is_not_found(sfn: Any, make: Make) -> None:
    """The task fails as on AWS."""
    task = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:nobody"}
    found = finished(sfn, make(states(A=task)))
    assert found["error"] == "Lambda.ResourceNotFoundException"


def test_invoking_with_boto3_runs_the_code_too(functions: Any) -> None:
    """Without Docker: a test, or a function, may invoke another."""
    import boto3

    functions("f", {"main.py": "def handler(event, context):\n    return {'got': event}\n"})
    answer = boto3.client("lambda").invoke(FunctionName="f", Payload=b'{"a": 1}')
    assert json.loads(answer["Payload"].read()) == {"got": {"a": 1}}


def test_an_unknown_runtime_is_refused(sfn: Any, make: Make) -> None:
    """A function in another language cannot run here; a callable of its name can."""
    import boto3

    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    arn = boto3.client("lambda").create_function(
        FunctionName="js",
        Runtime="nodejs20.x",
        Role=role,
        Handler="i.h",
        Code={"ZipFile": b"PK\5\6" + b"\0" * 18},
    )["FunctionArn"]
    found = finished(sfn, make(states(A={"Type": "Task", "Resource": arn})))
    assert found["status"] == "FAILED"
    assert "nodejs20.x" in found["cause"]
    assert ROLE.startswith("arn:")
