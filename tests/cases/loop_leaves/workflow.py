"""A loop that surely has a turn, and whose first turn leaves."""

from ladle import task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def loop_leaves(n: int) -> int:
    if n > 2:
        for turn in range(2):
            return double(n) + turn
    for turn in range(2):
        if n == turn:
            continue
        found = double(turn)
        if found > n:
            return found
    return turn
