"""Where in a run an event happened: the same place in another run of the same workflow has the same name.

The ids of a history's events tell nothing between two runs: what runs at once comes in another order each
time. A place does: the state, how often it was entered, and the passes of the Maps and Parallels around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from ladle.asl.model import walk
from ladle.errors import LadleError

__all__ = ["Block", "Place", "Places", "Scope"]

BRANCH: Final = -1
"""The index of a pass through a Parallel: names of states tell its branches apart."""

BLOCKS: Final = ("Map", "Parallel")


class Block(NamedTuple):
    """A pass through a Map or Parallel: its state, its how-manieth entry (from 1), the index of its item."""

    state: str
    visit: int
    item: int


Scope: TypeAlias = tuple[Block, ...]
"""The passes around a state, the outermost first."""


class Place(NamedTuple):
    """A state in a run: what is around it, its name, its how-manieth entry there (from 1)."""

    scope: Scope
    state: str
    visit: int

    def __str__(self) -> str:
        around = [f"{block.state}[{block.item}]" for block in self.scope if block.item != BRANCH]
        again = f", entry {self.visit}" if self.visit > 1 else ""
        return " > ".join([*around, self.state]) + again


class Places:
    """Finds the place of each event of one execution, event by event (:meth:`see`).

    `definition` is that of the machine which the execution runs.
    """

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._depth: dict[str, int] = {}
        self._kind: dict[str, str] = {}
        for visit in walk(definition):
            self._depth[visit.name] = visit.scope.depth
            self._kind[visit.name] = visit.type
        self._place: dict[int, Place] = {}
        self._around: dict[int, Scope] = {0: ()}
        self._visits: dict[tuple[Scope, str], int] = {}
        self._open: dict[Place, None] = {}
        self._redriven: frozenset[int] = frozenset()

    def see(
        self, id: int, previous: int, kind: str, details: Mapping[str, Any], state: str | None = None
    ) -> Place | None:
        """The place of the next event; None for events of the execution itself.

        `previous` is the id of the event that it follows, `details` are those of its kind, as
        GetExecutionHistory has them; `state` is the state's name where the history keeps it.
        Raises LadleError where a redriven run does not tell what it went on with.
        """
        if kind.startswith("Execution"):
            self._around[id] = ()
            if kind == "ExecutionRedriven":
                self._redriven |= {id}
            return None
        place = self._found(previous, kind, details, state)
        if place is not None:
            self._place[id] = place
            self._around[id] = _after(kind, place, details)
        return place

    def _found(self, previous: int, kind: str, details: Mapping[str, Any], state: str | None) -> Place | None:
        around = self._around.get(previous, ())
        if kind.endswith("StateEntered"):
            name = str(details["name"])
            scope = around[: self._depth.get(name, 0)]
            visit = self._visits[scope, name] = self._visits.get((scope, name), 0) + 1
            place = Place(scope, name, visit)
            self._open[place] = None
            return place
        if "name" in details and kind.endswith("StateExited"):
            name = str(details["name"])
            scope = around[: self._depth.get(name, 0)]
            place = Place(scope, name, self._visits.get((scope, name), 1))
            self._open.pop(place, None)
            return place
        if "name" in details and kind.startswith("MapIteration"):
            name = str(details["name"])
            scope = around[: self._depth.get(name, 0)]
            return Place(scope, name, self._visits.get((scope, name), 1))
        if previous in self._redriven:
            return self._gone_on_with(kind, state)
        before = self._place.get(previous)
        if kind == "EvaluationFailed":  # of a Pass it follows what came before the state was entered
            name = str(details.get("state"))
            scope = around[: self._depth.get(name, 0)]
            opened = [place for place in self._open if (place.scope, place.state) == (scope, name)]
            return opened[-1] if opened else before
        if before is None or not kind.startswith(("MapState", "ParallelState", "MapRun")):
            return before
        if self._kind.get(before.state) in BLOCKS and len(around) == len(before.scope):
            return before
        # The end of a block has no name: it follows the last event within it, or its own beginning.
        block = around[-1] if around else None
        return before if block is None else Place(around[:-1], block.state, block.visit)

    def _gone_on_with(self, kind: str, state: str | None) -> Place:
        """What a redrive took up: the one place that was entered and never left and may have this event."""
        block = kind.startswith(("Map", "Parallel"))
        fits = [
            place
            for place in self._open
            if (self._kind.get(place.state) in BLOCKS) == block and state in (None, place.state)
        ]
        if len(fits) == 1:
            return fits[0]
        raise LadleError(
            "this run was redriven while several of its steps were open at once, and its history does not"
            " tell which of them each later event belongs to: it cannot be replayed"
        )


def _after(kind: str, place: Place, details: Mapping[str, Any]) -> Scope:
    """What is around the event that follows."""
    if kind.startswith("MapIteration"):
        return (*place.scope, Block(place.state, place.visit, int(details["index"])))
    if kind == "ParallelStateStarted":
        return (*place.scope, Block(place.state, place.visit, BRANCH))
    return place.scope
