"""Smaller programs: statements dropped, compound ones replaced by their bodies, expressions by parts."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

__all__ = ["shrink"]


_KEPT = frozenset({"func", "annotation", "defaults", "kw_defaults", "exc", "type", "cls", "format_spec", "pattern"})
"""Fields whose expressions name what is called, raised or meant, and stay."""


def shrink(text: str, fails: Callable[[str], bool], *, tries: int = 400) -> str:
    """The source of a workflow that still `fails`, with less in it; at most `tries` attempts."""
    tree = ast.parse(text)
    left = tries
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(tree):
            left -= 1
            if left < 0:
                return ast.unparse(tree)
            candidate = ast.unparse(ast.fix_missing_locations(smaller))
            if fails(candidate):
                tree, changed = ast.parse(candidate), True
                break
    return ast.unparse(tree)


def _smaller(tree: ast.Module) -> Iterator[ast.Module]:
    """Each tree that is one step smaller, large steps first."""
    count = sum(1 for _ in ast.walk(tree))
    for changes in (_statements, _expressions):
        for place in range(count):
            number = 0
            while True:
                made = copy.deepcopy(tree)
                found = list(changes(list(ast.walk(made))[place]))
                if number >= len(found):
                    break
                found[number]()
                yield made
                number += 1


def _statements(node: ast.AST) -> Iterator[Callable[[], None]]:
    """Drops one statement of a block, or puts the blocks of a compound one in its place."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if not isinstance(block, list):
            continue
        for place, statement in enumerate(block):
            if isinstance(statement, ast.FunctionDef | ast.Import | ast.ImportFrom):
                continue

            def drop(block: list[ast.stmt] = block, place: int = place, keep: bool = name == "body") -> None:
                del block[place]
                if keep and not block:
                    block.append(ast.Pass())

            if not isinstance(statement, ast.Pass):
                yield drop
            for inner in ("body", "orelse", "finalbody"):
                within = getattr(statement, inner, None)
                if isinstance(within, list) and within and isinstance(within[0], ast.stmt):

                    def lift(block: list[ast.stmt] = block, place: int = place, within: list[ast.stmt] = within) -> None:
                        block[place : place + 1] = within

                    yield lift
    if isinstance(node, ast.Try) and len(node.handlers) > 1:
        for handler in list(node.handlers):
            yield lambda handler=handler: node.handlers.remove(handler)  # type: ignore[misc]
    if isinstance(node, ast.Match) and len(node.cases) > 1:
        for case in list(node.cases):
            yield lambda case=case: node.cases.remove(case)  # type: ignore[misc]
    if isinstance(node, ast.comprehension) and node.ifs:
        yield node.ifs.clear


def _expressions(node: ast.AST) -> Iterator[Callable[[], None]]:
    """Puts a part of an expression, or a constant, in the place of the whole."""
    if isinstance(node, ast.FunctionDef | ast.arg | ast.JoinedStr):
        return
    for name, value in ast.iter_fields(node):
        if name in _KEPT:
            continue
        slots = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for place, child in slots:
            if not isinstance(child, ast.expr) or isinstance(child, ast.Constant | ast.Starred):
                continue
            if isinstance(getattr(child, "ctx", None), ast.Store):
                continue
            parts = [part for part in ast.iter_child_nodes(child) if isinstance(part, ast.expr)]
            constants: list[ast.expr] = [ast.Constant(0), ast.Constant(""), ast.Constant(True)]
            if isinstance(child, ast.Name):
                parts = []
            for part in [*parts, *constants]:

                def put(name: str = name, place: int | None = place, part: ast.expr = part) -> None:
                    if place is None:
                        setattr(node, name, part)
                    else:
                        getattr(node, name)[place] = part

                yield put
