"""Fields: which may stand where, which must, and what they hold. The tables decide; this only reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ladle.asl.problems import Pointer, Problem
from ladle.asl.queries import CLOSE, OPEN
from ladle.asl.rules.context import Context
from ladle.asl.rules.values import check_value, wrong_type
from ladle.asl.tables import (
    BRANCH,
    EXCLUSIVE,
    MACHINE,
    PROCESSOR,
    REQUIRED,
    STATE_TYPES,
    STATES,
    Field,
    Fields,
    Kind,
)

__all__ = ["check_fields", "other_language"]


def check_fields(context: Context) -> Iterator[Problem]:
    """Every field of the machine, of its branches and processors, and of every state."""
    for scope in context.scopes:
        if scope.owner is None:
            table, what = MACHINE, "a state machine"
        elif scope.owner.type == "Map":
            table, what = PROCESSOR, "a Map's processor"
        else:
            table, what = BRANCH, "a branch"
        yield from _container(scope.container, scope.pointer, table, what, scope.language)
        for name, state in scope.states.items():
            if not isinstance(state, Mapping):
                yield wrong_type((*scope.pointer, "States", name), state, "an object: a state")
    for visit in context.visits:
        yield from _state(visit.state, visit.pointer, visit.language, context.definition.get("QueryLanguage"))


def _container(
    value: Mapping[str, Any], pointer: Pointer, table: Fields, what: str, language: str
) -> Iterator[Problem]:
    missing = [name for name in ("StartAt", "States") if name not in value]
    if missing:
        yield _missing(pointer, missing, what, "name the state to begin with, and list the states")
    yield from _object(value, pointer, table, what, language)
    states = value.get("States")
    if isinstance(states, Mapping) and not states:
        yield Problem("A213", (*pointer, "States"), "there are no states", "a scope needs at least one state")


def _state(state: Mapping[str, Any], pointer: Pointer, language: str, machine: Any) -> Iterator[Problem]:
    kind = state.get("Type")
    if "Type" not in state:
        yield _missing(pointer, ["Type"], "a state", f"one of {', '.join(STATE_TYPES)}")
        return
    if not isinstance(kind, str) or kind not in STATES:
        close = get_close_matches(str(kind), STATE_TYPES, 1, 0.5)
        yield Problem(
            "A207",
            (*pointer, "Type"),
            f"there is no state type {kind!r}",
            f"write {close[0]!r}" if close else f"one of {', '.join(STATE_TYPES)}",
        )
        return
    if machine == "JSONata" and state.get("QueryLanguage") == "JSONPath":
        yield Problem(
            "A206",
            (*pointer, "QueryLanguage"),
            "a JSONata machine cannot hold a JSONPath state",
            "remove QueryLanguage here; or leave the machine on JSONPath and set JSONata in the other states",
            aws_message="'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
            aws_at=pointer,
        )
    yield from _object(state, pointer, STATES[kind], f"a {kind} state", language)
    missing = [name for name in REQUIRED[kind] if name not in state]
    if missing:
        yield _missing(pointer, missing, f"a {kind} state", "")
    for names, required in EXCLUSIVE[kind]:
        yield from _exclusive(state, pointer, names, required, f"a {kind} state", language, STATES[kind])
    for name in ("Branches", "Choices"):
        if state.get(name) == [] and name in STATES[kind]:
            yield Problem("A213", (*pointer, name), f"{name} is empty", "list at least one")


def _object(
    value: Mapping[str, Any], pointer: Pointer, table: Fields, what: str, language: str
) -> Iterator[Problem]:
    for name, inner in value.items():
        field = table.get(name)
        here = (*pointer, name)
        if field is None:
            yield _unknown(here, name, table, what)
        elif field.language and field.language != language:
            yield other_language(here, name, field.language, language)
        else:
            yield from _value(field, inner, here, language)


def _value(field: Field, value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    if field.kind in (Kind.OBJECT, Kind.SCOPE, Kind.STATES):
        if not isinstance(value, Mapping):
            yield wrong_type(pointer, value, "an object")
        elif field.kind is Kind.OBJECT and field.fields is not None:
            yield from _nested(field.fields, value, pointer, language)
    elif field.kind in (Kind.OBJECTS, Kind.SCOPES, Kind.RULES):
        yield from _list(field, value, pointer, language)
    else:
        yield from check_value(field, value, pointer, language)


def _list(field: Field, value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield wrong_type(pointer, value, "a list")
        return
    for index, item in enumerate(value):
        here = (*pointer, index)
        if not isinstance(item, Mapping):
            yield wrong_type(here, item, "an object")
        elif field.kind is Kind.OBJECTS and field.fields is not None:
            yield from _nested(field.fields, item, here, language)


_PAIRS = (
    ("MaxItems", "MaxItemsPath"),
    ("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
    ("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),
)


def _nested(table: Fields, value: Mapping[str, Any], pointer: Pointer, language: str) -> Iterator[Problem]:
    what = {"Retry": "a retrier", "Catch": "a catcher"}.get(
        str(pointer[-2]) if isinstance(pointer[-1], int) else "", str(pointer[-1])
    )
    yield from _object(value, pointer, table, what, language)
    needed = [name for name in ("ErrorEquals", "Next", "Resource") if name in table and name not in value]
    if pointer[-1] == "ResultWriter":
        needed = []  # a writer may only reformat (WriterConfig) and write nowhere
    if needed:
        yield _missing(pointer, needed, what, "")
    for names in _PAIRS:
        if names[0] in table:
            yield from _exclusive(value, pointer, names, False, what, language, table)


def _exclusive(
    value: Mapping[str, Any],
    pointer: Pointer,
    names: tuple[str, ...],
    required: bool,
    what: str,
    language: str,
    table: Fields,
) -> Iterator[Problem]:
    given = [name for name in names if name in value]
    if len(given) > 1:
        yield Problem(
            "A204",
            (*pointer, given[-1]),
            f"{' and '.join(given)} exclude each other",
            f"keep one of {', '.join(names)}",
            on_key=True,
            aws_message=f"There should only be one of the following fields: [{', '.join(names)}]",
            aws_at=pointer,
        )
    elif not given and required:
        usable = [name for name in names if table[name].language in ("", language)]
        yield Problem(
            "A201",
            pointer,
            f"{what} needs {' or '.join(usable)}",
            _NEEDS.get(names[0], ""),
            on_key=True,
            aws_message=f"These fields are required: [{usable[0]}]",
        )


_NEEDS = {
    "Next": 'name the state that follows ("Next"), or end here ("End": true)',
    "Seconds": "say how long (Seconds) or until when (Timestamp)",
    "ItemProcessor": "put the states that handle one item into ItemProcessor",
}


def _missing(pointer: Pointer, names: list[str], what: str, hint: str) -> Problem:
    return Problem(
        "A201",
        pointer,
        f"{what} needs {' and '.join(names)}",
        hint,
        on_key=True,
        aws_message=f"These fields are required: [{', '.join(names)}]",
    )


def _unknown(pointer: Pointer, name: str, table: Fields, what: str) -> Problem:
    homes = [kind for kind, fields in STATES.items() if name in fields and fields is not table]
    close = get_close_matches(name, table, 1, 0.75)
    if close and close[0] != name:
        hint = f"did you mean {close[0]!r}?"
    elif homes and what.endswith(" state"):
        hint = f"{name} exists in {', '.join(homes)}"
    elif name == "QueryLanguage":
        hint = "set it on the machine or on the single states"
    else:
        hint = f"fields here: {', '.join(table)}"
    return Problem(
        "A202",
        pointer,
        f"{what} has no field {name!r}",
        hint,
        on_key=True,
        aws_message=f"Field '{name}' is not supported",
        aws_at=pointer[:-1],
    )


_COUNTERPARTS = {
    "JSONPath": {
        "Variable": "write the comparison as a Condition",
        "InputPath": "read $states.input in the expressions",
        "OutputPath": "use Output",
        "Parameters": "use Arguments",
        "ResultSelector": "use Output with $states.result",
        "ResultPath": "use Output, or Assign to keep the result in a variable",
        "Result": "use Output",
        "ItemsPath": "use Items",
    },
    "JSONata": {
        "Condition": "write a comparison on Variable, or set QueryLanguage to JSONata",
        "Arguments": "use Parameters",
        "Output": "use ResultSelector, ResultPath or OutputPath",
        "Items": "use ItemsPath",
    },
}


def other_language(pointer: Pointer, name: str, wanted: str, language: str) -> Problem:
    """A field of `wanted` in a state of `language`, with what takes its place there."""
    hint = _COUNTERPARTS[wanted].get(name, "")
    if not hint and name.endswith("Path"):
        hint = f"use {name[:-4]} with a {OPEN} … {CLOSE} expression"
    return Problem(
        "A205",
        pointer,
        f"{name} exists only in {wanted} states, and this state is {language}",
        hint,
        on_key=True,
        aws_message=f"The QueryLanguage is set to '{language}', but field '{name}' is only supported for the "
        f"'{wanted}' QueryLanguage",
        aws_at=pointer[:-1],
    )
