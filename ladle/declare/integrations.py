"""`aws`: every AWS service, called by the state machine itself, without a function in between.

`aws.glue.start_job_run(JobName="nightly", wait=True)` is a Task state. The object knows no service: names are
looked up in botocore's models when a call is compiled or made, so nothing of them is loaded in Lambda.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ladle.declare.execution import catalogue, inside
from ladle.declare.retries import Retry, retries
from ladle.errors import LadleError

__all__ = [
    "OPTIONS",
    "Action",
    "Aws",
    "AwsService",
    "ServiceCall",
    "ServiceError",
    "arrived",
    "aws",
    "error_of",
]

OPTIONS: Final = ("wait", "answer", "timeout", "heartbeat", "retry")
"""What a call of an action says besides the action's own parameters, which begin with a capital."""


class ServiceError(Exception):
    """An AWS service refused a call. Its subclasses are the errors of a service: `aws.glue.GlueException` is
    all of them, `aws.glue.EntityNotFoundException` one."""

    own_names: tuple[str, ...] = ()
    """The names under which it arrives in a state machine: SDK and optimized integrations may differ."""

    @classmethod
    def asl_names(cls) -> tuple[str, ...]:
        """Every name under which it, or an error that derives from it, arrives."""
        return cls.own_names


class Aws:
    """`aws.SERVICE.action(…)`; the services are named as boto3 names its clients, with `_` for `-`."""

    def __getattr__(self, name: str) -> AwsService:
        if name.startswith("__"):
            raise AttributeError(name)
        return _service(name)

    def __repr__(self) -> str:
        return "aws"


@dataclass(frozen=True, slots=True, repr=False)
class AwsService:
    """One service: its actions in lower case, as boto3's methods, and its errors, as Step Functions has
    them."""

    _name: str

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return error_of(self._name, name) if name[0].isupper() else Action(self._name, name)

    def __repr__(self) -> str:
        return f"aws.{self._name}"


@cache
def _service(name: str) -> AwsService:
    return AwsService(name)


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A call of an action. `arguments` are by the names that Step Functions uses.

    With `wait` the call ends when the job ends that it starts. With `answer`, a type, it ends when somebody
    answers the token that stands in the arguments where `TaskToken` was written. `timeout` and `heartbeat`
    are seconds.
    """

    name: str
    service: str
    action: str
    arguments: Mapping[str, Any]
    wait: bool = False
    answer: Any = None
    timeout: int | None = None
    heartbeat: int | None = None
    retry: tuple[Retry, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Action:
    """One action of a service. Called within a run it is a step of it."""

    service: str
    action: str

    @property
    def name(self) -> str:
        """As workflows write it."""
        return f"aws.{self.service}.{self.action}"

    def __repr__(self) -> str:
        return self.name

    def __call__(self, **arguments: Any) -> Any:
        return inside(self.name).service(self.bind(arguments))

    def bind(self, given: Mapping[str, Any]) -> ServiceCall:
        """The call with these arguments and options."""
        options = {name: given[name] for name in OPTIONS if name in given}
        arguments = {name: value for name, value in given.items() if name not in OPTIONS}
        options["retry"] = retries(options.get("retry"))
        return ServiceCall(self.name, self.service, self.action, arguments, **options)


aws: Any = Aws()
"""Every AWS service: `aws.sns.publish(TopicArn=topic, Message=text)`."""


# ------------------------------------------------------------------------------------------------ errors


@cache
def error_of(service: str, name: str) -> type[ServiceError]:
    """The class of a service's error. Raises AttributeError for one that the service does not have."""
    services = _catalogue()
    found = services.service_named(service)
    if found is None:
        raise AttributeError(f"AWS has no service {service!r}")
    errors = services.errors_of(found)
    if name not in errors:
        near = services.nearest_name(name, errors)
        hint = f": did you mean aws.{service}.{near}?" if near else ""
        raise AttributeError(f"aws.{service} has no error {name!r}{hint}")
    if found.name != service:
        return error_of(found.name, name)
    base = services.base_error(found)
    if name != base:
        return _class(found, name, error_of(found.name, base), ())
    family = tuple(f"{prefix}.{each}" for prefix in found.prefixes for each in sorted(errors - {name}))
    return _class(found, name, ServiceError, family)


def _catalogue() -> Any:
    if not catalogue:
        raise LadleError("nothing knows AWS's services here: import ladle, not only ladle.declare")
    return catalogue[0]()


def _class(service: Any, name: str, base: type[ServiceError], family: tuple[str, ...]) -> type[ServiceError]:
    own = tuple(f"{prefix}.{name}" for prefix in service.prefixes)
    text = f"`{own[0]}`, an error of AWS's {service.name}."
    return type(own[0], (base,), {"own_names": (*own, *family), "__module__": "aws", "__doc__": text})


@cache
def arrived(name: str) -> type[ServiceError]:
    """The class of an error that arrived under `name` (`Glue.EntityNotFoundException`), made for it where the
    service's model has none; its `__name__` is that name."""
    prefix, _, rest = name.partition(".")
    service = _catalogue().service_of_prefix(prefix)
    base: type[ServiceError] = ServiceError
    if service is not None:
        try:
            base = error_of(service, rest)
        except AttributeError:
            base = ServiceError
    if base.__name__ == name:
        return base
    return type(name, (base,), {"own_names": (name,), "__module__": "aws"})
