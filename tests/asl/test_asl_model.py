"""Walking a definition, and the tables that everything else reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ladle.asl import scopes, successors, walk
from ladle.asl.model import Scope, is_terminal
from ladle.asl.tables import DISTRIBUTED_ONLY, EXCLUSIVE, REQUIRED, STATE_TYPES, STATES

CORPUS = [
    pytest.param(json.loads(path.read_text(encoding="utf-8")), id=path.name.removesuffix(".asl.json"))
    for path in sorted((Path(__file__).parent / "corpus").glob("*.asl.json"))
]


def _at(definition: Any, pointer: tuple[str | int, ...]) -> Any:
    for step in pointer:
        definition = definition[step]
    return definition


@pytest.mark.parametrize("definition", CORPUS)
def test_pointers_lead_to_what_was_visited(definition: dict[str, Any]) -> None:
    """Of every state, of every scope, of every transition."""
    for scope in scopes(definition):
        assert _at(definition, scope.pointer) is scope.container
    for visit in walk(definition):
        assert _at(definition, visit.pointer) is visit.state
        assert visit.pointer[-1] == visit.name
        assert visit.scope.states[visit.name] is visit.state
        for step in successors(visit.state):
            assert _at(definition, (*visit.pointer, *step.pointer)) == step.target
            assert step.target in visit.scope.states


@pytest.mark.parametrize("definition", CORPUS)
def test_every_state_is_visited_once(definition: dict[str, Any]) -> None:
    """As many states as the text has types, each in the scope that holds it, outer scopes first."""
    visits = list(walk(definition))
    assert len(visits) == json.dumps(definition).count('"Type": "')
    assert len({visit.pointer for visit in visits}) == len(visits)
    depths = [scope.depth for scope in scopes(definition)]
    assert depths == sorted(depths)


def test_scopes_know_what_is_around_them() -> None:
    """Owner, depth, query language, and whether variables from outside are visible."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}
    each = {"Type": "Map", "QueryLanguage": "JSONata", "End": True}
    each["ItemProcessor"] = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **inner}
    definition = {"StartAt": "A", "States": {"A": each}}
    machine, processor = scopes(definition)
    assert (machine.owner, machine.depth, machine.distributed, machine.start) == (None, 0, False, "A")
    assert processor.owner is not None
    assert (processor.owner.name, processor.depth, processor.distributed) == ("A", 1, True)
    assert [visit.language for visit in walk(definition)] == ["JSONata", "JSONPath"]


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"States": []},
        {"States": {"A": 1}},
        {"StartAt": 1, "States": {"A": {"Branches": [1], "Type": []}}},
    ],
)
def test_walking_tolerates_what_is_wrong(definition: dict[str, Any]) -> None:
    """What has not the expected shape is skipped."""
    for visit in walk(definition):
        assert visit.type == ""
        assert list(successors(visit.state)) == []
    assert isinstance(next(iter(scopes(definition))), Scope)


def test_what_ends_a_scope() -> None:
    """End, Succeed and Fail; not a Choice, and not End set to false."""
    assert [
        is_terminal(state)
        for state in (
            {"End": True},
            {"Type": "Succeed"},
            {"Type": "Fail"},
            {"Type": "Choice"},
            {"End": False},
        )
    ] == [True, True, True, False, False]


def test_the_tables_agree_with_each_other() -> None:
    """Required and exclusive fields exist; …Path twins are JSONPath's; Type is first and End last."""
    assert set(REQUIRED) == set(EXCLUSIVE) == set(STATE_TYPES)
    for kind, fields in STATES.items():
        assert set(REQUIRED[kind]) <= set(fields)
        assert all(set(names) <= set(fields) for names, _ in EXCLUSIVE[kind])
        assert next(iter(fields)) == "Type"
        assert "End" not in fields or list(fields)[-1] == "End"
        for name, field in fields.items():
            if name.endswith("Path"):
                assert field.language == "JSONPath"
    assert set(DISTRIBUTED_ONLY) <= set(STATES["Map"])
