"""What of Python's syntax the language takes. Every node class of `ast` is in one of these tables.

A node that no table knows (one that a later Python brings) is refused like the listed ones, never passed
over.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["HANDLED", "REFUSED", "Refusal", "refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a construct is refused, and what to write instead."""

    code: str
    message: str
    hint: str


HANDLED: Final = frozenset(
    [
        "FunctionDef",
        "Return",
        "Assign",
        "AugAssign",
        "AnnAssign",
        "For",
        "While",
        "If",
        "With",
        "Match",
        "Raise",
        "Try",
        "Expr",
        "Pass",
        "Assert",
        "Delete",
        "Del",
        "Break",
        "Continue",
        "BoolOp",
        "NamedExpr",
        "BinOp",
        "UnaryOp",
        "IfExp",
        "Dict",
        "ListComp",
        "DictComp",
        "Set",
        "SetComp",
        "GeneratorExp",
        "Compare",
        "Call",
        "FormattedValue",
        "JoinedStr",
        "Constant",
        "Attribute",
        "Subscript",
        "Name",
        "List",
        "Tuple",
        "Slice",
        "And",
        "Or",
        "Add",
        "Sub",
        "Mult",
        "Div",
        "Mod",
        "FloorDiv",
        "Pow",
        "BitOr",
        "BitAnd",
        "BitXor",
        "Not",
        "UAdd",
        "USub",
        "Eq",
        "NotEq",
        "Lt",
        "LtE",
        "Gt",
        "GtE",
        "Is",
        "IsNot",
        "In",
        "NotIn",
        "comprehension",
        "ExceptHandler",
        "arguments",
        "arg",
        "keyword",
        "withitem",
        "match_case",
        "MatchValue",
        "MatchSingleton",
        "MatchClass",
        "MatchAs",
        "MatchOr",
        "MatchSequence",
        "MatchMapping",
        "MatchStar",
        "Load",
        "Store",
        "Module",
    ]
)
"""Classes that some module of this package reads."""

_TASK = "do this in a task"

REFUSED: Final[Mapping[str, Refusal]] = {
    # statements
    "AsyncFunctionDef": Refusal(
        "L101", "`async def` is not needed: calls overlap without it", "write a plain `def`"
    ),
    "AsyncFor": Refusal("L101", "`async for` is not needed", "write a plain `for`, or a comprehension"),
    "AsyncWith": Refusal(
        "L101", "`async with` is not part of the language", "use the resource inside a task"
    ),
    "Await": Refusal(
        "L102", "`await` is not needed: a call is waited for where its value is used", "remove `await`"
    ),
    "ClassDef": Refusal(
        "L101", "a class cannot be defined inside a workflow", "define it at the top of the module"
    ),
    "Import": Refusal(
        "L101", "imports stand at the top of the module, not in a workflow", "move the import up"
    ),
    "ImportFrom": Refusal(
        "L101", "imports stand at the top of the module, not in a workflow", "move the import up"
    ),
    "Global": Refusal("L312", "a workflow cannot assign names of its module", "return the value instead"),
    "Nonlocal": Refusal(
        "L312", "a helper cannot assign names of an enclosing function", "return the value instead"
    ),
    "TryStar": Refusal("L101", "`except*` is not part of the language", "write `except`"),
    "TypeAlias": Refusal(
        "L101", "a type cannot be defined inside a workflow", "define it at the top of the module"
    ),
    # expressions
    "Lambda": Refusal(
        "L102", "a lambda cannot be compiled here", "write a helper function, or a comprehension"
    ),
    "Yield": Refusal("L102", "a workflow is not a generator", "collect the values in a list"),
    "YieldFrom": Refusal("L102", "a workflow is not a generator", "collect the values in a list"),
    "Starred": Refusal("L102", "`*` stands only inside a list display", "write the items one by one"),
    "TemplateStr": Refusal("L102", "template strings are not part of the language", "write an f-string"),
    "Interpolation": Refusal("L102", "template strings are not part of the language", "write an f-string"),
    # operators
    "MatMult": Refusal("L110", "`@` is not an operator of the language", _TASK),
    "LShift": Refusal("L110", "`<<` is not an operator of the language", f"multiply, or {_TASK}"),
    "RShift": Refusal("L110", "`>>` is not an operator of the language", f"use `//`, or {_TASK}"),
    "Invert": Refusal("L110", "`~` is not an operator of the language", "use `not` for tests"),
    # patterns
    # type parameters
    "TypeVar": Refusal("L101", "a workflow has no type parameters", "write definite types"),
    "ParamSpec": Refusal("L101", "a workflow has no type parameters", "write definite types"),
    "TypeVarTuple": Refusal("L101", "a workflow has no type parameters", "write definite types"),
    # never met inside a function
    "Interactive": Refusal("L105", "this is no module", "write the workflow in a file"),
    "Expression": Refusal("L105", "this is no module", "write the workflow in a file"),
    "FunctionType": Refusal("L105", "this is no module", "write the workflow in a file"),
    "TypeIgnore": Refusal("L101", "a type comment cannot stand here", "write an annotation"),
    "alias": Refusal("L101", "imports stand at the top of the module", "move the import up"),
}
"""Classes that are refused wherever they stand."""

_OUT_OF_PLACE: Final[Mapping[str, Refusal]] = {
    "Slice": Refusal("L102", "a slice stands only inside a subscript", "write xs[a:b]"),
    "GeneratorExp": Refusal("L102", "a generator cannot be a value", "write a list comprehension: […]"),
}


def refusal(node: ast.AST) -> Refusal:
    """Why `node` cannot stand where it does."""
    name = type(node).__name__
    found = REFUSED.get(name) or _OUT_OF_PLACE.get(name)
    if found is not None:
        return found
    code = "L101" if isinstance(node, ast.stmt) else "L103" if isinstance(node, ast.pattern) else "L102"
    return Refusal(code, f"`{name}` is not part of the language", _TASK)
