"""The page in the Chalice app: there when a stage asks for it, behind IAM, with the rights to read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.client
import pytest

from ladle.deploy.stage import read_stage
from ladle.errors import DiagnosticError, LadleError
from tests.deploy.conftest import ACCOUNT, REGION, Deployment, copied, empty_account

APP = """
from chalice import Chalice

from ladle.deploy.chalice import attach
from ladle.web.chalice import serve_page

app = Chalice(app_name="nyc-flights")
attach(app)
serve_page(app)
"""


def ask_for_it(root: Path, more: str = "") -> None:
    """Write what a project writes that wants the page."""
    (root / "app.py").write_text(APP)
    with (root / "infra" / "dev.toml").open("a") as file:
        file.write(f"\n[page]\nenabled = true\n{more}\n")


class Served(Deployment):
    """A stage with the page; `api` is the document of its API."""

    api: dict[str, Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The stage `dev`, deployed with the page, which may stop runs."""
    sent: list[dict[str, Any]] = []
    with (
        copied(tmp_path_factory.mktemp("page")) as root,
        empty_account(),
        pytest.MonkeyPatch.context() as patch,
    ):
        original = botocore.client.BaseClient._make_api_call
        patch.setattr(botocore.client.BaseClient, "_make_api_call", without_gateway(original, sent))
        ask_for_it(root, 'actions = ["stop"]')
        found = Served(root)
        found.chalice("deploy", "--stage", "dev")
        (found.api,) = sent
        yield found


def without_gateway(original: Any, sent: list[dict[str, Any]]) -> Any:
    """moto takes no Swagger 2: the document that Chalice sends is kept, and an empty API made."""

    def call(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "ImportRestApi":
            sent.append(json.loads(arguments["body"]))
            return original(self, "CreateRestApi", {"name": "nyc-flights"})
        return {} if operation == "CreateDeployment" else original(self, operation, arguments)

    return call


def package(deployment: Deployment) -> zipfile.ZipFile:
    """The package of the API's function."""
    (path,) = (deployment.root / ".chalice" / "deployments").glob("*.zip")
    return zipfile.ZipFile(io.BytesIO(path.read_bytes()))


def test_without_being_asked_there_is_no_api(deployment: Deployment) -> None:
    """The app may serve the page; a stage that says nothing has none, and no API Gateway at all."""
    (deployment.root / "app.py").write_text(APP)
    deployment.chalice("deploy", "--stage", "dev")
    assert deployment.client("apigateway").get_rest_apis()["items"] == []
    assert not [name for name in package(deployment).namelist() if name.startswith("ladle/web/")]


def test_a_stage_may_not_ask_what_the_app_does_not_serve(deployment: Deployment) -> None:
    with (deployment.root / "infra" / "dev.toml").open("a") as file:
        file.write("\n[page]\nenabled = true\n")
    refused = deployment.chalice("deploy", "--stage", "dev", fails=True)
    assert "infra/dev.toml asks for the page, and app.py does not serve it" in refused.output
    assert "serve_page(app)" in refused.output


def test_every_route_wants_a_signature(served: Served) -> None:
    """Of every address and every method: there is none that API Gateway lets through without."""
    found = served.api
    assert found["securityDefinitions"]["sigv4"]["x-amazon-apigateway-authtype"] == "awsSigv4"
    assert len(found["paths"]) > 15
    for path, methods in found["paths"].items():
        for method, said in methods.items():
            assert said["security"] == [{"sigv4": []}], (path, method)


def test_the_function_may_read_and_do_what_the_stage_says(served: Served) -> None:
    """Exactly the stage's machines and the logs of its tasks; it may stop runs, but start none."""
    iam = served.client("iam")
    (role,) = [r["RoleName"] for r in iam.list_roles()["Roles"] if r["RoleName"] == "nyc-flights-dev"]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    statements = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
    allowed: dict[str, list[str]] = {}
    for each in statements:
        actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
        resources = [each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"]
        for action in actions:
            allowed.setdefault(action, []).extend(resources)
    states = {action for action in allowed if action.startswith("states:")}
    assert states == {
        "states:ListExecutions",
        "states:DescribeExecution",
        "states:DescribeMapRun",
        "states:GetExecutionHistory",
        "states:DescribeStateMachineForExecution",
        "states:StopExecution",
    }
    machines = ("daily_delays", "daily_delays-resume", "monthly_report", "monthly_report-resume")
    assert set(allowed["states:ListExecutions"]) == {
        *(f"arn:*:states:*:*:mapRun:nyc-flights-dev-{name}/*" for name in machines),
        *(f"arn:*:states:*:*:stateMachine:nyc-flights-dev-{name}" for name in machines),
    }
    assert set(allowed["states:DescribeMapRun"]) == {
        f"arn:*:states:*:*:mapRun:nyc-flights-dev-{name}/*" for name in machines
    }
    assert all(":execution:nyc-flights-dev-" in each for each in allowed["states:StopExecution"])
    assert all(
        each.startswith("arn:*:logs:*:*:log-group:/aws/lambda/nyc-flights-dev-")
        for each in allowed["logs:FilterLogEvents"]
    )
    assert not [action for action in allowed if action.startswith(("s3:", "lambda:", "iam:", "dynamodb:"))]


def test_the_package_has_what_the_page_imports(served: Served, tmp_path: Path) -> None:
    """Unpacked, in a Python that finds Ladle nowhere else: the app is imported, and answers."""
    found = package(served)
    names = set(found.namelist())
    assert "ladle/web/assets/index.html" in names
    assert not [
        name for name in names if name.startswith(("ladle/compiler/", "ladle/engine/", "ladle/local/"))
    ]
    found.extractall(tmp_path)
    code = f"""
import sys, json
sys.path.insert(0, {str(tmp_path)!r})
import app, ladle
assert ladle.__file__.startswith({str(tmp_path)!r}), ladle.__file__
def event(path, resource, identity):
    return {{"resource": resource, "httpMethod": "GET", "headers": {{}}, "pathParameters": None, "body": None,
        "multiValueQueryStringParameters": None, "stageVariables": None, "isBase64Encoded": False,
        "requestContext": {{"resourcePath": resource, "httpMethod": "GET", "path": "/api" + path,
                            "identity": identity}}}}
class Context: invoked_function_arn = "arn:aws:lambda:{REGION}:{ACCOUNT}:function:nyc-flights-dev"
me = {{"userArn": "arn:aws:iam::{ACCOUNT}:user/somebody"}}
asked = [("/", me), ("/api/session", me), ("/api/session", {{}})]
print(json.dumps([app.app(event(path, path, who), Context) for path, who in asked]))
"""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "AWS_CHALICE_CLI_MODE")
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**environment, "LADLE_PAGE": "1", "LAMBDA_TASK_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shell, session, refused = json.loads(done.stdout.splitlines()[-1])
    assert shell["statusCode"] == 200
    assert '<base href="/api/">' in shell["body"]
    told = json.loads(session["body"])
    assert (told["stage"], told["app"], told["live"], told["poll"]) == ("dev", "nyc-flights", False, 15)
    assert refused["statusCode"] == 403
    assert "nyc-flights" not in refused["body"]


def test_the_function_is_told_to_serve_the_page(served: Served) -> None:
    found = served.client("lambda").get_function(FunctionName="nyc-flights-dev")["Configuration"]
    variables = found["Environment"]["Variables"]
    assert variables["LADLE_PAGE"] == "1"
    assert variables["LADLE_PAGE_ACTIONS"] == "stop"
    assert variables["LADLE_STARTER"] == "nyc-flights-dev-ladle-starter"


def test_a_page_without_an_authorizer_cannot_be_had() -> None:
    from chalice import Chalice

    from ladle.web.chalice import serve_page

    with pytest.raises(LadleError, match="never without one"):
        serve_page(Chalice("x"), authorizer="NONE")


def test_what_a_stage_says_of_the_page_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "dev.toml"
    file.write_text('[page]\nenabled = true\nactions = ["start", "delete"]\n')
    with pytest.raises(DiagnosticError) as caught:
        read_stage("dev", file, "infra/dev.toml")
    (problem,) = caught.value.diagnostics
    assert "delete" in problem.message
    assert "one of 'start', 'stop', 'redrive'" in (problem.hint or "")
