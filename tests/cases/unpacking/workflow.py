"""Tuples are taken apart."""

from ladle import task, workflow


@task
def divide(a: int, b: int) -> tuple[int, int]:
    return divmod(a, b)


@task
def join(a: int, b: str) -> str:
    return f"{a}{b}"


@workflow
def unpacking(pairs: list[tuple[int, str]], n: int) -> list[str]:
    whole, rest = divide(n, 3)
    found = [join(number + whole, text) for number, text in pairs]
    return [*found, f"{rest}"]
