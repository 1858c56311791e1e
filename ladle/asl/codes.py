"""Every code that validation can report, with its title and the code AWS uses for it.

`docs/errors/asl.md` explains each. A1 the text, A2 fields, A3 names and transitions, A4 expressions and
variables, A5 limits, A9 what AWS accepts but that is likely to fail when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["AWS_CODES", "TITLES"]

_ROWS: tuple[tuple[str, str, str], ...] = (
    ("A101", "the text is not JSON", "INVALID_JSON_DESCRIPTION"),
    ("A102", "a key stands twice in an object", "INVALID_JSON_DESCRIPTION"),
    ("A103", "values are nested too deeply", "TOO_DEEPLY_NESTED"),
    ("A104", "the definition is not an object", "SCHEMA_VALIDATION_FAILED"),
    ("A201", "a required field is missing", "SCHEMA_VALIDATION_FAILED"),
    ("A202", "a field is not known here", "SCHEMA_VALIDATION_FAILED"),
    ("A203", "a field's value has the wrong type", "SCHEMA_VALIDATION_FAILED"),
    ("A204", "fields exclude each other", "SCHEMA_VALIDATION_FAILED"),
    ("A205", "a field belongs to the other query language", "SCHEMA_VALIDATION_FAILED"),
    ("A206", "a query language cannot be set here", "SCHEMA_VALIDATION_FAILED"),
    ("A207", "the state's type is unknown", "SCHEMA_VALIDATION_FAILED"),
    ("A208", "a number is out of range", "SCHEMA_VALIDATION_FAILED"),
    ("A209", "a text is no timestamp", "SCHEMA_VALIDATION_FAILED"),
    ("A210", "the resource is not recognised", "SCHEMA_VALIDATION_FAILED"),
    ("A211", "an Express machine cannot do this", "SCHEMA_VALIDATION_FAILED"),
    ("A212", "States.ALL must stand alone and last", "SCHEMA_VALIDATION_FAILED"),
    ("A213", "a list must not be empty", "SCHEMA_VALIDATION_FAILED"),
    ("A214", "a choice rule needs exactly one comparison", "SCHEMA_VALIDATION_FAILED"),
    ("A215", "a field needs a distributed Map", "SCHEMA_VALIDATION_FAILED"),
    ("A301", "a transition leads nowhere", "MISSING_TRANSITION_TARGET"),
    ("A302", "no state leads to this one", "MISSING_TRANSITION_TARGET"),
    ("A303", "no state ends the workflow", "MISSING_END_STATE"),
    ("A304", "a state's name is used twice", "DUPLICATE_STATE_NAME"),
    ("A305", "a Map's label is used twice", "DUPLICATE_LABEL_NAME"),
    ("A401", "a JSONPath is not valid", "SCHEMA_VALIDATION_FAILED"),
    ("A402", "a reference path must name one place", "SCHEMA_VALIDATION_FAILED"),
    ("A403", "neither a JSONPath nor an intrinsic function", "SCHEMA_VALIDATION_FAILED"),
    ("A404", "a JSONata expression does not parse", "INVALID_JSONATA_EXPRESSION"),
    ("A405", "a name has no document to be read from", "UNSUPPORTED_JSONATA_EXPRESSION"),
    ("A406", "$states.errorOutput exists only in a catcher", "UNSUPPORTED_JSONATA_EXPRESSION"),
    ("A407", "a variable of an outer scope is assigned", "SCHEMA_VALIDATION_FAILED"),
    ("A408", "a variable's name is not valid", "SCHEMA_VALIDATION_FAILED"),
    ("A501", "a name is too long", "INVALID_STATE_NAME"),
    ("A502", "the definition is too large", "SCHEMA_VALIDATION_FAILED"),
    ("A503", "a label is not valid", "INVALID_LABEL_NAME"),
    ("A504", "a name is empty or has a character that cannot be used", "INVALID_STATE_NAME"),
    ("A505", "intrinsic functions are nested too deeply", "SCHEMA_VALIDATION_FAILED"),
    ("A901", "a Choice has no Default", ""),
    ("A902", "a variable is never assigned", ""),
    ("A903", "a variable may be unset", ""),
    ("A904", "$states holds no such value here", ""),
    ("A905", "once entered, this loop never ends", ""),
    ("A906", "states reach only each other", ""),
    ("A907", "a text looks like an expression but is not evaluated", "NO_DOLLAR"),
    ("A908", "this JSONata function is not available", ""),
    ("A909", "a heartbeat is not shorter than the timeout", ""),
    ("A910", "a tolerated failure of 0 counts as not set", ""),
    ("A911", "an inline Map runs at most 40 iterations at once", ""),
    ("A912", "an error name matches nothing here", ""),
    ("A913", "the task token is never handed out", ""),
    ("A914", "a Map field has no effect without distributed mode", ""),
    ("A915", "the context object has no such field here", ""),
)

TITLES: Mapping[str, str] = MappingProxyType({code: title for code, title, _ in _ROWS})
AWS_CODES: Mapping[str, str] = MappingProxyType({code: aws for code, _, aws in _ROWS})
