"""A service is called only while its circuit is closed; a failure opens it."""

from ladle import task, workflow


class CircuitOpen(Exception): ...


class ServiceFailed(Exception): ...


@task
def circuit_status(service: str) -> str: ...


@task
def call_service(service: str) -> str: ...


@task
def open_circuit(service: str) -> None: ...


@workflow
def circuit_breaker(service: str) -> str:
    if circuit_status(service) == "OPEN":
        raise CircuitOpen("the circuit is open")
    try:
        return call_service(service)
    except ServiceFailed:
        open_circuit(service)
        raise CircuitOpen("the service failed") from None
