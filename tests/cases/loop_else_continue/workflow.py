"""`continue` in the `else` of a loop belongs to the loop around."""

from ladle import task, workflow


@task
def count(key: str) -> int:
    """Count a file."""
    return len(key)


@workflow
def loop_else_continue(keys: list[str], sizes: list[int]) -> int:
    total = 0
    for key in keys:
        for size in sizes:
            if count(key) == size:
                break
        else:
            continue
        total += 1
    return total
