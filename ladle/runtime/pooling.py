"""Pools: at most so many calls at once, and so many that begin, over all tasks and runs of a stage.

A pool is one document: who holds a place, each until a moment at which its function is surely over; when
calls began, as far back as the rate looks; and who waits, in the order in which they came. A call that finds
no place leaves a ticket and fails with `PoolFull`; its state machine tries again after some seconds, so that
no function runs while it waits. A free place is for the oldest tickets: nobody who came later takes it while
they are still asking. DynamoDB's time to live plays no part in it (it may be days late).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

from ladle.declare.pools import Pool
from ladle.runtime.failures import Waits
from ladle.runtime.kept import Contended, Document, Kept, changed

__all__ = ["MARGIN", "PATIENCE", "Place", "PoolFull", "holding"]

MARGIN: Final = 30
"""Seconds that a place is held beyond the function's timeout: clocks differ."""

PATIENCE: Final = 90
"""Seconds after which a ticket is dropped whose holder has not asked again. State machines ask at least every
30 seconds (`ladle.compiler.emit.retries.WAITING`)."""

MOST_TICKETS: Final = 3_000
"""An item of DynamoDB has at most 400 KB, and a ticket some 90 bytes; later ones come without a ticket."""

KEPT_SECONDS: Final = 30 * 24 * 3600


class Place(NamedTuple):
    """A place that is held: its name, and since when (seconds since the epoch)."""

    name: str
    since: float


class PoolFull(Waits):
    """All places of a pool are taken, or others came first; the state machine tries again later."""


@contextmanager
def holding(
    kept: Kept,
    pools: Iterable[Pool],
    ticket: str,
    seconds: float,
    *,
    what: str = "",
    now: Callable[[], float] | None = None,
) -> Iterator[None]:
    """Hold a place of each pool for the block. `what` tells people who holds it.

    `ticket` is the same for every try of one call. `seconds` is how long the block may take. Raises PoolFull.
    """
    held: list[tuple[Pool, Place]] = []
    begun = False
    try:
        # In one order for everybody; and whoever does not get all gives back what he has, so nobody waits
        # for another holding something.
        for pool in sorted(pools, key=lambda pool: pool.name):
            mine = take(kept, pool, ticket, seconds, what=what, now=now)
            held.append((pool, mine))
        begun = True
        yield
    finally:
        with ExitStack() as places:  # each is given back, whatever becomes of the others
            for pool, mine in held:
                places.callback(give_back, kept, pool, mine, begun=begun)


def take(
    kept: Kept,
    pool: Pool,
    ticket: str,
    seconds: float,
    *,
    what: str = "",
    now: Callable[[], float] | None = None,
) -> Place:
    """Take a place; raises PoolFull. `now` gives the time (that of `kept`, if left out)."""
    now = now or kept.now

    def change(found: Any) -> tuple[Document, Place | PoolFull]:
        moment = now()
        held = {name: one for name, one in (found or {}).get("held", {}).items() if one["until"] > moment}
        begun = [one for one in (found or {}).get("begun", ()) if one + pool.per > moment]
        line = [one for one in (found or {}).get("line", ()) if one[2] + PATIENCE > moment]
        at = next((number for number, one in enumerate(line) if one[0] == ticket), len(line))
        if at < _free(pool, len(held), len(begun)):
            mine = Place(uuid.uuid4().hex, moment)
            if pool.size is not None:
                held[mine.name] = {"until": moment + seconds + MARGIN, "what": what}
            if pool.rate is not None:
                begun.append(moment)
            return {"held": held, "begun": begun, "line": line[:at] + line[at + 1 :]}, mine
        if at < MOST_TICKETS:
            since = line[at][1] if at < len(line) else moment
            line[at : at + 1] = [[ticket, since, moment]]
        waiting = f", {at} waiting before this call" if at else ""
        full = PoolFull(f"pool {pool.name}: {_taken(pool, len(held), len(begun))}{waiting}")
        return {"held": held, "begun": begun, "line": line}, full

    try:
        found = changed(kept, _name(pool), KEPT_SECONDS, change)
    except Contended:
        raise PoolFull(f"pool {pool.name}: too many calls ask for a place in this moment") from None
    if isinstance(found, PoolFull):
        raise found
    return found


def _free(pool: Pool, held: int, begun: int) -> int:
    """How many calls may begin now."""
    places = [pool.size - held] if pool.size is not None else []
    starts = [pool.rate - begun] if pool.rate is not None else []
    return min(places + starts)


def _taken(pool: Pool, held: int, begun: int) -> str:
    places = [f"{held} of {pool.size} places are taken"] if pool.size is not None else []
    starts = [f"{begun} of {pool.rate} calls began in {pool.per} s"] if pool.rate is not None else []
    return ", ".join(places + starts)


def give_back(kept: Kept, pool: Pool, mine: Place, *, begun: bool = True) -> None:
    """Give a place back; one that ran out is gone already. `begun` is false for a call that was not made.

    Raises Contended after many tries: the place then runs out by itself.
    """
    if pool.size is None and begun:
        return

    def change(found: Any) -> tuple[Document | None, None]:
        if found is None:
            return None, None
        held = {name: one for name, one in found["held"].items() if name != mine.name}
        starts = list(found.get("begun", ()))
        if not begun and mine.since in starts:
            starts.remove(mine.since)
        if len(held) == len(found["held"]) and len(starts) == len(found.get("begun", ())):
            return None, None
        return {**found, "held": held, "begun": starts}, None

    changed(kept, _name(pool), KEPT_SECONDS, change)


def _name(pool: Pool) -> str:
    return f"pool/{pool.name}"
