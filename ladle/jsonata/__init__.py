"""JSONata as Step Functions speaks it: printing, compiling and evaluating expressions.

The only part of Ladle that knows which evaluator runs underneath.
"""

from ladle.jsonata.expression import Expression, compile_expression, evaluate
from ladle.jsonata.values import UNDEFINED, JsonataError, Undefined, UnsupportedResult

__all__ = [
    "UNDEFINED",
    "Expression",
    "JsonataError",
    "Undefined",
    "UnsupportedResult",
    "compile_expression",
    "evaluate",
]
