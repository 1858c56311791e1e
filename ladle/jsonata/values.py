"""The values of JSONata that JSON has no word for, and the errors of expressions."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from ladle.errors import LadleError

__all__ = ["JSON", "UNDEFINED", "JsonataError", "Undefined", "UnsupportedResult"]

JSON: TypeAlias = Any
"""A JSON value as Python's `json` module reads it: dict, list, str, int, float, bool, None."""


class Undefined:
    """The type of :data:`UNDEFINED`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()
"""JSONata's "no value at all", unlike `None`, which is JSON's null."""


class JsonataError(LadleError):
    """An expression that cannot be parsed, or whose evaluation failed.

    `code` is JSONata's (`T2001`; https://docs.jsonata.org lists them), or "" for what Step Functions
    itself refuses. `message` is the reference implementation's text. `position` counts characters of
    the expression from 0; None where no place is known.
    """

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.code = code
        self.message = message
        self.position = position


class UnsupportedResult(JsonataError):
    """The expression gives a function, which is not a JSON value."""

    def __init__(self) -> None:
        super().__init__("", "the expression returns a function, which is not a JSON value")
