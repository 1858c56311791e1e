"""The registry of the problems that reading a workflow can find: stable codes, one line each.

`docs/errors/language.md` has a section for each code with its cause, an example and the remedy; a test holds
the two together. L1: syntax. L2: calls and arguments. L3: names and assignment. L4: types. L5: control flow
and errors. L6: AWS services and what else runs
beside tasks. What is wrong with a declaration itself has a D-code (`ladle.declare`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["CODES", "Code"]


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem. A warning does not keep the workflow from being compiled."""

    code: str
    title: str
    severity: str = "error"


def _registry(*codes: Code) -> Mapping[str, Code]:
    return {code.code: code for code in codes}


CODES: Final[Mapping[str, Code]] = _registry(
    Code("L101", "A statement is not part of the language"),
    Code("L102", "An expression is not part of the language"),
    Code("L103", "A pattern of `match` is not part of the language"),
    Code("L104", "A comprehension has a form that cannot be compiled"),
    Code("L105", "The source of a function cannot be read"),
    Code("L106", "This cannot be assigned to"),
    Code("L107", "A value has no exact text form here"),
    Code("L108", "A call stands where Python would not make it in turn"),
    Code("L109", "A list or dict is changed that something else may share"),
    Code("L110", "An operator is not part of the language"),
    Code("L113", "A zero may have a sign"),
    Code("L114", "A number that a text shows may be an int"),
    Code("L201", "This cannot be called in a workflow"),
    Code("L202", "Too many arguments"),
    Code("L203", "An argument is missing"),
    Code("L204", "There is no such parameter"),
    Code("L205", "An argument is given twice"),
    Code("L206", "Arguments are unpacked in a call"),
    Code("L207", "There is no such method"),
    Code("L208", "A helper calls itself"),
    Code("L209", "A word of Ladle is used in the wrong way"),
    Code("L211", "Two tasks or workflows of different modules share a name"),
    Code("L212", "A workflow calls itself"),
    Code("L301", "Unknown name"),
    Code("L302", "A name of the module cannot be used as a value"),
    Code("L303", "A walrus changes a name within the expression that reads it"),
    Code("L310", "A name may be unset"),
    Code("L311", "A name is not set"),
    Code("L312", "A name of an enclosing function or module is assigned"),
    Code("L401", "An argument has the wrong type"),
    Code("L402", "An annotation cannot be understood"),
    Code("L403", "The type is not known well enough"),
    Code("L404", "There is no such attribute"),
    Code("L405", "An operator does not take these types"),
    Code("L406", "Values of different types are compared"),
    Code("L407", "The value may be None"),
    Code("L408", "The result has the wrong type"),
    Code("L409", "The value does not fit the annotation"),
    Code("L410", "There is no such key"),
    Code("L411", "This cannot be iterated over"),
    Code("L412", "This cannot be subscripted"),
    Code("L413", "A type grows with each turn of a loop"),
    Code("L414", "A value has no exact truth"),
    Code("L415", "The order of a dict's keys would matter"),
    Code("L416", "A tuple has another length"),
    Code("L417", "The method or function does not take this type"),
    Code("L501", "A return is missing"),
    Code("L502", "Code is never reached", "warning"),
    Code("L503", "This is no exception class"),
    Code("L504", "A `raise` has a form that cannot be compiled"),
    Code("L505", "Two exception classes share a name"),
    Code("L506", "`finally` is left by a jump"),
    Code("L507", "A handler is never reached", "warning"),
    Code("L508", "A loop cannot be split"),
    Code("L601", "AWS has no such service or action, or it cannot be waited for"),
    Code("L602", "An action of AWS has no such parameter"),
    Code("L603", "A parameter of AWS takes only certain words"),
    Code("L604", "An option of a call is not right"),
    Code("L605", "A service of AWS has no such error"),
    Code("L606", "An Express run cannot do this"),
    Code("L607", "A web API cannot be called so"),
    Code("L610", "Items in S3 stand in the wrong place"),
    Code("L611", "What reads or writes S3 is not right"),
    Code("L612", "An option of a distributed comprehension is not right"),
    Code("L613", "A handler cannot take the errors of a distributed comprehension"),
)
"""Every code, in order."""
