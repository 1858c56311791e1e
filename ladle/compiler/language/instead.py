"""What to write for what people reach for, and what no workflow can compute."""

from __future__ import annotations

import collections
import datetime
import decimal
import functools
import itertools
import re
import time
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["instead_of"]

_GROUPS: Final = "write: groups.setdefault(key, []).append(x), of groups: dict[str, list[T]] = {}"
_LOOP: Final = "write a `for` loop: total = f(total, x)"

_INSTEAD: Final[Mapping[Any, str]] = {
    print: "log inside a task: a run shows what its tasks print",
    datetime.datetime.now: "write: now()",
    datetime.datetime.utcnow: "write: now()",
    datetime.date.today: "take the date in a task, or from run.started",
    datetime.time: "write it where it is used: datetime.combine(day, time(6, 30), tzinfo=UTC)",
    re.compile: "compile it at the top of the module, or write re.search(pattern, text)",
    time.sleep: "write: sleep(…), from ladle",
    time.time: "write: now()",
    open: "read and write files inside a task",
    map: "put it where it is gone over, list(map(f, xs)), or write a comprehension",
    filter: "put it where it is gone over, list(filter(f, xs)), or write a comprehension",
    iter: "go over the list itself; its first item is xs[0], or next((x for x in xs), None)",
    input: "ask in a task with a TaskToken",
    getattr: "name the attribute: value.name",
    hasattr: "declare the type, and test with isinstance or `is not None`",
    type: "test with isinstance",
    vars: "write: asdict(value)",
    callable: "a name calls a function, or is a value: test it where it is bound",
    functools.partial: "write a lambda under a name: f = lambda x: g(x, 1)",
    functools.reduce: _LOOP,
    itertools.accumulate: _LOOP,
    itertools.groupby: _GROUPS,
    itertools.chain: "put it where it is gone over: list(itertools.chain(a, b)), or [*a, *b]",
    itertools.pairwise: "put it where it is gone over: list(itertools.pairwise(xs))",
    itertools.islice: "put it where it is gone over: list(itertools.islice(xs, 3)), or xs[:3]",
    itertools.product: "put it where it is gone over: list(itertools.product(a, b))",
    collections.defaultdict: _GROUPS,
    collections.Counter: "write: counts[key] = counts.get(key, 0) + 1, of counts: dict[str, int] = {}",
    collections.deque: "use a list",
    collections.OrderedDict: "use a dict, gone over by sorted(d)",
    decimal.Decimal: "keep text, or whole numbers of the smallest unit; compute in inline(helper)(…)",
}


def instead_of(target: Any) -> str | None:
    """What to write instead of a call; None for what nothing is known of."""
    try:
        return _INSTEAD.get(target)
    except TypeError:  # unhashable
        return None
