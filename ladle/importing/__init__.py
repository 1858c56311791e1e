"""From a hand-written state machine to the Ladle function that compiles to an equivalent one.

>>> found = import_machine(definition, "order", {})         # doctest: +SKIP
>>> print(found.text)                                       # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ladle.importing.code import Problem, flat
from ladle.importing.machine import Machine
from ladle.importing.module import module_text
from ladle.importing.shapes import shape_of_example
from ladle.importing.values import Name

__all__ = ["Imported", "Problem", "import_machine"]


@dataclass(frozen=True, slots=True)
class Imported:
    """The module, and what a person should know of it; or the problems that keep it from being one."""

    text: str
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def import_machine(
    definition: Mapping[str, Any],
    name: str,
    known: Mapping[str, str],
    *,
    source: str = "a state machine",
    example: Mapping[str, Any] | None = None,
) -> Imported:
    """Write the workflow `name` for a valid definition.

    `known` are the modules of the project's tasks and workflows by their names: calls of these are calls of
    them, and every other function becomes a task whose code is still to be put in. Types are those that the
    machine's use of values shows; `example` is an input that shows more.
    """
    machine = Machine(definition, known)
    for key, value in (example or {}).items():
        machine.values.parameters.setdefault(key, machine.values.shape(Name(key)))
        machine.values.shape(Name(key)).merge(shape_of_example(value))
    lines, ends = machine.body()
    machine.values.settle()
    problems = list(machine.problems)
    if machine.values.whole_input and not machine.values.parameters:
        message = "the whole input is passed on, and nothing shows what is in it: give an example of it"
        problems.append(Problem(definition["StartAt"], message))
    if problems:
        return Imported("", (), tuple(problems))
    notes = list(dict.fromkeys(machine.notes))
    if machine.values.whole_input:
        has = ", ".join(machine.values.parameters)
        notes.append(f"the whole input is passed on: it is taken to have {has}, and nothing else")
    text = module_text(machine, name, list(flat(lines)), ends, source)
    return Imported(text, tuple(notes), ())
