"""Variables: valid names, no assignment across scopes, and no reading of what may be unset.

Which variables are set is followed along the transitions, as a compiler's definite-assignment analysis
does: a set of variables is one integer (a bit each), joined by `and` for "on every path" and by `or`
for "on some path". A state's own Assign takes effect behind it; a choice rule's and a catcher's on that way
only; what a branch or an iteration assigns is gone outside. A distributed Map's children begin with nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ladle.asl.model import Scope, Visit
from ladle.asl.problems import Pointer, Problem
from ladle.asl.rules.context import Context
from ladle.asl.sites import assigned_names, assigns, sites, variables_read
from ladle.asl.tables import VARIABLE_NAME_MAX

__all__ = ["check_variables"]


def check_variables(context: Context) -> Iterator[Problem]:
    """Names, scopes and flow."""
    assigned = {visit.pointer: tuple(_assignments(visit)) for visit in context.visits}
    by_scope: dict[Pointer, dict[str, Pointer]] = {scope.pointer: {} for scope in context.scopes}
    for visit in context.visits:
        for name, pointer in assigned[visit.pointer]:
            by_scope[visit.scope.pointer].setdefault(name, pointer)
            yield from _name(name, pointer)
    for visit in context.visits:
        for name, pointer in assigned[visit.pointer]:
            yield from _outer(name, pointer, visit.scope, by_scope)
    yield from _flow(context)


def _assignments(visit: Visit) -> Iterator[tuple[str, Pointer]]:
    for pointer, value in assigns(visit):
        if isinstance(value, Mapping):
            for key in value:
                yield key.removesuffix(".$"), (*visit.pointer, *pointer, key)


def _name(name: str, pointer: Pointer) -> Iterator[Problem]:
    if len(name) > VARIABLE_NAME_MAX:
        yield Problem(
            "A408",
            pointer,
            f"the variable's name has {len(name)} characters, at most {VARIABLE_NAME_MAX} are allowed",
            "shorten it",
            on_key=True,
        )
    elif name == "states":
        yield Problem("A408", pointer, "$states is reserved", "choose another name", on_key=True)
    elif not name.isidentifier():
        hint = (
            "no $ here: the name alone" if name.startswith("$") else "letters, digits and _, a letter first"
        )
        yield Problem("A408", pointer, f"{name!r} is no name for a variable", hint, on_key=True)


def _outer(
    name: str, pointer: Pointer, scope: Scope, by_scope: dict[Pointer, dict[str, Pointer]]
) -> Iterator[Problem]:
    while scope.owner is not None and not scope.distributed:
        scope = scope.owner.scope
        if name in by_scope[scope.pointer]:
            first = by_scope[scope.pointer][name]
            yield Problem(
                "A407",
                pointer,
                f"{name!r} is a variable of the scope around this one (assigned in {_state_of(first)!r})",
                "inner scopes cannot assign outer variables: choose another name, or return the value",
                on_key=True,
            )
            return


def _state_of(pointer: Pointer) -> str:
    last = max(index for index, step in enumerate(pointer[:-1]) if step == "States")
    return str(pointer[last + 1])


@dataclass(slots=True)
class _Names:
    """Variables as bits."""

    bits: dict[str, int] = field(default_factory=dict)

    def mask(self, names: Iterator[str]) -> int:
        total = 0
        for name in names:
            total |= self.bits.setdefault(name, 1 << len(self.bits))
        return total


def _flow(context: Context) -> Iterator[Problem]:
    names = _Names()
    by_scope: dict[Pointer, list[Visit]] = {scope.pointer: [] for scope in context.scopes}
    for visit in context.visits:
        by_scope[visit.scope.pointer].append(visit)
        for _, value in assigns(visit):
            names.mask(assigned_names(value))
    entry: dict[Pointer, tuple[int, int]] = {}
    for scope in context.scopes:  # owners come before what they hold
        start = (0, 0)
        if scope.owner is not None and not scope.distributed:
            start = entry.get(scope.owner.pointer, (0, 0))
            if scope.owner.pointer not in entry:
                continue
        for name, sets in _solve(scope, by_scope[scope.pointer], start, names).items():
            entry[(*scope.pointer, "States", name)] = sets
    for visit in context.visits:
        if visit.pointer in entry:
            yield from _reads(visit, entry[visit.pointer], names)


def _solve(
    scope: Scope, visits: list[Visit], start: tuple[int, int], names: _Names
) -> dict[str, tuple[int, int]]:
    """(set on every path, set on some path) at the entry of each state that the start reaches."""
    ways = {visit.name: list(_ways(visit, names)) for visit in visits}
    found: dict[str, tuple[int, int]] = {}
    if scope.start not in ways:
        return found
    found[scope.start] = start
    pending = deque([scope.start])
    queued = {scope.start}
    while pending:
        name = pending.popleft()
        queued.discard(name)
        surely, maybe = found[name]
        for target, assigned in ways[name]:
            if target not in ways:
                continue
            new = (surely | assigned, maybe | assigned)
            if target in found:
                old = found[target]
                new = (old[0] & new[0], old[1] | new[1])
                if new == old:
                    continue
            found[target] = new
            if target not in queued:
                queued.add(target)
                pending.append(target)
    return found


def _ways(visit: Visit, names: _Names) -> Iterator[tuple[str, int]]:
    """Where a run may go from a state, and which variables are set on the way."""
    state = visit.state
    own = names.mask(assigned_names(state.get("Assign")))
    for target in (state.get("Next"), state.get("Default")):
        if isinstance(target, str):
            yield target, own
    for list_field in ("Choices", "Catch"):
        entries = state.get(list_field)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, Mapping) and isinstance(target := entry.get("Next"), str):
                yield target, names.mask(assigned_names(entry.get("Assign")))


def _reads(visit: Visit, sets: tuple[int, int], names: _Names) -> Iterator[Problem]:
    surely, maybe = sets
    reported: set[str] = set()
    for site in sites(visit):
        for read in variables_read(site, names.bits):
            bit = names.bits.get(read.name, 0)
            if surely & bit or read.name in reported:
                continue
            reported.add(read.name)
            within = (read.start, read.end)
            if not maybe & bit:
                yield Problem("A902", site.pointer, *_never(read.name, bit, visit), within=within)
            else:
                yield Problem(
                    "A903",
                    site.pointer,
                    f"${read.name} may be unset here: not every way to {visit.name!r} assigns it",
                    "assign it before the ways part, or on each of them",
                    within=within,
                )


def _never(name: str, bit: int, visit: Visit) -> tuple[str, str]:
    if bit and _in_distributed(visit.scope):
        return (
            f"${name} is not visible here: the children of a distributed Map see no variable from outside",
            "pass it in through ItemSelector or BatchInput",
        )
    if bit:
        return f"${name} is unset here: no way to {visit.name!r} assigns it", "assign it in an earlier state"
    return f"no state assigns ${name}", "assign it in an earlier state, or correct the name"


def _in_distributed(scope: Scope) -> bool:
    return scope.distributed or (scope.owner is not None and _in_distributed(scope.owner.scope))
