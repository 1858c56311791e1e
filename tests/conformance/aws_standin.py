"""The AWS that a recorded case was run against, in memory: its set-up calls are replayed into moto.

Answers differ from the recorded ones where AWS makes up names (the id of a REST API); such names are
replaced in the definition and in the input by those that moto made up.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import patch

from lambda_standin import Function, invoke

from ladle.engine.scope import JSON
from ladle.local.aws import AwsServices, FunctionNotFound, LambdaBackend, LambdaReply, S3Objects

ACCOUNT = "111111111111"
_NOT_REPLAYED = frozenset({"cloudformation", "logs", "sts"})
_INVENTED = {
    "AWS_ACCESS_KEY_ID": "conformance",
    "AWS_SECRET_ACCESS_KEY": "conformance",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_ACCOUNT_ID": ACCOUNT,
}


def backend(functions: dict[str, Function]) -> LambdaBackend:
    """The functions of a case, as `AwsServices` calls them."""

    def run(name: str, event: JSON) -> LambdaReply:
        function = functions.get(name)
        if function is None:
            raise FunctionNotFound(name)
        result = invoke(function, event)
        log = base64.b64encode(b"START RequestId: 1\n").decode()
        return LambdaReply(result.payload, result.failed, result.seconds, log)

    return run


class Surroundings:
    """What surrounds the machine of one case: the runner of its tasks, its buckets, and how names changed."""

    def __init__(self, functions: dict[str, Function]) -> None:
        self.services = AwsServices(functions=backend(functions))
        self.buckets = S3Objects(self.services.clients)
        self._renamed: dict[str, str] = {}

    def replay(self, case: dict[str, Any]) -> None:
        """Make the case's set-up calls."""
        from botocore import xform_name

        for call in case.get("setup") or []:
            if call["service"] in _NOT_REPLAYED or call.get("error"):
                continue
            client = self.services.clients.client(call["service"])
            response = getattr(client, xform_name(call["op"]))(**_decoded(self._current(call["params"])))
            self._learn(call.get("response"), response)

    def text(self, recorded: str) -> str:
        """A recorded text with the names of today."""
        for old, new in self._renamed.items():
            recorded = recorded.replace(old, new)
        return recorded

    def _current(self, value: JSON) -> Any:
        return json.loads(self.text(json.dumps(value)))

    def _learn(self, recorded: Any, got: Any) -> None:
        if isinstance(recorded, dict) and isinstance(got, dict):
            for key in recorded.keys() & got.keys():
                if key == "id" or key.endswith(("Id", "Url", "Arn")):
                    self._learn_name(recorded[key], got[key])
                else:
                    self._learn(recorded[key], got[key])

    def _learn_name(self, recorded: Any, got: Any) -> None:
        if isinstance(recorded, str) and isinstance(got, str) and recorded != got and len(recorded) > 6:
            self._renamed[recorded] = got


def _decoded(value: Any) -> Any:
    """Parameters with the bytes that the case spells in Base64."""
    if isinstance(value, dict):
        if set(value) == {"__bytes_b64__"}:
            return base64.b64decode(value["__bytes_b64__"])
        return {key: _decoded(item) for key, item in value.items()}
    return [_decoded(item) for item in value] if isinstance(value, list) else value


def needs_aws(case: dict[str, Any]) -> bool:
    """Whether a case calls anything besides Lambda and the engine."""
    text = case["definition_raw"] + json.dumps(case.get("related_state_machines") or [])
    others = text.replace(":states:::lambda:", "").replace(":states:::states:", "")
    return bool(case.get("setup")) or ":states:::" in others


@contextmanager
def _without_openapi() -> Iterator[None]:
    """Let moto's API Gateway load without the package that it needs for importing OpenAPI texts."""
    try:
        import openapi_spec_validator  # noqa: F401
    except ImportError:
        names = ("openapi_spec_validator", "openapi_spec_validator.validation")
        stubs = {name: ModuleType(name) for name in (*names, f"{names[1]}.exceptions")}
        stubs[names[0]].validate = None  # type: ignore[attr-defined]
        stubs[f"{names[1]}.exceptions"].OpenAPIValidationError = ValueError  # type: ignore[attr-defined]
        with patch.dict(sys.modules, stubs):
            yield
    else:
        yield


@contextmanager
def surroundings(case: dict[str, Any], functions: dict[str, Function]) -> Iterator[Surroundings]:
    """An empty AWS in memory, set up as the case's was."""
    if not needs_aws(case):
        yield Surroundings(functions)
        return
    with patch.dict(os.environ, _INVENTED):
        from moto import mock_aws

        with mock_aws(), _without_openapi():
            made = Surroundings(functions)
            made.replay(case)
            yield made
