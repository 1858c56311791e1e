"""Floats as `str` shows them: the fewest digits that give the float back."""

from ladle import task, workflow


@task
def measure(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


@task
def tell(text: str) -> str:
    return text


@workflow
def shown_floats(numbers: list[float], n: int) -> list[str]:
    mean = measure(numbers)
    first = tell(f"{mean} of {n}")
    listed = ", ".join([str(x) for x in numbers])
    rounded = str(round(n % 100 / 7, 2))
    return [first, listed, str(n / 7), rounded, f"{float(max(numbers)) * 3}", str(float(n))]
