"""The JSONPath query language of Step Functions: paths, payload templates, intrinsics, Choice rules.

Everything is compiled once, to closures over a :class:`~ladle.engine.scope.Scope` whose `document` is what
`$` means at that moment.
"""

from ladle.engine.jsonpath.choice import compile_choice
from ladle.engine.jsonpath.reference import compile_result_path
from ladle.engine.jsonpath.template import PathTemplateError, compile_path, compile_template

__all__ = [
    "PathTemplateError",
    "compile_choice",
    "compile_path",
    "compile_result_path",
    "compile_template",
]
