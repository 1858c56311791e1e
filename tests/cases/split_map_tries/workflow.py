"""A split loop whose turns hold a Map with a `try` in a helper: names within an iteration stay inside."""

from ladle import split, task, workflow


class Odd(Exception):
    pass


@task
def halve(number: int) -> int:
    """Half of an even number."""
    if number % 2:
        raise Odd(f"{number}")
    return number // 2


@task
def tell(text: str) -> None:
    """Say something."""


def careful(number: int) -> int:
    try:
        try:
            found = halve(number)
        except Odd:
            found = -1
        else:
            found = found + 1
    finally:
        tell(f"{number}")
    return found


@workflow
def split_map_tries(numbers: list[int]) -> int:
    total = 0
    with split(every=1):
        for number in numbers:
            total += sum([careful(each) for each in [number, 4]])
    return total
