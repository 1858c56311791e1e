"""A small project whose runs have everything that the page shows: retries, waits, Maps, failures."""

from __future__ import annotations

from pathlib import Path

FUNCTIONS = '''
from ladle import Retry, task


class Bad(Exception): ...


class Flaky(Exception): ...


tries: dict[int, int] = {}


@task
def numbers(n: int) -> list[int]:
    """As many as asked for."""
    print("counting to", n)
    return list(range(n))


@task
def double(i: int) -> int:
    if i == 7:
        print("about to fail")
        raise Bad(f"no {i}")
    return i * 2


@task(retry=Retry(on=[Flaky], attempts=3, interval=2))
def flaky(n: int) -> int:
    tries[n] = tries.get(n, 0) + 1
    if tries[n] < 3:
        raise Flaky("again")
    tries[n] = 0
    return n


@task
def total(xs: list[int], w: int) -> int:
    return sum(xs) + w
'''

WORKFLOWS = '''
from ladle import Cron, sleep, workflow
from functions.work import Bad, double, flaky, numbers, total


@workflow(on=Cron("0 6 * * ? *", timezone="Europe/Berlin", input={"n": 5}))
def sums(n: int) -> int:
    """Adds numbers."""
    xs = numbers(n)
    w = flaky(n)
    ys = [double(x) for x in xs]
    sleep(60)
    return total(ys, w)


@workflow
def careful(n: int) -> int:
    k = 0
    for x in numbers(n):
        try:
            k = k + double(x)
        except Bad:
            k = k - 1
    return k


@workflow
def outer(n: int) -> int:
    """Sums of sums."""
    return sums(5) + sums(n)
'''


def write(root: Path) -> Path:
    """Write the project into a folder, and give that."""
    for folder in ("functions", "statemachines", "infra", ".chalice"):
        (root / folder).mkdir(parents=True)
    (root / "functions" / "__init__.py").write_text("")
    (root / "functions" / "work.py").write_text(FUNCTIONS)
    (root / "statemachines" / "sums.py").write_text(WORKFLOWS)
    (root / "infra" / "local.toml").write_text("[environment]\nA = 'b'\n")
    (root / ".chalice" / "config.json").write_text('{"version": "2.0", "app_name": "demo"}')
    return root
