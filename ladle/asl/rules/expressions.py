"""Expressions: paths, intrinsic functions and JSONata that parse, and read only what there is."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ladle.asl.intrinsics import IntrinsicError, parse_intrinsic
from ladle.asl.paths import Path, PathError, parse_path
from ladle.asl.problems import Problem
from ladle.asl.queries import OPEN, Query, Read, expression_in, scan_query
from ladle.asl.rules.context import Context
from ladle.asl.sites import Form, Site, sites
from ladle.asl.tables import INTRINSIC_MAX_NESTING

__all__ = ["check_expressions"]


def check_expressions(context: Context) -> Iterator[Problem]:
    """Every expression of every state."""
    for visit in context.visits:
        for site in sites(visit):
            if site.form is Form.QUERY:
                yield from _query(site, context)
            elif site.form is Form.TEMPLATE_KEY:
                yield from _template_key(site)
            elif site.form is Form.PATH_OR_INTRINSIC and not site.text.startswith("$"):
                yield from _intrinsic(site)
            else:
                yield from _path(site)


_REFERENCES = (Form.REFERENCE, Form.DATA_REFERENCE, Form.RESULT_PATH)


def _path(site: Site) -> Iterator[Problem]:
    try:
        path = parse_path(site.text)
    except PathError as error:
        yield Problem(
            "A401" if site.form is Form.PATH else "A402",
            site.pointer,
            f"{site.text!r} is no JSONPath: {error}",
            'write it as "$.field"' if not site.text.startswith("$") else "",
            within=(error.position, error.position + 1),
            aws_message="Value must be a valid JSONPath."
            if site.form is Form.PATH
            else f"Value is not a Reference Path: {_aws_reason(site.text)}",
        )
        return
    if site.form in _REFERENCES and not path.is_reference:
        yield _not_reference(site, path)
    elif site.form is Form.DATA_REFERENCE and path.root == "$$":
        yield Problem(
            "A402",
            site.pointer,
            f"{site.field} cannot read the context object",
            "put the value into the input or a variable first",
            aws_message="Value is not a Reference Path",
        )
    elif site.form is Form.RESULT_PATH and path.root != "$":
        yield Problem(
            "A402",
            site.pointer,
            f"ResultPath puts the result into the state's input, and {path.root!r} is not that",
            "begin it with '$.'; to keep the result in a variable use Assign",
            aws_message="Value is not a Reference Path: Reference path didn't start with '$'",
        )


def _aws_reason(text: str) -> str:
    return (
        "Reference path didn't start with '$'"
        if not text.startswith("$")
        else "Value must be a valid JSONPath."
    )


def _not_reference(site: Site, path: Path) -> Problem:
    selector = next(step for step in path.steps if not isinstance(step, str | int))
    return Problem(
        "A402",
        site.pointer,
        f"{site.field} must name one place, and {selector.text!r} can match several",
        "use fields and indexes only",
        aws_message="Value is not a Reference Path",
    )


def _template_key(site: Site) -> Iterator[Problem]:
    problem: PathError | IntrinsicError
    try:
        if site.text.startswith("$"):
            parse_path(site.text)
        else:
            yield from _nesting(site)
        return
    except (PathError, IntrinsicError) as error:
        problem = error
    key = site.pointer[-1]
    within: tuple[int, int] | None = None
    hint = f"remove the .$ from {key!r} if the value is meant as it stands"
    if not site.text:
        reason = "its value is no text"
    elif not site.text.startswith(("$", "States.")):
        reason = f"{site.text!r} is neither"
    else:
        reason, hint, within = str(problem), "", (problem.position, problem.position + 1)
    yield Problem(
        "A403",
        site.pointer,
        f"{key!r} needs a JSONPath or an intrinsic function: {reason}",
        hint,
        within=within,
        aws_message=f"The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function "
        "call",
        aws_at=site.template,
    )


def _intrinsic(site: Site) -> Iterator[Problem]:
    try:
        yield from _nesting(site)
    except IntrinsicError as error:
        yield Problem(
            "A403",
            site.pointer,
            f"{site.text!r} is neither a path nor an intrinsic function: {error}",
            within=(error.position, error.position + 1),
            aws_message="Value is not a Reference Path or a valid intrinsic function call",
        )


def _nesting(site: Site) -> Iterator[Problem]:
    depth = parse_intrinsic(site.text).depth
    if depth > INTRINSIC_MAX_NESTING:
        yield Problem(
            "A505",
            site.pointer,
            f"intrinsic functions are nested {depth} deep, at most {INTRINSIC_MAX_NESTING} are allowed",
            "compute a part in an earlier state",
        )


def _query(site: Site, context: Context) -> Iterator[Problem]:
    expression = expression_in(site.text)
    if expression is None:
        # Measured: AWS takes such a text as it stands, also one with a space outside the delimiters.
        if expression_in(site.text.strip()) is not None:
            reason, hint = "spaces stand outside {% … %}, so the text is no expression", "remove them"
        else:
            reason = "an expression is the whole text, from {% to %}; this text is not evaluated"
            hint = "make the whole text one expression: {% 'a' & $b %}"
        yield Problem("A907", site.pointer, reason, hint)
        return
    query = scan_query(expression)
    parsed = context.check_expression(expression) if context.check_expression is not None else None
    if parsed is None:
        parsed = query.error
    if parsed is not None:
        message, offset = parsed
        yield Problem(
            "A404",
            site.pointer,
            f"the JSONata expression does not parse: {message}",
            within=_shift(offset, offset + 1),
            aws_message=message,
        )
        return
    yield from _reads(site, query)


def _reads(site: Site, query: Query) -> Iterator[Problem]:
    for token in query.unsupported:
        yield Problem(
            "A404",
            site.pointer,
            f"{token.text!r} is newer than JSONata 2.0.6, which Step Functions runs",
            "write it as a condition: $exists(a) ? a : b",
            within=_shift(token.start, token.end),
            aws_message=f'The symbol "{token.text[-1]}" cannot be used as a unary operator',
        )
    seen: set[str] = set()
    for read in query.top_level_names:
        if read.name not in seen:
            seen.add(read.name)
            yield _top_level(site, read)
    for read in query.variables:
        if read.name == "states" and read.path:
            yield from _states_field(site, read)
    for read in query.functions:
        if read.name == "eval":
            yield Problem(
                "A908",
                site.pointer,
                "$eval is not available in Step Functions",
                "to read JSON text use $parse",
                within=_shift(read.start, read.end),
            )


def _top_level(site: Site, read: Read) -> Problem:
    if read.name in ("$", "$$"):
        reason = f"{read.name!r} stands for an input document, and expressions have none"
    else:
        reason = f"{read.name!r} is read from an input document, and expressions have none"
    hint = "write $states.input" + ("" if read.name.startswith("$") else f".{read.name}")
    if not read.name.startswith("$"):
        hint += f"; for a variable ${read.name}, for a text '{read.name}'"
    return Problem(
        "A405",
        site.pointer,
        reason,
        hint,
        within=_shift(read.start, read.end),
        aws_message=f"Reference to '{read.name}' at the top level is not supported.",
    )


_STATES_FIELDS = ("input", "result", "errorOutput", "context")


def _states_field(site: Site, read: Read) -> Iterator[Problem]:
    name = read.path[0]
    within = _shift(read.start, read.end)
    if name == "errorOutput" and site.offers != "errorOutput":
        yield Problem(
            "A406",
            site.pointer,
            "$states.errorOutput exists only in the Output and Assign of a catcher",
            'keep it in a variable there: "Assign": {"error": "{% $states.errorOutput %}"}',
            within=within,
            aws_message="Reference to '$states.errorOutput' is not supported here.",
        )
    elif name == "result" and site.offers != "result":
        yield Problem(
            "A904",
            site.pointer,
            "$states.result exists only in the Output and Assign of a Task, Map or Parallel",
            "read $states.input, or keep the result in a variable where it is known",
            within=within,
        )
    elif name not in _STATES_FIELDS:
        close = get_close_matches(name, _STATES_FIELDS, 1, 0.5)
        yield Problem(
            "A904",
            site.pointer,
            f"$states has no field {name!r}",
            f"did you mean $states.{close[0]}?" if close else f"it has {', '.join(_STATES_FIELDS)}",
            within=within,
        )


def _shift(start: int, end: int) -> tuple[int, int]:
    return start + len(OPEN), end + len(OPEN)
