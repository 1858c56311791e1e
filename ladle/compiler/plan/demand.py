"""Which parts of each call's result the workflow itself reads.

A result that only travels from one task to another need not be in the machine at all: it can be stored, with
a reference in its place (`ladle.runtime.values`). Expressions, Choice and Map need what they read. So each
call tells its task what to keep inline, as a *keep*:

* `True`: the whole value;
* an object: by name the fields that something reads, with a keep each, and under `"*"` that of the items of a
  list. What it does not name may be a reference; `{}` names nothing. `{"#": 1000}` is a list that is mapped
  over in batches of so many: it may travel as a reference for each batch.

The analysis follows values backwards, from where they are read to the calls that give them, over assignments,
displays and loops, until nothing new is demanded. Whatever it does not know reads the whole value, which is
always right: it only makes large values fail as they would have failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Program, Variable
from ladle.compiler.language.walk import nodes
from ladle.compiler.plan.expressions import children
from ladle.declare import Activity, Task
from ladle.wire import can_be_large

__all__ = ["BATCHES", "ITEMS", "Keep", "as_list", "keeps"]

Keep: TypeAlias = "bool | int | dict[str, Keep]"

ITEMS: Final = "*"
BATCHES: Final = "#"

_AS_LIST: Final[dict[str, Keep]] = {ITEMS: {}}
"""A list must be there as a list; its items need not."""

_OF_OPERANDS: Final[Mapping[str, Keep]] = {
    "is_none": {},
    "truth.dict": {},
    "truth.list": _AS_LIST,
    "list.len": _AS_LIST,
}
"""What operations read of their only operand, where that is not all of it."""

_LIKE_LISTS: Final = frozenset({"list.slice", "list.add", "list.at_most", "list.reversed"})
"""Operations whose result is a list of items of their list operands, untouched."""


def keeps(program: Program) -> dict[Variable, Keep]:
    """What must be inline of the value of each variable that receives the result of a task's call, or all
    results of a Map in batches.

    A call whose result can be large and is read by no expression as a whole has an entry that is not `True`.
    """
    found = _Demands()
    before: dict[Variable, Keep] | None = None
    while before != found.of:  # a loop hands values on to its next pass
        before = dict(found.of)
        found.block(program.body, True)
    return {target: found.of.get(target, {}) for target in found.targets}


def merged(a: Keep, b: Keep) -> Keep:
    """What both need.

    >>> merged({"day": True}, {"rows": {"*": {}}})
    {'day': True, 'rows': {'*': {}}}
    """
    if isinstance(a, bool) or isinstance(b, bool):
        return True
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)  # sizes of batches: each Map takes smaller ones as well
    assert isinstance(a, dict)
    assert isinstance(b, dict)
    both = dict(a)
    for name, keep in b.items():
        both[name] = merged(both[name], keep) if name in both else keep
    return both


def as_list(keep: Keep) -> bool:
    """Whether the value of a list must be there as a list."""
    return not isinstance(keep, dict) or ITEMS in keep


def _of_field(keep: Keep, name: str) -> Keep:
    return keep.get(name, {}) if isinstance(keep, dict) else True


class _Demands:
    """What is read of each variable, as far as it has been seen; it only grows."""

    def __init__(self) -> None:
        self.of: dict[Variable, Keep] = {}
        self.targets: dict[Variable, None] = {}

    def variable(self, variable: Variable, keep: Keep) -> None:
        self.of[variable] = merged(self.of.get(variable, {}), keep)

    def expr(self, expr: Expr, keep: Keep) -> None:
        """The value of `expr` is read as far as `keep` says."""
        match expr:
            case form.Read(variable=variable):
                self.variable(variable, keep)
            case form.FieldOf(base=base, name=name):
                self.expr(base, {name: keep})
            case form.MakeObject(entries=entries):
                for name, value in entries:
                    self.expr(value, _of_field(keep, name))
            case form.MakeList(items=items):
                one = _of_field(keep, ITEMS)
                for item in items:
                    if isinstance(item, form.Spread):
                        self.expr(item.base, {ITEMS: one})
                    else:
                        self.expr(item, one)
            case form.Cond(test=test, then=then, otherwise=otherwise):
                self.expr(test, True)
                self.expr(then, keep)
                self.expr(otherwise, keep)
            case form.Bind(variable=variable, value=value, body=body):
                self.expr(body, keep)
                self.expr(value, self.of.get(variable, {}))
            case form.Loop(item=item, source=source, condition=condition, element=element, flatten=flatten):
                one = _of_field(keep, ITEMS)
                self.expr(element, {ITEMS: one} if flatten else one)
                if condition is not None:
                    self.expr(condition, True)
                self.expr(source, {ITEMS: self.of.get(item, {})})
            case form.Op(name=name, operands=(base,)) if name in _OF_OPERANDS:
                self.expr(base, _OF_OPERANDS[name])
            case form.Op(name=name, operands=(base, *rest)) if name in _LIKE_LISTS:
                same: Keep = {ITEMS: _of_field(keep, ITEMS)}
                self.expr(base, same)
                for operand in rest:
                    self.expr(operand, same if name == "list.add" else True)
            case form.Op(name="dict.contains", operands=(base, form.Const(value=str() as name))):
                self.expr(base, {name: {}})  # as `isinstance` tells a failure from a value
            case form.Op(name="list.append", operands=(base, item)):
                one = _of_field(keep, ITEMS)
                self.expr(base, {ITEMS: one})
                self.expr(item, one)
            case form.Op(name="list.index", operands=(base, index)):
                self.expr(base, {ITEMS: keep})
                self.expr(index, True)
            case _:
                for part in children(expr):
                    self.expr(part, True)

    def block(self, block: Block, returned: Keep) -> None:
        for stmt in block:
            self.stmt(stmt, returned)

    def stmt(self, stmt: form.Stmt, returned: Keep) -> None:
        """Take a statement in; `returned` is what is read of the value of a `return` in it."""
        match stmt:
            case form.Assign(target=target, value=value):
                self.expr(value, self.of.get(target, {}))
            case form.Call():
                self._call(stmt)
            case form.Map(far=form.Far() as far) if far.writer or stmt.batch:
                # What is written is written whole, and batches are made of the items as they are.
                self.block(stmt.body, returned)
                for value in (stmt.source, stmt.result, *(detail for _, detail in stmt.details)):
                    self.expr(value, True)
                for test in (stmt.condition, stmt.keep, stmt.concurrency):
                    if test is not None:
                        self.expr(test, True)
            case form.Map(batch=size) if size:
                self._batched(stmt)
            case form.Map():
                self.block(stmt.body, returned)
                one = _of_field(self.of.get(stmt.target, {}) if stmt.target else {}, ITEMS)
                self.expr(stmt.result, {ITEMS: one} if stmt.flatten else one)
                for test in (stmt.condition, stmt.keep, stmt.concurrency, *(d for _, d in stmt.details)):
                    if test is not None:
                        self.expr(test, True)
                self.expr(stmt.source, {ITEMS: self.of.get(stmt.item, {})})
            case form.If(test=test, then=then, otherwise=otherwise):
                self.expr(test, True)
                self.block(then, returned)
                self.block(otherwise, returned)
            case form.For(item=item, source=source, body=body, orelse=orelse):
                self.block(body, returned)
                self.block(orelse, returned)
                self.expr(source, {ITEMS: self.of.get(item, {})})
            case form.While(before=before, test=test, body=body, orelse=orelse):
                self.expr(test, True)
                for part in (before, body, orelse):
                    self.block(part, returned)
            case form.Try(body=body, handlers=handlers, orelse=orelse, final=final):
                for part in (body, *(one.body for one in handlers), orelse, final):
                    self.block(part, returned)
            case form.Scope(target=target, body=body):
                self.block(body, {} if target is None else self.of.get(target, {}))
            case form.Ordered(body=body):
                self.block(body, returned)
            case form.Return(value=form.Expr() as value):
                self.expr(value, returned)
            case form.Raise(message=form.Expr() as value):
                self.expr(value, True)
            case form.Sleep(seconds=value) | form.SleepUntil(instant=value):
                self.expr(value, True)
            case _:
                for part in nodes(stmt):
                    if isinstance(part, form.Read):
                        self.variable(part.variable, True)

    def _batched(self, stmt: form.Map) -> None:
        """A Map in batches: its call gives a list of results, and the machine takes in no item."""
        (call,) = stmt.body
        assert isinstance(call, form.Call)
        assert call.target is not None
        keep = self.of.get(stmt.target, {}) if stmt.target else {}
        self.variable(call.target, {ITEMS: _of_field(keep, ITEMS)} if as_list(keep) else {})
        self.targets[call.target] = None
        if stmt.target is not None:
            self.targets[stmt.target] = None
        for _, argument in call.arguments:
            self.expr(argument, {})
        if stmt.concurrency is not None:
            self.expr(stmt.concurrency, True)
        self.expr(stmt.source, {BATCHES: stmt.batch})

    def _call(self, stmt: form.Call) -> None:
        callee: Any = stmt.callee
        task = isinstance(callee, Task) and not isinstance(callee, Activity)
        # A task gets the value back; a nested run starts with its input, a worker knows no stored values.
        for _, argument in stmt.arguments:
            self.expr(argument, {} if task else True)
        storing = task and not callee.takes_token and can_be_large(callee.door.result)
        if storing and stmt.target is not None:
            self.targets[stmt.target] = None
