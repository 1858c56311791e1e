"""Whether workflows start each other in a circle: runs that would never end.

Told from the names that functions use, not from reading every workflow that a workflow calls: a workflow
that is named in another one is called there, since it has no other use.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ladle import declare

__all__ = ["way_back"]


def way_back(start: declare.Workflow[..., Any], goal: declare.Workflow[..., Any]) -> tuple[str, ...]:
    """The names of the workflows from one to another, both included; empty where no call leads there."""
    ways: dict[Any, tuple[str, ...]] = {start: (start.name,)}
    queue: list[declare.Workflow[..., Any]] = [start]
    for at in queue:
        if at is goal:
            return ways[at]
        for callee in _workflows_in(at.function, set()):
            if callee not in ways:
                ways[callee] = (*ways[at], callee.name)
                queue.append(callee)
    return ()


def _workflows_in(function: Any, seen: set[Any]) -> Iterator[declare.Workflow[..., Any]]:
    """The workflows that a function names, also through helpers of the same project."""
    if not isinstance(function, FunctionType) or function in seen:
        return
    seen.add(function)
    for value in _named(function.__code__, function.__globals__):
        if isinstance(value, declare.Workflow):
            yield value
        elif isinstance(value, FunctionType) and value.__module__ != "builtins":
            yield from _workflows_in(value, seen)


def _named(code: CodeType, names: dict[str, Any]) -> Iterator[Any]:
    """The values of the names in a function's code; of a module's, those that its attributes may mean."""
    modules = [value for name in code.co_names if isinstance(value := names.get(name), ModuleType)]
    for module in modules:  # grows: packages have modules in them
        inner = [getattr(module, name, None) for name in code.co_names]
        modules += [each for each in inner if isinstance(each, ModuleType) and each not in modules]
        yield from inner
    for name in code.co_names:
        yield names.get(name)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _named(constant, names)
