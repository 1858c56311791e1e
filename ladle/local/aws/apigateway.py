"""The `apigateway:invoke` integration, for REST APIs of the AWS in memory.

No HTTP is involved: the API's resource, method and integration are looked up, and a Lambda or MOCK
integration is run as API Gateway would. Of mapping templates the references `$input…` are known, and no
directives; what goes beyond that is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from ladle.engine.jsonpath.path import PathNotFound, parse_path
from ladle.engine.jsonpath.text import InvalidPath
from ladle.engine.protocols import TaskCall, TaskFailed, TaskSucceeded
from ladle.engine.scope import JSON
from ladle.local.aws.clients import Clients
from ladle.local.aws.failures import refused
from ladle.local.aws.functions import FunctionNotFound, LambdaBackend, function_name

__all__ = ["invoke_api"]

_FIELDS: Final = frozenset(
    {"AllowNullValues", "ApiEndpoint", "AuthType", "Headers", "Method", "Path", "QueryParameters",
     "RequestBody", "Stage"}
)  # fmt: skip
_REFERENCE: Final = re.compile(
    r"\$\{?input\.(?:(?P<json>json|path)\('(?P<path>[^']*)'\)|(?P<body>body)"
    r"|params\((?:'(?P<name>[^']*)')?\)(?:\.(?P<kind>querystring|header|path))?)\}?"
)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    parameters: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: str


class _Unsupported(Exception):
    """Something about the API that is not emulated."""


def invoke_api(clients: Clients, functions: LambdaBackend, call: TaskCall) -> TaskSucceeded | TaskFailed:
    """Call a method of an API's stage and give its answer; an answer of 400 or more is a failure."""
    arguments = call.arguments if isinstance(call.arguments, dict) else {}
    problems = [
        f"The field '{name}' is not supported by Step Functions" for name in arguments.keys() - _FIELDS
    ]
    problems += [
        f"The field '{name}' is required but was missing"
        for name in ("ApiEndpoint", "Method")
        if not isinstance(arguments.get(name), str)
    ]
    if problems:
        return refused(call.arguments, sorted(problems))
    try:
        answer = _answer(clients.client("apigateway"), functions, arguments)
    except _Unsupported as reason:
        return TaskFailed("States.Runtime", f"local runs cannot call {arguments['ApiEndpoint']}: {reason}")
    if answer.status >= 400:
        return TaskFailed(f"ApiGateway.{answer.status}", answer.body)
    return TaskSucceeded(
        {
            "Headers": _headers(answer),
            "ResponseBody": _decoded(answer.body),
            "StatusCode": answer.status,
            "StatusText": HTTPStatus(answer.status).phrase,
        }
    )


def _headers(answer: _Answer) -> dict[str, JSON]:
    """Return the headers that an edge-optimized API sends, with invented ids."""
    trace = uuid4().hex
    now = datetime.now(UTC)
    sent = {
        "Connection": "keep-alive",
        "Content-Length": str(len(answer.body.encode())),
        "Content-Type": "application/json",
        "Date": f"{now:%a, %d %b %Y %H:%M:%S} GMT",
        "Via": f"1.1 {trace}.cloudfront.net (CloudFront)",
        "X-Amz-Cf-Id": trace,
        "X-Amz-Cf-Pop": "IAD12-P1",
        "X-Amzn-Trace-Id": f"Root=1-{trace[:8]}-{trace[8:]}",
        "X-Cache": "Miss from cloudfront",
        "x-amz-apigw-id": trace[:15],
        "x-amzn-RequestId": str(uuid4()),
    }
    return {name: [value] for name, value in sent.items()}


def _decoded(text: str) -> JSON:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _answer(client: Any, functions: LambdaBackend, arguments: dict[str, Any]) -> _Answer:
    from botocore.exceptions import ClientError

    api = arguments["ApiEndpoint"].partition("://")[2] or arguments["ApiEndpoint"]
    api = api.split(".")[0]
    wanted = [part for part in str(arguments.get("Path") or "").split("/") if part]
    try:
        client.get_stage(restApiId=api, stageName=arguments.get("Stage") or "default")
        resources = client.get_resources(restApiId=api, limit=500)["items"]
    except ClientError:
        return _Answer(403, '{"message":"Forbidden"}')
    for resource in sorted(resources, key=lambda found: found["path"].count("{")):
        parameters = _match(resource["path"], wanted)
        if parameters is None:
            continue
        for method in (arguments["Method"], "ANY"):
            try:
                found = client.get_integration(restApiId=api, resourceId=resource["id"], httpMethod=method)
            except ClientError:
                continue
            return _integrate(found, functions, _request(arguments, wanted, parameters))
    return _Answer(403, '{"message":"Missing Authentication Token"}')


def _match(template: str, parts: list[str]) -> dict[str, str] | None:
    """Return the path's parameters, None where `parts` is another path."""
    parameters: dict[str, str] = {}
    names = [part for part in template.split("/") if part]
    for position, name in enumerate(names):
        if name.startswith("{") and name.endswith("+}"):
            parameters[name[1:-2]] = "/".join(parts[position:])
            return parameters if len(parts) > position else None
        if position >= len(parts):
            return None
        if name.startswith("{"):
            parameters[name[1:-1]] = parts[position]
        elif name != parts[position]:
            return None
    return parameters if len(names) == len(parts) else None


def _request(arguments: dict[str, Any], parts: list[str], parameters: dict[str, str]) -> _Request:
    body = arguments.get("RequestBody")
    if body is None:
        text = ""
    else:
        text = json.dumps(body, separators=(",", ":"))
    return _Request(
        arguments["Method"],
        "/" + "/".join(parts),
        _first_values(arguments.get("QueryParameters")),
        _first_values(arguments.get("Headers")),
        parameters,
        text,
    )


def _first_values(given: JSON) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {name: str(value[0] if isinstance(value, list) else value) for name, value in given.items()}


def _integrate(integration: dict[str, Any], functions: LambdaBackend, request: _Request) -> _Answer:
    kind = integration.get("type")
    if kind == "MOCK":
        return _Answer(200, "")
    uri = str(integration.get("uri", ""))
    if kind not in ("AWS", "AWS_PROXY") or "/functions/" not in uri:
        raise _Unsupported(f"its integration is {kind} to {uri}; only Lambda functions are reached")
    name = function_name(uri.partition("/functions/")[2].partition("/invocations")[0])
    try:
        if kind == "AWS_PROXY":
            return _proxy(functions, name, request)
        templates = integration.get("requestTemplates") or {}
        text = _rendered(templates["application/json"], request) if templates else request.body
        return _Answer(200, functions(name, json.loads(text) if text.strip() else {}).payload)
    except FunctionNotFound:
        return _Answer(500, '{"message": "Internal server error"}')
    except ValueError:
        return _Answer(400, '{"message": "Could not parse request body into json"}')


def _proxy(functions: LambdaBackend, name: str, request: _Request) -> _Answer:
    event = {
        "resource": request.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "queryStringParameters": dict(request.query) or None,
        "pathParameters": dict(request.parameters) or None,
        "body": request.body or None,
        "isBase64Encoded": False,
    }
    reply = functions(name, event)
    answer = _decoded(reply.payload)
    if reply.failed or not isinstance(answer, dict) or not isinstance(answer.get("statusCode"), int):
        return _Answer(502, '{"message": "Internal server error"}')
    return _Answer(answer["statusCode"], str(answer.get("body") or ""))


def _rendered(template: str, request: _Request) -> str:
    """Return a mapping template with its `$input` references replaced."""
    rest = _REFERENCE.sub("", template)
    if "$" in rest or "#" in rest:
        raise _Unsupported("its mapping template uses more than references to $input")
    return _REFERENCE.sub(lambda match: _reference(match, request), template)


def _reference(match: re.Match[str], request: _Request) -> str:
    groups = {"querystring": request.query, "header": request.headers, "path": request.parameters}
    if match["body"]:
        return request.body
    if match["json"]:
        try:
            value = parse_path(match["path"]).find(json.loads(request.body or "{}"))
        except (PathNotFound, InvalidPath):
            value = "" if match["json"] == "path" else None
        return value if match["json"] == "path" and isinstance(value, str) else json.dumps(value)
    if match["name"] is not None:
        return next((g[match["name"]] for g in groups.values() if match["name"] in g), "")
    if match["kind"] is None:
        raise _Unsupported("its mapping template prints all of $input.params()")
    return "{" + ", ".join(f"{name}={value}" for name, value in groups[match["kind"]].items()) + "}"
