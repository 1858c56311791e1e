"""From a plan to states: each statement is turned into states that lead to what follows it.

States are made from the end to the start: `place(tree, then)` gives the edge that leads into `tree`, whose
ends lead along `then`. So a pure statement only adds to an edge, and a `return` simply leads elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ladle.compiler.emit import errortext
from ladle.compiler.emit.calls import call_state, reports_itself, result_of, tells_iterations
from ladle.compiler.emit.exits import Exits, Guard, Handled
from ladle.compiler.emit.expressions.printer import may_be_list
from ladle.compiler.emit.failures import catches, raise_caught, raise_new, raise_real, reads_text
from ladle.compiler.emit.far import far_map, written_value
from ladle.compiler.emit.machine import (
    NOWHERE,
    BranchValue,
    Catch,
    Choose,
    Each,
    Edge,
    Fork,
    Pass,
    Pause,
    Raw,
    Region,
    Rule,
    State,
    Work,
)
from ladle.compiler.emit.retries import ALL_OF_A_TASK, retriers
from ladle.compiler.emit.walk import edges_of, regions_of, rename
from ladle.compiler.language import form
from ladle.compiler.language.failures import Failures, known_errors
from ladle.compiler.language.form import Expr, Program, Variable
from ladle.compiler.language.walk import surely_turns
from ladle.compiler.plan import Leaf, Parallel, Plan, Series, Tree
from ladle.compiler.plan.demand import Keep, as_list, keeps
from ladle.compiler.plan.expressions import CLOCK, can_fail, children
from ladle.compiler.plan.statements import blocks_of, writes_of
from ladle.compiler.plan.statements import expressions_of as statement_expressions
from ladle.compiler.plan.tree import leaves
from ladle.declare import Task
from ladle.declare.retries import retries
from ladle.wire import AnyShape, BoolShape, IntShape, ListShape, NullShape

__all__ = ["build"]

NULL = form.Const(NullShape(), NOWHERE, None)

JOINED = "ladle:joined"
"""The one key of a list in parts; see `ladle.runtime.values`."""


@dataclass(slots=True)
class Supply:
    """What the builders of all regions share: new state numbers, new variables, the known exception
    classes."""

    failures: Failures
    texts: frozenset[Variable]
    """The caught errors whose text is read."""
    keeps: Mapping[Variable, Keep]
    """What the workflow reads of the results of its calls."""
    express: bool = False
    """Whether the machine is an Express one."""
    _states: Iterator[int] = field(default_factory=itertools.count)
    _variables: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000))

    def state(self) -> int:
        return next(self._states)

    def variable(self, name: str, like: Variable | None = None) -> Variable:
        shape = like.shape if like else AnyShape()
        return Variable(name, next(self._variables), shape, made=like is None or like.made)


def build(program: Program, plan: Plan, errors: tuple[type[BaseException], ...] = ()) -> Region:
    """The machine of a workflow, before the passes."""
    express = getattr(program.workflow, "type", "") == "EXPRESS"
    supply = Supply(
        _failures(program, errors), frozenset(_error_texts(program.body)), keeps(program), express
    )
    builder = Builder(supply)
    exits = Exits(returning=lambda value: Edge(None, (), NULL if value is None else value))
    start = builder.place(plan.tree, Edge(None, (), NULL), exits)
    given = tuple((variable, _parameter(variable, default)) for variable, default in program.parameters)
    return Region(start.after(*given), builder.states)


def _failures(program: Program, errors: tuple[type[BaseException], ...]) -> Failures:
    """The exception classes that the project knows: those of the modules of its functions, and `errors`."""
    modules = known_errors([declared.function for declared in (program.workflow, *program.tasks)])
    return Failures((*modules, *errors))


def _parameter(variable: Variable, default: form.Const | None) -> Expr:
    value = f"$states.context.Execution.Input.{variable.name}"
    if default is None:
        return Raw(variable.shape, NOWHERE, value, ())
    if may_be_list(variable.shape):  # in a list display, the items of a list would stand beside the default
        return Raw(variable.shape, NOWHERE, f"$exists({value}) ? {value} : {{0}}", (default,))
    return Raw(variable.shape, NOWHERE, f"[{value}, {{0}}][0]", (default,))


def _error_texts(block: form.Block) -> Iterator[Variable]:
    def within(expr: Expr) -> Iterator[Variable]:
        if isinstance(expr, form.ErrorText):
            yield expr.error
        for part in children(expr):
            yield from within(part)

    for stmt in block:
        for expr in statement_expressions(stmt):
            yield from within(expr)
        for _, inner in blocks_of(stmt):
            yield from _error_texts(inner)


def _tells_iterations_within(stmt: form.Stmt, in_map: bool = False) -> bool:
    """Whether a Map within a statement has a call that must be told from those of other iterations."""
    return any(
        (in_map and isinstance(each, form.Call) and tells_iterations(each.callee))
        or _tells_iterations_within(each, in_map or isinstance(each, form.Map))
        for _, block in blocks_of(stmt)
        for each in block
    )


Indexes = tuple[Variable | None, ...]


class Builder:
    """Makes the states of one region."""

    def __init__(
        self,
        supply: Supply,
        *,
        in_map: bool = False,
        indexes: Indexes = (),
        real_errors: bool = False,
        batch: Variable | None = None,
    ) -> None:
        """`in_map`: within a Map; `batch`: the item of one in batches. `real_errors`: failures of nested runs
        leave under their names.

        `indexes` are those of the Maps around, the innermost last; None for one that nobody within reads.
        """
        self.supply = supply
        self.in_map = in_map
        self.indexes = indexes
        self.real_errors = real_errors
        self.batch = batch
        self.states: dict[int, State] = {}
        self.finals: dict[Callable[[Edge], Edge], tuple[Variable, Edge]] = {}
        """For each `finally`: what holds an error that passes through it, and where it goes."""

    # ------------------------------------------------------------------------------------------ helpers

    def add(self, state: State, at: int | None = None) -> Edge:
        """Takes a state in; the edge leads to it."""
        number = self.supply.state() if at is None else at
        self.states[number] = state
        return Edge(number)

    def seal(self, edge: Edge) -> Edge:
        """An edge on which nothing can fail: what can is done by a state of its own, beyond it.

        On the way out of a Task whose Catch or Retry takes every error, a failing expression would be taken
        too.
        """
        if not any(can_fail(value) for _, value in edge.sets) and not can_fail(edge.output):
            return edge
        return self.add(Pass("", NOWHERE, edge))

    # ------------------------------------------------------------------------------------------ trees

    def place(self, tree: Tree, then: Edge, exits: Exits) -> Edge:
        """The edge into `tree`, which leads on along `then`."""
        match tree:
            case Series(items=items):
                for item in reversed(items):
                    then = self.place(item, then, exits)
                return then
            case Parallel():
                return self.fork(tree, then, exits)
            case Leaf():
                return self.statement(tree, then, exits)

    def fork(self, tree: Parallel, then: Edge, exits: Exits) -> Edge:
        regions = tuple(self.branch(branch) for branch in tree.branches)
        back = [
            (outer, BranchValue(outer.shape, NOWHERE, at, inner))
            for at, (_, pairs) in enumerate(regions)
            for outer, inner in pairs
        ]
        names = [_first_label(branch) for branch in tree.branches]
        label = f"{', '.join(names[:-1])} and {names[-1]}"
        inside = tuple(region for region, _ in regions)
        state = Fork(label, next(leaves(tree)).stmt.span, inside, then.after(*back))
        return self.add(replace(state, catches=catches(self, exits.guards, nested=_runs_nested(state))))

    def branch(self, tree: Tree) -> tuple[Region, list[tuple[Variable, Variable]]]:
        """A branch as a region, with its exports: pairs of the outer and the inner variable."""
        inner = Builder(self.supply, in_map=self.in_map, indexes=self.indexes, real_errors=self.real_errors)
        start = inner.place(tree, Edge(None), Exits())
        written = sorted(
            {variable for leaf in leaves(tree) for variable in writes_of(leaf.stmt)},
            key=lambda variable: (variable.name, variable.index),
        )
        return self.localise(Region(start, inner.states), written)

    def localise(
        self, region: Region, exported: list[Variable]
    ) -> tuple[Region, list[tuple[Variable, Variable]]]:
        """The region with variables of its own for whatever it sets: an inner scope cannot set an outer
        name."""
        own = {variable for edge in _all_edges(region) for variable, _ in edge.sets}
        fresh = {
            variable: self.supply.variable(variable.name, variable)
            for variable in sorted(own, key=lambda variable: (variable.name, variable.index))
        }
        renamed = rename(region, {old: form.Read(old.shape, NOWHERE, new) for old, new in fresh.items()})
        given = tuple((new, form.Read(old.shape, NOWHERE, old)) for old, new in fresh.items())
        pairs = [(old, fresh[old]) for old in exported if old in fresh]
        exports = tuple(new for _, new in pairs)
        return Region(renamed.start.after(*given), renamed.states, exports), pairs

    # ------------------------------------------------------------------------------------------ statements

    def statement(self, leaf: Leaf, then: Edge, exits: Exits) -> Edge:
        """The edge into one statement."""
        match leaf.stmt:
            case form.Assign(target=target, value=form.Context(path="State.EnteredTime")):
                return then.after((target, Raw(target.shape, leaf.stmt.span, CLOCK, ())))
            case form.Assign(target=target, value=value):
                return then.after((target, value))
            case form.Call() as stmt:
                return self.call(stmt, then, exits)
            case form.Map() as stmt:
                return self.map(stmt, leaf, then, exits)
            case form.If() as stmt:
                return self.choice(stmt, leaf, then, exits)
            case form.For() as stmt:
                return self.for_loop(stmt, leaf, then, exits)
            case form.While() as stmt:
                return self.while_loop(stmt, leaf, then, exits)
            case form.Try() as stmt:
                return self.guarded(stmt, leaf, then, exits)
            case form.Scope() as stmt:
                return self.scope(stmt, leaf, then, exits)
            case form.Ordered():
                return self.place(leaf.part("body"), then, exits)
            case form.Return(value=value):
                return exits.returning(value)
            case form.Break():
                return exits.breaking()
            case form.Continue():
                return exits.continuing()
            case form.Raise(again=None) as stmt:
                return raise_new(self, stmt, exits.guards)
            case form.Raise(again=form.Variable() as again) as stmt:
                return raise_caught(self, again, exits.guards, stmt)
            case form.Sleep(seconds=seconds) as stmt:
                return self.add(Pause(stmt.label, stmt.span, seconds, None, then))
            case form.SleepUntil(instant=instant) as stmt:
                return self.add(Pause(stmt.label, stmt.span, None, instant, then))
            case stmt:
                raise AssertionError(f"no states for {type(stmt).__name__}")

    def call(self, stmt: form.Call, then: Edge, exits: Exits) -> Edge:
        keep = self.supply.keeps.get(stmt.target, True) if stmt.target else True
        outer = [each for each in self.indexes[:-1] if each is not None]
        work = call_state(
            stmt,
            self.supply.failures,
            express=self.supply.express,
            in_map=self.in_map,
            outer=outer,
            keep=keep,
            batch=self.batch,
        )
        if stmt.attempt:
            failed = errortext.failure(nested=work.nested)
            to = then if stmt.target is None else then.after((stmt.target, failed))
            work = replace(work, catches=(Catch(ALL_OF_A_TASK, to),))
        else:
            of_task = isinstance(stmt.callee, Task) and reports_itself(stmt.callee)
            caught = catches(self, exits.guards, nested=work.nested, of_task=of_task)
            if self.real_errors and work.nested:
                caught += raise_real(self, caught)
            work = replace(work, catches=caught)
        if stmt.target is not None:
            message = reads_text(self, exits.guards)
            then = then.after((stmt.target, result_of(work, stmt.target, stmt.callee, message=message)))
        return self.add(replace(work, next=then))

    def choice(self, stmt: form.If, leaf: Leaf, then: Edge, exits: Exits) -> Edge:
        holds = self.place(leaf.part("then"), then, exits)
        fails = self.place(leaf.part("else"), then, exits)
        return self.add(Choose(stmt.label, stmt.span, (Rule(stmt.test, holds),), fails))

    def map(self, stmt: form.Map, leaf: Leaf, then: Edge, exits: Exits) -> Edge:
        span, index = stmt.span, stmt.index
        if index is None and stmt.far is None and _tells_iterations_within(stmt):
            index = self.supply.variable(f"{stmt.item.name}_index")
        # Each iteration of a distributed Map is a run of its own: nothing of the Maps around is known there.
        inner = Builder(
            self.supply,
            in_map=stmt.far is None,
            indexes=(*self.indexes, index) if stmt.far is None else (),
            real_errors=self.real_errors and stmt.far is None,
            batch=stmt.item if stmt.batch else None,
        )
        one = stmt.result
        if stmt.keep is not None:
            kept = form.MakeList(ListShape(one.shape), span, (one,))
            one = form.Cond(kept.shape, span, stmt.keep, kept, form.MakeList(kept.shape, span, ()))
        start = inner.place(leaf.part("body"), Edge(None, (), one), Exits())
        given: list[tuple[Variable, Expr]] = [(stmt.item, Raw.of("$states.input", valid="state"))]
        if index is not None:
            given.append((index, Raw.of("$states.context.Map.Item.Index", valid="map")))
        items = stmt.source
        if stmt.condition is not None:
            item = form.Read(stmt.item.shape, span, stmt.item)
            items = form.Loop(items.shape, span, stmt.item, items, stmt.condition, item)
        value: Expr = Raw.of("$states.result", valid="state")
        lists = (stmt.keep is not None) + stmt.flatten
        if stmt.batch:
            items = items if stmt.far else self.batches(stmt)
            lists = (
                1 if stmt.far else int(as_list(self.supply.keeps.get(stmt.target, {}) if stmt.target else {}))
            )
            if not lists:
                value = form.MakeObject(AnyShape(), span, ((JOINED, value),))
        for _ in range(lists):
            element = self.supply.variable("part")
            value = form.Loop(
                ListShape(AnyShape()), span, element, value, None, form.Read(AnyShape(), span, element), True
            )
        if stmt.far is not None:
            written = written_value(stmt)
            if stmt.target is not None:
                then = then.after((stmt.target, value if written is None else written))
            far = far_map(stmt, stmt.far, Region(start, inner.states), items, then)
            return self.add(replace(far, catches=catches(self, exits.guards, nested=False)))
        if stmt.target is not None:
            then = then.after((stmt.target, value))
        region = Region(start.after(*given), inner.states)
        if stmt.target is None:  # perhaps a loop, whose names may be those of other statements, too
            region = replace(self.localise(region, [])[0], exports=None)
        state = Each(stmt.label, span, items, stmt.item, region, then, concurrency=stmt.concurrency)
        return self.add(replace(state, catches=catches(self, exits.guards, nested=_runs_nested(state))))

    def batches(self, stmt: form.Map) -> Expr:
        """What a Map in batches goes over: the references of a list that was stored, else parts of the list.

        A value whose items no expression reads may be either.
        """
        size = form.Const(IntShape(), stmt.span, stmt.batch)
        text = f'$type({{0}}) = "object" ? {{0}}.`{JOINED}` : $partition({{0}}, {{1}})'
        if not isinstance(stmt.source, form.Read | form.FieldOf):
            text = f"($list := {{0}}; {text.replace('{0}', '$list')})"
        return Raw(AnyShape(), stmt.span, text, (stmt.source, size))

    def for_loop(self, stmt: form.For, leaf: Leaf, then: Edge, exits: Exits) -> Edge:
        """A Choice as head: an index counts through the list, which is evaluated once."""
        span, head = stmt.span, self.supply.state()
        at = self.supply.variable(f"{stmt.item.name}_index")
        items = self.supply.variable(f"{stmt.item.name}_items")
        begun: list[tuple[Variable, Expr]] = [(at, form.Const(IntShape(), span, 0))]
        if isinstance(stmt.source, form.Read) and stmt.source.variable not in writes_of(stmt):
            items = stmt.source.variable
        else:
            begun.insert(0, (items, stmt.source))
        index, listed = form.Read(IntShape(), span, at), form.Read(stmt.source.shape, span, items)
        again = Edge(head).after((at, Raw.of("{0:atom} + 1", index)))
        done = self.place(leaf.part("else"), then, exits)
        inside = replace(exits, breaking=lambda: then, continuing=lambda: again)
        body = self.place(leaf.part("body"), again, inside)
        body = body.after((stmt.item, Raw(stmt.item.shape, span, "{0:atom}[{1}]", (listed, index))))
        size = form.Op(IntShape(), span, "list.len", (listed,))
        more = form.Op(BoolShape(), span, "num.lt", (index, size))
        self.add(Choose(stmt.label, span, (Rule(more, body),), done), head)
        # The first item of what surely has some needs no test, and sets the names of the body for good.
        return (body if surely_turns(stmt) else Edge(head)).after(*begun)

    def while_loop(self, stmt: form.While, leaf: Leaf, then: Edge, exits: Exits) -> Edge:
        head = self.supply.state()
        entry = self.place(leaf.part("before"), Edge(head), exits)
        inside = replace(exits, breaking=lambda: then, continuing=lambda: entry)
        body = self.place(leaf.part("body"), entry, inside)
        done = self.place(leaf.part("else"), then, exits)
        self.add(Choose(stmt.label, stmt.span, (Rule(stmt.test, body),), done), head)
        return entry

    # ------------------------------------------------------------------------------------------ scopes

    def scope(self, stmt: form.Scope, leaf: Leaf, then: Edge, exits: Exits) -> Edge:
        """A helper's body in place; with `retry` as the one branch of a Parallel."""
        target = stmt.target

        def returning(value: Expr | None, then: Edge = then) -> Edge:
            value = NULL if value is None else value
            kept = target or (self.supply.variable("unused") if can_fail(value) else None)
            return then if kept is None else then.after((kept, value))

        if stmt.retry is None:
            inside = replace(exits, returning=returning, breaking=_stay, continuing=_stay)
            return self.place(leaf.part("body"), returning(None), inside)
        policies = retries(stmt.retry)
        named = any(policy.on for policy in policies)
        inner = Builder(
            self.supply, in_map=self.in_map, indexes=self.indexes, real_errors=self.real_errors or named
        )
        exit_edge = Edge(None)
        inside = Exits(returning=lambda value: returning(value, exit_edge))
        start = inner.place(leaf.part("body"), returning(None, exit_edge), inside)
        region, pairs = self.localise(
            Region(start, inner.states),
            sorted(writes_of(stmt), key=lambda variable: (variable.name, variable.index)),
        )
        back = [(outer, BranchValue(outer.shape, NOWHERE, 0, new)) for outer, new in pairs]
        state = Fork(
            stmt.label,
            stmt.span,
            (region,),
            then.after(*back),
            retries=retriers(policies, self.supply.failures),
        )
        return self.add(replace(state, catches=catches(self, exits.guards, nested=_runs_nested(state))))

    # ------------------------------------------------------------------------------------------ try

    def guarded(self, stmt: form.Try, leaf: Leaf, then: Edge, exits: Exits) -> Edge:
        """A `try`: its body under a guard, its handlers and `else` under that of its `finally`, if it has
        one."""
        outside = exits
        if stmt.final:
            outside = self._through_final(leaf.part("finally"), exits)
            then = self.seal(self.place(leaf.part("finally"), then, exits))
        end = then

        def handled(at: int, handler: form.Handler) -> Handled:
            made: list[Edge] = []

            def entry() -> Edge:
                if not made:
                    made.append(self.place(leaf.part(f"except {at}"), end, outside))
                return made[0]

            return Handled(handler.errors, handler.variable, entry)

        handlers = tuple(handled(at, handler) for at, handler in enumerate(stmt.handlers))
        follows = self.place(leaf.part("else"), end, outside)
        guard, *outer = outside.guards if stmt.final else (Guard(()), *outside.guards)
        inside = replace(outside, guards=(replace(guard, handlers=handlers), *outer))
        return self.place(leaf.part("body"), follows, inside)

    def _through_final(self, final: Tree, exits: Exits) -> Exits:
        """The ways out of a `try`, each through a copy of its `finally`."""

        def through(edge: Edge) -> Edge:
            return self.seal(self.place(final, edge, exits))

        def returning(value: Expr | None) -> Edge:
            if value is None or isinstance(value, form.Const):
                return through(exits.returning(value))
            kept = self.supply.variable("result")
            kept = Variable(kept.name, kept.index, value.shape, made=True)
            return through(exits.returning(form.Read(value.shape, value.span, kept))).after((kept, value))

        return Exits(
            returning=returning,
            breaking=lambda: through(exits.breaking()),
            continuing=lambda: through(exits.continuing()),
            guards=(Guard((), through), *exits.guards),
        )


def _stay() -> Edge:
    raise AssertionError("`break` or `continue` outside of a loop")


def _all_edges(region: Region) -> Iterator[Edge]:
    yield region.start
    for state in region.states.values():
        yield from edges_of(state)


def _runs_nested(state: State) -> bool:
    """Whether the failure of a nested run can make this state fail."""
    if isinstance(state, Work):
        return state.nested
    return any(_runs_nested(inner) for region in regions_of(state) for inner in region.states.values())


def _first_label(tree: Tree) -> str:
    return next((leaf.stmt.label for leaf in leaves(tree) if leaf.weight), "nothing")
