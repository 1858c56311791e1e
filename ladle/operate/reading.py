"""Which variables the states of a machine read before they are assigned, from a given state on.

The flow is that of the machine's top: branches and bodies belong to the state around them. Only JSONata
machines have what is asked for here in a form that is always understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ladle.asl.model import walk
from ladle.asl.references import variable_references

__all__ = ["assigners", "needed", "reachable", "reads_input"]


def reachable(states: Mapping[str, Any], start: str) -> list[str]:
    """The states of a `States` object that a run may come to from one of them, in the order found."""
    found, pending = dict[str, None](), [start]
    while pending:
        name = pending.pop()
        if name in states and name not in found:
            found[name] = None
            pending.extend(target for target, _ in _edges(states[name]))
    return list(found)


def needed(definition: Mapping[str, Any], start: str) -> dict[str, str]:
    """The variables that must have a value when `start` is entered, each with a state that reads it.

    A variable is needed where some path from the start reads it before any state of the path assigns it.
    """
    states = definition["States"]
    reads = _reads(definition)
    names = reachable(states, start)
    sure: dict[str, frozenset[str] | None] = dict.fromkeys(names)
    sure[start] = frozenset()
    pending = [start]
    while pending:
        name = pending.pop()
        before = sure[name]
        assert before is not None
        for target, assigned in _edges(states[name]):
            if target not in sure:
                continue
            after, old = before | assigned, sure[target]
            new = after if old is None else old & after
            if new != old:
                sure[target] = new
                pending.append(target)
    found: dict[str, str] = {}
    for name in names:
        for variable in sorted(reads.get(name, frozenset()) - (sure[name] or frozenset())):
            found.setdefault(variable, name)
    return found


def assigners(definition: Mapping[str, Any]) -> dict[str, set[str]]:
    """For each variable the top-level states that assign it."""
    found: dict[str, set[str]] = {}
    for name, state in definition["States"].items():
        for given in _assigns(state):
            for variable in given:
                found.setdefault(variable, set()).add(name)
    return found


def reads_input(state: Mapping[str, Any]) -> bool:
    """Whether what a top-level state does may depend on its input, rather than on variables alone."""
    if state.get("Type") in ("Pass", "Succeed", "Choice", "Wait") and "Output" not in state:
        return True  # it hands its input on
    own = {key: value for key, value in state.items() if key not in ("ItemProcessor", "Iterator")}
    return "$states.input" in repr(own)


def _edges(state: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Where a state leads, and what is assigned on the way."""
    own = frozenset(state.get("Assign", {}))
    for key in ("Next", "Default"):
        if key in state:
            yield state[key], own
    for entry in state.get("Choices", ()):
        # A rule's own Assign takes the place of the state's (States Language, Assign).
        yield entry["Next"], frozenset(entry.get("Assign", state.get("Assign", {})))
    for entry in state.get("Catch", ()):
        yield entry["Next"], frozenset(entry.get("Assign", {}))


def _assigns(state: Mapping[str, Any]) -> Iterator[Iterable[str]]:
    for each in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        yield each.get("Assign", {})


def _reads(definition: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What each top-level state reads from outside: its own fields, and those of the states within it."""
    references = variable_references(definition)
    found: dict[str, set[str]] = {}
    inner: dict[str, set[str]] = {}
    for visit in walk(definition):
        top = str(visit.pointer[1])
        found.setdefault(top, set()).update(references.get(visit.name, ()))
        if visit.scope.depth:
            inner.setdefault(top, set()).update(*map(set, _assigns(visit.state)))
    # Names are unique over a machine that Ladle compiled: what is assigned within is not read from outside.
    return {top: frozenset(names - inner.get(top, set())) for top, names in found.items()}
