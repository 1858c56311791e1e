"""The task runner of service integrations: which integration a resource names, and how its call is made."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from ladle.engine.protocols import Done, TaskCall, TaskFailed, TaskSucceeded
from ladle.engine.scope import JSON
from ladle.local.aws.apigateway import invoke_api
from ladle.local.aws.clients import Clients
from ladle.local.aws.engine_calls import ENGINE_CALLS
from ladle.local.aws.failures import first_failure, refused, second_failure, service_failure
from ladle.local.aws.forms import FORMS
from ladle.local.aws.functions import (
    LambdaBackend,
    invoke_by_arn,
    invoke_optimized,
    invoke_through_sdk,
    no_functions,
)
from ladle.local.aws.jobs import JOBS, run_job
from ladle.local.aws.shapes import InvalidParameters, UnknownFields, from_response, to_request
from ladle.local.aws.web import invoke_http
from ladle.local.workers import Workers
from ladle.services.naming import OPTIMIZED, STATES, Optimized, botocore_service, capital, pascal

__all__ = ["AwsServices"]

_SERVICE: Final = re.compile(r"arn:aws[^:]*:states:[^:]*:[^:]*:(?P<rest>.+)")
_LAMBDA: Final = re.compile(r"arn:aws[^:]*:lambda:")
_TABLE_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]+")


class AwsServices:
    """A TaskRunner for Lambda functions and for every `arn:aws:states:::…` integration.

    `functions` runs Lambda functions; everything else goes through boto3: to the AWS in memory, in `region`,
    or, for None, to the user's own account. Without `workers` calls are made in the engine's thread, which
    suits the AWS in memory: nothing there takes time. With `workers` each call has a thread, so that calls
    over a network overlap, and jobs are asked after every few seconds until they end; with `pause` that is
    what waits in between, in the thread of the call.
    """

    def __init__(
        self,
        *,
        functions: LambdaBackend = no_functions,
        clients: Clients | None = None,
        region: str | None = "us-east-1",
        workers: Workers | None = None,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self._functions = functions
        self._real = region is None
        self._pause = time.sleep if workers is not None else pause
        self._workers = workers
        self.clients = clients or Clients(region)

    def start(self, call: TaskCall, done: Done) -> Callable[[], None] | None:
        """Make one call; see TaskRunner."""
        if call.resource.endswith(tuple(f":aws-sdk:sfn:{action}" for action in ENGINE_CALLS)):
            ENGINE_CALLS[call.resource.rpartition(":")[2]](call, done)
            return None
        if self._workers is None:
            self._make(call, done)
            return None
        workers = self._workers

        def work() -> None:
            try:
                self._make(call, done)
            except Exception as error:  # noqa: BLE001 - in a thread of its own nobody else would see it
                done(TaskFailed("States.Runtime", f"{call.resource}: {type(error).__name__}: {error}"))

        job = workers.submit(lambda: work)  # never interrupted: a client's pool of connections is shared
        return lambda: workers.give_up(job)

    def _make(self, call: TaskCall, done: Done) -> None:
        if _LAMBDA.match(call.resource):
            invoke_by_arn(call, done, self._functions)
            return
        match = _SERVICE.fullmatch(call.resource)
        if match is None:
            reason = f"The resource {call.resource!r} is not one that a Task can have"
            done(TaskFailed("States.Runtime", reason))
            return
        parts = match["rest"].split(":")
        if parts[0] == "aws-sdk" and len(parts) >= 3:
            self._sdk(call, done, parts[1], parts[2].split(".")[0])
        else:
            self._optimized(call, done, parts[0], parts[1] if len(parts) > 1 else "")

    # ------------------------------------------------------------------------------- the two kinds

    def _sdk(self, call: TaskCall, done: Done, name: str, action: str) -> None:
        if (name, action) == ("lambda", "invoke"):
            invoke_through_sdk(call, done, self._functions)
            return
        service = botocore_service(name, self.clients.services())
        if service is None:
            done(_unknown(call, f"there is no service aws-sdk:{name}"))
            return
        client = self.clients.client(service)
        operation = _operation(client, action)
        if operation is None:
            done(_unknown(call, f"the service {name} has no action {action}"))
            return
        done(_called(client, operation, call.arguments, None))

    def _optimized(self, call: TaskCall, done: Done, name: str, action: str) -> None:
        action, _, pattern = action.partition(".")
        if name == "lambda" and action == "invoke":
            invoke_optimized(call, done, self._functions)
            return
        if name == "http" and action == "invoke":
            done(invoke_http(call))
            return
        if name == "apigateway" and action == "invoke":
            done(invoke_api(self.clients, self._functions, call))
            return
        if name == "states" and action == "startExecution":  # of a machine that the engine does not have
            arn = call.arguments.get("StateMachineArn") if isinstance(call.arguments, dict) else None
            message = f"State Machine Does Not Exist: '{arn}'"
            done(first_failure(STATES, "StateMachineDoesNotExist", "StateMachineDoesNotExist", message, 400))
            return
        optimized = OPTIMIZED.get(name)
        if optimized is None:
            done(_unknown(call, f"{name} is not among the optimized integrations that local runs know"))
            return
        client = self.clients.client(optimized.service)
        if pattern.startswith("sync"):
            job = JOBS.get((name, action))
            way = _way_round(optimized, action)
            if job is None or not (job.in_memory or self._real):
                reason = f"local runs cannot wait for the end of what {name}:{action} starts{way}"
                done(_unknown(call, reason))
                return
            run_job(job, action, call.arguments, _caller(client, name, optimized), done, self._pause, way)
            return
        if (name, action) in FORMS:
            done(_caller(client, name, optimized)(action, call.arguments))
            return
        operation = _operation(client, action)
        if operation is None:
            done(_unknown(call, f"the service {name} has no action {action}"))
            return
        special = _SPECIAL.get((name, action), _called)
        done(special(client, operation, call.arguments, optimized))


def _caller(
    client: Any, name: str, optimized: Optimized
) -> Callable[[str, JSON], TaskSucceeded | TaskFailed]:
    """Calls actions of an optimized integration, in the form that the service has them."""

    def call(action: str, arguments: JSON) -> TaskSucceeded | TaskFailed:
        form = FORMS.get((name, action))
        if form is None:
            return _called(client, _operation(client, action), arguments, optimized)
        given = arguments if isinstance(arguments, dict) else {}
        outcome = _called(client, _operation(client, form.action), form.request(given), optimized)
        if isinstance(outcome, TaskFailed):
            return outcome
        return outcome._replace(output=form.answer(given, outcome.output))

    return call


def _way_round(optimized: Optimized, action: str) -> str:
    """What to do about a job that does not end here."""
    from botocore import xform_name

    name = f"aws.{optimized.service.replace('-', '_')}.{xform_name(action)}"
    return (
        f': put a function in its place, plain_run(…, fakes={{"{name}": …}}), or let your own account do it,'
        " ladle run --aws real"
    )


def _unknown(call: TaskCall, reason: str) -> TaskFailed:
    return TaskFailed("States.Runtime", f"The resource {call.resource!r} cannot be used: {reason}")


def _operation(client: Any, action: str) -> Any:
    """Return the model of an action (`putItem`), None where the service has none."""
    model = client.meta.service_model
    name = capital(action)
    if name not in model.operation_names:
        name = next((n for n in model.operation_names if n.lower() == action.lower()), "")
    return model.operation_model(name) if name else None


# ------------------------------------------------------------------------------------ making a call


def _called(
    client: Any, operation: Any, arguments: JSON, optimized: Optimized | None
) -> TaskSucceeded | TaskFailed:
    """Call `operation` and give its outcome in the manner of its SDK generation."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        parameters = to_request(operation.input_shape, arguments)
        _check(operation, parameters)
    except UnknownFields as error:
        return refused(
            arguments, [f"The field '{name}' is not supported by Step Functions" for name in error.names]
        )
    except InvalidParameters as error:
        return _invalid(client, optimized, _Violation(str(error)))
    except _Violation as violation:
        return _invalid(client, optimized, violation)
    except _NoHost as error:
        return _no_host(client, optimized, str(error))
    try:
        response = client._make_api_call(operation.name, parameters)
    except ClientError as error:
        return service_failure(client, optimized, error)
    except BotoCoreError as error:
        return _invalid(client, optimized, _Violation(str(error)))
    except Exception as error:  # noqa: BLE001 - whatever breaks inside moto fails the run, not the engine
        service = operation.service_model.service_name
        return TaskFailed(
            "States.Runtime",
            f"the AWS in memory could not do {service}:{operation.name}: {type(error).__name__}: {error}",
        )
    _complete(operation, parameters, response)
    result = from_response(operation.output_shape, response, second=optimized is None)
    if optimized is not None and optimized.metadata:
        result = dict(sorted({**result, **_metadata(response)}.items()))
    return TaskSucceeded(result)


class _Violation(Exception):
    """A parameter that the service refuses and the AWS in memory does not, or in other words.

    `name` is the modeled error's, None for one that the service's model does not know.
    """

    def __init__(self, message: str, code: str = "ValidationException", name: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.name = name


class _NoHost(Exception):
    """A host that does not exist."""


def _check(operation: Any, parameters: dict[str, Any]) -> None:
    """Refuse what a real service refuses and moto does not look at."""
    service = operation.service_model.service_name
    if service == "dynamodb":
        table = parameters.get("TableName")
        if isinstance(table, str) and not table.startswith("arn:") and not _TABLE_NAME.fullmatch(table):
            raise _Violation(
                f"1 validation error detected: Value '{table}' at 'tableName' failed to satisfy constraint:"
                " Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
            )
    if service == "sns" and operation.name == "Publish":
        fifo = str(parameters.get("TopicArn")).endswith(".fifo")
        if fifo and "MessageGroupId" not in parameters:
            raise _Violation(
                "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
                "InvalidParameter",
                "InvalidParameterException",
            )
    if service == "sqs" and "QueueUrl" in parameters:
        host = urlsplit(str(parameters["QueueUrl"])).hostname or str(parameters["QueueUrl"])
        if not host.endswith((".amazonaws.com", ".amazonaws.com.cn")) and host not in (
            "localhost",
            "127.0.0.1",
        ):
            raise _NoHost(f"Unable to execute HTTP request: {host}: Name or service not known")


def _invalid(client: Any, optimized: Optimized | None, violation: _Violation) -> TaskFailed:
    if optimized is not None:
        return first_failure(optimized, violation.name, violation.code, str(violation), 400)
    service_id = str(client.meta.service_model.service_id)
    return second_failure(service_id, violation.name, str(violation), 400)


def _no_host(client: Any, optimized: Optimized | None, message: str) -> TaskFailed:
    prefix = optimized.prefix if optimized else pascal(str(client.meta.service_model.service_id))
    return TaskFailed(f"{prefix}.SdkClientException", message)


def _complete(operation: Any, parameters: dict[str, Any], response: dict[str, Any]) -> None:
    """Make a response of moto what the service's would be."""
    service, name = operation.service_model.service_name, operation.name
    if service == "s3" and name in ("GetObject", "HeadObject", "PutObject"):
        response.setdefault("ServerSideEncryption", "AES256")  # on by default since 2023
    elif service == "dynamodb" and parameters.get("ReturnConsumedCapacity", "NONE") == "NONE":
        response.pop("ConsumedCapacity", None)
    elif service == "sns" and name == "Publish" and str(parameters.get("TopicArn")).endswith(".fifo"):
        response.setdefault("SequenceNumber", f"{10**19 + next(_SEQUENCE):020d}")


_SEQUENCE: Final = itertools.count()


def _metadata(response: dict[str, Any]) -> dict[str, JSON]:
    metadata = response.get("ResponseMetadata", {})
    headers = {str(name): str(value) for name, value in metadata.get("HTTPHeaders", {}).items()}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": metadata.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId", "")},
    }


# ------------------------------------------------------------------- integrations with ways of their own


def _put_events(
    client: Any, operation: Any, arguments: JSON, optimized: Optimized | None
) -> TaskSucceeded | TaskFailed:
    """Put events; a single refused entry fails the task, after the others were put."""
    entries = arguments.get("Entries") if isinstance(arguments, dict) else None
    if not isinstance(entries, list):
        return refused(arguments, ["The field 'Entries' is required but was missing"])
    good = [entry for entry in entries if _is_object(entry)]
    results: list[JSON] = []
    if good:
        outcome = _called(client, operation, {**arguments, "Entries": good}, optimized)
        if isinstance(outcome, TaskFailed):
            return outcome
        results = list(outcome.output["Entries"])
    bad = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    answers = [results.pop(0) if _is_object(entry) else bad for entry in entries]
    failed = sum("ErrorCode" in answer for answer in answers)
    result = {"Entries": answers, "FailedEntryCount": failed}
    if failed:
        return TaskFailed("EventBridge.FailedEntry", json.dumps(result, separators=(",", ":")))
    return TaskSucceeded(result)


def _is_object(entry: JSON) -> bool:
    """Tell whether an entry's detail is an object, as it is or as JSON text."""
    detail = entry.get("Detail") if isinstance(entry, dict) else None
    if isinstance(detail, str):
        try:
            detail = json.loads(detail)
        except ValueError:
            return False
    return isinstance(detail, dict)


_Special = Callable[[Any, Any, JSON, Optimized | None], TaskSucceeded | TaskFailed]
_SPECIAL: Final[dict[tuple[str, str], _Special]] = {("events", "putEvents"): _put_events}
