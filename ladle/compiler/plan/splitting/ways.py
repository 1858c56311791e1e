"""How a loop is left: by `break`, by `return`, or because its turns are over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Stmt, Variable
from ladle.compiler.language.shapes import NULL, union
from ladle.compiler.plan.splitting.pieces import const
from ladle.compiler.plan.statements import blocks_of, with_blocks
from ladle.wire import Shape

__all__ = ["BREAK", "ENDED", "ON", "RETURN", "Ways", "left", "returning", "ways_of"]

ON, ENDED, BREAK, RETURN = "", "end", "break", "return"
"""How a run leaves its loop: there may be more turns; the test of a `while` did not hold; by a statement."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a loop may be left before its turns are over; `returned` is the type of what is returned then."""

    breaks: bool
    returned: Shape | None

    @property
    def none(self) -> bool:
        """Whether it always comes to its end."""
        return not self.breaks and self.returned is None


def ways_of(stmt: form.For | form.While) -> Ways:
    """How a loop may be left before its turns are over."""
    jumps = tuple(_jumps(turn_of(stmt), inner=False))
    values = [each.value for each in jumps if isinstance(each, form.Return)]
    shapes = [NULL if value is None else value.shape for value in values]
    return Ways(any(isinstance(each, form.Break) for each in jumps), union(shapes) if shapes else None)


def turn_of(stmt: form.For | form.While) -> Block:
    """What one turn of a loop does, the calls of its test among it."""
    return stmt.body if isinstance(stmt, form.For) else (*stmt.before, *stmt.body)


def _jumps(block: Block, *, inner: bool) -> Iterable[Stmt]:
    """Each `break` and `return` in a turn that leaves the loop; with `inner` a `break` leaves another one."""
    for stmt in block:
        match stmt:
            case form.Return():
                yield stmt
            case form.Break() if not inner:
                yield stmt
            case form.Scope() | form.Map():
                pass
            case _:
                looping = isinstance(stmt, form.For | form.While)
                for role, part in blocks_of(stmt):
                    yield from _jumps(part, inner=inner or (looping and role != "else"))


def left(block: Block, value: Variable | None, *, inner: bool = False) -> Block:
    """A turn with its jumps out of the loop as returns of the scope around it, which tell how it was left.

    What a `return` gives is in `value` then. With `inner` the turn is that of a loop within the loop.
    """

    def changed(stmt: Stmt) -> Block:
        match stmt:
            case form.Return(value=given):
                assert value is not None
                given = const(stmt.span, None) if given is None else given
                return form.Assign(stmt.span, stmt.label, value, given), returning(stmt, RETURN)
            case form.Break() if not inner:
                return (returning(stmt, BREAK),)
            case form.Scope() | form.Map():
                return (stmt,)
            case _:
                looping = isinstance(stmt, form.For | form.While)
                parts = {
                    role: left(part, value, inner=inner or (looping and role != "else"))
                    for role, part in blocks_of(stmt)
                }
                return (with_blocks(stmt, parts),)

    return tuple(one for stmt in block for one in changed(stmt))


def returning(stmt: Stmt, left: str | Expr | None) -> form.Return:
    """The end of a run's loop; `left` tells how it was left (nothing: there may be more turns)."""
    word = left if isinstance(left, Expr) else const(stmt.span, left or ON)
    return form.Return(stmt.span, "return", word)
