"""The rules of Choice states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ladle.asl.problems import Pointer, Problem
from ladle.asl.queries import expression_in
from ladle.asl.rules.context import Context
from ladle.asl.rules.fields import other_language
from ladle.asl.rules.values import check_timestamp
from ladle.asl.tables import CHOICE_OPERATORS, PATH_OPERATORS, RULE_FIELDS, Operand

__all__ = ["check_choices"]


def check_choices(context: Context) -> Iterator[Problem]:
    """Each rule: a Condition in JSONata, exactly one comparison in JSONPath, and Next at the outside."""
    for visit in context.visits:
        rules = visit.state.get("Choices")
        if visit.type != "Choice" or not isinstance(rules, list):
            continue
        for index, rule in enumerate(rules):
            if isinstance(rule, Mapping):
                pointer = (*visit.pointer, "Choices", index)
                if visit.language == "JSONata":
                    yield from _jsonata(rule, pointer)
                else:
                    yield from _jsonpath(rule, pointer, outermost=True)


def _jsonata(rule: Mapping[str, Any], pointer: Pointer) -> Iterator[Problem]:
    yield from _needs(rule, pointer, ("Condition", "Next"))
    for name in rule:
        if name in CHOICE_OPERATORS or name in PATH_OPERATORS or name == "Variable":
            yield other_language((*pointer, name), name, "JSONPath", "JSONata")
        elif name not in RULE_FIELDS:
            yield _unknown(pointer, name, ["Condition", "Next", "Assign", "Output", "Comment"])
    condition = rule.get("Condition", True)
    if not isinstance(condition, bool) and not (
        isinstance(condition, str) and expression_in(condition) is not None
    ):
        yield Problem(
            "A203",
            (*pointer, "Condition"),
            "a Condition is a {% … %} expression or a boolean",
            "write {% … %} around it" if isinstance(condition, str) else "",
        )
    yield from _target(rule, pointer)


def _jsonpath(rule: Mapping[str, Any], pointer: Pointer, *, outermost: bool) -> Iterator[Problem]:
    operators = [name for name in rule if name in CHOICE_OPERATORS or name in PATH_OPERATORS]
    for name in rule:
        if name in ("Condition", "Output"):
            yield other_language((*pointer, name), name, "JSONata", "JSONPath")
        elif name not in RULE_FIELDS and name not in operators:
            yield _unknown(pointer, name, [*CHOICE_OPERATORS, *PATH_OPERATORS, *RULE_FIELDS])
        elif not outermost and name in ("Next", "Assign"):
            yield Problem(
                "A202",
                (*pointer, name),
                f"{name} belongs to the outermost rule, not to one inside And, Or or Not",
                "move it out",
                on_key=True,
                aws_message=f"Field '{name}' is not supported",
                aws_at=pointer,
            )
    if len(operators) != 1 and "Condition" not in rule:
        yield Problem(
            "A214",
            pointer,
            f"a rule has exactly one comparison, this one has {len(operators) or 'none'}",
            f"join {' and '.join(operators)} with And"
            if operators
            else "add one, such as StringEquals or IsPresent",
        )
    if outermost:
        yield from _needs(rule, pointer, ("Next",))
        yield from _target(rule, pointer)
    for name in operators:
        yield from _operand(rule, name, pointer)


def _operand(rule: Mapping[str, Any], name: str, pointer: Pointer) -> Iterator[Problem]:
    value, here = rule[name], (*pointer, name)
    operand = CHOICE_OPERATORS.get(name)
    if operand is Operand.RULE:
        if isinstance(value, Mapping):
            yield from _jsonpath(value, here, outermost=False)
        else:
            yield Problem("A203", here, "Not holds one rule", "write an object with a comparison")
        return
    if operand is Operand.RULES:
        if not isinstance(value, list) or not value:
            yield Problem("A213", here, f"{name} holds a list of rules", "list at least one")
            return
        for index, inner in enumerate(value):
            if isinstance(inner, Mapping):
                yield from _jsonpath(inner, (*here, index), outermost=False)
            else:
                yield Problem("A203", (*here, index), "a rule is an object")
        return
    if "Variable" not in rule:
        yield Problem(
            "A201",
            pointer,
            f"{name} needs a Variable to look at",
            'add "Variable": "$.field"',
            aws_message="These fields are required: [Variable]",
        )
    elif not isinstance(rule["Variable"], str):
        yield Problem("A203", (*pointer, "Variable"), "Variable must be a path", 'write "$.field"')
    if operand is None:
        good, wanted = isinstance(value, str), "a path"
    elif operand in (Operand.BOOLEAN, Operand.FLAG):
        good, wanted = isinstance(value, bool), "true or false"
    elif operand is Operand.NUMBER:
        good, wanted = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    elif operand is Operand.TIMESTAMP:
        yield from check_timestamp(value, here, "JSONPath")
        return
    else:
        good, wanted = isinstance(value, str), "a text"
    if not good:
        yield Problem("A203", here, f"{name} compares with {wanted}", _operand_hint(name, value))


def _operand_hint(name: str, value: Any) -> str:
    if isinstance(value, str) and value.startswith("$") and f"{name}Path" in PATH_OPERATORS:
        return f"to compare with another field use {name}Path"
    return ""


def _needs(rule: Mapping[str, Any], pointer: Pointer, names: tuple[str, ...]) -> Iterator[Problem]:
    missing = [name for name in names if name not in rule]
    if missing:
        yield Problem(
            "A201",
            pointer,
            f"a rule needs {' and '.join(missing)}",
            aws_message=f"These fields are required: [{', '.join(missing)}]",
        )


def _target(rule: Mapping[str, Any], pointer: Pointer) -> Iterator[Problem]:
    if not isinstance(rule.get("Next", ""), str):
        yield Problem("A203", (*pointer, "Next"), "Next must be the name of a state")
    if "Assign" in rule and not isinstance(rule["Assign"], Mapping):
        yield Problem("A203", (*pointer, "Assign"), "Assign must be an object: variables and their values")


def _unknown(pointer: Pointer, name: str, known: list[str]) -> Problem:
    close = get_close_matches(name, known, 1, 0.7)
    return Problem(
        "A202",
        (*pointer, name),
        f"a choice rule has no field {name!r}",
        f"did you mean {close[0]!r}?" if close else "",
        on_key=True,
        aws_message=f"Field '{name}' is not supported",
        aws_at=pointer,
    )
