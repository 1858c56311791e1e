"""Pools: at most so many calls at once, whoever dies on the way."""

from __future__ import annotations

import random
import threading

import pytest

from ladle import Pool
from ladle.runtime import pooling
from ladle.runtime.pooling import MARGIN, PATIENCE, Place, PoolFull, give_back, holding, take
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


def test_a_rate_counts_the_calls_that_begin() -> None:
    """Within any ten seconds at most three, whoever came first; when they end does not matter."""
    kept, now = MemoryKept(), [100.0]
    stripe = Pool("stripe", rate=3, per=10)

    def begins(ticket: str, moment: float) -> bool:
        now[0] = moment
        try:
            give_back(kept, stripe, take(kept, stripe, ticket, 60, now=lambda: now[0]))
        except PoolFull:
            return False
        return True

    assert [begins("a", 100), begins("b", 104), begins("c", 109)] == [True] * 3
    with pytest.raises(PoolFull, match=r"pool stripe: 3 of 3 calls began in 10 s$"):
        take(kept, stripe, "d", 60, now=lambda: 109.5)
    assert not begins("e", 109.9)
    assert [begins("e", 110), begins("d", 110), begins("e", 114)] == [False, True, True]
    assert not begins("f", 118.9)
    assert begins("f", 119)


def test_a_rate_is_kept_beside_a_number_of_places() -> None:
    """The narrower of the two counts."""
    kept, now = MemoryKept(), [0.0]
    both = Pool("both", 2, rate=3, per=60)
    places = [take(kept, both, name, 60, now=lambda: now[0]) for name in "ab"]
    with pytest.raises(PoolFull, match="2 of 2 places are taken, 2 of 3 calls began in 60 s"):
        take(kept, both, "c", 60, now=lambda: now[0])
    give_back(kept, both, places[0])
    take(kept, both, "c", 60, now=lambda: now[0])
    give_back(kept, both, places[1])
    with pytest.raises(PoolFull, match="1 of 2 places are taken, 3 of 3 calls began in 60 s"):
        take(kept, both, "d", 60, now=lambda: now[0])


def test_a_call_that_was_not_made_has_not_begun() -> None:
    """It found the second pool full, and gives its place in the first one back with its start."""
    kept = MemoryKept()
    limited, small = Pool("a", rate=1, per=3600), Pool("b", 1)
    mine = take(kept, small, "x", 60)
    with pytest.raises(PoolFull, match="pool b"), holding(kept, [limited, small], "y", 60):
        raise AssertionError
    give_back(kept, small, mine)
    with holding(kept, [limited, small], "y", 60):
        pass
    with pytest.raises(PoolFull, match="pool a"), holding(kept, [limited, small], "z", 60):
        raise AssertionError


def test_nothing_leaks_when_holders_are_killed_at_random() -> None:
    """10,000 places taken; a fifth of the holders die without a word; never more than five hold at once."""
    chance = random.Random(7)
    kept, pool, now = MemoryKept(), Pool("warehouse", 5), 0.0
    alive: dict[Place, float] = {}  # places whose holders work, until when
    dead: dict[Place, float] = {}  # places of the dead, until when they are held
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
        assert {place.name for place in alive} <= set(held)
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
