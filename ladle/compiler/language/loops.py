"""`for`, `while`, `break`, `continue`: a loop of states, one turn after the other."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import item_shape, loop_source
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.flow import Env, merge
from ladle.compiler.language.iterators import lazily_read
from ladle.compiler.language.reading import Condition, Loop, Reader
from ladle.compiler.language.shapes import POISON, is_poison
from ladle.compiler.language.targets import unpack
from ladle.compiler.language.walk import has_items

__all__ = ["LOOPS"]


def read_for(reader: Reader, node: ast.For) -> None:
    source = loop_source(reader, node.iter)
    shape = POISON if is_poison(source.shape) else item_shape(source.shape)
    frame = reader.frame
    read = lazily_read(reader, node.iter)
    entry = reader.env.copy()

    def turn(head: Env) -> tuple[tuple[form.Variable | None, form.Block, Loop, Env, Env], Env]:
        loop = Loop()
        frame.loops.append(loop)
        frame.env = head.copy()
        for name in read:  # changing the list while going over it means something else in Python
            frame.env.stale(name)
        try:
            with reader.collect() as block:
                item = unpack(reader, node.target, shape, node.iter)
                reader.suite(node.body)
            back = merge((frame.env, *loop.continues))
            return (item, tuple(block), loop, head, back), back
        finally:
            frame.loops.pop()
            frame.env = entry

    item, body, loop, head, back = reader.settle(node, turn)
    # What surely has items sets the names of its body.
    exhausted = (back if has_items(source) and back.reachable else head).copy()
    for name in read:
        before = entry.names.get(name)
        after = exhausted.names.get(name)
        if before is not None and after is not None and before.fresh and before.defs == after.defs:
            exhausted.names[name] = replace(after, fresh=True)
    frame.env = exhausted
    with reader.collect() as orelse:
        reader.suite(node.orelse)
    frame.env = merge((frame.env, *loop.breaks))
    if item is None or is_poison(source.shape):
        return
    label = f"for {reader.text(node.target)} in {reader.text(node.iter)}"
    reader.emit(form.For(reader.span(node), label, item, source, body, tuple(orelse)))


def read_while(reader: Reader, node: ast.While) -> None:
    frame = reader.frame
    entry = reader.env.copy()

    def turn(head: Env) -> tuple[tuple[form.Block, Condition, form.Block, Loop, Env], Env]:
        loop = Loop()
        frame.env = head.copy()
        try:
            reader.read_names = set()
            with reader.collect() as before:
                test = condition(reader, node.test)
            tested = frame.env.copy()
            for path, shape in test.yes:
                frame.env.narrow(path, shape)
            frame.loops.append(loop)
            with reader.collect() as body:
                reader.suite(node.body)
            frame.loops.pop()
            back = merge((frame.env, *loop.continues))
            for path, shape in test.no:
                tested.narrow(path, shape)
            return (tuple(before), test, tuple(body), loop, tested), back
        finally:
            frame.env = entry

    before, test, body, loop, ended = reader.settle(node, turn)
    endless = isinstance(test.expr, form.Const) and test.expr.value is True
    frame.env = ended
    if endless:
        frame.env = Env(reachable=False)
    with reader.collect() as orelse:
        if frame.env.reachable:
            reader.suite(node.orelse)
    frame.env = merge((frame.env, *loop.breaks))
    if is_poison(test.expr.shape):
        return
    label = f"while {reader.text(node.test)}"
    reader.emit(form.While(reader.span(node), label, before, test.expr, body, tuple(orelse)))


def read_break(reader: Reader, node: ast.Break) -> None:
    reader.frame.loops[-1].breaks.append(reader.env.copy())
    reader.left(reader.frame)
    reader.emit(form.Break(reader.span(node), "break"))
    reader.env.reachable = False


def read_continue(reader: Reader, node: ast.Continue) -> None:
    reader.frame.loops[-1].continues.append(reader.env.copy())
    reader.left(reader.frame)
    reader.emit(form.Continue(reader.span(node), "continue"))
    reader.env.reachable = False


LOOPS: Final[Mapping[type[ast.AST], Any]] = {
    ast.For: read_for,
    ast.While: read_while,
    ast.Break: read_break,
    ast.Continue: read_continue,
}
