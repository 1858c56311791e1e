"""What differs between two definitions, as a person reads it: steps and ways first, then what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any, Final

from ladle.asl.model import Visit, walk

__all__ = ["graph_diff", "steps"]

_INNER: Final = frozenset({"States", "Branches", "ItemProcessor", "Iterator"})
_WAYS: Final = frozenset({"Type", "Next", "End", "Default"})
"""Fields that the list of steps tells."""


def graph_diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Lines with `-` for what is only in the old definition, with `+` for what is only in the new one.

    First the steps that come, go, or lead elsewhere; then, of each step that both have, the fields that
    differ, by their whole path.
    """
    lines = [*unified_diff(list(steps(old)), list(steps(new)), n=0, lineterm="")][2:]
    found = [line for line in lines if not line.startswith("@@")]
    before, after = _fields(old), _fields(new)
    for name in [*before, *(each for each in after if each not in before)]:
        if name in before and name in after:
            found += _changed(name, before[name], after[name])
    return tuple(found)


def steps(definition: Mapping[str, Any]) -> Iterator[str]:
    """A line for each step: its kind, where it leads, and where it leads when it fails.

    >>> list(steps({"StartAt": "a", "States": {"a": {"Type": "Wait", "Next": "b"}, "b": {"Type": "Fail"}}}))
    ['a: Wait -> b', 'b: Fail']
    """
    for visit in walk(definition):
        yield f"{'  ' * visit.scope.depth}{visit.name}: {visit.type}{_ways(visit)}"


def _ways(visit: Visit) -> str:
    state = visit.state
    ways = [choice.get("Next") for choice in state.get("Choices", ())]
    ways += [state[field] for field in ("Default", "Next") if field in state]
    caught = [f"{', '.join(each['ErrorEquals'])}: {each['Next']}" for each in state.get("Catch", ())]
    to = f" -> {' | '.join(map(str, ways))}" if ways else ""
    return to + (f" (failed: {'; '.join(caught)})" if caught else "")


def _fields(definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of each step by its name, those of the machine itself under an empty one."""
    found = {"": {key: value for key, value in definition.items() if key not in _INNER}}
    for visit in walk(definition):
        own = {key: value for key, value in visit.state.items() if key not in _INNER | _WAYS}
        inner = visit.state.get("ItemProcessor", visit.state.get("Iterator"))
        found[visit.name] = own | ({"ProcessorConfig": inner.get("ProcessorConfig")} if inner else {})
    return found


def _changed(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for path in [*before, *(each for each in after if each not in before)]:
        if before.get(path) == after.get(path) and path in before and path in after:
            continue
        where = f"{name}.{path}" if name else path
        for sign, side in (("-", before), ("+", after)):
            if path in side:
                yield f"{sign}{where}: {json.dumps(side[path], ensure_ascii=False)}"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What is in a value, by the path that leads to it."""
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}[{number}]")
    else:
        yield path, value
