"""The default of `get` is an argument: evaluated, and failing, also where the key is there."""

from typing import NotRequired, TypedDict

from ladle import task, workflow


class Row(TypedDict):
    count: int
    extra: NotRequired[int]


@task
def add(a: int, b: int) -> int:
    """Add up."""
    return a + b


@workflow
def get_default(row: Row, limits: dict[str, int]) -> int:
    extra = row.get("extra", limits["least"])
    count = row.get("count", limits["least"])
    return add(extra, count)
