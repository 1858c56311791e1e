"""Functions that a function defines: `def` and `lambda` within a workflow or helper, compiled at their calls.

Python looks a name of the enclosing function up when the inner function runs, so that what is read at the
place of the call, in the state that the enclosing function then has, is what Python reads.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ladle.compiler.language import form
from ladle.compiler.language.flow import Binding, Env
from ladle.compiler.language.reading import Frame, Reader
from ladle.compiler.language.shapes import FUNCTION, POISON, is_poison
from ladle.compiler.language.source import FunctionSource
from ladle.compiler.language.walk import own_nodes

__all__ = ["Closure", "assigned_names", "bind", "define", "enclosed", "of_lambda"]


@dataclass(frozen=True, slots=True)
class Closure:
    """A function defined within the function of `frame`; `defaults` are the values of its parameters'
    defaults."""

    node: ast.FunctionDef
    source: FunctionSource = field(compare=False, repr=False)
    frame: Frame = field(compare=False, repr=False)
    defaults: Mapping[str, form.Const] = field(compare=False, repr=False)

    @property
    def __name__(self) -> str:
        return self.node.name


def define(reader: Reader, node: ast.FunctionDef) -> None:
    """`def name(…)` inside a function: the name calls it from here on."""
    refused = ""
    if node.decorator_list:
        refused = "a function inside another one has no decorators here"
    elif getattr(node, "type_params", None):
        refused = "a function inside another one has no type parameters here"
    if refused:
        reader.problem("L101", node, refused, f"move `{node.name}` to the top of the module")
        reader.give_up(node)
        return
    bind(reader, node.name, node, closure(reader, node))


def bind(reader: Reader, name: str, node: ast.AST, function: object) -> None:
    """Lets a name stand for a function; poison where the function has a problem."""
    if function is None:
        reader.define(name, POISON, node, tag=name)
        return
    line = reader.span(node).line
    reader.env.bind(name, Binding(frozenset(), FUNCTION, lines=(line,), function=function))


def of_lambda(reader: Reader, node: ast.Lambda, name: str) -> Closure | None:
    """A lambda as the function that returns its body; None after a problem."""

    def made() -> ast.FunctionDef:
        body = ast.copy_location(ast.Return(node.body), node.body)
        return ast.FunctionDef(name, node.args, [body], [], None, None, type_params=[])  # type: ignore[call-arg]

    return closure(reader, reader.derived(node, made))


def closure(reader: Reader, node: ast.FunctionDef) -> Closure | None:
    """The function that a node defines here; None after a problem."""
    arguments = node.args
    places = [*arguments.posonlyargs, *arguments.args]
    given = [
        *zip(places[len(places) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    defaults: dict[str, form.Const] = {}
    for parameter, default in given:
        if default is None:
            continue
        with reader.collect() as block:
            value = reader.expression(default)
        if is_poison(value.shape):
            return None
        if block or not isinstance(value, form.Const):
            what = f"the default of `{parameter.arg}` is computed when `{node.name}` is defined"
            reader.problem("L302", default, what, "use a constant, or None and the value in the body")
            return None
        defaults[parameter.arg] = value
    source = reader.frame.source
    return Closure(node, FunctionSource(source.source, node, None, source.names), reader.frame, defaults)


def enclosed(reader: Reader, node: ast.AST, function: Closure, own: frozenset[str]) -> Env | None:
    """The names of the enclosing function that the body of `function` reads, as they stand now.

    `own` are its own names. The function itself changes none of the others in place. None after a problem.
    """
    outer = function.frame
    read = {
        each.id
        for each in ast.walk(function.node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }
    free = sorted((read - own) & outer.locals)
    env = Env()
    for name in free:
        if any(name in scope for scope in outer.comprehended):
            inside = f"in `{function.__name__}` that of the function"
            what = f"`{name}` is the comprehension's name here, and {inside}"
            reader.problem("L303", node, what, "give the comprehension's name another name")
            return None
        if (binding := outer.env.names.get(name)) is not None:
            outer.env.shallow(name)
            env.names[name] = replace(binding, fresh=False)
    env.facts = {path: shape for path, shape in outer.env.facts.items() if path[0] in env.names}
    return env


def assigned_names(source: FunctionSource) -> frozenset[str]:
    """Every name that a function assigns somewhere: those are its own, wherever they stand (Python's
    rule)."""
    arguments = source.node.args
    names = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    names |= {each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None}
    nodes = list(own_nodes(source.node.body))
    comprehended = {
        id(each) for node in nodes if isinstance(node, ast.comprehension) for each in ast.walk(node.target)
    }
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in comprehended:
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            names.update([node.name] if node.name else [])
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
    return frozenset(names)
