"""botocore's models: services, their actions and errors, under the names that workflows use.

A service is named as boto3 names its client, with `_` for `-` (`aws.cognito_idp`), or as Step Functions does
(`aws.sfn`); a `_` at the end keeps it from being a word of Python (`aws.lambda_`). An action is named as
boto3's method.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ladle.services.naming import OPTIMIZED, botocore_service, exception, pascal

__all__ = [
    "Service",
    "actions_of",
    "base_error",
    "errors_of",
    "nearest_name",
    "service_named",
    "service_names",
    "service_of_prefix",
]


@dataclass(frozen=True, slots=True)
class Service:
    """A service: `name` is botocore's, `sdk` Step Functions' (`aws-sdk:sdk:action`).

    `prefixes` begin the names of its errors: that of SDK integrations first, then those of optimized ones.
    `signing` is the name in IAM's actions.
    """

    name: str
    sdk: str
    prefixes: tuple[str, ...]
    signing: str
    model: Any = field(compare=False, repr=False)


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.Session()


@cache
def service_names() -> tuple[str, ...]:
    """botocore's names of all services."""
    return tuple(_session().get_available_services())


@cache
def service_named(name: str) -> Service | None:
    """The service that a workflow's `aws.name` means; None where there is none.

    >>> service_named("cognito_idp").sdk, service_named("sfn").name, service_named("glu")
    ('cognitoidentityprovider', 'stepfunctions', None)
    """
    found = _botocore_name(name.removesuffix("_"))
    if found is None:
        return None
    model = _session().get_service_model(found)
    service_id = str(model.service_id)
    prefixes = [pascal(service_id)]
    prefixes += [one.prefix for one in OPTIMIZED.values() if one.service == found]
    if found == "stepfunctions":
        prefixes.append("StepFunctions")
    sdk = service_id.replace(" ", "").replace("-", "").lower()
    signing = model.metadata.get("signingName", model.metadata["endpointPrefix"])
    return Service(found, sdk, tuple(dict.fromkeys(prefixes)), str(signing), model)


def _botocore_name(name: str) -> str | None:
    available = service_names()
    dashed = name.replace("_", "-")
    if dashed in available:
        return dashed
    found = botocore_service(name, available)
    return found if found in available else None


@cache
def actions_of(service: Service) -> dict[str, str]:
    """The operations of a service by boto3's method names.

    >>> actions_of(service_named("glue"))["start_job_run"]
    'StartJobRun'
    """
    from botocore import xform_name

    return {xform_name(operation): operation for operation in service.model.operation_names}


@cache
def errors_of(service: Service) -> frozenset[str]:
    """The names of a service's errors as Step Functions has them, without the prefix.

    The service's own (`GlueException`; `AWSGlueException` of an optimized integration) stands for errors that
    its model does not know, `SdkClientException` for calls that did not reach it.
    """
    modeled = {exception(str(shape.name)) for shape in service.model.error_shapes}
    first = {one.generic for one in OPTIMIZED.values() if one.service == service.name}
    return frozenset({*modeled, *first, base_error(service), "SdkClientException"})


def base_error(service: Service) -> str:
    """The name of the class that all errors of a service derive from, as in AWS's SDK: `GlueException`."""
    return f"{service.prefixes[0]}Exception"


def nearest_name(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, however its words are joined; empty for none.

    >>> nearest_name("job_name", ["JobRunId", "JobName"]), nearest_name("startJobRun", ["start_job_run"])
    ('JobName', 'start_job_run')
    """
    plain = {one.replace("_", "").lower(): one for one in sorted(known)}
    wanted = name.replace("_", "").lower()
    found = [wanted] if wanted in plain else difflib.get_close_matches(wanted, plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else ""


@cache
def service_of_prefix(prefix: str) -> str | None:
    """botocore's name of the service whose errors begin with `prefix`; None where there is none.

    >>> service_of_prefix("DynamoDb"), service_of_prefix("DynamoDB"), service_of_prefix("States")
    ('dynamodb', 'dynamodb', None)
    """
    for optimized in OPTIMIZED.values():
        if optimized.prefix == prefix:
            return optimized.service
    for name in service_names():
        found = botocore_service(prefix.lower(), (name,))
        if found == name and (service := service_named(name)) is not None and prefix in service.prefixes:
            return name
    return None
