"""`Pool`: how many calls, of whatever task and run, may use something at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Pool", "pools"]


@dataclass(frozen=True, slots=True)
class Pool:
    """At most `size` calls at once use what the `name` stands for: a warehouse, an API, a licence.

    Write it on each task that uses it, `@task(pool=Pool("warehouse", 5))`. Tasks of all workflows of a stage
    share the pools of one name, which therefore must agree on the size. A call that finds the pool full is
    tried again later by its state machine; nothing runs, and nothing is billed but the try, while it waits.
    """

    name: str
    size: int


def pools(given: Any) -> tuple[Any, ...]:
    """The pools of a task, one or several; what is none is found when its options are checked."""
    if given is None:
        return ()
    return tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else (given,)
