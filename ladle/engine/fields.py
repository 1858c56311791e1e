"""The fields that shape data on its way through a state, compiled: what goes in, what comes out.

Two little pipelines, one a query language. JSONPath: InputPath, Parameters | ResultSelector, ResultPath,
OutputPath. JSONata: Arguments | Output. Assign is part of the second half in both; it and the output see the
values from before the state.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ladle.engine import expressions
from ladle.engine.history import json_text
from ladle.engine.scope import JSON, MISSING, Evaluate, EvaluationFailed

if TYPE_CHECKING:
    from ladle.engine.strand import Strand

__all__ = [
    "Inlet",
    "Outlet",
    "catch_outlet",
    "choice_outlet",
    "inlet",
    "input_selector",
    "number",
    "outlet",
    "path_reader",
]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")

Inlet: TypeAlias = Callable[["Strand"], JSON]
"""The effective input (JSONPath) or arguments (JSONata) of a state."""

Outlet: TypeAlias = Callable[["Strand", JSON], tuple[JSON, "dict[str, JSON] | None"]]
"""From a state's result to its output and the variables it assigns."""


def inlet(definition: dict[str, Any], language: str) -> Inlet | None:
    """What turns a state's raw input into what its work is done on; None where that is the raw input."""
    if language == "JSONata":
        if "Arguments" not in definition:
            return None
        return expressions.jsonata_template(definition["Arguments"], "Arguments")
    input_path = input_selector(definition)
    if "Parameters" not in definition:
        return input_path
    parameters = expressions.jsonpath_template(definition["Parameters"], "Parameters")

    def select(s: Strand) -> JSON:
        s.document = s.input if input_path is None else input_path(s)
        return parameters(s)

    return select


def input_selector(definition: dict[str, Any]) -> Inlet | None:
    """InputPath alone."""
    text = definition.get("InputPath", "$")
    if text == "$":
        return None
    if text is None:
        return _empty
    evaluate = expressions.path(text, "InputPath")

    def select(s: Strand) -> JSON:
        s.document = s.input
        return evaluate(s)

    return select


def _empty(_s: Strand) -> JSON:
    return {}


def outlet(definition: dict[str, Any], language: str) -> Outlet | None:
    """From a state's result to its output; None where they are the same and nothing is assigned."""
    if language == "JSONata":
        return _jsonata_outlet(_template(definition, "Output"), _template(definition, "Assign"))
    selector: Evaluate | None = None
    assign: Evaluate | None = None
    output_path: Inlet | None = None
    if definition.get("ResultSelector") is not None:
        selector = expressions.jsonpath_template(definition["ResultSelector"], "ResultSelector")
    if definition.get("Assign"):
        assign = expressions.jsonpath_template(definition["Assign"], "Assign")
    put = expressions.result_path(definition.get("ResultPath", "$"))
    text = definition.get("OutputPath", "$")
    if text is None:
        output_path = _empty
    elif text != "$":
        output_path = expressions.path(text, "OutputPath")
    if selector is None and assign is None and put is None and output_path is None:
        return None

    def shape(s: Strand, result: JSON) -> tuple[JSON, dict[str, JSON] | None]:
        assigned = None
        if assign is not None:
            s.document = result
            assigned = assign(s)
        if selector is not None:
            s.document = result
            result = selector(s)
        output = result if put is None else put(s.input, result)
        if output_path is not None:
            s.document = output
            output = output_path(s)
        return output, assigned

    return shape


def _template(definition: dict[str, Any], field: str) -> Evaluate | None:
    if field not in definition or (field == "Assign" and not definition[field]):
        return None
    return expressions.jsonata_template(definition[field], field)


def _jsonata_outlet(output: Evaluate | None, assign: Evaluate | None) -> Outlet | None:
    if output is None and assign is None:
        return None

    def shape(s: Strand, result: JSON) -> tuple[JSON, dict[str, JSON] | None]:
        s.result = result
        value = result if output is None else output(s)
        assigned = None if assign is None else assign(s)
        s.result = MISSING
        return value, assigned

    return shape


def catch_outlet(definition: dict[str, Any], language: str, index: int) -> Outlet:
    """What a catcher makes of the error output."""
    place = f"Catch[{index}]"
    if language == "JSONata":
        output = assign = None
        if "Output" in definition:
            output = expressions.jsonata_template(definition["Output"], f"{place}/Output")
        if definition.get("Assign"):
            assign = expressions.jsonata_template(definition["Assign"], f"{place}/Assign")

        def shape(s: Strand, error_output: JSON) -> tuple[JSON, dict[str, JSON] | None]:
            return (
                error_output if output is None else output(s),
                None if assign is None else assign(s),
            )

        return shape
    put = expressions.result_path(definition.get("ResultPath", "$"))
    assigner = None
    if definition.get("Assign"):
        assigner = expressions.jsonpath_template(definition["Assign"], f"{place}/Assign")

    def place_error(s: Strand, error_output: JSON) -> tuple[JSON, dict[str, JSON] | None]:
        assigned = None
        if assigner is not None:
            s.document = error_output
            assigned = assigner(s)
        return (error_output if put is None else put(s.input, error_output)), assigned

    return place_error


def choice_outlet(definition: dict[str, Any], place: str) -> Outlet:
    """Output and Assign of one JSONata Choice rule; `place` is `Choices[n]`."""
    output = assign = None
    if "Output" in definition:
        output = expressions.jsonata_template(definition["Output"], f"{place}/Output")
    if definition.get("Assign"):
        assign = expressions.jsonata_template(definition["Assign"], f"{place}/Assign")
    return _jsonata_outlet(output, assign) or _as_it_is


def _as_it_is(_s: Strand, result: JSON) -> tuple[JSON, dict[str, JSON] | None]:
    return result, None


def path_reader(definition: dict[str, Any], field: str) -> Inlet:
    """A field that holds a path into the state's input, as InputPath leaves it."""
    evaluate = expressions.path(definition[field], field)
    input_path = input_selector(definition)

    def read(s: Strand) -> JSON:
        s.document = s.input if input_path is None else input_path(s)
        return evaluate(s)

    return read


_NOT_AN_INTEGER = 'The {field}Path field refers to value "{shown}" which is not a valid integer: {path}'
_NOT_A_NUMBER = {
    "Seconds": "The SecondsPath parameter cannot be parsed as a long value: {path} == {shown}",
    "ToleratedFailurePercentage": (
        'The {field}Path field refers to value "{shown}" which is not a valid float: {path}'
    ),
}


def number(
    definition: dict[str, Any], field: str, language: str, *, whole: bool = True
) -> Callable[[Strand], Any] | None:
    """A numeric field in any of its forms: `Field` (a number, or JSONata), `FieldPath` (JSONPath).

    The closure gives the number; None where the state does not have the field. A path that leads to anything
    else is a States.Runtime error, worded as on AWS.
    """
    text = definition.get(field + "Path")
    if text is not None and language != "JSONata":
        evaluate = path_reader(definition, field + "Path")
        wording = _NOT_A_NUMBER.get(field, _NOT_AN_INTEGER)

        def read(s: Strand) -> Any:
            value = evaluate(s)
            if type(value) is int or (type(value) is float and (value.is_integer() or not whole)):
                return value
            if isinstance(value, str) and _INTEGER.fullmatch(value):
                return int(value)
            shown = value if isinstance(value, str) else json_text(value)
            raise EvaluationFailed("States.Runtime", wording.format(field=field, shown=shown, path=text))

        return read
    value = definition.get(field)
    if value is None:
        return None
    if isinstance(value, str) and language == "JSONata":
        return expressions.jsonata_template(value, field, "number")
    return lambda _s: value
