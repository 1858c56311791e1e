"""`Pool`: how many calls, of whatever task and run, may use something at once, and how many may begin."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Pool"]


@dataclass(frozen=True, slots=True)
class Pool:
    """At most `size` calls at once use what the `name` stands for: a warehouse, an API, a licence. With a
    `rate`, at most so many calls begin within any `per` seconds.

    Write it on each task that uses it: `@task(pool=Pool("warehouse", 5))`, `Pool("till", rate=100, per=60)`.
    Tasks of all workflows of a stage share the pools of one name, which therefore must agree on the numbers.
    A call that finds the pool full is tried again later by its state machine; nothing runs, and nothing is
    billed but the try, while it waits.
    """

    name: str
    size: int | None = None
    rate: int | None = None
    per: int = 60
