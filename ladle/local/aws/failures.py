"""What goes wrong in a service call, under the names and in the words that Step Functions shows."""

from __future__ import annotations

import json
import uuid
from typing import Any

from ladle.engine.protocols import TaskFailed
from ladle.engine.scope import JSON
from ladle.services.naming import Optimized, exception, pascal

__all__ = ["first_failure", "new_request_id", "refused", "second_failure", "service_failure"]


def new_request_id() -> str:
    """Return an invented request id."""
    return str(uuid.uuid4())


def first_failure(
    optimized: Optimized,
    name: str | None,
    code: str,
    message: str,
    status: int,
    request_id: str | None = None,
) -> TaskFailed:
    """Return the failure of an optimized integration, as the first SDK reports it.

    `name` is the modeled error's, None for one that the service's model does not know.
    """
    error = exception(name) if name else optimized.generic
    return TaskFailed(
        f"{optimized.prefix}.{error}",
        f"{message} (Service: {optimized.product}; Status Code: {status}; Error Code: {code};"
        f" Request ID: {request_id or new_request_id()}; Proxy: null)",
    )


def second_failure(
    service_id: str,
    name: str | None,
    message: str,
    status: int,
    request_id: str | None = None,
    extended_id: str | None = None,
) -> TaskFailed:
    """Return the failure of an `aws-sdk:` integration, as the second SDK reports it."""
    service = pascal(service_id)
    error = exception(name) if name else f"{service}Exception"
    extended = f", Extended Request ID: {extended_id}" if extended_id else ""
    return TaskFailed(
        f"{service}.{error}",
        f"{message} (Service: {service}, Status Code: {status},"
        f" Request ID: {request_id or new_request_id()}{extended})",
    )


def service_failure(client: Any, optimized: Optimized | None, error: Any) -> TaskFailed:
    """Return the failure that a botocore ClientError means; `optimized` None for `aws-sdk:`."""
    details: dict[str, Any] = error.response.get("Error", {})
    metadata: dict[str, Any] = error.response.get("ResponseMetadata", {})
    code = str(details.get("Code", "Unknown"))
    message = str(details.get("Message") or code)
    status = int(metadata.get("HTTPStatusCode", 400))
    request_id = metadata.get("RequestId")
    name = _modeled(client, str(details.get("QueryErrorCode", code)))  # SQS still reports its old codes
    if optimized is not None:
        return first_failure(optimized, name, code, message, status, request_id)
    extended = None
    if client.meta.service_model.service_name == "s3":
        extended = str(metadata.get("HostId") or new_request_id())
    return second_failure(
        str(client.meta.service_model.service_id), name, message, status, request_id, extended
    )


def _modeled(client: Any, code: str) -> str | None:
    from botocore.exceptions import ClientError

    found = client.exceptions.from_code(code)
    return None if found is ClientError else str(found.__name__)


def refused(arguments: JSON, problems: list[str]) -> TaskFailed:
    """Return the failure of parameters that Step Functions itself does not accept."""
    shown = json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
    return TaskFailed(
        "States.Runtime",
        f"The Parameters '{shown}' could not be used to start the Task: [{', '.join(problems)}]",
    )
