"""The one error of the codec: a value or a type that cannot travel as JSON."""

from __future__ import annotations

from ladle.errors import LadleError

__all__ = ["WireError"]


class WireError(LadleError):
    """A value does not have its declared type, or a type has no form in JSON.

    `path` is the place inside the value (`day.carriers[3]`, empty for the value itself), `problem` the rest
    of the message: what was expected and what was there, or why a type cannot travel and what to write
    instead.
    """

    def __init__(self, problem: str, path: str = "") -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path}: {problem}" if path else problem)
