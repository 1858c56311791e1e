"""The doors to the expression compilers: here every template, path and condition is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ladle.engine.jsonata_payload import compile_template, is_expression
from ladle.engine.scope import JSON, Evaluate

if TYPE_CHECKING:
    from ladle.engine.scope import Scope

__all__ = [
    "choice_rule",
    "is_expression",
    "jsonata_template",
    "jsonpath_template",
    "path",
    "result_path",
]


def jsonata_template(template: JSON, field: str, expected: str | None = None) -> Evaluate:
    """A value in which strings `{% … %}` are expressions, as a closure."""
    return compile_template(template, field=field, expected=expected)


def jsonpath_template(template: JSON, field: str) -> Evaluate:
    """A payload template, in which fields `name.$` hold paths and intrinsics, as a closure."""
    from ladle.engine import jsonpath

    return jsonpath.compile_template(template, field=field)


def path(text: str, field: str) -> Evaluate:
    """A path (`$`, `$$`, `$name`) or intrinsic, as a closure over `scope.document`."""
    from ladle.engine import jsonpath

    return jsonpath.compile_path(text, field=field)


def result_path(text: str | None) -> Callable[[JSON, JSON], JSON] | None:
    """ResultPath as `put(input, result)`; None where the result replaces the input (`$`)."""
    if text is None:
        return _keep_input
    if text == "$":
        return None
    from ladle.engine import jsonpath

    return jsonpath.compile_result_path(text)


def choice_rule(rule: dict[str, JSON], field: str) -> Callable[[Scope], bool]:
    """The test of a JSONPath Choice rule, as a closure over `scope.document`."""
    from ladle.engine import jsonpath

    return jsonpath.compile_choice(rule, field=field)


def _keep_input(raw: JSON, _result: JSON) -> JSON:
    return raw
