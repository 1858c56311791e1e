"""`map`, `filter`, functions as keys, `next`, `divmod`, powers, tuples in order."""

from dataclasses import dataclass

from ladle import task, workflow


@dataclass
class Row:
    name: str
    size: int


@task
def rows(names: list[str]) -> list[Row]:
    return [Row(name, len(name)) for name in names]


def weight(row: Row) -> int:
    return row.size % 3


@workflow
def functions_of_lists(names: list[str], n: int) -> list[str]:
    found = rows(names)
    sizes = list(map(len, names))
    minutes, seconds = divmod(sum(sizes, 60), 7)
    first = next((row.name for row in found if row.size > 2), "none")
    pairs = sorted(zip(sizes, names, strict=False))
    return [
        ",".join(map(str.upper, filter(None, names))),
        ",".join(sorted(names, key=len, reverse=n > 0)),
        ",".join(row.name for row in sorted(found, key=weight)),
        f"{minutes} {seconds} {n**3} {first}",
        ",".join(f"{size}{name}" for size, name in pairs),
        f"{max(pairs)[1] if pairs else ''}",
        "-".join([*"ab", *map(str, range(n % 3))]),
    ]
