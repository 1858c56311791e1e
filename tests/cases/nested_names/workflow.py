"""Each nested run has a name of its own: in each pass of a loop, for every item of a Map within a Map."""

from ladle import task, workflow


@task
def one() -> int:
    """Always the same, so that only their names tell the nested runs apart."""
    return 1


@workflow
def inner() -> int:
    return one()


@workflow
def nested_names(rows: list[list[int]], passes: int) -> list[int]:
    counts = [[inner() for _ in row] for row in rows]
    total = 0
    for _ in range(passes):
        total = total + inner()
    return [sum([sum(row) for row in counts]), total]
