"""A split `while`: its test is made once for each turn, whatever calls are in it."""

from ladle import sleep, split, task, workflow


@task
def reached(n: int, goal: int) -> bool:
    """Whether the goal is reached."""
    return n >= goal


@task
def double(n: int) -> int:
    """Twice a number."""
    return n * 2


@workflow
def split_while(goal: int, turns: int) -> list[int]:
    n = 1
    with split(every=2):
        while not reached(n, goal):
            n = double(n)
        else:
            n += 1
    left = turns
    with split(every=3):
        while left > 0:
            left -= 1
            if left == 4:
                continue
            sleep(60)
            n = double(n)
    with split(every=1):
        while True:
            turns += 1
            found = double(turns)
            if found > 9:
                break
    return [n, left, turns, found]
