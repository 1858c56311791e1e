"""The reader: the state while one workflow is read, and the few moves that all constructs share.

Constructs themselves are functions in the modules beside this one, found through two tables by the class of
the syntax node. Reading an expression gives a call-free `form.Expr`; the calls in it have by then been
appended to the current block, in Python's order.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, Final, TypeVar

from ladle.compiler.language import form, subset
from ladle.compiler.language.failures import Failures
from ladle.compiler.language.flow import Binding, Definition, Definitions, Env, Path, merge
from ladle.compiler.language.problems import Problems
from ladle.compiler.language.shapes import POISON, is_poison, join, kind_of, options
from ladle.compiler.language.source import FunctionSource
from ladle.compiler.language.walk import bound_names
from ladle.errors import Span
from ladle.wire import Shape, UnionShape

__all__ = ["Condition", "Facts", "Frame", "Loop", "Reader", "Taken", "is_scalar"]

T = TypeVar("T")
A = TypeVar("A", bound=ast.AST)
Facts = tuple[tuple[Path, Shape], ...]
"""What a test tells: paths and the shapes they have where it holds."""

ExpressionReader = Callable[["Reader", Any, Shape | None], form.Expr]
StatementReader = Callable[["Reader", Any], None]


@dataclass(frozen=True, slots=True)
class Condition:
    """A test: its value (a bool), and what is known where it holds (`yes`) and where it does not (`no`)."""

    expr: form.Expr
    yes: Facts = ()
    no: Facts = ()


@dataclass(slots=True)
class Loop:
    """A loop being read: the states in which `break` and `continue` leave its body."""

    breaks: list[Env] = field(default_factory=list)
    continues: list[Env] = field(default_factory=list)


@dataclass(slots=True)
class Frame:
    """One function being read: the workflow, or a helper at the place of its call."""

    source: FunctionSource
    path: tuple[object, ...]
    result: Shape | None
    env: Env = field(default_factory=Env)
    locals: frozenset[str] = frozenset()
    declared: dict[str, Shape] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    caught: list[form.Variable | None] = field(default_factory=list)
    returned: list[Shape] = field(default_factory=list)
    fresh_result: bool = True
    finals: list[list[Env]] = field(default_factory=list)
    comprehended: list[frozenset[str]] = field(default_factory=list)
    """The names of each comprehension being read, the innermost last."""
    outer: Frame | None = None
    """Of a function defined in another one, the frame of that one, whose names `captured` it reads."""
    captured: frozenset[str] = frozenset()

    def stale(self, name: str) -> None:
        """The value of `name` may now be reached by another way, whichever function the name belongs to."""
        self.env.stale(name)
        if self.outer is not None and name in self.captured:
            self.outer.stale(name)


@dataclass(slots=True)
class Taken:
    """The body of a `try` being read: the error names its handlers take, and the states in which
    they may start."""

    errors: frozenset[str]
    frame: Frame
    states: list[Env] = field(default_factory=list)
    named: bool = False
    """Whether a handler binds the error."""


class Reader:
    """Reads one workflow. `expressions` and `statements` are the tables of constructs."""

    def __init__(
        self,
        expressions: Mapping[type[ast.AST], ExpressionReader],
        statements: Mapping[type[ast.AST], StatementReader],
        failures: Failures,
        workflow: Any,
        root: FilePath | None = None,
    ) -> None:
        self.expressions = expressions
        self.statements = statements
        self.failures = failures
        self.workflow = workflow
        self.root = root
        self.problems = Problems()
        self.definitions = Definitions()
        self.callees: dict[str, Any] = {}
        self.block: list[form.Stmt] = []
        self.frames: list[Frame] = []
        self.taken: list[Taken] = []
        self.inlining: list[Any] = []
        self.read_names: set[str] = set()
        self.fresh_calls: set[int] = set()
        self.chosen: set[int] = set()
        self.token_allowed = False
        self.referred: list[Definition] = []
        """What has been read in this statement while nothing else referred to a part of it."""
        self.bindings = 0
        """How many names have been bound so far."""
        self._derived: dict[tuple[int, str], ast.AST] = {}

    # ---------------------------------------------------------------------------------- where we are

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def env(self) -> Env:
        return self.frame.env

    @property
    def comprehended(self) -> list[frozenset[str]]:
        return self.frame.comprehended

    def span(self, node: ast.AST) -> Span:
        return self.frame.source.source.span(node)

    def text(self, node: ast.AST) -> str:
        """The source of a node, in one line."""
        return self.frame.source.source.segment(node)

    # ---------------------------------------------------------------------------------- problems

    def problem(self, code: str, node: ast.AST, message: str, hint: str = "", label: str = "") -> None:
        self.problems.add(code, self.span(node), message, hint, label)

    def refuse(self, code: str, node: ast.AST, message: str, hint: str = "", label: str = "") -> form.Expr:
        """Reports a problem of an expression; its value is poison, so that nothing is reported twice."""
        self.problem(code, node, message, hint, label)
        return self.poison(node)

    def poison(self, node: ast.AST) -> form.Expr:
        return form.Const(POISON, self.span(node), None)

    # ---------------------------------------------------------------------------------- reading

    def expression(self, node: ast.expr, expected: Shape | None = None) -> form.Expr:
        """The call-free value of a node; `expected` is the type that its place asks for, where there
        is one."""
        read = self.expressions.get(type(node))
        if read is None:
            refusal = subset.refusal(node)
            return self.refuse(refusal.code, node, refusal.message, refusal.hint)
        since = self.read_so_far()
        found = read(self, node, expected)
        if len(self.referred) > since[0] and is_scalar(found.shape):
            self.unreferred(since)
        return found

    def read_so_far(self) -> tuple[int, int]:
        """How many names have been read and bound, for `unreferred`."""
        return len(self.referred), self.bindings

    def unreferred(self, since: tuple[int, int]) -> None:
        """What was read since then refers to no part of a value: a scalar was made, and no name bound."""
        if self.bindings == since[1]:
            self.env.deep.update(self.referred[since[0] :])

    def statement(self, node: ast.stmt) -> None:
        """Appends the statements that a node means to the current block."""
        read = self.statements.get(type(node))
        if read is None:
            refusal = subset.refusal(node)
            self.problem(refusal.code, node, refusal.message, refusal.hint)
            self.give_up(node)
            return
        self.read_names = set()
        self.referred.clear()
        read(self, node)

    def give_up(self, node: ast.AST) -> None:
        """Binds the names that a refused part would have bound, so that their uses are no problems of
        their own."""
        for name in bound_names(node):
            self.define(name, POISON, node, tag=name)

    def suite(self, nodes: Sequence[ast.stmt]) -> None:
        """Reads statements one after the other; what can never be reached is warned of and left out."""
        for node in nodes:
            if not self.env.reachable:
                self.problem(
                    "L502",
                    node,
                    "this is never reached: what is written before it always leaves",
                    "remove it",
                )
                return
            self.statement(node)

    def derived(self, node: ast.AST, make: Callable[[], A]) -> A:
        """A node that stands for a part of another one; the same object each time, so that
        definitions keep place."""
        key = (id(node), make.__qualname__)
        made = self._derived.get(key)
        if made is None:
            made = self._derived[key] = ast.copy_location(make(), node)
        return made  # type: ignore[return-value]

    # ---------------------------------------------------------------------------------- blocks and branches

    def emit(self, statement: form.Stmt) -> None:
        """Appends a statement to the current block; one that may fail tells the `try`s around it how
        things stand."""
        if isinstance(statement, form.Call | form.Map | form.Scope | form.Raise):
            for taken in self.taken:
                taken.states.append(taken.frame.env.copy())
            for frame in self.frames:
                self.left(frame)
        self.block.append(statement)

    @contextmanager
    def collect(self) -> Iterator[list[form.Stmt]]:
        """What is emitted within goes to a block of its own."""
        outer, self.block = self.block, []
        try:
            yield self.block
        finally:
            self.block = outer

    def arm(self, facts: Facts, read: Callable[[], T]) -> tuple[T, form.Block, Env]:
        """Reads one way of a branch, knowing `facts`; gives its result, block and end state, and
        goes back."""
        before = self.env
        self.frame.env = before.copy()
        for path, shape in facts:
            self.env.narrow(path, shape)
        try:
            with self.collect() as block:
                result = read()
            return result, tuple(block), self.env
        finally:
            self.frame.env = before

    def settle(self, node: ast.AST, read: Callable[[Env], tuple[T, Env]]) -> T:
        """Reads a loop's body until the types at its head no longer change; `read` gives the state
        that comes back."""
        entry = self.env
        head = entry.copy()
        for _ in range(6):
            mark = self.problems.mark()
            result, back = read(head.copy())
            after = merge((head, back))
            if after == head:
                return result
            self.problems.forget(mark)
            head = after
        grown = [
            name for name in head.names if name in entry.names and head.names[name] != after.names.get(name)
        ]
        name = grown[0] if grown else "a name"
        self.problem(
            "L413",
            node,
            f"the type of `{name}` grows with each turn of the loop",
            f"annotate it before the loop: {name}: list[…] = …",
        )
        return result

    # ---------------------------------------------------------------------------------- names

    def define(
        self,
        name: str,
        shape: Shape,
        node: ast.AST,
        *,
        made: bool = False,
        fresh: bool = False,
        tag: str = "",
    ) -> form.Variable:
        """A new definition of a name here. `made` names are the compiler's own and are not bound for
        the source."""
        key = (*self.frame.path, id(node), tag)
        variable = self.definitions.define(key, name, shape, made)
        if not made:
            self.bindings += 1
            line = self.span(node).line
            self.env.bind(name, Binding(frozenset((variable.index,)), shape, fresh, lines=(line,)))
        return variable

    def value_of(self, variable: form.Variable, span: Span, shape: Shape | None = None) -> form.Read:
        return form.Read(variable.shape if shape is None else shape, span, variable)

    def once(self, expr: form.Expr, node: ast.AST, tag: str) -> form.Expr:
        """An expression that may be repeated: itself when it is simple, else a variable that holds
        its value."""
        if simple(expr) or is_poison(expr.shape):
            return expr
        variable = self.define("value", expr.shape, node, made=True, tag=tag)
        self.emit(form.Assign(expr.span, "value", variable, expr))
        return self.value_of(variable, expr.span)

    def local(self, name: str, expr: form.Expr, node: ast.AST, tag: str) -> tuple[form.Variable, form.Read]:
        """A local of `Bind`: its variable and the reading of it."""
        variable = self.define(name, expr.shape, node, made=True, tag=tag)
        return variable, self.value_of(variable, expr.span)

    def bound(
        self, node: ast.expr, name: str, value: form.Expr, body: Callable[[form.Expr], form.Expr]
    ) -> form.Expr:
        """`body` of a value computed once: a `Bind`, or an assignment before it where `body`
        contains calls."""
        if simple(value) or is_poison(value.shape):
            return body(value)
        variable = self.define(name, value.shape, node, made=True, tag="bound")
        with self.collect() as block:
            result = body(self.value_of(variable, value.span))
        if not block:
            if is_poison(result.shape):
                return result
            return form.Bind(result.shape, self.span(node), variable, value, result)
        self.emit(form.Assign(value.span, name, variable, value))
        self.block.extend(block)
        return result

    # ---------------------------------------------------------------------------------- choices

    def choose(
        self,
        node: ast.expr,
        condition: Condition,
        then: Callable[[], form.Expr],
        otherwise: Callable[[], form.Expr],
        label: str,
    ) -> form.Expr:
        """`then` or `otherwise`, only one of which is evaluated: `Cond`, or `If` where one of them
        contains calls."""
        yes, yes_block, yes_env = self.arm(condition.yes, then)
        no, no_block, no_env = self.arm(condition.no, otherwise)
        shape = join(yes.shape, no.shape)
        span = self.span(node)
        if is_poison(yes.shape) or is_poison(no.shape) or is_poison(condition.expr.shape):
            self.frame.env = merge((yes_env, no_env))
            return self.poison(node)
        for each in (yes_env, no_env):
            self.env.left(each)
        if not yes_block and not no_block:
            return form.Cond(shape, span, condition.expr, yes, no)
        variable = self.define("value", shape, node, made=True, tag="choice")
        self.chosen.add(variable.index)
        self.frame.env = merge((yes_env, no_env))
        then_block = (*yes_block, form.Assign(yes.span, "value", variable, yes))
        else_block = (*no_block, form.Assign(no.span, "value", variable, no))
        self.emit(form.If(span, label, condition.expr, then_block, else_block))
        return self.value_of(variable, span)

    def left(self, frame: Frame) -> None:
        """A jump or an error may leave here: every `finally` around runs in the present state."""
        for states in frame.finals:
            states.append(frame.env.copy())

    def takes(self, names: Iterable[str]) -> bool:
        """Whether a `try` around this place takes an error that has one of these names."""
        wanted = set(names) | {"States.ALL"}
        return any(wanted & taken.errors for taken in self.taken)


_SCALARS: Final = frozenset(("int", "float", "str", "bool", "none", "date", "datetime", "enum", "poison"))


def is_scalar(shape: Shape) -> bool:
    """Whether a value has no parts that could be changed."""
    if isinstance(shape, UnionShape):
        return all(kind_of(option) in _SCALARS for option in options(shape))
    return kind_of(shape) in _SCALARS


def simple(expr: form.Expr) -> bool:
    """Whether repeating the expression costs nothing."""
    if isinstance(expr, form.FieldOf):
        return simple(expr.base)
    return isinstance(expr, form.Const | form.Read | form.Context | form.ErrorText | form.ErrorName)


def retyped(expr: form.Expr, shape: Shape) -> form.Expr:
    """The same value under a narrower shape."""
    return replace(expr, shape=shape)
