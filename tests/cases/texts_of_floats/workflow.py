"""Floats rounded to digits, as numbers and as text."""

from ladle import task, workflow


@task
def measure(numbers: list[float]) -> float:
    return sum(numbers) / 2


@task
def tell(text: str) -> str:
    return text


@workflow
def texts_of_floats(numbers: list[float], total: int) -> list[str]:
    found = measure(numbers)
    mean = found / len(numbers) if numbers else 0.0
    share = tell(f"{mean:.1f} minutes, {found / 50:.1%} of {total:,.2f}")
    return [share, f"{found:+09.3f}", f"{round(found, 2) + 0.0:.2f}", f"{total:x}"]
