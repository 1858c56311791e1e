"""`with split(every=500):` a loop whose turns are made by runs of their own, so many by each."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace

from ladle.compiler.language import form
from ladle.compiler.language.constants import known
from ladle.compiler.language.names import marker, static
from ladle.compiler.language.reading import Reader
from ladle.declare.checks import is_whole

__all__ = ["SPLIT_EXAMPLE", "read_split", "split_of"]

SPLIT_EXAMPLE = "write: with split(every=500):, and a `for` or `while` in it"


def split_of(reader: Reader, node: ast.With) -> ast.withitem | None:
    """`split(…)`, if that is what a `with` names last; None for any other."""
    call = node.items[-1].context_expr
    word = marker(static(reader, call.func)) if isinstance(call, ast.Call) else ""
    return node.items[-1] if word == "split" else None


def read_split(reader: Reader, node: ast.With, item: ast.withitem) -> None:
    """Reads the block; its loop then says how many turns a run takes."""
    every = _every(reader, item)
    alone = len(node.body) == 1 and isinstance(node.body[0], ast.For | ast.While)
    if not alone:
        place = next((each for each in node.body if not isinstance(each, ast.For | ast.While)), node.body[1:])
        where = place if isinstance(place, ast.stmt) else node.body[1]
        reader.problem("L209", where, "`split` holds one loop, and nothing beside it", SPLIT_EXAMPLE)
    with reader.collect() as block:
        reader.suite(node.body)
    if alone and block and isinstance(loop := block[-1], form.For | form.While):
        block[-1] = replace(loop, every=every)
    reader.block.extend(block)


def _every(reader: Reader, item: ast.withitem) -> int:
    """How many turns a run takes; 0, with a problem reported, where that is not said as it has to be."""
    call = item.context_expr
    assert isinstance(call, ast.Call)
    if item.optional_vars is not None:
        reader.problem("L209", item.optional_vars, "`split` gives no value", SPLIT_EXAMPLE)
    elif call.args or [each.arg for each in call.keywords] != ["every"]:
        what = "`split` takes `every`, the turns of each run, and nothing else"
        reader.problem("L209", call, what, SPLIT_EXAMPLE)
    else:
        every = known(reader, call.keywords[0].value)
        if is_whole(every, 1, sys.maxsize):
            return int(every)
        what = "`every` is a whole number of at least 1, known when compiling"
        reader.problem("L209", call.keywords[0].value, what, "write: with split(every=500):")
    return 0
