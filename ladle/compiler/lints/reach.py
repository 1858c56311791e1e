"""Which exception classes of the project the code of a task may raise, told from the names that it uses.

A class of the project can only be raised by code that names it, or a class derived from it. So the functions
that a task's function may reach are followed by name: globals, attributes (any method of that name),
closures, classes, functions kept in lists and dicts. What cannot be followed (`getattr`, `eval`, a module
that is not imported yet, a function that is not written yet) makes everything possible: a class is only ever
excluded where nothing could name it.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from ladle.declare import Declared

__all__ = ["Reach", "is_own", "reach_of"]

_OPAQUE: Final = frozenset({"getattr", "eval", "exec", "__import__", "import_module", "globals", "vars"})
"""Names whose use makes it unknown what else is named."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What some functions may come to: their own functions, the project's exception classes that are named.

    With `opaque`, something that cannot be followed was met.
    """

    functions: tuple[FunctionType, ...]
    classes: frozenset[type[BaseException]]
    opaque: bool

    def may_raise(self, cls: type[BaseException]) -> bool:
        """Whether an error of this class may come out. One that is not the project's own always may."""
        return self.opaque or not is_own(cls) or any(issubclass(each, cls) for each in self.classes)


def is_own(value: Any) -> bool:
    """Whether a class, function or module belongs to the project, and not to Python or a library."""
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    if not isinstance(name, str) or name.partition(".")[0] in {*sys.stdlib_module_names, "ladle"}:
        return False
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is None or not ("site-packages" in file or "dist-packages" in file)


def reach_of(functions: Iterable[Any]) -> Reach:
    """What the code of these functions may come to."""
    walk = _Walk()
    for function in functions:
        walk.take(function)
    walk.follow()
    return Reach(tuple(walk.functions), frozenset(walk.errors), walk.opaque)


class _Walk:
    def __init__(self) -> None:
        self.functions: dict[FunctionType, None] = {}
        self.errors: dict[type[BaseException], None] = {}
        self.opaque = False
        self._classes: dict[type, None] = {}
        self._modules: dict[ModuleType, None] = {}
        self._attributes: set[str] = set()
        self._seen: set[int] = set()

    def follow(self) -> None:
        """Goes on until neither functions nor the methods that their attributes may mean become more."""
        done: set[FunctionType] = set()
        while left := [each for each in self.functions if each not in done]:
            for function in left:
                done.add(function)
                if _is_stub(function):
                    self.opaque = True
                self._names(function.__code__, function.__globals__)
                for cell in function.__closure__ or ():
                    self.take(_content(cell))
            for cls in tuple(self._classes):
                for name in self._attributes & vars(cls).keys():
                    self.take(vars(cls)[name])

    def take(self, value: Any) -> None:
        """Follow a value that some code names, as far as it is the project's own."""
        if id(value) in self._seen or isinstance(value, str | int | float | bool | None):
            return
        self._seen.add(id(value))
        if isinstance(value, Declared):
            if getattr(value, "definition", None) is not None:
                self.opaque = True  # a machine that was written by hand: its tasks are known by name only
            self.take(value.function)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, ModuleType):
            if is_own(value):
                self._modules[value] = None
                for each in vars(value).values():
                    if isinstance(each, type) and is_own(each) and not issubclass(each, BaseException):
                        self._classes[each] = None
        elif isinstance(value, FunctionType | MethodType):
            self._function(inspect.unwrap(value))
        elif isinstance(value, property):
            for part in (value.fget, value.fset, value.fdel):
                self.take(part)
        elif isinstance(value, staticmethod | classmethod):
            self.take(value.__func__)
        elif isinstance(value, functools.partial):
            self.take(value.func)
        elif isinstance(value, Mapping):
            for item in list(value.values()):
                self.take(item)
        elif isinstance(value, list | tuple | set | frozenset):
            for item in list(value):
                self.take(item)
        else:
            self._instance(value)

    def _function(self, value: Any) -> None:
        if isinstance(value, MethodType):
            value = value.__func__
        if isinstance(value, FunctionType) and is_own(value):
            self.functions[value] = None

    def _class(self, cls: type) -> None:
        if not is_own(cls):
            return
        if issubclass(cls, BaseException):
            self.errors[cls] = None
        self._classes[cls] = None
        for name, member in vars(cls).items():
            if name.startswith("__"):  # called without being named; others when an attribute names them
                self.take(member)
        for base in cls.__bases__:
            self.take(base)

    def _instance(self, value: Any) -> None:
        wrapped = getattr(type(value), "__wrapped__", None) or _attributes_of(value).get("__wrapped__")
        if wrapped is not None:
            self.take(wrapped)
        self.take(type(value))

    def _names(self, code: CodeType, names: Mapping[str, Any]) -> None:
        self._attributes.update(code.co_names)
        if not _OPAQUE.isdisjoint(code.co_names):
            self.opaque = True
        for name in code.co_names:
            if name in names:
                self.take(names[name])
            for module in tuple(self._modules):
                if (found := vars(module).get(name)) is not None:
                    self.take(found)
        for name in _imported(code):
            found = sys.modules.get(name)
            if found is None:
                self.opaque = True
            else:
                self.take(found)
                for each in code.co_names:
                    if is_own(found) and each in vars(found):
                        self.take(vars(found)[each])
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._names(constant, names)


def _is_stub(function: FunctionType) -> bool:
    """Whether a function has no body yet: `...`, `pass`, or a docstring alone."""
    code = function.__code__
    return not code.co_names and not set(code.co_consts) - {None, ..., function.__doc__}


def _imported(code: CodeType) -> Iterator[str]:
    """The modules that a function imports when it runs."""
    import dis

    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            yield str(instruction.argval)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


def _attributes_of(value: Any) -> Mapping[str, Any]:
    """The attributes of an object itself; none for one without a `__dict__`."""
    return getattr(value, "__dict__", {})
