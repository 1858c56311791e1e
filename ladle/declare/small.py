"""`inline(f)`: a plain function as a small task, where a workflow says so.

Some computing between two tasks has no exact JSONata. The compiler refuses it, and does not make a Lambda
function of it by itself: what runs, and costs, is what the author wrote. `inline(f)(x)` writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from ladle.declare.tasks import Task, plain_function

__all__ = ["inline"]

P = ParamSpec("P")
R = TypeVar("R")

MEMORY = 128
"""MB of a small task's function: the least that Lambda has."""

_ATTRIBUTE = "__ladle_inline__"


def inline(function: Callable[P, R], /) -> Task[P, R]:
    """The function as a task of its own, with 128 MB and 60 seconds: `inline(f)(x)` calls it.

    `f` is a plain function at the top of a module of the project, annotated like a task's. It is the same
    task wherever it is asked for, named like the function. `@task` instead gives it options.
    """
    held: Any = plain_function(function, "inline")
    found: Task[P, R] | None = getattr(held, _ATTRIBUTE, None)
    if found is None:
        found = Task(held, memory=MEMORY)
        setattr(held, _ATTRIBUTE, found)
    return found
