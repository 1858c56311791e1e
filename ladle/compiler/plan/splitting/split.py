"""Loops that are split: each run of a machine of its own takes so many turns, and hands on what they change.

`with split(every=500):` around a loop makes two programs of one. The workflow's has a loop that calls the
other once for each 500 turns, as it calls any workflow. The other's has the loop itself, for the turns that
its input tells, and gives what later turns, or the code behind the loop, read; besides how the loop was left,
where that may be by `break` or `return`.

Both are ordinary programs in typed form: what is planned and emitted knows nothing of split loops.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Program, Stmt, Variable
from ladle.compiler.language.shapes import BOOL, INT, NULL, STR, union
from ladle.compiler.language.walk import is_endless, nodes, renamed, statements, with_expressions
from ladle.compiler.plan.expressions import rebuild
from ladle.compiler.plan.liveness import NONE, Around, Names, live_after_each, live_before, loop_head, within
from ladle.compiler.plan.numbering import Numbering
from ladle.compiler.plan.order import Mode, inner_mode
from ladle.compiler.plan.simplify import surely_set
from ladle.compiler.plan.splitting.loop import SplitLoop
from ladle.compiler.plan.splitting.pieces import (
    Naming,
    const,
    field_of,
    has_field,
    made_object,
    read,
    unset,
)
from ladle.compiler.plan.splitting.ways import BREAK, ENDED, ON, RETURN, Ways, left, returning, ways_of
from ladle.compiler.plan.statements import blocks_of, is_gate, is_step, reads_of, with_blocks, writes_of
from ladle.errors import Diagnostic, DiagnosticError, Span
from ladle.wire import ListShape, RecordField, RecordShape, Shape
from ladle.wire.doors import RESERVED, Door

__all__ = ["split"]

LONGEST: Final = 64
"""Characters of a workflow's name (`ladle.declare.options`)."""

LEFT, VALUE, KEPT = "left", "value", "kept"
"""What a run gives: how the loop was left, the value of a `return`, the variables that are read later."""


def split(program: Program) -> tuple[Program, tuple[SplitLoop, ...]]:
    """The workflow's program with calls in place of the turns of its split loops, and what they call.

    Loops within a split loop that are to be split, too, stay as they are in the program of its runs.
    Raises DiagnosticError for a loop that cannot be split.
    """
    if not any(_every(each) for each in statements(program.body)):
        return program, ()
    splitter = _Splitter(program)
    given = frozenset(variable for variable, _ in program.parameters)
    body = splitter.scope(program.body, NONE, Around(handled=program.handled), "values", given)
    if splitter.problems:
        raise DiagnosticError(splitter.problems)
    body = (*(one for variable, span in splitter.early.items() for one in unset(span, [variable])), *body)
    callees = {each.name: each for each in (*program.tasks, *splitter.loops)}
    return _calling(replace(program, body=body), callees), tuple(splitter.loops)


def _calling(program: Program, callees: Mapping[str, Any]) -> Program:
    """The program with just those callees that it calls."""
    calls = (each.callee for each in statements(program.body) if isinstance(each, form.Call))
    names = {getattr(call, "workflow", call).name for call in calls}
    return replace(program, tasks=tuple(callees[name] for name in sorted(names & callees.keys())))


def _every(stmt: Stmt) -> int:
    return stmt.every if isinstance(stmt, form.For | form.While) else 0


# ---------------------------------------------------------------------------------------------- loops


class _Splitter:
    """Goes over one program; `loops` and `problems` are what it has found.

    `early` are the variables that have to have a value from the beginning of the scope on.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.loops: list[SplitLoop] = []
        self.problems: list[Diagnostic] = []
        self.early: dict[Variable, Span] = {}
        self.fresh = Numbering(program).fresh

    def scope(self, block: Block, after: Names, around: Around, mode: Mode, given: Names) -> Block:
        """The block of a workflow or of a Map, whose variables are its own."""
        outer, self.early = self.early, {}
        made = self.block(block, after, around, mode, given)
        own = frozenset(one for stmt in block for one in writes_of(stmt))
        early = [(variable, span) for variable, span in self.early.items() if variable in own]
        # A variable of the scope around this one has its value there.
        self.early = outer | {one: span for one, span in self.early.items() if one not in own}
        return (*(one for variable, span in early for one in unset(span, [variable])), *made)

    def block(self, block: Block, after: Names, around: Around, mode: Mode, given: Names) -> Block:
        """A block with its split loops as loops of calls.

        `after` and `around` say what is read later, `given` which variables have surely been set before.
        """
        made: list[Stmt] = []
        for stmt, live in zip(block, live_after_each(block, after, around), strict=True):
            if isinstance(stmt, form.For | form.While) and stmt.every:
                made.extend(self.loop(stmt, live, around, mode, given))
            else:
                parts = {}
                begun = given | ({stmt.item} if isinstance(stmt, form.For | form.Map) else NONE)
                for role, part, rest, inside in within(stmt, live, around):
                    inner = self.scope if isinstance(stmt, form.Map) else self.block
                    known = begun if role == "body" else given
                    parts[role] = inner(part, rest, inside, inner_mode(stmt, role, mode), known)
                made.append(with_blocks(stmt, parts))
            given |= surely_set(stmt)
        return tuple(made)

    def loop(
        self, stmt: form.For | form.While, after: Names, around: Around, mode: Mode, given: Names
    ) -> Block:
        """The loop that calls in place of turns, and what goes before it."""
        head, _, _ = loop_head(stmt, after, around)
        written = writes_of(replace(stmt, orelse=()))
        for lost in _sorted(written & around.failing):
            self.refuse(
                stmt,
                f"`{lost.name}` is read when a turn has failed, and a run that fails hands nothing on",
                "handle the failure within the loop, or leave `split` out",
            )
        ways = ways_of(stmt)
        kept = _sorted(written & (head | after | around.returning))
        entry = live_before((stmt,), after, around)
        run = self.run(stmt, ways, kept, entry, mode, given, around)
        # What is read was set, but it may be that it only seems to be read: then it has a value all the same.
        self.early |= dict.fromkeys(_sorted(run.inputs - given), stmt.span)
        orelse = self.block(stmt.orelse, after, around, inner_mode(stmt, "else", mode), given)
        # What is read only where a turn has set it has a value before: each run gives all of them.
        made = unset(stmt.span, [each for each in kept if each not in entry])
        if isinstance(stmt, form.For):
            return (*made, *self.calling_for(stmt, run, ways, orelse))
        return (*made, *self.calling_while(stmt, run, ways, orelse))

    def refuse(self, stmt: Stmt | Expr, what: str, hint: str) -> None:
        """Reports why a loop cannot be split."""
        self.problems.append(Diagnostic("L508", stmt.span, what, hint))

    # ------------------------------------------------------------------------------------------ its runs

    def run(
        self,
        stmt: form.For | form.While,
        ways: Ways,
        kept: list[Variable],
        entry: Names,
        mode: Mode,
        given: Names,
        around: Around,
    ) -> _Run:
        """What the loop's runs do: their workflow, and the arguments besides the items.

        `entry` are the variables that are read once the loop has begun, and so are set where it begins.
        """
        span = stmt.span
        taken = Naming({RESERVED, *(each.name for each in nodes(stmt) if isinstance(each, Variable))})
        items: tuple[Variable, ...] = ()
        if isinstance(stmt, form.For):
            items = (Variable(taken.name("items"), 0, ListShape(stmt.item.shape), made=True),)
        value = None if ways.returned is None else self.fresh("value", union((ways.returned, NULL)))
        turns, ends = self.turns(stmt, ways, items, value)
        if mode != "values":
            turns = (form.Ordered(span, stmt.label, mode.replace(" ", "_"), (), turns),)
        told: list[tuple[str, Expr]] = []
        if ends.early:
            way = self.fresh("left", STR)
            turns = (form.Scope(span, stmt.label, way, (*turns, returning(stmt, ends.word))),)
            told.append((LEFT, read(span, way)))
            if value is not None:
                turns = (*unset(span, [value]), *turns)
                told.append((VALUE, read(span, value)))
        elif ends.word is not None:
            told.append((LEFT, ends.word))
        keys = dict(zip(kept, map(Naming(set()).of, kept), strict=True))
        if kept:
            pairs: list[tuple[str, Expr]] = [(key, read(span, each)) for each, key in keys.items()]
            told.append((KEPT, made_object(span, pairs)))
        result = made_object(span, told) if told else None
        body, outside = self.told((*turns, form.Return(span, "return", result)), taken)
        # Handlers that nothing leads to read, too.
        needed = (live_before(body, NONE, Around()) | (_free(body) & given)) - {*items, *outside}
        needed -= _of_maps(body)
        later = [each for each in kept if each in needed and each not in entry]
        body = (*unset(span, later), *body)
        inputs = {old: _parameter(old, taken) for old in _sorted(needed - frozenset(later))}
        body = renamed(body, lambda variable: inputs.get(variable, variable))
        shape = NULL if result is None else result.shape
        loop = self.workflow(stmt, (*items, *inputs.values(), *outside), shape, body, handled=around.handled)
        arguments: list[tuple[str, Expr]] = [(new.name, read(span, old)) for old, new in inputs.items()]
        arguments += [(variable.name, value) for variable, value in outside.items()]
        return _Run(loop, items[0].name if items else "", tuple(arguments), shape, keys, frozenset(inputs))

    def workflow(
        self,
        stmt: form.For | form.While,
        parameters: tuple[Variable, ...],
        result: Shape,
        body: Block,
        *,
        handled: bool,
    ) -> SplitLoop:
        """The workflow of the loop's runs."""
        document = f"Up to {stmt.every:,} turns of `{stmt.label}` in {self.program.name}."
        loop = SplitLoop(self.program.workflow, self.name(stmt), document)
        loop.door = Door.of(loop.name, [RecordField(each.name, each.shape) for each in parameters], result)
        given = tuple((each, None) for each in parameters)
        turns = (stmt.span, stmt.every)
        path = self.program.path
        program = Program(loop.name, document, given, result, body, (), path, loop, turns, handled)
        loop.program = _calling(program, {each.name: each for each in self.program.tasks})
        self.loops.append(loop)
        return loop

    def turns(
        self,
        stmt: form.For | form.While,
        ways: Ways,
        items: tuple[Variable, ...],
        value: Variable | None,
    ) -> tuple[Block, _Ends]:
        """The loop as one run makes it, and how it ends when its turns are over."""
        span = stmt.span
        if isinstance(stmt, form.For):
            source = read(span, items[0])
            loop = replace(stmt, source=source, body=left(stmt.body, value), orelse=(), every=0)
            return (loop,), _Ends(None if ways.none else const(span, ON), not ways.none)
        turn = self.fresh("turn", INT)
        more = form.Op(BOOL, span, "num.lt", (read(span, turn), const(span, stmt.every)))
        test: Expr = more
        ends = _Ends(None if ways.none else const(span, ON), not ways.none)
        before: Block = ()
        if stmt.before:  # its calls are made for the test of each turn, and for the last one
            over = form.If(span, stmt.label, stmt.test, (), (returning(stmt, ENDED),))
            before, ends = (*left(stmt.before, value), over), _Ends(const(span, ON), early=True)
        elif not is_endless(stmt):
            test = form.Cond(BOOL, span, more, stmt.test, const(span, False))
            word = form.Cond(STR, span, more, const(span, ENDED), const(span, ON))
            ends = _Ends(word, not ways.none)
        one = form.Op(INT, span, "int.count", (read(span, turn), const(span, 1)))
        body = (*before, form.Assign(span, turn.name, turn, one), *left(stmt.body, value))
        start = form.Assign(span, turn.name, turn, const(span, 0))
        return (start, form.While(span, stmt.label, (), test, body, ())), ends

    def told(self, body: Block, taken: Naming) -> tuple[Block, dict[Variable, Expr]]:
        """The body with parameters for what only the workflow's run can tell: its name, a caught error."""
        own = {each.variable for each in nodes(body) if isinstance(each, form.Handler)}
        found: dict[Expr, Variable] = {}

        def change(expr: Expr) -> Expr:
            name = _outside(expr, own)
            if not name:
                return rebuild(expr, change)
            if expr not in found:
                found[expr] = Variable(taken.name(name), 0, expr.shape, made=True)
            return read(expr.span, found[expr])

        for each in nodes(body):
            if isinstance(each, form.Raise) and each.again is not None and each.again not in own:
                what = "this raises an error again that was caught outside of the loop"
                self.refuse(each, what, "raise it behind the loop, or leave `split` out")
        body = _waiting(body, frozenset(one for stmt in body for one in writes_of(stmt)))
        return with_expressions(body, change), {variable: expr for expr, variable in found.items()}

    def name(self, stmt: form.For | form.While) -> str:
        """What the runs are runs of: the workflow's name and the loop's, numbered from the second on."""
        what = f"for-{stmt.item.name}" if isinstance(stmt, form.For) else "while"
        full = re.sub(r"[^A-Za-z0-9_-]", "-", f"{self.program.name}-{what}")
        known = {each.name for each in self.loops}
        for number in range(1, len(known) + 2):
            name = full if number == 1 else f"{full}-{number}"
            if len(name) > LONGEST:
                name = f"{name[: LONGEST - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
            if name not in known:
                return name
        raise AssertionError("as many names as loops are enough")

    # ------------------------------------------------------------------------------------------ its calls

    def call(
        self, stmt: form.For | form.While, run: _Run, items: tuple[tuple[str, Expr], ...] = ()
    ) -> tuple[Block, dict[str, Expr]]:
        """A call for so many turns, and what takes in all that it gives."""
        span = stmt.span
        turns = replace(stmt, orelse=())
        gave = self.fresh("turns", run.result) if isinstance(run.result, RecordShape) else None
        step = gave is None or is_step(turns) or is_gate(turns)
        call = form.Call(span, run.loop.name, gave, run.loop, (*items, *run.arguments), step=step)
        if gave is None:
            return (call,), {}
        whole = read(span, gave)
        sets = [
            form.Assign(
                span, each.name, each, replace(field_of(field_of(whole, KEPT), key), shape=each.shape)
            )
            for each, key in run.kept.items()
        ]
        told: dict[str, Expr] = {}
        for name in (LEFT, VALUE):
            if has_field(run.result, name):
                found = field_of(whole, name)
                own = self.fresh(name, found.shape)
                sets.append(form.Assign(span, name, own, found))
                told[name] = read(span, own)
        return (call, *sets), told

    def calling_for(self, stmt: form.For, run: _Run, ways: Ways, orelse: Block) -> Block:
        """A `for` over parts of the items, which are worked out once."""
        match stmt.source:
            case form.Op(name="list.range", operands=(start, stop, form.Const() as step)):
                cut = self.cut_range(stmt, start, stop, step)
            case source:
                cut = self.cut_list(stmt, source)
        called, told = self.call(stmt, run, ((run.items, cut.items),))
        on = form.Assign(stmt.span, cut.at.name, cut.at, cut.next)
        body = (*called, on, *_leaving(stmt.span, told, ways))
        return (*cut.start, form.While(stmt.span, stmt.label, (), cut.test, body, orelse))

    def cut_list(self, stmt: form.For, source: Expr) -> _Cut:
        """A list: each run gets so many of its items."""
        span = stmt.span
        start, items = self.once(stmt, source, f"{stmt.item.name}_items")
        at = self.fresh(f"{stmt.item.name}_index", INT)
        index, every = read(span, at), const(span, stmt.every)
        size = form.Op(INT, span, "list.len", (items,))
        return _Cut(
            (*start, form.Assign(span, at.name, at, const(span, 0))),
            at,
            form.Op(ListShape(stmt.item.shape), span, "list.part", (items, index, every)),
            form.Op(BOOL, span, "num.lt", (index, size)),
            form.Op(INT, span, "int.count", (index, every)),
        )

    def cut_range(self, stmt: form.For, start: Expr, stop: Expr, step: form.Const) -> _Cut:
        """A range, which may be longer than a list can be: each run gets a shorter one."""
        span = stmt.span
        made, last = self.once(stmt, stop, f"{stmt.item.name}_stop")
        at = self.fresh(f"{stmt.item.name}_from", INT)
        first = read(span, at)
        next_ = form.Op(INT, span, "int.count", (first, const(span, stmt.every * step.value)))
        before = "num.lt" if step.value > 0 else "num.gt"
        inside = form.Op(BOOL, span, before, (next_, last))
        until = form.Cond(INT, span, inside, next_, last)
        return _Cut(
            (*made, form.Assign(span, at.name, at, start)),
            at,
            form.Op(ListShape(INT), span, "list.range", (first, until, step)),
            form.Op(BOOL, span, before, (first, last)),
            next_,
        )

    def once(self, stmt: form.For, value: Expr, name: str) -> tuple[Block, Expr]:
        """A value that the loop does not change, and what has to be done before it for that."""
        if isinstance(value, form.Const):
            return (), value
        if isinstance(value, form.Read) and value.variable not in writes_of(stmt):
            return (), value
        kept = self.fresh(name, value.shape)
        return (form.Assign(stmt.span, kept.name, kept, value),), read(stmt.span, kept)

    def calling_while(self, stmt: form.While, run: _Run, ways: Ways, orelse: Block) -> Block:
        """A `while` that goes on until a run tells that the test did not hold."""
        span = stmt.span
        called, told = self.call(stmt, run)
        if is_endless(stmt):
            body = (*called, *_leaving(span, told, ways))
            return (form.While(span, stmt.label, (), const(span, True), body, orelse),)
        more = self.fresh("more", BOOL)
        on = form.Op(BOOL, span, "ne", (told[LEFT], const(span, ENDED)))
        body = (*called, form.Assign(span, more.name, more, on), *_leaving(span, told, ways))
        start = form.Assign(span, more.name, more, const(span, True))
        return start, form.While(span, stmt.label, (), read(span, more), body, orelse)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a split loop calls: the argument that takes the items, the others, what it gives, under which
    names the variables are in that, and those that it is given."""

    loop: SplitLoop
    items: str
    arguments: tuple[tuple[str, Expr], ...]
    result: Shape
    kept: Mapping[Variable, str]
    inputs: Names


@dataclass(frozen=True, slots=True)
class _Cut:
    """How the items are cut: what is done before, the place `at` of the next item, the items of one run,
    whether there are any, and the place behind them."""

    start: Block
    at: Variable
    items: Expr
    test: Expr
    next: Expr


@dataclass(frozen=True, slots=True)
class _Ends:
    """How a run's loop is left when its turns are over (`word`); `early` where a jump may do it before."""

    word: Expr | None
    early: bool


def _free(body: Block) -> Names:
    """What a block reads and does not set."""
    reads = frozenset(one for stmt in body for one in reads_of(stmt))
    return reads - {one for stmt in body for one in writes_of(stmt)}


def _of_maps(body: Block) -> Names:
    """What iterations of Maps set for themselves, which nothing outside of them sets or reads."""
    maps = (each for each in statements(body) if isinstance(each, form.Map))
    return frozenset(one for each in maps for stmt in each.body for one in writes_of(stmt))


def _waiting(block: Block, own: Names) -> Block:
    """The block where `with after(…)` waits for what the run itself sets: all else is there already."""
    made: list[Stmt] = []
    for stmt in block:
        parts = {role: _waiting(part, own) for role, part in blocks_of(stmt)}
        changed = with_blocks(stmt, parts) if parts else stmt
        if isinstance(changed, form.Ordered):
            changed = replace(changed, after=tuple(one for one in changed.after if one in own))
        made.append(changed)
    return tuple(made)


def _parameter(variable: Variable, taken: Naming) -> Variable:
    """The parameter that a variable becomes: the first one of a name keeps it, if no other means has it."""
    if variable.index == 0 and variable.name != RESERVED:
        return variable
    return Variable(taken.of(variable), 0, variable.shape, variable.made)


def _outside(expr: Expr, own: Container[Variable | None]) -> str:
    """What an expression is called whose value another run would not have; empty for any other. `own` are the
    errors that the run itself catches."""
    match expr:
        case form.ErrorText(error=error) | form.ErrorName(error=error) if error not in own:
            return error.name
        case form.Context(path=path) if (
            path.startswith(("Execution.", "StateMachine.")) and path != "Execution.Root"
        ):
            return f"run_{path.rpartition('.')[2].lower()}"
        case _:
            return ""


def _leaving(span: Span, told: Mapping[str, Expr], ways: Ways) -> Block:
    """What follows a call: the loop is left as the run left it."""
    made: list[Stmt] = []

    def add(word: str, then: Stmt) -> None:
        test = form.Op(BOOL, span, "eq", (told[LEFT], const(span, word)))
        made.append(form.If(span, f"if {word}", test, (then,), ()))

    if ways.breaks:
        add(BREAK, form.Break(span, BREAK))
    if ways.returned is not None:
        add(RETURN, form.Return(span, RETURN, replace(told[VALUE], shape=ways.returned)))
    return tuple(made)


def _sorted(names: Iterable[Variable]) -> list[Variable]:
    return sorted(names, key=lambda variable: (variable.name, variable.index))
