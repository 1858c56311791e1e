"""A loop that surely has a turn sets its names for what follows, and its first turn needs no test."""

from ladle import task, workflow


@task
def attempt_load(key: str, turn: int) -> int:
    return len(key) * turn


@workflow
def constant_range(key: str) -> int:
    for turn in range(1, 4):
        rows = attempt_load(key, turn)
        if rows > 2:
            break
    for other in [rows, turn]:
        if other == 1:
            continue
        seen = other
    else:
        seen = rows
    return rows * 100 + turn * 10 + seen
