"""Simple statements: assignments, bare calls, `return`, `pass`, `if`, `with`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.annotations import annotation
from ladle.compiler.language.arguments import fits, take
from ladle.compiler.language.binding import adopt, bind_name, is_fresh
from ladle.compiler.language.closures import bind, define, of_lambda
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.flow import merge
from ladle.compiler.language.mutation import change, is_change, popped
from ladle.compiler.language.names import MISSING, is_local, marker, static
from ladle.compiler.language.operators import combine
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import (
    NULL,
    POISON,
    assignable,
    is_poison,
    is_set,
    kind_of,
    show,
)
from ladle.compiler.language.splits import SPLIT_EXAMPLE, read_split, split_of
from ladle.compiler.language.targets import spread
from ladle.compiler.language.values import leak
from ladle.compiler.language.words import STATEMENT_WORDS
from ladle.wire import Shape

__all__ = ["STATEMENTS"]


# ---------------------------------------------------------------------------------------------- assignment


def read_assign(reader: Reader, node: ast.Assign) -> None:
    first = node.targets[0]
    if len(node.targets) == 1 and isinstance(first, ast.Subscript):
        change(reader, node, first.value, "[]=", (first.slice, node.value))
        return
    if len(node.targets) == 1 and isinstance(first, ast.Attribute):
        change(reader, node, first.value, ".=", (_field(reader, first), node.value))
        return
    if len(node.targets) == 1 and isinstance(first, ast.Name) and _function(reader, first, node.value):
        return
    declared = reader.frame.declared.get(first.id) if isinstance(first, ast.Name) else None
    taken = _popped(reader, node.value)
    value = reader.expression(node.value, declared) if taken is None else taken
    if len(node.targets) == 1 and isinstance(first, ast.Name):
        bind_name(reader, first, node.value, value)
        return
    if len(node.targets) > 1:
        if not is_poison(value.shape):
            value = reader.once(value, node, "value")
        leak(reader, node.value)
        for target in node.targets:
            spread(reader, target, value, node.value)
        return
    leak(reader, node.value)
    if _pairwise(reader, first, node.value, value):
        return
    spread(reader, first, value, node.value)


def _function(reader: Reader, target: ast.Name, node: ast.expr) -> bool:
    """`f = lambda x: …` and `f = g` of a function `g`: the name calls it from here on."""
    if isinstance(node, ast.Lambda):
        bind(reader, target.id, node, of_lambda(reader, node, target.id))
        return True
    found = static(reader, node) if isinstance(node, ast.Name | ast.Attribute) else MISSING
    if found is MISSING or not callable(found):
        return False
    bind(reader, target.id, node, found)
    return True


def _popped(reader: Reader, node: ast.expr) -> form.Expr | None:
    """The value of `xs.pop()` where that is all that is assigned; None for anything else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "pop":
        return None
    return popped(reader, node) if is_change(reader, node.func) else None


def _pairwise(reader: Reader, target: ast.expr, node: ast.expr, value: form.Expr) -> bool:
    """`a, b = f(x), g(y)`: each name gets its value, no tuple is made; not where a value reads a
    name it sets."""
    if not (
        isinstance(target, ast.Tuple) and isinstance(node, ast.Tuple) and isinstance(value, form.MakeList)
    ):
        return False
    names = [each.id for each in target.elts if isinstance(each, ast.Name)]
    if len(names) != len(target.elts) or len(names) != len(value.items):
        return False
    read = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    if read & set(names):
        return False
    for each, item in zip(target.elts, value.items, strict=True):
        assert isinstance(each, ast.Name)
        variable = reader.define(each.id, item.shape, each)
        done = False
        if isinstance(item, form.Read) and item.variable.made:
            for place, statement in enumerate(reader.block):
                if (
                    isinstance(statement, form.Call | form.Map | form.Scope)
                    and statement.target == item.variable
                ):
                    reader.block[place] = replace(statement, target=variable)
                    done = True
        if not done:
            reader.emit(form.Assign(item.span, each.id, variable, item))
    return True


def read_ann_assign(reader: Reader, node: ast.AnnAssign) -> None:
    """`name: T = value`: the annotation is the name's type from here on."""
    target = node.target
    if not isinstance(target, ast.Name):
        reader.problem("L106", target, "only names can be annotated", "assign a name")
        return
    if node.value is not None and _function(reader, target, node.value):
        return  # its annotation, Callable[…], says nothing that its body does not
    shape = annotation(reader, node.annotation)
    if shape is not None:
        old = reader.frame.declared.get(target.id)
        if old is not None and old != shape:
            reader.problem(
                "L409",
                node.annotation,
                f"`{target.id}` was declared `{show(old)}` before",
                "use another name",
            )
        reader.frame.declared[target.id] = shape
    if node.value is None:
        return
    value = reader.expression(node.value, shape)
    if shape is None:
        reader.define(target.id, POISON, target)
        return
    bind_name(reader, target, node.value, value)


def _grows(reader: Reader, node: ast.AugAssign, target: ast.expr, current: ast.expr) -> bool:
    """`d[key] += [x]` of a list, and `|=` of a dict, which change the one that is there."""
    mark, since = reader.problems.mark(), reader.read_so_far()
    with reader.collect():
        shape = reader.expression(current).shape
    reader.problems.forget(mark)
    reader.unreferred(since)
    kind = kind_of(shape)
    if kind == "list" and isinstance(node.op, ast.Add):
        change(reader, node, target, "extend", (node.value,))
    elif kind == "dict" and isinstance(node.op, ast.BitOr):
        change(reader, node, target, "update", (node.value,))
    else:
        return False
    return True


def _field(reader: Reader, target: ast.Attribute) -> ast.Constant:
    """The name of a field that is assigned."""
    return reader.derived(target, lambda: ast.Constant(target.attr))


def read_aug_assign(reader: Reader, node: ast.AugAssign) -> None:
    """`name += value`: a new value for the name; of a list, only where nothing else can see the change."""
    target = node.target
    if isinstance(target, ast.Subscript):
        current = ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
        if _grows(reader, node, target, current):
            return
        grown = reader.derived(node, lambda: ast.BinOp(current, node.op, node.value))
        change(reader, node, target.value, "[]=", (target.slice, grown))
        return
    if isinstance(target, ast.Attribute):
        field = ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
        if _grows(reader, node, target, field):
            return
        grown = reader.derived(node, lambda: ast.BinOp(field, node.op, node.value))
        change(reader, node, target.value, ".=", (_field(reader, target), grown))
        return
    read = reader.derived(target, lambda: ast.Name(target.id, ast.Load()))
    before = reader.expression(read)
    value = reader.expression(node.value, before.shape if kind_of(before.shape) in ("list", "dict") else None)
    if kind_of(before.shape) == "list" and isinstance(node.op, ast.Add):
        binding = reader.env.names.get(target.id)
        if binding is not None and not binding.fresh:
            change(reader, node, read, "extend", (node.value,))
            return
    changes = kind_of(before.shape) in ("list", "dict") or is_set(before.shape)
    bound = reader.env.names.get(target.id)
    if changes and bound is not None and not bound.fresh:
        reader.problem(
            "L109",
            node,
            f"`{target.id}` may be shared: another name or value can refer to it, and would change too",
            f"write: {target.id} = {target.id} …, which makes a new one",
        )
        return
    made = combine(reader, node, node.op, (read, before), (node.value, value))
    fresh = changes
    declared = reader.frame.declared.get(target.id)
    if declared is not None:
        made = take(reader, node.value, made, declared, "L409", f"`{target.id}`")
    variable = reader.define(target.id, made.shape, target, fresh=fresh)
    if not is_poison(made.shape):
        reader.emit(form.Assign(reader.span(node), target.id, variable, made))


# ------------------------------------------------------------------------------- bare expressions


def read_expr(reader: Reader, node: ast.Expr) -> None:
    """An expression as a statement: a bare call is a step; anything else does nothing."""
    value = node.value
    if isinstance(value, ast.Constant):
        return  # a text used as a comment, or `...`
    if isinstance(value, ast.Call):
        target = static(reader, value.func)
        word = "" if target is MISSING else marker(target)
        if word in STATEMENT_WORDS:
            STATEMENT_WORDS[word](reader, value)
            return
        if isinstance(value.func, ast.Attribute) and target is MISSING and is_change(reader, value.func):
            change(reader, value, value.func.value, value.func.attr, tuple(value.args))
            return
        result = reader.expression(value)
        if not is_poison(result.shape):
            adopt(reader, result, None)
        return
    if isinstance(value, ast.Await | ast.Yield | ast.YieldFrom):
        reader.expression(value)
        return
    before = len(reader.block)
    read = reader.expression(value)
    if not is_poison(read.shape) and adopt(reader, read, None):
        return
    if not is_poison(read.shape) and len(reader.block) == before:
        reader.problem("L502", node, "this has no effect", "assign its value, or remove it")


# ---------------------------------------------------------------------------------------------- the rest


def read_return(reader: Reader, node: ast.Return) -> None:
    frame = reader.frame
    value: form.Expr | None = None
    if node.value is not None:
        read = reader.expression(node.value, frame.result)
        if frame.result is not None:
            what = f"`{frame.source.node.name}` returns `{show(frame.result)}`: this"
            read = _returned(reader, node.value, read, frame.result, what)
        value = read
        frame.fresh_result = frame.fresh_result and _fresh_return(reader, node.value)
        leak(reader, node.value)  # a `finally` that changes it changes what is returned
    elif frame.result is not None and take_none(frame.result) is None:
        reader.problem(
            "L408",
            node,
            f"`{frame.source.node.name}` promises `{show(frame.result)}`, and this returns nothing",
            f"write: return …, of type {show(frame.result)}",
        )
    frame.returned.append(NULL if value is None else value.shape)
    if value is None or not is_poison(value.shape):
        reader.emit(form.Return(reader.span(node), "return", value))
    reader.left(frame)
    reader.env.reachable = False


def take_none(shape: Shape) -> Shape | None:
    """None's shape where the type allows it."""
    return NULL if assignable(NULL, shape) else None


def _fresh_return(reader: Reader, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        binding = reader.env.names.get(node.id)
        return binding is not None and binding.fresh
    return is_fresh(reader, node)


def _returned(reader: Reader, node: ast.expr, value: form.Expr, result: Shape, what: str) -> form.Expr:
    if is_poison(value.shape):
        return value
    if (found := fits(value, result)) is not None:
        return found
    hint = f"return a value of type {show(result)}, or change the annotation: -> {show(value.shape)}"
    if result == NULL:
        hint = f"remove the value, or change the annotation: -> {show(value.shape)}"
    return reader.refuse("L408", node, f"{what} is `{show(value.shape)}`", hint)


def read_pass(reader: Reader, node: ast.Pass) -> None:
    del reader, node


def read_if(reader: Reader, node: ast.If) -> None:
    test = condition(reader, node.test)
    _, then, then_env = reader.arm(test.yes, lambda: reader.suite(node.body))
    _, otherwise, else_env = reader.arm(test.no, lambda: reader.suite(node.orelse))
    reader.frame.env = merge((then_env, else_env))
    if is_poison(test.expr.shape):
        return
    if isinstance(test.expr, form.Const) and not test.yes and not test.no:
        # The types decide: what is never taken has no place in the machine.
        _never_taken(reader, node, test.expr)
        reader.block.extend(then if test.expr.value else otherwise)
        reader.frame.env = then_env if test.expr.value else else_env
        return
    reader.emit(form.If(reader.span(node), f"if {reader.text(node.test)}", test.expr, then, otherwise))


def _never_taken(reader: Reader, node: ast.If, test: form.Const) -> None:
    """Warns of the way that the types of the workflow's values exclude.

    Not of a constant of the module, which somebody may change, not of a `raise`, which guards what is thought
    impossible, and not within a helper, whose other calls may have other types.
    """
    dropped = node.orelse if test.value else node.body
    local = any(isinstance(each, ast.Name) and is_local(reader, each.id) for each in ast.walk(node.test))
    if dropped and local and not reader.inlining and not isinstance(dropped[0], ast.Raise):
        reader.problem(
            "L502",
            dropped[0],
            f"this is never reached: by its type, `{reader.text(node.test)}` is always {test.value}",
            "remove it, or declare the type wider",
        )


def read_with(reader: Reader, node: ast.With) -> None:
    """`with in_order():`, `with at_once():`, `with after(a, b):`, `with split(every=500):`."""
    split = split_of(reader, node)
    outer: list[tuple[str, tuple[form.Variable, ...]]] = []
    for item in node.items if split is None else node.items[:-1]:
        found = _ordering(reader, item)
        if found is None:
            for each in node.items:
                reader.give_up(each)
            reader.suite(node.body)
            return
        outer.append(found)
    with reader.collect() as block:
        if split is None:
            reader.suite(node.body)
        else:
            read_split(reader, node, split)
    body: Sequence[form.Stmt] = block
    for kind, variables in reversed(outer):
        body = (form.Ordered(reader.span(node), f"with {kind}", kind, variables, tuple(body)),)
    reader.block.extend(body)


def _ordering(reader: Reader, item: ast.withitem) -> tuple[str, tuple[form.Variable, ...]] | None:
    call = item.context_expr
    word = marker(static(reader, call.func)) if isinstance(call, ast.Call) else ""
    if word == "split":
        reader.problem("L209", call, "`split` stands last in a `with`, next to its loop", SPLIT_EXAMPLE)
        return None
    if word not in ("in_order", "at_once", "after") or not isinstance(call, ast.Call):
        reader.problem(
            "L101",
            call,
            f"`with {reader.text(call)}` is not part of the language",
            "in a workflow: with in_order():, at_once():, after(a):, split(every=500):. "
            "Use other resources inside a task",
        )
        return None
    if item.optional_vars is not None:
        reader.problem("L209", item.optional_vars, f"`{word}` gives no value", f"write: with {word}(…):")
        return None
    if word != "after":
        if call.args or call.keywords:
            reader.problem("L202", call, f"`{word}` takes no arguments", f"write: with {word}():")
        return word, ()
    variables: list[form.Variable] = []
    for argument in call.args:
        value = reader.expression(argument)
        if isinstance(value, form.Read) and isinstance(argument, ast.Name):
            variables.append(value.variable)
        elif not is_poison(value.shape):
            reader.problem(
                "L209", argument, "`after` takes names that calls have set", "assign the call to a name first"
            )
    if not call.args:
        reader.problem("L203", call, "`after` takes the values to wait for", "write: with after(a, b):")
    return word, tuple(variables)


def read_assert(reader: Reader, node: ast.Assert) -> None:
    """`assert test, message`: an AssertionError where the test does not hold."""

    def failing() -> ast.If:
        name = ast.copy_location(ast.Name("AssertionError", ast.Load()), node)
        made = ast.copy_location(ast.Call(name, [] if node.msg is None else [node.msg], []), node)
        stop = ast.copy_location(ast.Raise(made, None), node)
        return ast.If(ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test), [stop], [])

    read_if(reader, reader.derived(node, failing))


def read_delete(reader: Reader, node: ast.Delete) -> None:
    """`del xs[i]`, `del d[k]`, `del name`."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            reader.expression(reader.derived(target, lambda target=target: ast.Name(target.id, ast.Load())))  # type: ignore[misc]
            reader.env.names.pop(target.id, None)
        elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
            change(reader, node, target.value, "del", (target.slice,))
        else:
            hint = "build a new value without it"
            reader.problem("L106", target, f"`{reader.text(target)}` cannot be deleted", hint)


STATEMENTS: Final[Mapping[type[ast.AST], Any]] = {
    ast.FunctionDef: define,
    ast.Assign: read_assign,
    ast.AnnAssign: read_ann_assign,
    ast.AugAssign: read_aug_assign,
    ast.Expr: read_expr,
    ast.Return: read_return,
    ast.Pass: read_pass,
    ast.If: read_if,
    ast.With: read_with,
    ast.Assert: read_assert,
    ast.Delete: read_delete,
}
