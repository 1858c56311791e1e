"""Transitions: every target exists in its scope, every state is led to, and some state ends it.

What AWS calls unreachable is a state that no transition names (measured: of a chain behind a wrong StartAt it
reports the first state only). States that reach only each other pass there, and are a caution here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from ladle.asl.model import Scope, is_terminal, successors
from ladle.asl.problems import Problem
from ladle.asl.rules.context import Context

__all__ = ["check_graph"]


def check_graph(context: Context) -> Iterator[Problem]:
    """Targets, reachability and ends of each scope."""
    for scope in context.scopes:
        if scope.states and scope.start is not None:
            edges = _edges(scope)
            yield from _targets(scope)
            if not any(isinstance(state, Mapping) and is_terminal(state) for state in scope.states.values()):
                if not _unfinished(scope):
                    yield _endless_scope(scope)
                continue
            yield from _reachability(scope, edges)
            yield from _endless_loops(scope, edges)


def _edges(scope: Scope) -> dict[str, list[str]]:
    """Existing targets of each state."""
    return {
        name: [
            step.target
            for step in (successors(state) if isinstance(state, Mapping) else ())
            if isinstance(step.target, str) and step.target in scope.states
        ]
        for name, state in scope.states.items()
    }


def _targets(scope: Scope) -> Iterator[Problem]:
    wanted = [((*scope.pointer, "StartAt"), scope.start)]
    for name, state in scope.states.items():
        if isinstance(state, Mapping):
            wanted += [
                ((*scope.pointer, "States", name, *step.pointer), step.target) for step in successors(state)
            ]
    for pointer, target in wanted:
        if isinstance(target, str) and target not in scope.states:
            yield Problem(
                "A301",
                pointer,
                f"there is no state {target!r} in this scope",
                _target_hint(scope, target),
                aws_message=f"Missing 'Next' target: {target}",
            )


def _target_hint(scope: Scope, target: str) -> str:
    close = get_close_matches(target, scope.states, 1, 0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    owner = scope.owner
    while owner is not None:
        if target in owner.scope.states:
            inside = "branch" if owner.type == "Parallel" else "processor"
            return f"{target!r} is outside: a {inside} cannot be left; end here and let {owner.name!r} go on"
        owner = owner.scope.owner
    return f"states here: {', '.join(list(scope.states)[:8])}"


def _unfinished(scope: Scope) -> bool:
    """Whether a state lacks both Next and End: that is reported for the state, and says enough."""
    return any(
        isinstance(state, Mapping) and "Next" not in state and state.get("Type") != "Choice"
        for state in scope.states.values()
    )


def _endless_scope(scope: Scope) -> Problem:
    what = "the workflow" if scope.owner is None else f"{scope.owner.name!r}"
    return Problem(
        "A303",
        (*scope.pointer, "States"),
        f"no state ends {what}",
        'end one with "End": true, or add a Succeed or Fail state',
        on_key=True,
        aws_message="Workflow has no terminal state",
        aws_at=("null",),
    )


def _reachability(scope: Scope, edges: dict[str, list[str]]) -> Iterator[Problem]:
    named = {target for targets in edges.values() for target in targets} | {scope.start}
    orphans = [name for name in scope.states if name not in named]
    for name in orphans:
        yield Problem(
            "A302",
            (*scope.pointer, "States", name),
            f"no transition leads to {name!r}",
            "remove the state, or name it in a Next, Default, Choices or Catch",
            on_key=True,
            aws_message=f'State "{name}" is not reachable.',
        )
    reached = _reach([scope.start or "", *orphans], edges)
    stranded = [name for name in scope.states if name not in reached]
    if stranded and scope.start in scope.states:
        yield Problem(
            "A906",
            (*scope.pointer, "States", stranded[0]),
            f"{_listed(stranded)} only lead to each other: no run gets there",
            "remove them, or lead to one of them",
            on_key=True,
        )


def _endless_loops(scope: Scope, edges: dict[str, list[str]]) -> Iterator[Problem]:
    ends = [name for name, state in scope.states.items() if isinstance(state, Mapping) and is_terminal(state)]
    backwards: dict[str, list[str]] = {name: [] for name in scope.states}
    for name, targets in edges.items():
        for target in targets:
            backwards[target].append(name)
    # A Choice without Default ends too: it fails when nothing matches. That is no way out to rely on.
    can_end = _reach(ends, backwards)
    reached = _reach([scope.start or ""], edges)
    stuck = [name for name in scope.states if name in reached and name not in can_end and edges[name]]
    if stuck:
        yield Problem(
            "A905",
            (*scope.pointer, "States", stuck[0]),
            f"once in {_listed(stuck)}, a run never ends",
            "add a transition that leaves the loop; only a timeout, an error or 25,000 events stop it",
            on_key=True,
        )


def _reach(starts: list[str], edges: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    pending = [name for name in starts if name in edges]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending.extend(edges[name])
    return seen


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"
