"""The operations of the typed form: what each takes, gives, and may raise, and what it means.

One row of `OPERATIONS` is one operation. Its meaning is its `python` function, on values as they travel on
the wire (dates are ISO text, records are dicts, tuples are lists); `emit.expressions` prints the same meaning
as JSONata, and `tests/operations` holds the two together.

An operation never gives an approximate value. It raises what Python raises (`failures`), or it stops the run
for something that the state machine cannot do as Python does (`limits`): an integer past 2**53, text whose
order or case depends on more than the evaluator knows. A limit is no Python exception: no handler of a
workflow takes it.
"""

from ladle.compiler.language.operations.failures import Failure, failures
from ladle.compiler.language.operations.formats import format_problem
from ladle.compiler.language.operations.kinds import accepts, item_shape, result_shape, scalar_kind, verify_op
from ladle.compiler.language.operations.reference import Limit
from ladle.compiler.language.operations.table import OPERATIONS, Operation

__all__ = [
    "OPERATIONS",
    "Failure",
    "Limit",
    "Operation",
    "accepts",
    "failures",
    "format_problem",
    "item_shape",
    "result_shape",
    "scalar_kind",
    "verify_op",
]
