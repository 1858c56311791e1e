"""A run's history as visits: each entry into a state, with its tries, in the item of the Map it belongs to.

`ladle.operate.progress` folds a history into what happened in each state. The page shows more: each try as a
piece of a timeline, and which item of which Map it was for. Events name what they follow (`previousEventId`),
so the place of an event is that of the event before it; the events of Maps and Parallels lead a level up
again. AWS leaves the state's name out of many events, and an event that tells of a stop names what caused
it: what such events leave open is closed when the item, the Map or the run around it ends.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

__all__ = ["Attempt", "History", "Scope", "Visit"]

_FAILED: Final = ("Failed", "TimedOut", "ScheduleFailed", "StartFailed", "SubmitFailed")
_TASKS: Final = ("Task", "LambdaFunction", "Activity")
SCHEDULED: Final = frozenset(f"{kind}Scheduled" for kind in _TASKS)
FAILED: Final = frozenset(f"{kind}{how}" for kind in _TASKS for how in _FAILED)
SUCCEEDED: Final = frozenset(f"{kind}Succeeded" for kind in _TASKS)
ENDS: Final = {
    "ExecutionSucceeded": "succeeded",
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "timed_out",
    "ExecutionAborted": "stopped",
}


_ENTERED, _EXITED, _SCHEDULED, _RETURNED, _SUBMITTED, _BLOCK, _MAP_RUN, _EXECUTION, _PASSING = range(9)
_SORTS: Final[dict[str, tuple[int, str]]] = {}
"""What is to be done with an event, and the name of its details, by its type: worked out once."""


def _sort_of(kind: str) -> tuple[int, str]:
    named = f"{kind[0].lower()}{kind[1:]}EventDetails"
    if kind.endswith("StateEntered"):
        sort, named = _ENTERED, "stateEnteredEventDetails"
    elif kind.endswith("StateExited"):
        sort, named = _EXITED, "stateExitedEventDetails"
    elif kind in SCHEDULED:
        sort = _SCHEDULED
    elif kind in SUCCEEDED or kind in FAILED:
        sort = _RETURNED
    elif kind == "TaskSubmitted":
        sort = _SUBMITTED
    elif kind.startswith(("MapState", "ParallelState", "MapIteration")):
        sort = _BLOCK
    elif kind == "MapRunStarted":
        sort = _MAP_RUN
    elif kind.startswith("Execution"):
        sort = _EXECUTION
    else:
        sort = _PASSING
    _SORTS[kind] = (sort, named)
    return sort, named


class Attempt:
    """One try of a visit. Times are milliseconds; `ended` is None while it goes on.

    `status` is succeeded, failed, timed_out, stopped or running. `since` is when it began to wait for an
    answer; `event` is the id of the event that scheduled it, `result` of that which ended it.
    """

    __slots__ = ("cause", "child", "ended", "error", "event", "result", "since", "started", "status")

    def __init__(self, started: int, event: int) -> None:
        self.started = started
        self.ended: int | None = None
        self.status = "running"
        self.error: str | None = None
        self.cause: str | None = None
        self.since: int | None = None
        self.event = event
        self.result = 0
        self.child: str | None = None

    def close(self, ms: int, status: str, event: int) -> None:
        """End it, unless it has ended."""
        if self.ended is None:
            self.ended, self.status, self.result = ms, status, event


class Scope:
    """What runs within a visit: an item of a Map (`index`), or the branches of a Parallel (index None)."""

    __slots__ = ("ended", "index", "owner", "started", "status", "visits")

    def __init__(self, owner: Visit | None, index: int | None, started: int) -> None:
        self.owner = owner
        self.index = index
        self.started = started
        self.ended: int | None = None
        self.status = "running"
        self.visits: list[Visit] = []


class Visit:
    """One entry into a state.

    `status` is a word of the page; `event` is the id of the event that entered. `blamed`: what is around it
    failed because of it.
    """

    __slots__ = (
        "attempts",
        "blamed",
        "ended",
        "event",
        "items",
        "kind",
        "left",
        "name",
        "running",
        "scope",
        "scopes",
        "started",
        "status",
    )

    def __init__(self, name: str, kind: str, scope: Scope, started: int, event: int) -> None:
        self.name = name
        self.kind = kind
        self.scope = scope
        self.started = started
        self.ended: int | None = None
        self.status = "waiting" if kind == "Wait" else "running"
        self.event = event
        self.left = 0
        self.blamed = False
        self.attempts: list[Attempt] = []
        self.items: int | None = None
        self.running: dict[int, Scope] = {}
        self.scopes: list[Scope] = []

    @property
    def last(self) -> Attempt | None:
        """The newest try, of a state that has any."""
        return self.attempts[-1] if self.attempts else None

    @property
    def retried(self) -> bool:
        """Whether one try was not enough."""
        return len(self.attempts) > 1

    @property
    def failure(self) -> Attempt | None:
        """The try that failed last."""
        return next((each for each in reversed(self.attempts) if each.error is not None), None)

    def state(self) -> str:
        """The word for it now: as `status`, but told apart where it goes on."""
        if self.status == "running" and (last := self.last) is not None:
            if last.ended is not None and last.status != "succeeded":
                return "backoff"
            if last.since is not None and last.ended is None:
                return "waiting"
        return self.status

    def path(self) -> tuple[int, ...]:
        """The indices of the items it is in, the outermost first."""
        found, scope = list[int](), self.scope
        while scope.owner is not None:
            if scope.index is not None:
                found.append(scope.index)
            scope = scope.owner.scope
        return tuple(reversed(found))


def _left_undone(visit: Visit) -> bool:
    """Whether a call was going on, or had failed, when its run ended; no handler took over around it."""
    if visit.kind != "Task":
        return False
    at: Visit | None = visit
    while at is not None:
        if at.status not in ("failed", "timed_out", "stopped"):
            return False
        at = at.scope.owner
    return True


class History:
    """The fold: give it the events of one execution in order.

    `events` is how many it has seen; `visits` are all entries by name of the state, in order.
    """

    def __init__(self) -> None:
        self.root = Scope(None, None, 0)
        self.visits: dict[str, list[Visit]] = {}
        self.taken: dict[tuple[str | None, str | None, bool], int] = {}
        self.status = "running"
        self.started: int | None = None
        self.now = 0
        self.transitions = 0
        self.error: str | None = None
        self.cause: str | None = None
        self.distributed: dict[str, Visit] = {}
        self._previous = array("q", [0])
        self._ms = array("q", [0])
        self._visit: list[Visit | None] = [None]
        self._scope: list[Scope] = [self.root]
        self._open: dict[Visit, None] = {}
        self._unfinished_tasks: list[Visit] = []

    @property
    def events(self) -> int:
        """How many events it has seen: the id of the last."""
        return len(self._ms) - 1

    def see_all(self, events: Iterable[Mapping[str, Any]]) -> History:
        """Take more events, with `timestamp` in milliseconds."""
        for event in events:
            self.see(event)
        return self

    def see(self, event: Mapping[str, Any]) -> None:
        """Take the next event."""
        kind: str = event["type"]
        ms: int = event["timestamp"]
        before: int = event["previousEventId"]
        if before > self.events:
            before = 0
        number = len(self._ms)
        if ms > self.now:
            self.now = ms
        if self.started is None:
            self.started = self.root.started = ms
        visit, scope = self._visit[before], self._scope[before]
        self._previous.append(before)
        self._ms.append(ms)
        sort, named = _SORTS.get(kind) or _sort_of(kind)
        if sort == _PASSING:
            self._visit.append(visit)
            self._scope.append(scope)
            return
        details: Mapping[str, Any] = event.get(named) or {}
        if sort == _ENTERED:
            visit = self._enter(kind[:-12], ms, details, visit, scope, number)
        elif sort == _EXITED:
            visit = self._leave(ms, details, visit, scope, number)
            scope = visit.scope if visit is not None else scope
        elif sort == _SCHEDULED:
            visit = self._scheduled(visit, event, ms, number)
            scope = visit.scope if visit is not None else scope
        elif sort == _RETURNED:
            if visit is not None:
                self._returned(visit, kind, ms, details, number)
        elif sort == _SUBMITTED:
            if visit is not None and visit.last is not None:
                self._submitted(visit.last, ms, details)
        elif sort == _BLOCK:
            visit, scope = self._block(kind, ms, event, details, visit, scope, number)
        elif sort == _MAP_RUN:
            if visit is not None:
                self.distributed[details["mapRunArn"]] = visit
        else:
            self._execution(kind, ms, details, visit)
            visit = None
        self._visit.append(visit)
        self._scope.append(scope)

    # ------------------------------------------------------------------------------------------ the states

    def _enter(
        self, kind: str, ms: int, details: Mapping[str, Any], last: Visit | None, scope: Scope, number: int
    ) -> Visit:
        name = str(details.get("name", ""))
        visit = Visit(name, kind, scope, ms, number)
        self.visits.setdefault(name, []).append(visit)
        scope.visits.append(visit)
        self._open[visit] = None
        self.transitions += 1
        # The event before is the exit of the state that led here; at the start of a block there is none.
        source = last if last is not None and last.scope is scope else None
        caught = source is not None and source.status == "caught"
        key = (source.name if source else None, name, caught)
        self.taken[key] = self.taken.get(key, 0) + 1
        return visit

    def _leave(
        self, ms: int, details: Mapping[str, Any], visit: Visit | None, scope: Scope, number: int
    ) -> Visit | None:
        name = details.get("name")
        while visit is None or visit.name != name:
            if scope.owner is None:
                # Nothing led here that we know: the only open one of that name, if it is the only one.
                fits = [each for each in self._open if each.name == name]
                visit = fits[0] if len(fits) == 1 else None
                break
            visit, scope = scope.owner, scope.owner.scope
        if visit is None:
            return None
        last = visit.last
        failed = last is not None and last.status in ("failed", "timed_out")
        self._close(visit, ms, "caught" if failed else "succeeded", number)
        return visit

    def _close(self, visit: Visit, ms: int, status: str, number: int) -> None:
        if visit.ended is not None:
            return
        if status == "succeeded" and visit.retried:
            status = "retried"
        visit.ended, visit.status, visit.left = ms, status, number
        self._open.pop(visit, None)
        if visit.attempts:
            visit.attempts[-1].close(ms, "succeeded" if status == "retried" else status, number)
        for scope in visit.scopes:
            self._close_scope(scope, ms, "stopped", number)

    def _close_scope(self, scope: Scope, ms: int, status: str, number: int) -> None:
        if scope.ended is not None:
            return
        scope.ended, scope.status = ms, status
        for visit in scope.visits:
            if visit.ended is None:
                self._close(visit, ms, self._unfinished(visit), number)

    @staticmethod
    def _unfinished(visit: Visit) -> str:
        """What became of a visit that was never left: its own failure, or another's."""
        last = visit.last
        if not visit.blamed or visit.kind == "Fail":
            return "failed" if visit.kind == "Fail" else "stopped"
        return last.status if last is not None and last.status in ("failed", "timed_out") else "failed"

    # ------------------------------------------------------------------------------------------- the tasks

    def _scheduled(self, visit: Visit | None, event: Mapping[str, Any], ms: int, number: int) -> Visit | None:
        if visit is None:
            visit = self._redriven(event.get("state"), ms, number)
            if visit is None:
                return None
        visit.attempts.append(Attempt(ms, number))
        if len(visit.attempts) > 1:
            self.transitions += 1  # AWS bills a retry as one more transition
        return visit

    def _redriven(self, name: str | None, ms: int, number: int) -> Visit | None:
        """What a redrive goes on with, in the order in which it was first entered: the events do not say."""
        fits = [each for each in self._unfinished_tasks if name in (None, each.name)]
        if not fits:
            return None
        self._unfinished_tasks.remove(fits[0])
        self._reopen(fits[0], ms, number)
        return fits[0]

    def _reopen(self, visit: Visit, ms: int, number: int) -> None:
        """Let a visit go on, and all that is around it."""
        visit.ended, visit.status, visit.blamed = None, "running", False
        self._open[visit] = None
        scope = visit.scope
        scope.ended, scope.status = None, "running"
        owner = scope.owner
        if owner is None:
            return
        if scope.index is not None:
            owner.running[scope.index] = scope
        if owner.ended is not None:
            owner.attempts.append(Attempt(ms, number))
            self._reopen(owner, ms, number)

    @staticmethod
    def _returned(visit: Visit, kind: str, ms: int, details: Mapping[str, Any], number: int) -> None:
        last = visit.last
        if last is None:
            return
        if kind in SUCCEEDED:
            last.close(ms, "succeeded", number)
            return
        last.close(ms, "timed_out" if kind.endswith("TimedOut") else "failed", number)
        last.error = str(details.get("error") or ("States.Timeout" if kind.endswith("TimedOut") else ""))
        last.cause = details.get("cause")

    @staticmethod
    def _submitted(attempt: Attempt, ms: int, details: Mapping[str, Any]) -> None:
        if str(details.get("resource", "")).endswith(".waitForTaskToken"):
            attempt.since = ms
        if details.get("resourceType") == "states":
            text = str(details.get("output", ""))
            _, found, rest = text.partition('"ExecutionArn":"')
            attempt.child = rest.partition('"')[0] if found else None

    # ---------------------------------------------------------------------------------- Maps and Parallels

    def _block(
        self,
        kind: str,
        ms: int,
        event: Mapping[str, Any],
        details: Mapping[str, Any],
        visit: Visit | None,
        scope: Scope,
        number: int,
    ) -> tuple[Visit | None, Scope]:
        block = "Parallel" if kind.startswith("Parallel") else "Map"
        if kind.endswith("Aborted") and not kind.startswith("MapIteration"):
            return visit, scope  # what is open is closed by what is around it
        if kind.endswith("Failed") and visit is not None:
            visit.blamed = True
        name = details.get("name") or event.get("state")
        owner = self._owner(block, name, visit, scope)
        if owner is None:
            return visit, scope
        if kind.endswith("StateStarted"):
            return owner, self._begun(owner, block, ms, details, number)
        if kind.startswith("MapIteration"):
            return self._iteration(kind, owner, ms, int(details.get("index", 0)), number)
        attempt = owner.last
        if attempt is not None:
            if kind.endswith("Succeeded"):
                attempt.close(ms, "succeeded", number)
            else:
                attempt.close(ms, "failed", number)
                attempt.error = str(details.get("error") or "")
                attempt.cause = details.get("cause")
        for each in owner.scopes:
            self._close_scope(each, ms, "succeeded" if kind.endswith("Succeeded") else "stopped", number)
        return owner, owner.scope

    @staticmethod
    def _owner(block: str, name: str | None, visit: Visit | None, scope: Scope) -> Visit | None:
        """The Map or Parallel that an event is about: the nearest one around that goes on."""
        while True:
            fits = visit is not None and visit.kind == block and visit.ended is None
            if fits and visit is not None and (name is None or visit.name == name):
                last = visit.last
                if name is not None or last is None or last.ended is None:
                    return visit
            if scope.owner is None:
                return None
            visit, scope = scope.owner, scope.owner.scope

    def _begun(self, owner: Visit, block: str, ms: int, details: Mapping[str, Any], number: int) -> Scope:
        owner.attempts.append(Attempt(ms, number))
        if len(owner.attempts) > 1:
            self.transitions += 1
            owner.running = {}
        if block == "Map":
            owner.items = details.get("length", owner.items)
            return owner.scope
        inside = Scope(owner, None, ms)
        owner.scopes.append(inside)
        return inside

    def _iteration(
        self, kind: str, owner: Visit, ms: int, index: int, number: int
    ) -> tuple[Visit | None, Scope]:
        if kind.endswith("Started"):
            inside = Scope(owner, index, ms)
            owner.scopes.append(inside)
            owner.running[index] = inside
            return None, inside
        item = owner.running.pop(index, None)
        if item is not None:
            if kind.endswith("Succeeded"):
                status = "retried" if any(each.retried for each in item.visits) else "succeeded"
            else:
                status = "failed" if kind.endswith("Failed") else "stopped"
            self._close_scope(item, ms, status, number)
        return owner, owner.scope

    # --------------------------------------------------------------------------------------- the execution

    def _execution(self, kind: str, ms: int, details: Mapping[str, Any], visit: Visit | None) -> None:
        if kind == "ExecutionRedriven":
            self.status, self.error, self.cause = "running", None, None
            self.root.ended = None
            found = [each for visits in self.visits.values() for each in visits if _left_undone(each)]
            self._unfinished_tasks = sorted(found, key=lambda each: each.event)
        if kind not in ENDS:
            return
        self.status = ENDS[kind]
        self.error, self.cause = details.get("error"), details.get("cause")
        if visit is not None and visit.kind == "Fail":
            visit.attempts.append(Attempt(visit.started, visit.event))
            visit.attempts[-1].close(ms, "failed", len(self._ms) - 1)
            visit.attempts[-1].error, visit.attempts[-1].cause = self.error, self.cause
        if visit is not None and self.status == "failed":
            visit.blamed = True
        key = (visit.name if visit is not None else None, None, False)
        if self.status == "succeeded":
            self.taken[key] = self.taken.get(key, 0) + 1
        self._close_scope(self.root, ms, self.status, len(self._ms) - 1)

    def cut(self) -> None:
        """End it where it stands: the process that drove it went away, and nothing tells of an end."""
        self.status = "stopped"
        self._close_scope(self.root, self.now, "stopped", self.events)

    # --------------------------------------------------------------------------------- what was waited for

    def critical(self) -> Iterator[tuple[Visit | None, int, int]]:
        """The chain of what the run waited for, from its end back: who, from when, to when (milliseconds)."""
        at = self.events
        while at > 0:
            before = self._previous[at]
            start = self._ms[before] if before else (self.started or 0)
            yield self._visit[at] or self._scope[at].owner, start, self._ms[at]
            if before >= at:
                return
            at = before
