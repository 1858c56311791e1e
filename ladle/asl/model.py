"""Walking a definition: its states, the scopes they live in, and where each may go next.

A *scope* is one `States` object with its `StartAt`: the machine itself, a branch of a Parallel, the
processor of a Map. Transitions and variables never leave a scope. Everything here is tolerant: what has not
the expected shape is skipped, so that rules can look at definitions that are still wrong elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ladle.asl.problems import Pointer

__all__ = ["Scope", "Transition", "Visit", "is_distributed", "is_terminal", "scopes", "successors", "walk"]


@dataclass(frozen=True, slots=True)
class Scope:
    """One `States` object: `container` is the object that holds it, `pointer` leads there.

    `owner` is the visit of the Map or Parallel around it (None for the machine). `language` is the machine's
    query language: the only one that is inherited (a Map's own QueryLanguage does not reach its processor).
    `distributed` is true inside a distributed Map's processor, which sees no variable from outside.
    """

    pointer: Pointer
    container: Mapping[str, Any]
    language: str
    owner: Visit | None
    distributed: bool

    @property
    def states(self) -> Mapping[str, Any]:
        """The states by name; empty when `States` is missing or is no object."""
        found = self.container.get("States")
        return found if isinstance(found, Mapping) else {}

    @property
    def start(self) -> str | None:
        """The name that `StartAt` gives, when it is a string."""
        found = self.container.get("StartAt")
        return found if isinstance(found, str) else None

    @property
    def depth(self) -> int:
        """0 for the machine, 1 for its branches, and so on."""
        return 0 if self.owner is None else self.owner.scope.depth + 1


class Visit(NamedTuple):
    """A state where the walk met it."""

    pointer: Pointer
    state: Mapping[str, Any]
    scope: Scope

    @property
    def name(self) -> str:
        return str(self.pointer[-1])

    @property
    def type(self) -> str:
        """The state's type, or an empty text when it has none that is a string."""
        found = self.state.get("Type")
        return found if isinstance(found, str) else ""

    @property
    def language(self) -> str:
        """The query language in force in the state's own fields.

        Any value but the exact text JSONPath means JSONata, as AWS reads it; a wrong one is reported apart.
        """
        own = self.state.get("QueryLanguage", self.scope.language)
        return "JSONPath" if own == "JSONPath" else "JSONata"


class Transition(NamedTuple):
    """A field of a state that names the next one. `pointer` is relative to the state."""

    pointer: Pointer
    target: Any


def scopes(definition: Mapping[str, Any]) -> Iterator[Scope]:
    """Every scope, the machine first, then inner ones as the walk meets their owners."""
    language = "JSONPath" if definition.get("QueryLanguage", "JSONPath") == "JSONPath" else "JSONata"
    pending = deque([Scope((), definition, language, None, distributed=False)])
    while pending:
        scope = pending.popleft()
        yield scope
        for visit in _visits(scope):
            pending.extend(_inner(visit))


def walk(definition: Mapping[str, Any]) -> Iterator[Visit]:
    """Every state of every scope, in the order of :func:`scopes`."""
    for scope in scopes(definition):
        yield from _visits(scope)


def successors(state: Mapping[str, Any]) -> Iterator[Transition]:
    """The transitions a state declares: Next, each choice rule, Default, each catcher."""
    if "Next" in state:
        yield Transition(("Next",), state["Next"])
    for list_field in ("Choices", "Catch"):
        entries = state.get(list_field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, Mapping) and "Next" in entry:
                yield Transition((list_field, index, "Next"), entry["Next"])
    if "Default" in state:
        yield Transition(("Default",), state["Default"])


def is_terminal(state: Mapping[str, Any]) -> bool:
    """Whether a run of the scope may end here."""
    return state.get("Type") in ("Succeed", "Fail") or state.get("End") is True


def _visits(scope: Scope) -> Iterator[Visit]:
    for name, state in scope.states.items():
        if isinstance(state, Mapping):
            yield Visit((*scope.pointer, "States", name), state, scope)


def _inner(visit: Visit) -> Iterator[Scope]:
    state, language = visit.state, visit.scope.language
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, Mapping):
            yield Scope((*visit.pointer, "Branches", index), branch, language, visit, distributed=False)
    for processor_field in ("ItemProcessor", "Iterator"):
        processor = state.get(processor_field)
        if isinstance(processor, Mapping):
            pointer = (*visit.pointer, processor_field)
            yield Scope(pointer, processor, language, visit, distributed=is_distributed(processor))


def is_distributed(processor: Mapping[str, Any]) -> bool:
    """Whether a Map's processor says that its iterations run as executions of their own."""
    config = processor.get("ProcessorConfig")
    return isinstance(config, Mapping) and config.get("Mode") == "DISTRIBUTED"
