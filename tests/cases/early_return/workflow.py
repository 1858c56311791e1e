"""A `return` ends the run; what follows is not called."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def early_return(n: int) -> str:
    m = add(n, 1)
    if m > 10:
        return "big"
    k = add(m, 1)
    return f"{k}"
