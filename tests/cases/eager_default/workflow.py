"""The default of `max` and `min` is an argument: its call is made, and its failure counts, where it is not needed."""

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
