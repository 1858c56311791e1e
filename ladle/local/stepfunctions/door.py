"""The one place that touches moto's Step Functions and Lambda: from here on our engine answers.

What is relied on, and held to by `tests/api/test_api_door.py`:

- `moto.stepfunctions.responses.StepFunctionResponse` answers an operation with the method of its name in
  snake case, has the request's JSON as `body`, the caller's `current_account` and `region`, and serializes
  what an `ActionResult` holds and what an `AWSError` says.
- URLs are found in `moto.stepfunctions.urls.url_bases` and `moto.backend_index.backend_url_patterns`; moto
  lacks the host `sync-states.…`, which StartSyncExecution and TestState use.
- `moto.awslambda.utils.get_backend(account, region).get_function(name)` is a created function, with
  `code_bytes`, `code_digest`, `handler`, `timeout`, `memory_size` and `environment_vars`, and its
  `_invoke_lambda(event)` gives `(payload, failed, log)`.
- `moto.stepfunctions.models.stepfunctions_backends[account][region].state_machines` are the machines that
  CloudFormation made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any, Final
from unittest.mock import patch

from ladle.engine.scope import JSON
from ladle.errors import LadleError
from ladle.local.aws import FunctionNotFound, LambdaBackend, LambdaReply
from ladle.local.stepfunctions.adopting import adopt
from ladle.local.stepfunctions.api import OPERATIONS, StepFunctions
from ladle.local.stepfunctions.errors import ApiError
from ladle.local.stepfunctions.functions import FunctionSpec, Handler, Package, invoke_handler
from ladle.local.stepfunctions.world import Desk, World

__all__ = ["open_door"]

SYNC_HOST: Final = r"https?://sync-states\.(.+)\.amazonaws.com"


@contextmanager
def open_door(
    functions: Mapping[str, Handler] | None = None,
    *,
    start: datetime | float | None = None,
    seed: int = 0,
    look: float = 1.0,
) -> Iterator[StepFunctions]:
    """Let the engine answer moto's Step Functions endpoint; see `ladle.testing.mock_stepfunctions`."""
    try:
        from moto import mock_aws
        from moto.core.models import MockAWS
    except ImportError as error:
        raise LadleError(f"Step Functions in memory needs moto ({error}): pip install 'ladle[dev]'") from None
    with ExitStack() as stack:
        if not MockAWS._mocks_active:
            stack.enter_context(mock_aws())
        lambdas = _Functions(dict(functions or {}))
        stack.callback(lambdas.close)
        world = World(lambdas.backend, start=start, seed=seed, look=look)
        service = StepFunctions(world)
        stack.enter_context(_endpoint(service, world))
        stack.enter_context(_sync_host())
        stack.enter_context(_lambda_in_process(lambdas))
        yield service


# The endpoint ---------------------------------------------------------------------------------------------


@contextmanager
def _endpoint(service: StepFunctions, world: World) -> Iterator[None]:
    """Answer each operation of moto's endpoint ourselves."""
    from moto.core.utils import camelcase_to_underscores
    from moto.stepfunctions.responses import StepFunctionResponse

    with ExitStack() as stack:
        for operation in OPERATIONS:
            method = camelcase_to_underscores(operation)
            handler = _handler(service, world, operation)
            stack.enter_context(patch.object(StepFunctionResponse, method, handler, create=True))
        yield


def _handler(service: StepFunctions, world: World, operation: str) -> Callable[[Any], Any]:
    from moto.core.exceptions import AWSError
    from moto.core.responses import ActionResult

    def answer(self: Any) -> Any:
        request = json.loads(self.body or "{}")
        account, region = self.current_account, self.region
        try:
            adopt(Desk(world, account, region), _cloudformation_machines(account, region))
            return ActionResult(service.call(operation, request, account=account, region=region))
        except ApiError as error:
            raise AWSError(str(error), error.code) from None

    return answer


def _cloudformation_machines(account: str, region: str) -> list[Any]:
    from moto.stepfunctions.models import stepfunctions_backends

    machines: list[Any] = stepfunctions_backends[account][region].state_machines
    return machines


@contextmanager
def _sync_host() -> Iterator[None]:
    """Make moto answer the host that StartSyncExecution and TestState use."""
    import moto.backend_index as index
    import moto.stepfunctions.urls as urls

    entry = ("stepfunctions", re.compile(SYNC_HOST))
    index.backend_url_patterns.insert(0, entry)
    urls.url_bases.append(SYNC_HOST)
    try:
        yield
    finally:
        index.backend_url_patterns.remove(entry)
        urls.url_bases.remove(SYNC_HOST)


# Lambda ---------------------------------------------------------------------------------------------------


class _Functions:
    """The functions that a test gave, then those that were created in moto."""

    def __init__(self, given: dict[str, Handler]) -> None:
        self._given = given
        self._packages: dict[tuple[str, str], Package] = {}

    def backend(self, account: str, region: str) -> LambdaBackend:
        """Functions of one account and region, by name."""

        def run(name: str, event: JSON) -> LambdaReply:
            created = _created_function(account, region, name)
            if created is not None:
                return self.run_created(created, event)
            if name not in self._given:
                raise FunctionNotFound(name)
            return invoke_handler(self._given[name], FunctionSpec(name, region, account), event)

        return run

    def run_created(self, created: Any, event: JSON) -> LambdaReply:
        """Run a function of moto: the callable that was given under its name, or its own code."""
        spec = FunctionSpec(
            created.function_name,
            created.region,
            created.account_id,
            float(created.timeout or 3),
            int(created.memory_size or 128),
            dict(created.environment_vars or {}),
        )
        handler = self._given.get(spec.name) or self._package(created)
        return invoke_handler(handler, spec, event)

    def _package(self, created: Any) -> Handler:
        if not str(created.run_time or "python").startswith("python"):
            raise LadleError(
                f"the function {created.function_name} runs on {created.run_time}, which cannot run in this"
                " process: give a Python callable under its name"
            )
        key = (created.function_arn, f"{created.code_digest} {created.handler}")
        found = self._packages.get(key)
        if found is None:
            found = self._packages[key] = Package(created.code_bytes, created.handler)
        return found

    def close(self) -> None:
        """Remove what was unpacked."""
        for package in self._packages.values():
            package.close()


def _created_function(account: str, region: str, name: str) -> Any:
    from moto.awslambda.exceptions import UnknownFunctionException
    from moto.awslambda.utils import get_backend

    try:
        return get_backend(account, region).get_function(name)
    except UnknownFunctionException:
        return None


@contextmanager
def _lambda_in_process(lambdas: _Functions) -> Iterator[None]:
    """Let moto run Lambda functions in this process too, not in Docker, when something invokes them."""
    from moto.awslambda.models import LambdaFunction

    def invoke(self: Any, event: Any = None) -> tuple[str, bool, str]:
        reply = lambdas.run_created(self, {} if event is None else event)
        return reply.payload, reply.failed, ""

    with patch.object(LambdaFunction, "_invoke_lambda", invoke):
        yield
