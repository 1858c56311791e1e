"""What constructs of Python a source text has, so that two texts can be held to each other."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

import ladle

__all__ = ["features"]

_PARTS = frozenset({"year", "month", "day", "hour", "minute", "second", "days", "seconds", "name", "value", "error", "cause"})
_WORDS = frozenset({*dir(builtins), *ladle.__all__, "date", "timedelta", "datetime"})
_MODULES = frozenset({"math", "json", "re", "hashlib", "base64", "uuid", "random", "date", "datetime", "dict", "s3", "aws", "run"})


def features(tree: ast.AST) -> frozenset[str]:
    """The constructs in a tree: statements, operators, calls of what Python and Ladle know, subscripts, formats."""
    return frozenset(name for node in ast.walk(tree) for name in _of(node))


def _of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _WORDS and not _is_error(name):
            yield f"{name}{_arguments(node)}"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if module in _MODULES:
            yield f"{module}.{name}"
        case ast.Call(func=ast.Attribute(attr=name)):
            yield f".{name}{_arguments(node)}" if name != "options" else ".options"
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in ("run", "math"):
            yield f"{module}.{name}"
        case ast.Attribute(attr=name) if name in _PARTS:
            yield f".{name}"
        case ast.BinOp(op=op) | ast.UnaryOp(op=op) | ast.BoolOp(op=op):
            yield type(op).__name__
        case ast.AugAssign(op=op):
            yield f"{type(op).__name__}="
        case ast.Compare(ops=ops):
            yield from (type(op).__name__ for op in ops)
            yield from ["chain"] * (len(ops) > 1)
        case ast.Subscript(slice=part):
            yield f"[{_subscript(part)}]"
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=spec)])):
            yield "format %" if "%" in spec and spec != ".1%" else f"format {re.sub('[1-9][0-9]*', 'N', spec)}"
        case ast.FormattedValue():
            yield "format"
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield type(node).__name__
            yield from ["two fors"] * (len(node.generators) > 1)
            for each in node.generators:
                yield from ["if of a comprehension"] * bool(each.ifs)
                yield from ["names of a comprehension"] * isinstance(each.target, ast.Tuple)
        case ast.For(orelse=[_, *_]) | ast.While(orelse=[_, *_]):
            yield f"{type(node).__name__} else"
        case ast.Try():
            yield from ["try else"] * bool(node.orelse) + ["try finally"] * bool(node.finalbody)
            yield from ["several handlers"] * (len(node.handlers) > 1)
        case ast.ExceptHandler(type=kind, name=name):
            yield f"except {type(kind).__name__}{' as' if name else ''}"
        case ast.Raise(exc=exc, cause=cause):
            yield f"raise {type(exc).__name__}{' from' if cause else ''}"
        case ast.Assign(targets=[ast.Tuple(elts=names)]):
            yield "starred names" if any(isinstance(name, ast.Starred) for name in names) else "names"
        case ast.FunctionDef(decorator_list=[]):
            yield "function"
        case ast.stmt() | ast.pattern() | ast.IfExp() | ast.NamedExpr() | ast.Lambda() | ast.Starred() | ast.Set() | ast.Dict():
            yield type(node).__name__


def _is_error(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def _arguments(node: ast.Call) -> str:
    """`(2, key)`: how many by position, and the names of the others."""
    return f"({', '.join([str(len(node.args)), *sorted(each.arg or '**' for each in node.keywords)])})"


def _subscript(part: ast.expr) -> str:
    if isinstance(part, ast.Slice):
        return ":".join(
            "" if one is None else "-" * isinstance(one, ast.UnaryOp) + name
            for one, name in ((part.lower, "a"), (part.upper, "b"), *([(part.step, "c")] if part.step else []))
        )
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
        return "-n"
    return type(getattr(part, "value", None)).__name__ if isinstance(part, ast.Constant) else "…"
