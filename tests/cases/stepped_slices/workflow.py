"""Slices with steps, of lists of lists too."""

from ladle import task, workflow


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@workflow
def stepped_slices(n: int, start: int, stop: int) -> list[list[int]]:
    found = numbers(n)
    rows = [[each, each + 1] for each in found]
    evens = [found[::2], found[1::2], found[::-1], found[start:stop:2], found[start:stop:-3], found[-2::-1]]
    return [*evens, *rows[::-2]]
