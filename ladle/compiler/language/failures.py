"""Exception classes: which a handler takes, by the names that errors have in a state machine.

A state machine knows errors by name only. So `except Base` is expanded with the known subclasses of `Base`:
those of Python, and those that the project's modules define or import.
"""

from __future__ import annotations

import builtins
import inspect
import sys
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Final

from ladle.declare.integrations import ServiceError

__all__ = ["Failures", "ancestors", "known_errors"]

ALL: Final = "States.ALL"

_TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout", "Sandbox.Timedout")
"""What `TimeoutError` stands for besides itself: a state's time limit, a missed heartbeat, Lambda's
own limit."""

_EVERYTHING: Final = (BaseException, Exception)

_LATER: Final = frozenset({"PythonFinalizationError"})
"""Built-in classes that not every supported Python has: a machine must not depend on who compiles it."""


def ancestors(cls: type[BaseException]) -> tuple[str, ...]:
    """The names of a class's bases, nearest first, up to `Exception`.

    >>> ancestors(KeyError)
    ('LookupError', 'Exception')
    """
    return tuple(base.__name__ for base in cls.__mro__[1:] if base not in (BaseException, object))


class Failures:
    """The exception classes that a workflow's handlers can meet, by simple name.

    `clashes` are simple names that two different classes share.
    """

    def __init__(self, known: Iterable[type[BaseException]] = ()) -> None:
        self._known: dict[str, type[BaseException]] = {}
        self.clashes: dict[str, tuple[type[BaseException], type[BaseException]]] = {}
        for value in vars(builtins).values():
            if isinstance(value, type) and issubclass(value, BaseException) and value.__name__ not in _LATER:
                self._known[value.__name__] = value
        for cls in known:
            self.add(cls)

    def add(self, cls: type[BaseException]) -> None:
        """Makes a class known, and the classes it derives from."""
        for each in cls.__mro__:
            if not issubclass(each, BaseException):
                continue
            old = self._known.setdefault(each.__name__, each)
            if old is not each:
                self.clashes.setdefault(each.__name__, (old, each))

    def taken_by(self, classes: Iterable[type[BaseException]]) -> tuple[str, ...]:
        """The error names that `except (classes)` takes, in a stable order: the classes, then their
        subclasses."""
        names: dict[str, None] = {}
        for cls in classes:
            if cls in _EVERYTHING:
                return (ALL,)
            names.update(dict.fromkeys(cls.asl_names() if issubclass(cls, ServiceError) else [cls.__name__]))
        subclasses = sorted(
            name for name, each in self._known.items() for cls in classes if issubclass(each, cls)
        )
        names.update(dict.fromkeys(subclasses))
        if "TimeoutError" in names:
            names.update(dict.fromkeys(_TIMEOUTS))
        return tuple(names)


def known_errors(functions: Iterable[Any]) -> tuple[type[BaseException], ...]:
    """The exception classes that stand in the modules of these functions, by name: a project's own
    and imported."""
    modules: dict[str, ModuleType] = {}
    for function in functions:
        module = inspect.getmodule(function) or sys.modules.get(getattr(function, "__module__", ""))
        if module is not None:
            modules[module.__name__] = module
    found: dict[tuple[str, str], type[BaseException]] = {}
    for _, module in sorted(modules.items()):
        _collect(vars(module), found)
    return tuple(cls for _, cls in sorted(found.items()))


def _collect(names: Mapping[str, Any], found: dict[tuple[str, str], type[BaseException]]) -> None:
    for value in names.values():
        if isinstance(value, type) and issubclass(value, Exception):
            found[value.__module__, value.__qualname__] = value
