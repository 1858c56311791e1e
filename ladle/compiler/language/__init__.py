"""From the source of a workflow to its typed form.

`read` gives a `form.Program` or raises a DiagnosticError with all problems of the workflow; `examine` gives
both the form and the problems, warnings too. The stages, each in a module of its own:

* `source` finds the function's syntax tree and exact places in the file; `subset` says which syntax the
  language has.
* `read` goes over the statements with a `Reader` (`reading`), which knows at each point which names are
  set, to what types (`flow`, `shapes`), and lifts calls out of expressions in Python's order.
* The constructs: `values`, `displays`, `operators`, `conditions`, `comparisons`, `texts`, `comprehensions`,
  `calls` (`arguments`, `records`, `helpers`, `functions`, `methods`, `words`), `statements`, `binding`,
  `mutation`, `loops`, `tries`, `matches`.
* `webs` makes variables of definitions; `verify` checks the laws of `form`.
"""

from ladle.compiler.language.codes import CODES, Code
from ladle.compiler.language.read import Reading, examine, read
from ladle.compiler.language.verify import verify

__all__ = ["CODES", "Code", "Reading", "examine", "read", "verify"]
