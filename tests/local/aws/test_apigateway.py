"""The integration with API Gateway, for REST APIs whose methods are Lambda functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ladle.engine.scope import JSON
from ladle.local.aws import LambdaReply

RunTask = Callable[..., Any]
INVOKE = "arn:aws:states:::apigateway:invoke"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


def echo(_name: str, event: JSON) -> LambdaReply:
    """Give the event back, or answer as a proxy integration must."""
    if isinstance(event, dict) and "httpMethod" in event:
        status = 404 if event["path"].endswith("/none") else 200
        return LambdaReply(json.dumps({"statusCode": status, "body": json.dumps(event["pathParameters"])}))
    return LambdaReply(json.dumps(event))


@pytest.fixture
def api(aws: Callable[[str], Any], without_openapi: None) -> str:
    """An API with a template at /plain and a proxy at /things/{id}; its endpoint."""
    del without_openapi
    client = aws("apigateway")
    made = client.create_rest_api(name="api")
    identifier, root = made["id"], client.get_resources(restApiId=made["id"])["items"][0]["id"]
    template = '{"body": $input.json(\'$.a\'), "name": "$input.params(\'who\')"}'

    def add(parent: str, part: str, kind: str, templates: dict[str, str]) -> str:
        resource: str = client.create_resource(restApiId=identifier, parentId=parent, pathPart=part)["id"]
        common = {"restApiId": identifier, "resourceId": resource, "httpMethod": "POST"}
        client.put_method(**common, authorizationType="NONE")
        client.put_integration(
            **common,
            type=kind,
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations",
            requestTemplates=templates,
        )
        return resource

    add(root, "plain", "AWS", {"application/json": template})
    add(root, "loop", "AWS", {"application/json": "#foreach($x in $y)#end"})
    add(add(root, "things", "AWS", {}), "{id}", "AWS_PROXY", {})
    client.create_deployment(restApiId=identifier, stageName="live")
    return f"{identifier}.execute-api.us-east-1.amazonaws.com"


def request(api: str, path: str, **more: Any) -> dict[str, Any]:
    return {"ApiEndpoint": api, "Method": "POST", "Stage": "live", "Path": path, **more}


def test_a_mapping_template_makes_the_event(task: RunTask, api: str) -> None:
    """From the body and the query; the answer comes with status, headers and the body as JSON."""
    arguments = request(api, "plain", RequestBody={"a": [1]}, QueryParameters={"who": ["Ann"]})
    output = task(INVOKE, arguments, echo).output
    assert output["ResponseBody"] == {"body": [1], "name": "Ann"}
    assert (output["StatusCode"], output["StatusText"]) == (200, "OK")
    assert output["Headers"]["Content-Type"] == ["application/json"]


def test_a_proxy_gets_the_request(task: RunTask, api: str) -> None:
    """With the path's parameters; a status of 400 or more fails the task under its number."""
    assert task(INVOKE, request(api, "things/7"), echo).output["ResponseBody"] == {"id": "7"}
    execution = task(INVOKE, request(api, "/things/none"), echo)
    assert (execution.error, execution.cause) == ("ApiGateway.404", '{"id": "none"}')


def test_paths_and_stages_that_are_not_there(task: RunTask, api: str) -> None:
    """As API Gateway answers to unsigned requests for them."""
    execution = task(INVOKE, request(api, "nowhere"), echo)
    assert (execution.error, execution.cause) == (
        "ApiGateway.403",
        '{"message":"Missing Authentication Token"}',
    )
    execution = task(INVOKE, {**request(api, "plain"), "Stage": "none"}, echo)
    assert execution.cause == '{"message":"Forbidden"}'


def test_what_is_not_emulated_is_refused(task: RunTask, api: str) -> None:
    """Templates with directives, unknown fields."""
    assert "mapping template uses more" in task(INVOKE, request(api, "loop"), echo).cause
    assert "The field 'Pathh' is not supported" in task(INVOKE, request(api, "plain", Pathh=1), echo).cause
