"""What an expression of a state can see, and how its evaluation fails.

The engine keeps one :class:`Scope` for each strand of an execution (the main line, a branch of a
Parallel, an iteration of a Map) and reuses it from state to state: entering a state assigns a few
slots. The compilers of JSONata templates and of JSONPath return closures over it (:data:`Evaluate`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, TypeAlias

from ladle.jsonata.values import UNDEFINED

__all__ = ["JSON", "MISSING", "Evaluate", "EvaluationFailed", "Scope", "context_getter"]

JSON: TypeAlias = Any
"""A JSON value as Python's `json` module reads it: dict, list, str, int, float, bool, None."""


MISSING: Final = UNDEFINED
"""Stands where there is no value at all, unlike `None`, which is JSON's null. JSONata's undefined."""


class EvaluationFailed(Exception):
    """An expression, path or payload template that cannot be evaluated.

    `error` is the name that Step Functions gives it (`States.QueryEvaluationError`, `States.Runtime`,
    `States.ParameterPathFailure`, …). `cause` is AWS's text *without* its opening words "An error
    occurred while executing the state '…' (entered at the event id #…). ": the engine knows the state
    and the event and puts them in front, except where AWS leaves them out (`bare` is true, TestState).
    `location` is the field as EvaluationFailed events name it (`Output/result`), None where there is none.
    """

    def __init__(self, error: str, cause: str, *, bare: bool = False, location: str | None = None) -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause
        self.bare = bare
        self.location = location

    def __str__(self) -> str:
        return f"{self.error}: {self.cause}"


def _no_context() -> dict[str, JSON]:
    return {}


def _no_seed() -> int:
    return 0


class Scope:
    """The values that expressions of one strand read. Mutable and reused; never shared between threads.

    `input`: the state's raw input, `$states.input` in JSONata.
    `result`: `$states.result`, or MISSING before the state has one.
    `error_output`: `$states.errorOutput` inside Catch, or MISSING.
    `document`: what `$` means to JSONPath at this moment: the raw input, the effective input, the
    result or the error output. Whoever calls a JSONPath closure sets it first.
    `variables`: the variables visible here, by name without `$`.
    `context_source`: builds the context object; called only when an expression reads it.
    `clock`: seconds since the epoch, for `$now()` and `$millis()`.
    `seed_source`: an integer a call, for `$random()`, `$uuid()` and `$shuffle()`.
    """

    __slots__ = (
        "clock",
        "context_source",
        "document",
        "error_output",
        "input",
        "result",
        "seed_source",
        "variables",
    )

    def __init__(
        self,
        input: JSON = None,
        *,
        variables: Mapping[str, JSON] | None = None,
        context_source: Callable[[], dict[str, JSON]] = _no_context,
        clock: Callable[[], float] = time.time,
        seed_source: Callable[[], int] = _no_seed,
        result: JSON = MISSING,
        error_output: JSON = MISSING,
    ) -> None:
        self.input = input
        self.document = input
        self.variables: Mapping[str, JSON] = {} if variables is None else variables
        self.context_source = context_source
        self.clock = clock
        self.seed_source = seed_source
        self.result = result
        self.error_output = error_output

    @property
    def context(self) -> dict[str, JSON]:
        """The context object (`$states.context`, `$$`) as it is now."""
        return self.context_source()

    @property
    def execution_input(self) -> JSON:
        """`Execution.Input` of the context object, without building the rest where that is possible."""
        return self._in_context("Execution", "Input")

    @property
    def map_index(self) -> JSON:
        """`Map.Item.Index` of the context object."""
        return self._in_context("Map", "Item", "Index")

    @property
    def map_value(self) -> JSON:
        """`Map.Item.Value` of the context object."""
        return self._in_context("Map", "Item", "Value")

    def _in_context(self, *path: str) -> JSON:
        value: JSON = self.context
        for name in path:
            if type(value) is not dict or name not in value:
                return MISSING
            value = value[name]
        return value


_SHORTCUTS: Final[dict[tuple[str, ...], Callable[[Any], JSON]]] = {
    ("Execution", "Input"): attrgetter("execution_input"),
    ("Map", "Item", "Index"): attrgetter("map_index"),
    ("Map", "Item", "Value"): attrgetter("map_value"),
}


def context_getter(path: tuple[str, ...]) -> tuple[Callable[[Any], JSON], int]:
    """Return what reads a path of the context object out of a scope, and how many names of it that takes.

    What machines read again and again does not build the whole object.
    """
    for names, get in _SHORTCUTS.items():
        if path[: len(names)] == names:
            return get, len(names)
    return attrgetter("context"), 0


Evaluate: TypeAlias = Callable[[Scope], JSON]
"""A compiled expression, path or template. Raises :class:`EvaluationFailed`; never changes what it reads."""
