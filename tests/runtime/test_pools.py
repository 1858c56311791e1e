"""Pools: at most so many calls at once, whoever dies on the way."""

from __future__ import annotations

import random
import threading

import pytest

from ladle import Pool
from ladle.runtime import pooling
from ladle.runtime.pooling import MARGIN, PATIENCE, PoolFull, give_back, holding, take
from tests.runtime.kept import MemoryKept

WAREHOUSE = Pool("warehouse", 2)


def test_no_more_calls_than_places() -> None:
    """The third is told how full it is, and gets a place when one is free."""
    kept = MemoryKept()
    first = take(kept, WAREHOUSE, "a", 60)
    take(kept, WAREHOUSE, "b", 60)
    with pytest.raises(PoolFull, match="pool warehouse: 2 of 2 places are taken"):
        take(kept, WAREHOUSE, "c", 60)
    give_back(kept, WAREHOUSE, first)
    take(kept, WAREHOUSE, "c", 60)


def test_whoever_came_first_goes_first() -> None:
    """A free place is for the oldest ticket; one that came later waits although there is a place."""
    kept = MemoryKept()
    places = [take(kept, WAREHOUSE, name, 60) for name in "ab"]
    for name in "cde":
        with pytest.raises(PoolFull):
            take(kept, WAREHOUSE, name, 60)
    give_back(kept, WAREHOUSE, places[0])
    with pytest.raises(PoolFull, match="2 waiting before this call"):
        take(kept, WAREHOUSE, "e", 60)
    with pytest.raises(PoolFull, match="1 waiting before this call"):
        take(kept, WAREHOUSE, "d", 60)
    take(kept, WAREHOUSE, "c", 60)


def test_a_dead_holder_loses_its_place_and_a_dead_waiter_its_ticket() -> None:
    """The place when its function's time is over, with a margin; the ticket when nobody has asked again."""
    kept, now = MemoryKept(), [0.0]
    one = Pool("one", 1)
    take(kept, one, "dies", 60, now=lambda: now[0])
    with pytest.raises(PoolFull):
        take(kept, one, "dies waiting", 60, now=lambda: now[0])
    now[0] = 60.0 + MARGIN - 1
    with pytest.raises(PoolFull):
        take(kept, one, "lives", 60, now=lambda: now[0])
    now[0] = max(60.0 + MARGIN, PATIENCE) + 1
    take(kept, one, "lives", 60, now=lambda: now[0])


def test_a_call_that_fails_gives_its_places_back() -> None:
    """All of them; and one that does not get the second gives the first back."""
    kept = MemoryKept()
    one, other = Pool("a", 1), Pool("b", 1)
    with pytest.raises(ZeroDivisionError), holding(kept, [other, one], "x", 60):
        raise ZeroDivisionError
    mine = take(kept, other, "y", 60)
    with pytest.raises(PoolFull), holding(kept, [one, other], "x", 60):
        raise AssertionError
    take(kept, one, "z", 60)
    give_back(kept, other, mine)


def test_nothing_leaks_when_holders_are_killed_at_random() -> None:
    """10,000 places taken; a fifth of the holders die without a word; never more than five hold at once."""
    chance = random.Random(7)
    kept, pool, now = MemoryKept(), Pool("warehouse", 5), 0.0
    alive: dict[str, float] = {}  # places whose holders work, until when
    dead: dict[str, float] = {}  # places of the dead, until when they are held
    waiting: list[str] = []
    taken = killed = calls = 0
    while taken < 10_000:
        now += chance.random()
        for mine, until in list(alive.items()):
            if until <= now:
                del alive[mine]
                if chance.random() < 0.2:
                    killed += 1
                    dead[mine] = until + 20 + MARGIN
                else:
                    give_back(kept, pool, mine)
        dead = {mine: until for mine, until in dead.items() if until > now}
        while len(waiting) < 10:
            calls += 1
            waiting.append(f"call {calls}")
        ticket = chance.choice(waiting)
        try:
            mine = take(kept, pool, ticket, 10, now=lambda moment=now: moment)
        except PoolFull:
            continue
        taken += 1
        waiting.remove(ticket)
        alive[mine] = now + chance.uniform(0, 10)
        held = kept.read("pool/warehouse")[0]["held"]  # type: ignore[index]
        assert len(held) <= 5
        assert set(alive) <= set(held)
    assert killed > 1_000
    now += 100 + MARGIN + PATIENCE
    for n in range(5):
        take(kept, pool, f"afterwards {n}", 10, now=lambda: now)


def test_many_at_once_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that take and give back in real time: never more than there are places."""
    monkeypatch.setattr(pooling.changed.__globals__["time"], "sleep", lambda _: None)
    kept, pool, inside, most, lock = MemoryKept(), Pool("p", 3), [0], [0], threading.Lock()

    def work(number: int) -> None:
        for turn in range(50):
            try:
                with holding(kept, [pool], f"{number} {turn}", 60):
                    with lock:
                        inside[0] += 1
                        most[0] = max(most[0], inside[0])
                    with lock:
                        inside[0] -= 1
            except PoolFull:
                pass

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert 1 <= most[0] <= 3
    assert kept.read("pool/p")[0]["held"] == {}  # type: ignore[index]
