"""What has no exact JSONata runs in a small task, because the workflow says so."""

from ladle import inline, task, workflow


@task
def measure(numbers: list[float]) -> float:
    return sum(numbers)


def shortest(x: float) -> str:
    return f"{x}"


def first_word(text: str, default: str = "none") -> str:
    return text.title().split()[0] if text.split() else default


@workflow
def inline_helper(numbers: list[float], text: str) -> list[str]:
    total = measure(numbers)
    shown = inline(shortest)(total)
    each_one = [inline(shortest)(number) for number in numbers]
    return [shown, inline(first_word)(text), *each_one]
