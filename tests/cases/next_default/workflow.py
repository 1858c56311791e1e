"""The default of `next` is an argument: evaluated, calls and failures, also where not needed."""

from ladle import task, workflow


@task
def count(key: str) -> int:
    """Count a file."""
    return len(key)


@workflow
def next_default(sizes: list[int], limits: dict[str, int]) -> dict[str, int]:
    first = next((size for size in sizes), count("none"))
    large = next((size for size in sizes if size > 1), limits["least"])
    filled = dict.fromkeys(["first", "large"] if sizes else [], limits["least"])
    return {**filled, "first": first, "large": large}
