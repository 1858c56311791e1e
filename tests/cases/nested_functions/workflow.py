"""Functions within a workflow, lambdas among them, are compiled in place and see its names as they are."""

from collections.abc import Callable

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


twice: Callable[[int], int] = lambda number: number * 2  # noqa: E731 - what the case is about


def scaled(numbers: list[int], factor: int) -> list[int]:
    """A helper with a function of its own, which another one calls."""

    def once(number: int) -> int:
        return number * factor

    def all_of(numbers: list[int], *, skip: int = 0) -> list[int]:
        return [once(number) for number in numbers if number != skip]

    return all_of(numbers)


@workflow
def nested_functions(n: int, names: list[str], missing: list[str]) -> dict[str, object]:
    step = 1

    def shifted(number: int, by: int | None = None) -> int:
        """Read when it is called: `step` is what it then is."""
        if by is None:
            return number + step
        return add(number, by)

    before = shifted(n)
    step = 10
    after = shifted(n)
    key: Callable[[str], tuple[int, str]] = lambda name: (len(name), name)  # noqa: E731
    total = 0

    def label(name: str) -> str:
        found = [other for other in names if other == name]
        return f"{name}: {len(found)} at {total}"

    labels: list[str] = []
    for name in names:
        total += shifted(len(name), 5)
        labels.append(label(name))
    plus = add

    def first(of: list[str]) -> str:
        try:
            return of[0]
        except IndexError:
            return "none"

    return {
        "before": before,
        "after": after,
        "sorted": sorted(names, key=key),
        "longest": max(names, key=lambda name: (len(name), name), default=None),
        "labels": labels,
        "plus": plus(total, 1),
        "each": [shifted(len(name), 2) for name in names],
        "scaled": scaled([1, 0, n], 3),
        "twice": [twice(number) for number in (n, 2)],
        "at once": (lambda number: number * 2)(n),
        "first": [first(names), first(missing)],
    }
