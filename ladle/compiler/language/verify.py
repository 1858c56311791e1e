"""The laws of the typed form, checked. Used by tests after reading, and by whoever changes a form."""

from __future__ import annotations

from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.operations import verify_op
from ladle.compiler.language.shapes import POISON
from ladle.compiler.language.walk import nodes, surely_turns

__all__ = ["verify"]

_Set = frozenset[form.Variable]
_NOWHERE = form.Variable("nowhere", -1, POISON)
_EVERYTHING: _Set = frozenset((_NOWHERE,))
"""The state after a jump: nothing is read there, so everything counts as set."""


def verify(program: form.Program) -> tuple[str, ...]:
    """What is wrong with a form; empty for a lawful one."""
    found: list[str] = []
    shapes: dict[tuple[str, int], Any] = {}
    for node in nodes(program.body):
        if isinstance(node, form.Expr) and node.shape == POISON:
            found.append(f"{node.span}: poison is left in {node}")
        if isinstance(node, form.Op):
            found += [f"{node.span}: {wrong}" for wrong in verify_op(node)]
        if isinstance(node, form.Variable):
            shape = shapes.setdefault((node.name, node.index), node.shape)
            if shape != node.shape:
                found.append(f"{node} has two shapes, {shape} and {node.shape}")
        if isinstance(node, form.If | form.While) and not _is_bool(node.test):
            found.append(f"{node.span}: the test is no bool")
    checker = _Assignment(found)
    checker.block(program.body, frozenset(variable for variable, _ in program.parameters))
    return tuple(found)


def _is_bool(expr: form.Expr) -> bool:
    return type(expr.shape).__name__ in ("BoolShape", "LiteralShape")


def _breaks(stmt: form.Stmt) -> bool:
    """Whether a `break` leaves the loop around the statement: not one of a loop within, or of a helper."""
    match stmt:
        case form.Break():
            return True
        case form.Scope() | form.Map():
            return False
        case form.For(orelse=orelse) | form.While(orelse=orelse):
            return any(map(_breaks, orelse))
        case form.If(then=then, otherwise=otherwise):
            return any(map(_breaks, (*then, *otherwise)))
        case form.Try(body=body, handlers=handlers, orelse=orelse, final=final):
            inner = [each for handler in handlers for each in handler.body]
            return any(map(_breaks, (*body, *inner, *orelse, *final)))
        case form.Ordered(body=body):
            return any(map(_breaks, body))
        case _:
            return False


class _Assignment:
    """Definite assignment, in the simplest form that is right: what is read has been set on every
    way here."""

    def __init__(self, found: list[str]) -> None:
        self.found = found

    def expression(self, expr: form.Expr | None, known: _Set) -> None:
        if expr is None or known is _EVERYTHING:
            return
        if isinstance(expr, form.Read) and expr.variable not in known:
            self.found.append(f"{expr.span}: {expr.variable} is read before it is set")
        if isinstance(expr, form.ErrorText | form.ErrorName) and expr.error not in known:
            self.found.append(f"{expr.span}: {expr.error} is read before it is set")
        if isinstance(expr, form.Bind):
            self.expression(expr.value, known)
            self.expression(expr.body, known | {expr.variable})
        elif isinstance(expr, form.Loop):
            self.expression(expr.source, known)
            self.expression(expr.condition, known | {expr.item})
            self.expression(expr.element, known | {expr.item})
        else:
            for field in ("base", "test", "then", "otherwise", "value"):
                part = getattr(expr, field, None)
                if isinstance(part, form.Expr):
                    self.expression(part, known)
            for part in (*getattr(expr, "operands", ()), *getattr(expr, "items", ())):
                self.expression(part, known)
            for _, part in getattr(expr, "entries", ()):
                self.expression(part, known)

    def block(self, block: form.Block, known: _Set) -> _Set:
        for statement in block:
            known = self.statement(statement, known)
        return known

    def statement(self, node: form.Stmt, known: _Set) -> _Set:
        if known is _EVERYTHING:
            return known
        match node:
            case form.Assign(target=target, value=value):
                self.expression(value, known)
                return known | {target}
            case form.Call():
                for _, value in node.arguments:
                    self.expression(value, known)
            case form.Map():
                self.expression(node.source, known)
                self.expression(node.concurrency, known)
                for _, value in node.details:
                    self.expression(value, known)
                inside = known | {node.item} | ({node.index} if node.index else set())
                self.expression(node.condition, inside)
                inside = self.block(node.body, inside)
                self.expression(node.keep, inside)
                self.expression(node.result, inside)
            case form.If():
                self.expression(node.test, known)
                return _both(self.block(node.then, known), self.block(node.otherwise, known))
            case form.For():
                self.expression(node.source, known)
                self.block(node.body, known | {node.item})
                once = _assigned(node.body) | {node.item} if surely_turns(node) else frozenset()
                return self._loop_end(node.body, node.orelse, known | once, node.item)
            case form.While():
                known = self.block(node.before, known)
                self.expression(node.test, known)
                self.block(node.body, known)
                return self._loop_end(node.body, node.orelse, known)
            case form.Try():
                return self._try(node, known)
            case form.Raise():
                self.expression(node.message, known)
                return _EVERYTHING
            case form.Return():
                self.expression(node.value, known)
                return _EVERYTHING
            case form.Break() | form.Continue():
                return _EVERYTHING
            case form.Sleep():
                self.expression(node.seconds, known)
            case form.SleepUntil():
                self.expression(node.instant, known)
            case form.Ordered():
                for variable in node.after:
                    if variable not in known:
                        self.found.append(f"{node.span}: {variable} is waited for before it is set")
                return self.block(node.body, known)
            case form.Scope():
                self.block(node.body, known)
        assigned: form.Variable | None = getattr(node, "target", None)
        return known if assigned is None else known | {assigned}

    def _loop_end(
        self, body: form.Block, orelse: form.Block, known: _Set, item: form.Variable | None = None
    ) -> _Set:
        after = self.block(orelse, known)
        if not any(map(_breaks, body)):
            return after
        # A name that every break has set is set behind the loop; which ones, reading has worked out.
        assigned = _assigned(body) | {each.item for each in nodes(body) if isinstance(each, form.For)}
        return known | assigned | (frozenset() if item is None else {item})

    def _try(self, node: form.Try, known: _Set) -> _Set:
        after = self.block(node.orelse, self.block(node.body, known))
        for handler in node.handlers:
            # What the body sets before the failing call may be read; reading has worked out what.
            inside = known | _assigned(node.body)
            if handler.variable is not None:
                inside |= {handler.variable}
            after = _both(after, self.block(handler.body, inside))
        if after is _EVERYTHING:
            self.block(node.final, known)
            return after
        return self.block(node.final, after)


def _assigned(block: form.Block) -> _Set:
    found = (getattr(each, "target", None) for each in nodes(block))
    return frozenset(target for target in found if isinstance(target, form.Variable))


def _both(first: _Set, second: _Set) -> _Set:
    if first is _EVERYTHING:
        return second
    return first if second is _EVERYTHING else first & second
