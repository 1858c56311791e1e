"""`break` and `continue` leave and skip iterations; `else` runs when no break did."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def break_continue(numbers: list[int]) -> str:
    total = 0
    for n in numbers:
        if n < 0:
            continue
        total = add(total, n)
        if total > 10:
            break
    else:
        return f"all {total}"
    return f"stopped at {total}"
