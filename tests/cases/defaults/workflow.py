"""Parameters that the input leaves out have their defaults."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def defaults(a: int, b: int = 5, names: list[str] | None = None) -> str:
    total = add(a, b)
    return f"{total} {len(names)}" if names is not None else f"{total} none"
