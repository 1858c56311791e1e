"""The typed form: what a workflow says, with everything Python left implicit written out.

`language` produces it from source; `plan` and `emit` read nothing else. It is plain data: frozen, comparable,
free of `ast` nodes. Laws that hold for every form (checked by `verify`):

* Expressions make no calls: every call of a task or workflow has been lifted to a statement, in Python's
  order of evaluation. What Python evaluates lazily (`and`, `or`, conditional expressions, chained
  comparisons) and that contains a call has become `If`.
* Every expression has a shape, and the operands of an `Op` have exactly the shapes its operation takes: `1
  + x` with a float `x` is `float.add`, never a guess at run time.
* A `Variable` stands for one web of definitions: assignments that can reach a common use share it, others
  do not, so `x = f(); g(x); x = h()` has two variables and nothing false to wait for. Whatever is read is
  definitely set.
* An expression that may fail inside a `try` that would take the failure has been preceded by the explicit
  test (`If` and `Raise`): no expression fails into a handler.
* Names of helpers are gone: a helper's body stands in a `Scope` at the place of its call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ladle.errors import Span
from ladle.wire import Shape

# ---------------------------------------------------------------------------------------------- variables


@dataclass(frozen=True, slots=True)
class Variable:
    """One web of assignments of a Python name.

    `name` is the name in the source (or a readable made-up one for a lifted call: the callee's name),
    `index` tells webs of the same name apart (0 for the first). `made` is true where the source has no such
    name.
    """

    name: str
    index: int
    shape: Shape = field(compare=False)
    made: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return self.name if not self.index else f"{self.name}.{self.index}"


# ---------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Expr:
    """A pure, call-free expression. `shape` is its type, `span` its place in the source."""

    shape: Shape = field(compare=False)
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A JSON value known when compiling (dates as ISO text, enum members as their wire value)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Read(Expr):
    """The value of a variable (also a parameter of the workflow, an item of a Map, a local of `Bind`)."""

    variable: Variable


@dataclass(frozen=True, slots=True)
class FieldOf(Expr):
    """A field of a record that is always present: doors fill defaults, so `day.date` cannot fail."""

    base: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Op(Expr):
    """An operation of the table in `operations`, on operands of exactly the shapes it takes."""

    name: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class MakeList(Expr):
    """A list display. `Spread` items stand for `*xs`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Spread(Expr):
    """`*xs` within a `MakeList`; `base` is a list."""

    base: Expr


@dataclass(frozen=True, slots=True)
class MakeObject(Expr):
    """A dict display or the construction of a record: constant keys, in order, defaults filled in."""

    entries: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Cond(Expr):
    """`then if test else otherwise`; `test` has the bool shape."""

    test: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Bind(Expr):
    """`value` under a local name within `body`; the value is computed once (`a or b`, walrus,
    chained comparisons)."""

    variable: Variable
    value: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Loop(Expr):
    """A call-free comprehension: the list of `element` for each `item` of `source` (a list) that meets
    `condition`.

    `flatten` concatenates elements that are lists (the outer `for` of two).
    """

    item: Variable
    source: Expr
    condition: Expr | None
    element: Expr
    flatten: bool = False


@dataclass(frozen=True, slots=True)
class Context(Expr):
    """A field of the Step Functions context object, such as `Execution.Name` (`run.id`, `run.started`).

    `Execution.Root` is no field of it: it stands for the id of the outermost run, as nested runs are told.
    """

    path: str


@dataclass(frozen=True, slots=True)
class ErrorText(Expr):
    """`str(error)` of a caught error: the message alone, not the JSON around it."""

    error: Variable


@dataclass(frozen=True, slots=True)
class ErrorName(Expr):
    """The name of a caught error's class (`type(error).__name__`)."""

    error: Variable


# ---------------------------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Stmt:
    """`label` is the short text of the source that a state may be named after (`if not found`,
    `load_day`)."""

    span: Span = field(compare=False, repr=False)
    label: str = field(compare=False)


Block = tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Assign(Stmt):
    """`target = value`, no call in it."""

    target: Variable
    value: Expr


@dataclass(frozen=True, slots=True)
class Direct:
    """What a `Call` calls that is neither a task nor a workflow: an integration of Step Functions itself.

    `name` is what the source calls it, `resource` the Task's. `value` says where in the state's result the
    call's value stands, `shape` what it is; with `guarded` that is checked, since nobody else does. The rest
    are the state's own fields.
    """

    name: str
    resource: str
    shape: Shape
    value: str = "$states.result"
    timeout: int | None = None
    heartbeat: int | None = None
    retry: tuple[Any, ...] = ()
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """What a `Call` calls that starts a run of `workflow` and does not wait for it; its value is the ARN."""

    workflow: Any

    @property
    def name(self) -> str:
        """As the source calls it."""
        return f"{self.workflow.name}.start"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a `Call` calls that makes an Express run of `workflow` and waits for it.

    The call succeeds however the run ends; its value tells: `ok`, and then the `value` or the `failure`.
    """

    workflow: Any

    @property
    def name(self) -> str:
        """As the source calls it."""
        return str(self.workflow.name)


@dataclass(frozen=True, slots=True)
class Call(Stmt):
    """A call of a task or a workflow, or of an integration (`Direct`).

    `callee` is the declared object (`ladle.declare.Task` or `Workflow`); `arguments` are by parameter name,
    in the order of the signature, defaults filled in, without the task token. `target` receives the result;
    None when nobody reads it. `step` is true when the call is a full barrier (a bare call,
    `@task(step=True)`, a result nobody reads). `attempt` gives a failure as a value: `target` then has the
    union of the result and `Failed`.
    """

    target: Variable | None
    callee: Any
    arguments: tuple[tuple[str, Expr], ...]
    step: bool = False
    attempt: bool = False


@dataclass(frozen=True, slots=True)
class Far:
    """What makes a Map a distributed one: each iteration is a run of its own.

    `reader` is the action of S3 that gives the items (empty: they are a list), `config` ASL's ReaderConfig;
    with `trusted` the items have their type in any case, with `columns` only those are taken. `percent` of
    the iterations may fail. `writer`: the results are written to S3.
    """

    reader: str = ""
    config: tuple[tuple[str, Any], ...] = ()
    trusted: bool = True
    columns: tuple[str, ...] = ()
    percent: float | None = None
    express: bool = False
    label: str = ""
    writer: bool = False


@dataclass(frozen=True, slots=True)
class Map(Stmt):
    """A comprehension with calls: `body` once for each item of `source`, concurrently, `result` collected
    in order.

    `condition` is call-free and filters the items beforehand. `keep`, evaluated after `body`, tells which
    iterations give an element (a condition that contained a call). `flatten` concatenates results that are
    lists. `concurrency` is None for as much as the platform allows. `index` counts iterations of the
    *filtered* items from 0, if read. With a `batch` above 0, one call of the body's task takes so many items
    (`ladle.compiler.language.batches`). With `far` it is a distributed Map; `details` are expressions of its
    fields, by where they stand: `reader.Bucket`, `writer.Prefix`, `tolerate`.
    """

    target: Variable | None
    item: Variable
    index: Variable | None
    source: Expr
    condition: Expr | None
    body: Block
    keep: Expr | None
    result: Expr
    concurrency: Expr | None = None
    flatten: bool = False
    step: bool = False
    batch: int = 0
    far: Far | None = None
    details: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class If(Stmt):
    """`test` has the bool shape; Python's truth of other types has been written out as operations."""

    test: Expr
    then: Block
    otherwise: Block


@dataclass(frozen=True, slots=True)
class For(Stmt):
    """Iterations one after the other over the list `source`, evaluated once; `orelse` runs when no
    break left it.

    With `every` above 0, each run of a machine of its own takes so many of them (`with split(every=…):`).
    """

    item: Variable
    source: Expr
    body: Block
    orelse: Block
    every: int = 0


@dataclass(frozen=True, slots=True)
class While(Stmt):
    """`before` holds the calls of the condition: it runs before each evaluation of `test`. `every` is that of
    `For`."""

    before: Block
    test: Expr
    body: Block
    orelse: Block
    every: int = 0


@dataclass(frozen=True, slots=True)
class Handler:
    """`except classes as variable: body`. `errors` are ASL error names, subclasses expanded, in a
    stable order."""

    errors: tuple[str, ...]
    variable: Variable | None
    body: Block
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Try(Stmt):
    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block


@dataclass(frozen=True, slots=True)
class Raise(Stmt):
    """`raise Class(message)`: `error` is the class's name and `ancestors` the names of its bases, nearest
    first (a handler for one of them takes it). `again` re-raises a caught error, name and cause
    unchanged."""

    error: str
    ancestors: tuple[str, ...]
    message: Expr | None
    again: Variable | None = None


@dataclass(frozen=True, slots=True)
class Return(Stmt):
    """Leaves the nearest `Scope`, or the workflow; None where Python returns None."""

    value: Expr | None


@dataclass(frozen=True, slots=True)
class Break(Stmt):
    pass


@dataclass(frozen=True, slots=True)
class Continue(Stmt):
    pass


@dataclass(frozen=True, slots=True)
class Sleep(Stmt):
    """`sleep(seconds)`; a step."""

    seconds: Expr


@dataclass(frozen=True, slots=True)
class SleepUntil(Stmt):
    """`sleep_until(instant)`: an RFC 3339 text or a datetime with a zone; a step."""

    instant: Expr


@dataclass(frozen=True, slots=True)
class Ordered(Stmt):
    """`with in_order():` / `with at_once():` / `with after(a, b):`; `after` holds the variables of
    the last kind."""

    kind: str
    after: tuple[Variable, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Scope(Stmt):
    """A helper inlined at its call: parameters were assigned before it, a `Return` in `body` gives `target`
    its value.

    `retry` repeats the whole body (`retry(…)(helper)(…)`).
    """

    target: Variable | None
    body: Block
    retry: Any = None
    step: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """One workflow in typed form.

    `parameters` are its variables in order, with `None` or a constant default each. `tasks` are all callees
    by name. `document` is the docstring, which becomes the machine's comment. `path` is the source file,
    relative. The program of a split loop's runs has `turns`: the loop's place, and how many a run takes;
    and `handled` where a handler around the loop may take its failure.
    """

    name: str
    document: str
    parameters: tuple[tuple[Variable, Const | None], ...]
    result: Shape
    body: Block
    tasks: tuple[Any, ...]
    path: str
    workflow: Any = field(compare=False, repr=False)
    turns: tuple[Span, int] | None = field(default=None, compare=False, repr=False)
    handled: bool = field(default=False, compare=False, repr=False)
