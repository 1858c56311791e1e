"""Every place in a state where an expression may stand: paths, `.$` templates, `{% %}` texts.

The field tables say where; the rules on expressions and variables, and DescribeStateMachine's
`variableReferences`, all read the places from here.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from ladle.asl.intrinsics import IntrinsicError, parse_intrinsic, paths_of
from ladle.asl.model import Visit
from ladle.asl.paths import PathError, parse_path
from ladle.asl.problems import Pointer
from ladle.asl.queries import OPEN, Read, expression_in, scan_query
from ladle.asl.tables import CHOICE_OPERATORS, PATH_OPERATORS, STATES, Field, Kind, Operand

__all__ = ["Form", "Site", "assigned_names", "assigns", "sites", "variables_read"]


class Form(Enum):
    """How the text at a site is written."""

    PATH = auto()
    REFERENCE = auto()
    DATA_REFERENCE = auto()
    RESULT_PATH = auto()
    PATH_OR_INTRINSIC = auto()
    TEMPLATE_KEY = auto()  # the value of a key that ends in .$
    QUERY = auto()  # a text in a JSONata state that is (or looks like) {% … %}


class Site(NamedTuple):
    """An expression. `offers` names what `$states` holds there besides input and context.

    That is `result`, `errorOutput` or nothing. `field` is the field's own name, and `template` leads to the
    object in which a `.$` key stands.
    """

    pointer: Pointer
    text: str
    form: Form
    field: str
    offers: str
    template: Pointer


_EVALUATED = frozenset(
    {
        Kind.ARGUMENTS,
        Kind.TEXT,
        Kind.NUMBER,
        Kind.INTEGER,
        Kind.TIMESTAMP,
        Kind.ITEMS,
        Kind.TEMPLATE,
    }
)
_PATH_FORMS = {
    Kind.PATH: Form.PATH,
    Kind.REFERENCE: Form.REFERENCE,
    Kind.DATA_REFERENCE: Form.DATA_REFERENCE,
    Kind.RESULT_PATH: Form.RESULT_PATH,
    Kind.PATH_OR_INTRINSIC: Form.PATH_OR_INTRINSIC,
}
_WITH_RESULT = ("Task", "Map", "Parallel")


def sites(visit: Visit) -> Iterator[Site]:
    """The expressions of a state's own fields; those of states inside it belong to them."""
    table = STATES.get(visit.type)
    if table is None:
        return
    for name, value in visit.state.items():
        field = table.get(name)
        if field is None:
            continue
        offers = "result" if visit.type in _WITH_RESULT and name in ("Assign", "Output") else ""
        yield from _of_field(field, name, value, (*visit.pointer, name), visit.language, offers)


def _of_field(
    field: Field, name: str, value: Any, pointer: Pointer, language: str, offers: str
) -> Iterator[Site]:
    if field.literal or (field.language and field.language != language):
        return
    if field.kind in _PATH_FORMS:
        if isinstance(value, str):
            yield Site(pointer, value, _PATH_FORMS[field.kind], name, offers, pointer)
    elif field.kind in _EVALUATED or field.kind is Kind.ASSIGN:
        if language == "JSONata":
            yield from _queries(value, pointer, name, offers)
        elif field.kind in (Kind.TEMPLATE, Kind.ARGUMENTS, Kind.ASSIGN):
            yield from _template(value, pointer, name, offers)
    elif field.kind is Kind.RULES:
        for index, rule in enumerate(value if isinstance(value, list) else ()):
            yield from _of_rule(rule, (*pointer, index), language)
    elif field.kind is Kind.OBJECT and isinstance(value, Mapping):
        yield from _of_object(field, value, pointer, language, offers)
    elif field.kind is Kind.OBJECTS:
        inner_offers = "errorOutput" if name == "Catch" else ""
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, Mapping):
                yield from _of_object(field, item, (*pointer, index), language, inner_offers)


def _of_object(
    field: Field, value: Mapping[str, Any], pointer: Pointer, language: str, offers: str
) -> Iterator[Site]:
    for key, inner in value.items():
        if field.fields is not None and (row := field.fields.get(key)) is not None:
            yield from _of_field(row, key, inner, (*pointer, key), language, offers)


_RULE_ASSIGN = Field(Kind.ASSIGN)
_RULE_QUERY = Field(Kind.TEMPLATE, "JSONata")


def _of_rule(rule: Any, pointer: Pointer, language: str) -> Iterator[Site]:
    if not isinstance(rule, Mapping):
        return
    for key, value in rule.items():
        here = (*pointer, key)
        if key == "Assign":
            yield from _of_field(_RULE_ASSIGN, key, value, here, language, "")
        elif key in ("Output", "Condition"):
            yield from _of_field(_RULE_QUERY, key, value, here, language, "")
        elif (
            language == "JSONPath" and isinstance(value, str) and (key == "Variable" or key in PATH_OPERATORS)
        ):
            yield Site(here, value, Form.REFERENCE, key, "", here)
        elif CHOICE_OPERATORS.get(key) is Operand.RULE:
            yield from _of_rule(value, here, language)
        elif CHOICE_OPERATORS.get(key) is Operand.RULES and isinstance(value, list):
            for index, inner in enumerate(value):
                yield from _of_rule(inner, (*here, index), language)


def _queries(value: Any, pointer: Pointer, name: str, offers: str) -> Iterator[Site]:
    if isinstance(value, str):
        if OPEN in value or "%}" in value:
            yield Site(pointer, value, Form.QUERY, name, offers, pointer)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _queries(inner, (*pointer, key), name, offers)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _queries(inner, (*pointer, index), name, offers)


def _template(value: Any, pointer: Pointer, name: str, offers: str) -> Iterator[Site]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key.endswith(".$"):
                text = inner if isinstance(inner, str) else ""
                yield Site((*pointer, key), text, Form.TEMPLATE_KEY, name, offers, pointer)
            else:
                yield from _template(inner, (*pointer, key), name, offers)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _template(inner, (*pointer, index), name, offers)


def variables_read(site: Site, assigned: Container[str]) -> Iterator[Read]:
    """The workflow variables that the expression at a site reads; none when it cannot be parsed.

    `$states` is no variable. A name that one of JSONata's functions has counts when some state assigns it
    (`assigned` has it) and it is not called. Offsets are characters of the site's text.
    """
    if site.form is Form.QUERY:
        expression = expression_in(site.text)
        if expression is None:
            return
        query = scan_query(expression)
        hiding = (read for read in query.functions if read.name in assigned and not read.called)
        for read in (*query.variables, *hiding):
            if read.name != "states":
                yield read._replace(start=read.start + len(OPEN), end=read.end + len(OPEN))
        return
    if site.form is Form.RESULT_PATH:
        return
    try:
        if site.text.startswith("$"):
            paths = [parse_path(site.text)]
        else:
            paths = list(paths_of(parse_intrinsic(site.text)))
    except (PathError, IntrinsicError):
        return
    for path in paths:
        if path.variable:
            start = site.text.find(path.root)
            steps = tuple(str(step) for step in path.steps)
            yield Read(path.variable, steps, start, start + len(path.root))


def assigned_names(value: Any) -> Iterator[str]:
    """The variables an Assign object sets: its keys, without the `.$` of JSONPath."""
    if isinstance(value, Mapping):
        for key in value:
            yield key.removesuffix(".$")


def assigns(visit: Visit) -> Iterator[tuple[Pointer, Any]]:
    """Each Assign of a state (its own, its rules', its catchers') with its place relative to the state."""
    if "Assign" in visit.state:
        yield ("Assign",), visit.state["Assign"]
    for list_field in ("Choices", "Catch"):
        entries = visit.state.get(list_field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, Mapping) and "Assign" in entry:
                yield (list_field, index, "Assign"), entry["Assign"]
