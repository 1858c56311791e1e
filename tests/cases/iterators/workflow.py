"""Iterators where they are gone over: chained, in pairs, sliced, crossed, without repetitions."""

import itertools

from ladle import task, workflow


@task
def told(text: str) -> str:
    """Say it."""
    return text.upper()


@workflow
def iterators(xs: list[int], names: list[str], grid: list[list[int]]) -> dict[str, object]:
    total = 0
    for number in (each * 2 for each in itertools.chain(xs, [7]) if each):
        total += number
    crossed: list[str] = []
    for name, number in itertools.product(names, xs):
        crossed.append(f"{name}{number}")
    kept = list(xs)
    for place, number in enumerate(list(kept)):
        if number == place:
            kept.append(number)
    return {
        "total": total,
        "crossed": crossed,
        "told": [told(f"{a}-{b}") for a, b in itertools.pairwise(names)],
        "flat": list(itertools.chain.from_iterable(grid)),
        "sliced": [list(itertools.islice(xs, 2)), list(itertools.islice(names, 1, None))],
        "unique": [list(dict.fromkeys(names)), list(dict.fromkeys(xs))],
        "gaps": [b - a for a, b in itertools.pairwise(sorted(xs))],
        "kept": kept,
        "numbered": list(enumerate(each for each in names if each)),
    }
