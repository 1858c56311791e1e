"""What an expression sees while a state runs: :class:`Scope`, the one argument of every compiled closure.

Values are JSON values and are treated as immutable everywhere in the engine: a closure may return a part
of what it was given, never change it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

__all__ = ["MISSING", "Closure", "EvaluationFailed", "JSON", "Missing", "Scope"]

JSON: TypeAlias = Any
"""None, bool, int, float, str, list[JSON] or dict[str, JSON]."""


class Missing:
    """The type of :data:`MISSING`, which stands where no value is (not even null)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


class Scope:
    """The values that the expressions of one state may read.

    `input` is what `$` (JSONPath) and `$states.input` (JSONata) mean; `result` is `$states.result`,
    `error_output` is `$states.errorOutput` (both MISSING where AWS does not define them); `variables` are
    the workflow variables; `context` is the context object (`$$`, `$states.context`), built when first read.

    One scope lives as long as its strand and is reused from state to state.
    """

    __slots__ = ("_context", "error_output", "input", "result", "variables")

    def __init__(
        self,
        input: JSON = None,
        *,
        context: Mapping[str, JSON] | Callable[[], Mapping[str, JSON]] | None = None,
        variables: Mapping[str, JSON] | None = None,
        result: JSON = MISSING,
        error_output: JSON = MISSING,
    ) -> None:
        self.input = input
        self._context: Any = context if context is not None else {}
        self.variables: Mapping[str, JSON] = variables if variables is not None else {}
        self.result = result
        self.error_output = error_output

    @property
    def context(self) -> Mapping[str, JSON]:
        """The context object."""
        built = self._context
        if callable(built):
            built = self._context = built()
        return built  # type: ignore[no-any-return]


Closure: TypeAlias = Callable[[Scope], JSON]
"""A compiled expression, template or path."""


class EvaluationFailed(Exception):
    """An expression, path or template has no value.

    `error` is the ASL error name (States.QueryEvaluationError, States.Runtime, States.ParameterPathFailure …).
    `cause` is the sentence as AWS words it, *without* the opening "An error occurred while executing the
    state 'X' (entered at the event id #N). ", which the engine puts before it: only it knows N.
    `location` is the field as AWS names it in EvaluationFailed events ("Output/result"), or None.
    """

    def __init__(self, error: str, cause: str, location: str | None = None) -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause
        self.location = location
