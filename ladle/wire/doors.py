"""Doors: where the arguments and the result of a task or workflow are checked and converted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ladle.value import Value
from ladle.wire.codec import decode, encode
from ladle.wire.shapes import RecordField, RecordShape, Shape

__all__ = ["RESERVED", "Door"]

RESERVED: Final = "ladle"
"""The key beside the arguments of a run's input that carries what Ladle itself passes on; doors ignore it."""


class Door(Value):
    """The parameters of a function, as a record of kind "arguments", and the shape of its result."""

    arguments: RecordShape
    result: Shape

    @classmethod
    def of(cls, name: str, parameters: Sequence[RecordField], result: Shape) -> Door:
        """The door of the function `name`."""
        return cls(RecordShape(name, tuple(parameters), "arguments", dict), result)

    @property
    def parameters(self) -> tuple[RecordField, ...]:
        """The parameters in order."""
        return self.arguments.fields

    def encode_arguments(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Python arguments by name as JSON, in the order of the parameters; raises WireError.

        Defaults are filled in.
        """
        given: dict[str, Any] = encode(dict(arguments), self.arguments)
        return {
            field.name: given[field.name] if field.name in given else _copy(field.default)
            for field in self.parameters
        }

    def decode_arguments(self, json: Any) -> dict[str, Any]:
        """JSON arguments as Python values by name, defaults filled in; raises WireError."""
        if isinstance(json, dict) and RESERVED in json:
            json = {name: value for name, value in json.items() if name != RESERVED}
        arguments: dict[str, Any] = decode(json, self.arguments)
        return arguments

    def encode_result(self, value: Any, name: str = "result") -> Any:
        """A Python result as JSON; raises WireError."""
        return encode(value, self.result, name)

    def decode_result(self, json: Any, name: str = "result") -> Any:
        """A JSON result as a Python value; raises WireError."""
        return decode(json, self.result, name)


def _copy(json: Any) -> Any:
    """A JSON value shared with nobody."""
    if isinstance(json, dict):
        return {key: _copy(value) for key, value in json.items()}
    return [_copy(item) for item in json] if isinstance(json, list) else json
