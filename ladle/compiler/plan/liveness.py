"""Which variables are still read, and where a failure inside a block would be handled.

A Parallel that fails assigns nothing. So what a handler (or code reached through it) reads must have been
assigned by an earlier state: rule 9. `Around.failing` is what is read after a failure at this place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Stmt, Variable
from ladle.compiler.language.walk import is_endless, surely_turns
from ladle.compiler.plan.expressions import reads
from ladle.compiler.plan.statements import expressions_of, writes_of

__all__ = ["NONE", "Around", "is_carried", "live_after_each", "live_before", "loop_head", "within"]

Names = frozenset[Variable]
NONE: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Around:
    """What is read later on each way out of a block other than its end. `handled`: a handler of the workflow
    may take a failure here, and the run go on."""

    failing: Names = NONE
    returning: Names = NONE
    breaking: Names = NONE
    continuing: Names = NONE
    handled: bool = False


def live_before(block: Block, after: Names, around: Around) -> Names:
    """The variables read at or after the start of `block`, when `after` are those read after its end."""
    for stmt in reversed(block):
        after = _before(stmt, after, around)
    return after


def live_after_each(block: Block, after: Names, around: Around) -> tuple[Names, ...]:
    """For each statement of `block`, the variables read after it."""
    found = []
    for stmt in reversed(block):
        found.append(after)
        after = _before(stmt, after, around)
    return tuple(reversed(found))


def _own(stmt: Stmt) -> Names:
    return frozenset(variable for expr in expressions_of(stmt) for variable in reads(expr))


def _without(names: Names, *targets: Variable | None) -> Names:
    return names - {target for target in targets if target is not None}


def _before(stmt: Stmt, after: Names, around: Around) -> Names:
    match stmt:
        case form.Assign(target=target):
            return _without(after, target) | _own(stmt)
        case form.Call(target=target):
            return _without(after, target) | _own(stmt) | around.failing
        case form.Map(target=target, item=item, index=index):
            inner = live_before(stmt.body, reads(stmt.result) | reads(stmt.keep), Around())
            own = reads(stmt.source) | _without(reads(stmt.condition), item) | reads(stmt.concurrency)
            # What an iteration sets stays in it: nobody before it is to set it, whatever a failure leads to.
            made = frozenset(variable for each in stmt.body for variable in writes_of(each))
            return _without(after, target) | own | _without(inner - made, item, index) | around.failing
        case form.Raise(again=again):
            return _own(stmt) | around.failing | ({again} if again else NONE)
        case form.Return():
            return _own(stmt) | around.returning
        case form.Break():
            return around.breaking
        case form.Continue():
            return around.continuing
        case form.Scope() | form.For() | form.While() | form.Try() | form.If() | form.Ordered():
            # The test of a `while` is read behind the calls that it is made of, which set what it reads.
            own = NONE if isinstance(stmt, form.While) else _own(stmt)
            return own.union(
                *(live_before(block, rest, inside) for block, rest, inside in _entries(stmt, after, around))
            )
        case _:
            return after | _own(stmt)


def _entries(stmt: Stmt, after: Names, around: Around) -> list[tuple[Block, Names, Around]]:
    """The blocks at which a compound statement may begin, each with what follows it."""
    if isinstance(stmt, form.For):
        head = loop_head(stmt, after, around)[0]
        if not surely_turns(stmt):
            return [((), head, around)]
        begun = live_before(stmt.body, head, replace(around, breaking=after, continuing=head))
        return [((), _without(begun, stmt.item), around)]
    first: tuple[str, ...] = ("then", "else") if isinstance(stmt, form.If) else ("body",)
    if isinstance(stmt, form.While):
        first = ("before",)
    return [
        (block, rest, inside) for role, block, rest, inside in within(stmt, after, around) if role in first
    ]


def loop_head(stmt: form.For | form.While, after: Names, around: Around) -> tuple[Names, Names, Names]:
    """What is read where an iteration may follow another, where the test has been made, and where the loop
    has ended."""
    inner = replace(around, breaking=after)
    done = NONE if is_endless(stmt) else live_before(stmt.orelse, after, around)
    head: Names = NONE
    while True:
        inner = replace(inner, continuing=head)
        begun = live_before(stmt.body, head, inner)
        if isinstance(stmt, form.For):
            grown = head | done | _without(begun, stmt.item)
            tested = grown
        else:
            tested = reads(stmt.test) | begun | done
            grown = head | live_before(stmt.before, tested, around)
        if grown == head:
            return head, tested, done
        head = grown


def is_carried(stmt: form.For, written: Names, after: Names, around: Around) -> bool:
    """Whether a variable that an iteration sets is read by a later one, or once the loop has been left."""
    head, _, _ = loop_head(stmt, after, around)
    return not written.isdisjoint(head | after | around.failing)


def within(stmt: Stmt, after: Names, around: Around) -> list[tuple[str, Block, Names, Around]]:
    """Each block of a statement by role, with what is read after its end and on the other ways out of it."""
    match stmt:
        case form.Map():
            inner = Around(handled=around.handled)
            return [("body", stmt.body, reads(stmt.result) | reads(stmt.keep), inner)]
        case form.Scope(target=target):
            ends = _without(after, target)
            return [("body", stmt.body, ends, replace(around, returning=ends))]
        case form.Ordered():
            return [("body", stmt.body, after, around)]
        case form.If():
            return [("then", stmt.then, after, around), ("else", stmt.otherwise, after, around)]
        case form.For() | form.While():
            head, tested, _ = loop_head(stmt, after, around)
            inner = replace(around, breaking=after, continuing=head)
            blocks = [("body", stmt.body, head, inner), ("else", stmt.orelse, after, around)]
            if isinstance(stmt, form.While):
                blocks.insert(0, ("before", stmt.before, tested, around))
            return blocks
        case form.Try():
            final = around
            if stmt.final:
                through = after | around.failing | around.returning | around.breaking | around.continuing
                read = live_before(stmt.final, through, around)
                final = Around(read, read, read, read, around.handled)
            ends = live_before(stmt.final, after, around)
            caught = final.failing.union(
                *(
                    _without(live_before(handler.body, ends, final), handler.variable)
                    for handler in stmt.handlers
                )
            )
            follows = live_before(stmt.orelse, ends, final)
            handled = around.handled or bool(stmt.handlers)
            return [
                ("body", stmt.body, follows, replace(final, failing=caught, handled=handled)),
                *((f"except {n}", h.body, ends, final) for n, h in enumerate(stmt.handlers)),
                ("else", stmt.orelse, ends, final),
                ("finally", stmt.final, after, around),
            ]
        case _:
            return []
