"""A form as text that a person can read: Python-like statements, operations by their names."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ladle.compiler.language import form
from ladle.compiler.language.shapes import show

__all__ = ["print_expression", "print_program"]


def print_program(program: form.Program) -> str:
    """The whole program.

    Calls that are steps are marked `step`, concurrent loops are `map`, inlined helpers `scope`.
    """
    parameters = ", ".join(
        f"{variable}: {show(variable.shape)}" + ("" if default is None else f" = {json.dumps(default.value)}")
        for variable, default in program.parameters
    )
    return (
        "\n".join([f"{program.name}({parameters}) -> {show(program.result)}", *_block(program.body, 1)])
        + "\n"
    )


def print_expression(expr: form.Expr) -> str:
    """One expression."""
    match expr:
        case form.Const(value=value):
            return json.dumps(value, ensure_ascii=False)
        case form.Read(variable=variable):
            return str(variable)
        case form.FieldOf(base=base, name=name):
            return f"{print_expression(base)}.{name}"
        case form.Op(name=name, operands=operands):
            return f"{name}({', '.join(map(print_expression, operands))})"
        case form.MakeList(items=items):
            return f"[{', '.join(map(print_expression, items))}]"
        case form.Spread(base=base):
            return f"*{print_expression(base)}"
        case form.MakeObject(entries=entries):
            return "{" + ", ".join(f"{key}: {print_expression(value)}" for key, value in entries) + "}"
        case form.Cond(test=test, then=then, otherwise=otherwise):
            arms = f"{print_expression(then)} if {print_expression(test)} else {print_expression(otherwise)}"
            return f"({arms})"
        case form.Bind(variable=variable, value=value, body=body):
            return f"let {variable} = {print_expression(value)} in {print_expression(body)}"
        case form.Loop(item=item, source=source, condition=condition, element=element, flatten=flatten):
            when = "" if condition is None else f" if {print_expression(condition)}"
            star = "*" if flatten else ""
            return f"[{star}{print_expression(element)} for {item} in {print_expression(source)}{when}]"
        case form.Context(path=path):
            return f"${path}"
        case form.ErrorText(error=caught):
            return f"text({caught})"
        case form.ErrorName(error=caught):
            return f"name({caught})"
        case _:
            raise AssertionError(f"no expression: {expr!r}")


def _block(block: form.Block, depth: int) -> Iterator[str]:
    for statement in block:
        yield from _statement(statement, depth)
    if not block:
        yield "  " * depth + "pass"


def _statement(node: form.Stmt, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match node:
        case form.Assign(target=target, value=value):
            yield f"{pad}{target} = {print_expression(value)}"
        case form.Call(callee=callee, arguments=arguments):
            given = ", ".join(f"{name}={print_expression(value)}" for name, value in arguments)
            words = ("step " if node.step else "") + ("attempt " if node.attempt else "")
            yield f"{pad}{_set(node.target)}{words}{callee.name}({given})"
        case form.Map():
            yield from _map(node, depth)
        case form.If(test=test, then=then, otherwise=otherwise):
            yield f"{pad}if {print_expression(test)}:"
            yield from _block(then, depth + 1)
            if otherwise:
                yield f"{pad}else:"
                yield from _block(otherwise, depth + 1)
        case form.For(item=item, source=source, body=body, orelse=orelse):
            yield f"{pad}for {item} in {print_expression(source)}{_in_runs(node.every)}:"
            yield from _block(body, depth + 1)
            yield from _orelse(orelse, depth)
        case form.While(before=before, test=test, body=body, orelse=orelse):
            if before:
                yield f"{pad}before each:"
                yield from _block(before, depth + 1)
            yield f"{pad}while {print_expression(test)}{_in_runs(node.every)}:"
            yield from _block(body, depth + 1)
            yield from _orelse(orelse, depth)
        case form.Try():
            yield from _try(node, depth)
        case form.Raise(error=raised, message=message, again=again):
            if again is not None:
                yield f"{pad}raise {again}"
            else:
                yield f"{pad}raise {raised}({'' if message is None else print_expression(message)})"
        case form.Return(value=value):
            yield f"{pad}return" + ("" if value is None else f" {print_expression(value)}")
        case form.Break():
            yield f"{pad}break"
        case form.Continue():
            yield f"{pad}continue"
        case form.Sleep(seconds=seconds):
            yield f"{pad}sleep {print_expression(seconds)}"
        case form.SleepUntil(instant=instant):
            yield f"{pad}sleep until {print_expression(instant)}"
        case form.Ordered(kind=kind, after=after, body=body):
            yield f"{pad}with {kind}{'' if not after else ' ' + ', '.join(map(str, after))}:"
            yield from _block(body, depth + 1)
        case form.Scope(target=target, body=body):
            retry = "" if node.retry is None else f" retry {node.retry.attempts}"
            yield f"{pad}{_set(target)}{'step ' if node.step else ''}scope {node.label}{retry}:"
            yield from _block(body, depth + 1)
        case _:
            raise AssertionError(f"no statement: {node!r}")


def _in_runs(every: int) -> str:
    return f" in runs of {every}" if every else ""


def _set(target: form.Variable | None) -> str:
    return "" if target is None else f"{target} = "


def _orelse(block: form.Block, depth: int) -> Iterator[str]:
    if block:
        yield "  " * depth + "else:"
        yield from _block(block, depth + 1)


def _map(node: form.Map, depth: int) -> Iterator[str]:
    pad = "  " * depth
    test = "" if node.condition is None else f" if {print_expression(node.condition)}"
    limit = "" if node.concurrency is None else f" at most {print_expression(node.concurrency)} at once"
    limit += f" in batches of {node.batch}" if node.batch else ""
    if node.far is not None:
        details = ", ".join(f"{name}={print_expression(value)}" for name, value in node.details)
        limit += f" far ({details})" if details else " far"
    step = "step " if node.step else ""
    yield f"{pad}{_set(node.target)}{step}map {node.item} in {print_expression(node.source)}{test}{limit}:"
    yield from _block(node.body, depth + 1)
    keep = "" if node.keep is None else f" if {print_expression(node.keep)}"
    yield f"{pad}  gives {'*' if node.flatten else ''}{print_expression(node.result)}{keep}"


def _try(node: form.Try, depth: int) -> Iterator[str]:
    pad = "  " * depth
    yield f"{pad}try:"
    yield from _block(node.body, depth + 1)
    for handler in node.handlers:
        name = "" if handler.variable is None else f" as {handler.variable}"
        yield f"{pad}except {', '.join(handler.errors)}{name}:"
        yield from _block(handler.body, depth + 1)
    yield from _orelse(node.orelse, depth)
    if node.final:
        yield f"{pad}finally:"
        yield from _block(node.final, depth + 1)
