"""Names and sizes: state names and labels, their uniqueness and lengths, the definition's size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ladle.asl.problems import Pointer, Problem
from ladle.asl.rules.context import Context
from ladle.asl.tables import DEFINITION_MAX_BYTES, LABEL_ILLEGAL, LABEL_MAX, NAME_MAX

__all__ = ["check_names"]


def check_names(context: Context) -> Iterator[Problem]:
    """Names unique over the whole definition, lengths, and characters."""
    if context.size > DEFINITION_MAX_BYTES:
        yield Problem(
            "A502",
            (),
            f"the definition has {context.size:,} bytes, at most {DEFINITION_MAX_BYTES:,} are allowed",
            "move a part into a state machine of its own, and data out of the definition",
        )
    first_states: dict[str, Pointer] = {}
    first_labels: dict[str, Pointer] = {}
    for scope in context.scopes:
        for name, state in scope.states.items():
            pointer = (*scope.pointer, "States", name)
            yield from _state_name(name, pointer)
            if name in first_states:
                yield duplicate_state(name, pointer, first_states[name])
            else:
                first_states[name] = pointer
            if isinstance(state, Mapping) and isinstance(label := state.get("Label"), str):
                yield from _label(label, (*pointer, "Label"), first_labels)


def duplicate_state(name: str, pointer: Pointer, first: Pointer) -> Problem:
    """The same name for a second state. `first` is the one that has it already."""
    where = "in the same scope" if first[:-1] == pointer[:-1] else f"at /{'/'.join(map(str, first))}"
    return Problem(
        "A304",
        pointer,
        f"{name!r} names another state too, {where}",
        "names are unique over the whole definition, branches and processors included; rename one",
        on_key=True,
        aws_message=f"Duplicate State name: {name}",
    )


def _state_name(name: str, pointer: Pointer) -> Iterator[Problem]:
    if len(name) > NAME_MAX:
        yield Problem(
            "A501",
            pointer,
            f"the state's name has {len(name)} characters, at most {NAME_MAX} are allowed",
            "shorten it; the rest can stand in Comment",
            on_key=True,
            aws_message=f"State name must not exceed {NAME_MAX} chars",
        )
    if not name.strip():
        yield Problem("A504", pointer, "a state's name is empty", "give it a name", on_key=True)
    elif any(ord(character) < 32 or 0x7F <= ord(character) <= 0x9F for character in name):
        yield Problem(
            "A504",
            pointer,
            f"the name {name!r} has a control character",
            "use printable characters",
            on_key=True,
        )


def _label(label: str, pointer: Pointer, first: dict[str, Pointer]) -> Iterator[Problem]:
    illegal = sorted({character for character in label if character in LABEL_ILLEGAL or ord(character) < 32})
    if len(label) > LABEL_MAX:
        yield Problem(
            "A503", pointer, f"the label has {len(label)} characters, at most {LABEL_MAX} are allowed"
        )
    if illegal:
        yield Problem(
            "A503",
            pointer,
            f"a label cannot contain {' '.join(repr(character) for character in illegal)}",
            "use letters, digits, - and _",
        )
    if label in first:
        yield Problem(
            "A305",
            pointer,
            f"the label {label!r} is used by another Map",
            "labels are unique over the whole definition",
            aws_message=f"Duplicate Label name: {label}",
        )
    first.setdefault(label, pointer)
