"""What a function of JSONata calls last: a sort by a key, a part of what may fail."""

from ladle import task, workflow


@task
def keep(rows: list[list[int]]) -> list[list[int]]:
    """Give the rows back."""
    return rows


@workflow
def last_calls(rows: list[list[int]], names: list[str]) -> list[list[int]]:
    kept = keep([sorted(row, key=lambda number: -number) for row in rows])
    most = [max(zip(row, names, strict=False))[0] for row in kept]
    return [*kept, most]
