"""Pools: at most so many calls at once, over all tasks and runs of a stage.

A pool is one document: who holds a place, each until a moment at which its function is surely over, and who
waits, in the order in which they came. A call that finds no place leaves a ticket and fails with `PoolFull`;
its state machine tries again after some seconds, so that no function runs while it waits. A free place is for
the oldest tickets: nobody who came later takes it while they are still asking. DynamoDB's time to live plays
no part in it (it may be days late).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from ladle.declare.pools import Pool
from ladle.runtime.failures import Waits
from ladle.runtime.kept import Contended, Document, Kept, changed

__all__ = ["MARGIN", "PATIENCE", "PoolFull", "holding"]

MARGIN: Final = 30
"""Seconds that a place is held beyond the function's timeout: clocks differ."""

PATIENCE: Final = 90
"""Seconds after which a ticket is dropped whose holder has not asked again. State machines ask at least every
30 seconds (`ladle.compiler.emit.retries.WAITING`)."""

MOST_TICKETS: Final = 3_000
"""An item of DynamoDB has at most 400 KB, and a ticket some 90 bytes; later ones come without a ticket."""

KEPT_SECONDS: Final = 30 * 24 * 3600


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
    now: Callable[[], float] = time.time,
) -> Iterator[None]:
    """Hold a place of each pool for the block. `what` tells people who holds it.

    `ticket` is the same for every try of one call. `seconds` is how long the block may take. Raises PoolFull.
    """
    with ExitStack() as places:
        # In one order for everybody; and whoever does not get all gives back what he has, so nobody waits
        # for another holding something.
        for pool in sorted(pools, key=lambda pool: pool.name):
            mine = take(kept, pool, ticket, seconds, what=what, now=now)
            places.callback(give_back, kept, pool, mine)
        yield


def take(
    kept: Kept,
    pool: Pool,
    ticket: str,
    seconds: float,
    *,
    what: str = "",
    now: Callable[[], float] = time.time,
) -> str:
    """Take a place, and give its name; raises PoolFull."""
    mine = uuid.uuid4().hex

    def change(found: Any) -> tuple[Document, PoolFull | None]:
        moment = now()
        held = {name: one for name, one in (found or {}).get("held", {}).items() if one["until"] > moment}
        line = [one for one in (found or {}).get("line", ()) if one[2] + PATIENCE > moment]
        at = next((number for number, one in enumerate(line) if one[0] == ticket), len(line))
        if at < pool.size - len(held):
            held[mine] = {"until": moment + seconds + MARGIN, "what": what}
            return {"held": held, "line": line[:at] + line[at + 1 :]}, None
        if at < MOST_TICKETS:
            since = line[at][1] if at < len(line) else moment
            line[at : at + 1] = [[ticket, since, moment]]
        waiting = f", {at} waiting before this call" if at else ""
        full = PoolFull(f"pool {pool.name}: {len(held)} of {pool.size} places are taken{waiting}")
        return {"held": held, "line": line}, full

    try:
        full = changed(kept, _name(pool), KEPT_SECONDS, change)
    except Contended:
        raise PoolFull(f"pool {pool.name}: too many calls ask for a place in this moment") from None
    if full is not None:
        raise full
    return mine


def give_back(kept: Kept, pool: Pool, mine: str) -> None:
    """Give a place back; one that ran out is gone already.

    Raises Contended after many tries: the place then runs out by itself.
    """

    def change(found: Any) -> tuple[Document | None, None]:
        if found is None or mine not in found["held"]:
            return None, None
        held = {name: one for name, one in found["held"].items() if name != mine}
        return {**found, "held": held}, None

    changed(kept, _name(pool), KEPT_SECONDS, change)


def _name(pool: Pool) -> str:
    return f"pool/{pool.name}"
