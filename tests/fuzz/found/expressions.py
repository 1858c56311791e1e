"""Expressions that were compiled wrongly once."""

from __future__ import annotations

from tests.fuzz.tasks import Row

from ladle import workflow


@workflow
def main1(xs: list[int], ys: list[int]) -> list[list[int]]:
    return [sorted(ys, key=lambda y: -y) for x in xs]


@workflow
def main2(words: list[str], s: str, t: str) -> dict[str, int]:
    return dict.fromkeys(words, s.rindex(t))


@workflow
def main3(xs: list[int], ys: list[int], words: list[str]) -> list[int]:
    return [max(zip(ys, xs, strict=False))[1] for word in words]


@workflow
def main4(reals: list[float]) -> float:
    return 2.0 * sum(reals)


@workflow
def main5(xs: list[int], n: int) -> int:
    return next((x for x in xs), 1 // n)


@workflow
def main6(row: Row, table: dict[str, int], s: str) -> int:
    return row.get("extra", table[s])


@workflow
def main7(s: str, t: str) -> bool:
    return s.startswith(("a", t[0]))
