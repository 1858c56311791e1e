"""Values grouped under keys, and parts of values changed where nothing else refers to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from ladle import task, workflow


@dataclass
class Row:
    carrier: str
    minutes: int
    tags: list[str] = field(default_factory=list)


@dataclass
class Day:
    name: str
    rows: list[Row]
    best: Row | None = None


class Totals(TypedDict):
    count: int
    names: list[str]


@task
def loaded(name: str) -> Day:
    """A day."""
    return Day(name, [Row("AA", 3), Row("UA", 5, ["late"])])


@task
def stored(day: Day) -> int:
    """Store it."""
    return sum(row.minutes for row in day.rows)


@workflow
def grouping(rows: list[str], grid: list[list[int]], at: int) -> dict[str, object]:
    groups: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    tree: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        carrier, _, number = row.partition(":")
        groups.setdefault(carrier, []).append(number)
        counts.setdefault(carrier, 0)
        counts[carrier] += 1
        if carrier not in tree:
            tree[carrier] = {}
        tree[carrier].setdefault(number, []).append(len(groups[carrier]))
        tree[carrier][number] += [counts[carrier]]
    totals: Totals = {"count": 0, "names": []}
    for name in sorted(groups):
        totals["names"].append(name)
        totals["count"] += len(groups[name])
    day = loaded("monday")
    day.rows[0].tags.append("first")
    day.rows[-1].minutes += 10
    stored_first = stored(day)
    day.rows[1].tags[0] = "later"
    day.rows.append(Row("ZZ", at))
    squares = [[number * number] for number in range(3)]
    squares[0].append(7)
    squares[2][0] -= 1
    empty = {name: [0] for name in ("a", "b")}
    empty["a"].append(1)
    try:
        grid[at].append(at)
        grid[at].sort(reverse=True)
    except IndexError:
        grid.append([at])
    names = sorted(groups, reverse=True)
    names.sort(key=lambda name: (len(groups[name]), name))
    options = {"a": 1}
    options.update({"b": 2}, c=at)
    return {
        "groups": groups,
        "counts": counts,
        "tree": tree,
        "totals": totals,
        "stored": [stored_first, stored(day)],
        "tags": [row.tags for row in day.rows],
        "squares": squares,
        "empty": empty,
        "grid": grid,
        "names": names,
        "options": options,
    }
