"""The default of `max` and `min` is an argument: evaluated, calls and failures, also where not needed."""

from ladle import task, workflow


@task
def count(key: str) -> int:
    """Count a file."""
    return len(key)


@workflow
def eager_default(sizes: list[int], limits: dict[str, int]) -> int:
    most = max(sizes, default=count("none"))
    least = min(sizes, default=limits["least"])
    return most - least
