"""Lists picked out of a display, or given by default, are spread and kept like any others."""

from ladle import task, workflow


@task
def head(numbers: list[int]) -> int:
    """The first of some numbers."""
    return numbers[0]


@workflow
def spread_parts(number: int, more: list[int] = [7, 8]) -> list[list[int]]:  # noqa: B006
    """Every list keeps its own items."""
    seen = [number]
    count, seen = len(seen), [*seen, number]
    first = head(seen)
    one, other = [first, count], [*more, first]
    return [[count, *seen], one, other, [*other, *one], [*more]]
