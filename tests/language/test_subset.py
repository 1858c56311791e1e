"""Every class of Python's syntax is read or refused; nothing passes silently."""

from __future__ import annotations

import ast
import inspect

import pytest

from ladle.compiler.language import CODES
from ladle.compiler.language.read import EXPRESSIONS, STATEMENT_READERS
from ladle.compiler.language.subset import HANDLED, REFUSED, refusal
from tests.language.written import Language

_ABSTRACT = {
    "AST", "mod", "stmt", "expr", "expr_context", "boolop", "operator", "unaryop", "cmpop", "excepthandler",
    "pattern", "type_ignore", "type_param", "slice", "ast", "NodeVisitor", "NodeTransformer",
}  # fmt: skip
_OLD = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "ExtSlice", "Index", "Suite", "AugLoad",
        "AugStore", "Param"}  # fmt: skip

CLASSES = sorted(
    name
    for name, value in vars(ast).items()
    if inspect.isclass(value)
    and issubclass(value, ast.AST)
    and name not in _ABSTRACT | _OLD
    and not name.startswith("_")
)


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_of_syntax_is_in_one_table(name: str) -> None:
    """A new version's node is found here; until then it is refused like the listed ones."""
    assert (name in HANDLED) != (name in REFUSED)


def test_what_is_handled_has_a_reader() -> None:
    """What the table calls handled is read by a function of its own, or by its parent's."""
    parts = {"FormattedValue", "GeneratorExp", "Slice", "FunctionDef"}
    for name in HANDLED - parts:
        cls = getattr(ast, name)
        if issubclass(cls, ast.expr):
            assert cls in EXPRESSIONS, name
        if issubclass(cls, ast.stmt):
            assert cls in STATEMENT_READERS, name


def test_what_is_refused_says_what_to_write() -> None:
    for name, found in REFUSED.items():
        assert found.code in CODES, name
        assert found.message, name
        assert found.hint, name


def test_a_node_of_a_later_python_is_refused() -> None:
    class Future(ast.stmt):
        pass

    assert refusal(Future()).code == "L101"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("async def f(): pass", "L101"),
        ("class C: pass", "L101"),
        ("@print\ndef f(): pass", "L101"),
        ("del [1][0:1]", "L106"),
        ("import os", "L101"),
        ("from os import path", "L101"),
        ("with open('x'): pass", "L101"),
        ("global q", "L312"),
        ("x = [lambda: 1]", "L102"),
        ("x = (i for i in [1])", "L102"),
        ("x = b'\\xff'", "L102"),
        ("x = ...", "L102"),
        ("x = n ** n", "L110"),
        ("x = n @ n", "L110"),
        ("x = n & 1", "L110"),
        ("x = ~n", "L110"),
        ("x = [1][::n]", "L412"),
        ("try:\n    size(key)\nexcept* BadFile:\n    pass", "L101"),
        ("match size(key):\n    case [a, b]:\n        pass", "L103"),
        ("match names(key):\n    case {'a': 1}:\n        pass", "L103"),
        ("match size(key):\n    case int(real=1):\n        pass", "L103"),
    ],
)
def test_refused_syntax(language: Language, source: str, code: str) -> None:
    """One error at the construct, with a hint, and nothing after it."""
    problem = language.problem(source)
    assert problem.code == code
    assert problem.hint
