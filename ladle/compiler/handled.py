"""The exception classes that a project's machines handle: what the tasks' wrapper has to know."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from typing import Any

from ladle.asl.model import walk
from ladle.compiler.language.failures import known_errors

__all__ = ["handled_errors"]


def handled_errors(definitions: Iterable[Mapping[str, Any]], functions: Iterable[Any]) -> frozenset[str]:
    """The full names (`module.Class`) of the classes that some Retry or Catch of these machines names.

    A machine names errors by simple name. The class behind a name is a built-in exception, or one that stands
    in a module of `functions`: the functions of the project's tasks and workflows.
    """
    names = {
        error
        for definition in definitions
        for visit in walk(definition)
        for field in ("Retry", "Catch")
        for rule in visit.state.get(field, ())
        for error in rule.get("ErrorEquals", ())
    }
    known = [*known_errors(functions), *vars(builtins).values()]
    return frozenset(
        f"{each.__module__}.{each.__qualname__}"
        for each in known
        if isinstance(each, type) and issubclass(each, BaseException) and each.__name__ in names
    )
