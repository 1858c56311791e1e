"""What a name of the module means: a task, a workflow, a helper, a class, a word of Ladle, a constant.

Names are looked up where the function itself would find them when it runs: its module's globals, then the
built-ins. The objects are there, because the project has been imported; nothing is guessed from text.
"""

from __future__ import annotations

import ast
import builtins
import datetime
import enum
import itertools
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final

from ladle import declare
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import NEVER, NULL, join
from ladle.declare.integrations import Action, Aws, AwsService
from ladle.declare.objects import S3
from ladle.declare.web import Http
from ladle.wire import DictShape, ListShape, Shape, TupleShape, WireError, encode, shape_of

__all__ = ["MISSING", "constant", "is_local", "kind_of_object", "marker", "shadowed", "static"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()

_MARKERS: Final = (
    "each",
    "attempt",
    "retry",
    "inline",
    "sleep",
    "sleep_until",
    "now",
    "in_order",
    "at_once",
    "after",
    "split",
    "run",
    "TaskToken",
    "Failed",
    "Retry",
)


def marker(value: Any) -> str:
    """Which word of Ladle an object is; empty for none."""
    for name in _MARKERS:
        if value is getattr(declare, name, MISSING):
            return name
    return ""


def is_local(reader: Reader, name: str) -> bool:
    """Whether a name belongs to the function being read (assigned somewhere in it, or a comprehension's)."""
    return name in reader.env.names or name in reader.frame.locals


def static(reader: Reader, node: ast.expr) -> Any:
    """The object that a name or dotted name of the module stands for, also the function that a local name
    calls; MISSING for everything else."""
    if isinstance(node, ast.Name):
        if is_local(reader, node.id):
            binding = reader.env.names.get(node.id)
            return MISSING if binding is None or binding.function is None else binding.function
        names = reader.frame.source.names
        return names.get(node.id, getattr(builtins, node.id, MISSING))
    if isinstance(node, ast.Attribute):
        base = static(reader, node.value)
        if base is itertools.chain:
            return getattr(base, node.attr, MISSING)
        if isinstance(base, ModuleType) or (isinstance(base, type) and issubclass(base, enum.Enum)):
            return getattr(base, node.attr, MISSING)
        if isinstance(base, Aws | AwsService | Http | S3):
            try:
                return getattr(base, node.attr)
            except AttributeError:
                return MISSING
        if base in (datetime.date, datetime.datetime, datetime.time, datetime.timezone, dict, str, list):
            return getattr(base, node.attr, MISSING)
    return MISSING


def shadowed(reader: Reader, name: str) -> bool:
    """Whether a built-in's name means something else here."""
    return is_local(reader, name) or name in reader.frame.source.names


def kind_of_object(value: Any) -> str:
    """A word for what an object is, as messages say it."""
    if isinstance(value, declare.Task):
        return "task"
    if isinstance(value, declare.Workflow):
        return "workflow"
    if isinstance(value, Action):
        return "action of an AWS service"
    if isinstance(value, S3 | Http) or isinstance(getattr(value, "__self__", None), S3 | Http):
        return "word of Ladle"
    if isinstance(value, Aws | AwsService):
        return "AWS service"
    if marker(value):
        return "word of Ladle"
    if isinstance(value, ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, FunctionType | BuiltinFunctionType):
        return "function"
    return type(value).__name__


def constant(value: Any) -> tuple[Shape, Any] | None:
    """The shape and JSON of a module's constant; None when the value has no place in JSON."""
    shape = _constant_shape(value)
    if shape is None:
        return None
    try:
        return shape, encode(value, shape)
    except WireError:
        return None


def _constant_shape(value: Any) -> Shape | None:
    if value is None:
        return NULL
    if isinstance(value, list | tuple | dict):
        inner = [_constant_shape(item) for item in (value.values() if isinstance(value, dict) else value)]
        shapes = [shape for shape in inner if shape is not None]
        if len(shapes) < len(inner) or (
            isinstance(value, dict) and not all(isinstance(k, str) for k in value)
        ):
            return None
        if isinstance(value, tuple):
            return TupleShape(tuple(shapes))
        item = NEVER
        for shape in shapes:
            item = join(item, shape)
        return DictShape(item) if isinstance(value, dict) else ListShape(item)
    if isinstance(value, type | ModuleType | FunctionType):
        return None
    try:
        return shape_of(type(value))
    except WireError:
        return None
