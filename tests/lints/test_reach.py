"""Which errors a task's code may raise: nothing that could be raised is ever excluded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ladle.compiler.lints.reach import reach_of
from tests.language.written import module_of

PRELUDE = """
import functools
from ladle import *

class Bad(Exception): ...
class Worse(Bad): ...
class Other(Exception): ...
"""

WAYS = {
    "directly": "def work(): raise Bad(1)",
    "a derived class": "def work(): raise Worse(1)",
    "through a function": "def fail(): raise Bad(1)\ndef work(): fail()",
    "through a function within": "def work():\n    def fail(): raise Bad(1)\n    fail()",
    "through a lambda": "def work(): return (lambda: fail())()\ndef fail(): raise Bad(1)",
    "through a comprehension": "def work(): return [fail(n) for n in (1,)]\ndef fail(n): raise Bad(1)",
    "through a method": "class A:\n    def go(self): raise Bad(1)\ndef work(): A().go()",
    "through an instance": "class A:\n    def go(self): raise Bad(1)\na = A()\ndef work(): a.go()",
    "inherited": "class A:\n    def go(self): raise Bad(1)\nclass B(A): ...\ndef work(): B().go()",
    "when an object is made": "class A:\n    def __init__(self): raise Bad(1)\ndef work(): A()",
    "through a property": "class A:\n    @property\n    def go(self): raise Bad(1)\ndef work(): A().go",
    "through a classmethod": "class A:\n    @classmethod\n    def go(cls): raise Bad(1)\ndef work(): A.go()",
    "through a table": "def fail(): raise Bad(1)\nTABLE = {'a': [fail]}\ndef work(): TABLE['a'][0]()",
    "through a partial": "def fail(n): raise Bad(n)\nf = functools.partial(fail, 1)\ndef work(): f()",
    "through a decorator": (
        "def deco(f):\n    @functools.wraps(f)\n    def inner(): return f()\n    return inner\n"
        "@deco\ndef fail(): raise Bad(1)\ndef work(): fail()"
    ),
    "through a cache": "@functools.cache\ndef fail(): raise Bad(1)\ndef work(): fail()",
    "through a closure": "def make(e):\n    def inner(): raise e\n    return inner\nwork = make(Bad(1))",
    "by a name that is looked up": "def work(): raise globals()['B' + 'ad'](1)",
    "with getattr": "import sys\ndef work(): raise getattr(sys.modules[__name__], 'Bad')(1)",
    "by an alias": "Alias = Bad\ndef work(): raise Alias(1)",
    "from a list of classes": "ALL = (Bad,)\ndef work(): raise ALL[0](1)",
    "another task": "@task\ndef fail() -> int: raise Bad(1)\ndef work(): fail()",
    "not written yet": "def work(): ...",
}

Module = Callable[[str], Any]


@pytest.fixture
def module(tmp_path: Path) -> Module:
    return lambda source: module_of(source, tmp_path, PRELUDE)


@pytest.mark.parametrize("way", WAYS)
def test_whatever_way_an_error_comes_it_may_be_raised(module: Module, way: str) -> None:
    found = module(WAYS[way])
    assert reach_of([found.work]).may_raise(found.Bad)


def test_what_no_code_names_is_excluded(module: Module) -> None:
    """That a module defines it, or that another function raises it, is not enough."""
    found = module("def fail(): raise Bad(1)\ndef work(): return len('a')")
    assert not reach_of([found.work]).may_raise(found.Bad)


def test_a_base_class_that_is_named_is_no_derived_one(module: Module) -> None:
    """`raise Bad` never enters `except Worse`."""
    found = module("def work(): raise Bad(1)")
    assert not reach_of([found.work]).may_raise(found.Worse)
    assert not reach_of([found.work]).may_raise(found.Other)


@pytest.mark.parametrize("cls", [ValueError, KeyError, TimeoutError])
def test_errors_of_python_may_always_come(module: Module, cls: type[Exception]) -> None:
    assert reach_of([module("def work(): return 1 + 1").work]).may_raise(cls)
