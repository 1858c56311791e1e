"""The errors with which the Step Functions API answers, each under AWS's code and in its words."""

from __future__ import annotations

from typing import Final

from ladle.errors import LadleError

__all__ = [
    "ApiError",
    "invalid_arn",
    "invalid_name",
    "invalid_token",
    "no_execution",
    "no_machine",
    "no_resource",
    "wrong_machine_type",
    "wrong_resource_type",
]


class ApiError(LadleError):
    """A request that the API refuses. `code` is AWS's error code, the message AWS's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code: Final = code


def no_machine(arn: str) -> ApiError:
    """There is no state machine of that ARN."""
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def no_execution(arn: str) -> ApiError:
    """There is no execution of that ARN."""
    return ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")


def no_resource(arn: str) -> ApiError:
    """There is nothing of that ARN that could have tags, or no such Map Run or alias."""
    return ApiError("ResourceNotFound", f"Resource not found: '{arn}'")


def invalid_name(name: str) -> ApiError:
    """A name has a character that names cannot have."""
    return ApiError("InvalidName", f"Invalid Name: '{name}'")


def invalid_arn(arn: str) -> ApiError:
    """A text is no ARN, or not one of Step Functions."""
    if not arn.startswith("arn:"):
        return ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    return ApiError("InvalidArn", f"Invalid Arn: '{arn}'")


def wrong_resource_type(resource: str) -> ApiError:
    """The ARN names a resource of another kind than the operation takes."""
    return ApiError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {resource}'")


def wrong_machine_type() -> ApiError:
    """The operation is not for Standard, or not for Express machines."""
    return ApiError(
        "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
    )


def invalid_token() -> ApiError:
    """A task token or page token that was never given out."""
    return ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
