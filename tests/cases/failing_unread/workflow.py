"""A value that is assigned over before anybody reads it fails all the same."""

from ladle import task, workflow


class Bad(Exception):
    pass


@task
def longer(numbers: list[int]) -> list[int]:
    return [*numbers, 0]


@workflow
def unread(text: str, numbers: list[int]) -> list[int]:
    found = [int(text)]
    try:
        found = [number + 1 for number in numbers]
    except Bad:
        found = [0]
    return longer(found)
