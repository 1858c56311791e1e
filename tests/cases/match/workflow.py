"""`match` on values chooses a branch."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def choose(kind: str, n: int) -> int:
    match kind:
        case "double" | "twice":
            found = add(n, n)
        case "next":
            found = add(n, 1)
        case _:
            found = 0
    return found
