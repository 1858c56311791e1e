"""The module of an imported machine: exceptions, types, tasks, helpers and the workflow, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from ladle.importing.code import Helper, Line, Stub, names_in
from ladle.importing.machine import Machine
from ladle.importing.shapes import Names, Shape, class_name
from ladle.importing.uses import INPUT
from ladle.importing.values import Expr, Name, Record, substituted, written

__all__ = ["module_text"]

WIDTH: Final = 100


class _Types:
    """Names the types of shapes, and the classes that they need."""

    def __init__(self, names: Names) -> None:
        self.classes: dict[str, Shape] = {}
        self.lines: list[str] = []
        self.words: set[str] = set()
        self._names = names
        self._named: dict[int, str] = {}
        self._same: dict[tuple[tuple[str, str], ...], str] = {}
        self._kept: list[Shape] = []

    def of(self, shape: Shape, wanted: str) -> str:
        """The Python type of a shape; `wanted` is what a class of it would be called."""
        text = self._plain(shape, wanted)
        if shape.nullable and text != "Any":
            return f"{text} | None"
        return text

    def of_any(self, shapes: Iterable[Shape], wanted: str) -> str:
        """The type of a value that has one of several shapes; None where there is none."""
        found = list(shapes)
        some = [each for each in found if each.is_known]
        if not found or (not some and all(each.nullable for each in found)):
            return "None"
        kept = list(self.lines), dict(self._named), dict(self._same)
        texts = {self._plain(each, wanted) for each in some}
        if len(texts) == 1 and len(some) == len(
            [each for each in found if not each.nullable or each.is_known]
        ):
            missing = any(each.nullable for each in found)
            return f"{texts.pop()} | None" if missing else texts.pop()
        self.lines, self._named, self._same = kept
        self.words.add("Any")
        return "Any"

    def _plain(self, shape: Shape, wanted: str) -> str:
        if shape.fields and not shape.kinds and shape.item is None:
            return self._record(shape, wanted)
        if shape.item is not None and not shape.fields and not shape.kinds:
            return f"list[{self.of(shape.item, f'{wanted}Item')}]"
        kinds = shape.kinds - ({"int"} if "float" in shape.kinds else set())
        if len(kinds) == 1 and not shape.fields and shape.item is None:
            found = next(iter(kinds))
            self.words |= {found} & {"datetime"}
            return found
        self.words.add("Any")
        return "Any"

    def _record(self, shape: Shape, wanted: str) -> str:
        known = self._named.get(id(shape))
        if known is not None:
            return known
        self._kept.append(shape)  # so that no other shape gets its id
        self.words.add("TypedDict")
        fields = []
        for key, inner in shape.fields.items():
            text = self.of(inner, f"{wanted} {key}")
            if inner.optional:
                self.words.add("NotRequired")
                text = f"NotRequired[{text}]"
            fields.append((key, text))
        name = self._same.get(tuple(fields), "")
        if name:
            self._named[id(shape)] = name
            return name
        name = self._named[id(shape)] = self._same[tuple(fields)] = self._names.fresh(class_name(wanted))
        if all(key.isidentifier() for key, _ in fields):
            self.lines += [
                f"class {name}(TypedDict):",
                *(f"    {key}: {text}" for key, text in fields),
                "",
                "",
            ]
        else:
            inner_text = ", ".join(f'"{key}": {text}' for key, text in fields)
            self.lines += [f'{name} = TypedDict("{name}", {{{inner_text}}})', "", ""]
        return name


def module_text(machine: Machine, name: str, lines: list[Line], ends: list[Expr], source: str) -> str:
    """The whole module of the workflow `name`; `source` is the file that it was made from."""
    whole = Record(tuple((each, Name(each)) for each in machine.values.parameters))
    read = _read(machine, lines)
    types = _Types(Names({name, *machine.exceptions.values(), "TypedDict", "Any"}))

    def shown(expr: Expr | str) -> str:
        return expr if isinstance(expr, str) else written(substituted(expr, INPUT, whole))

    def code(found: Iterable[Line], more: int) -> Iterator[str]:
        for line in _tidied(list(found)):
            parts = line.parts
            if line.target and line.target not in read:
                parts = parts[1:]  # nobody reads it: a call for its effect
                if len(parts) == 1 and not isinstance(parts[0], str) and not _calls(parts[0]):
                    continue
            yield "    " * (line.depth + more) + "".join(map(shown, parts))

    def shape(exprs: Iterable[Expr]) -> Shape:
        found = Shape()
        for each in exprs:
            found.merge(machine.values.shape(substituted(each, INPUT, whole)))
        return found

    def signature(parameters: Iterable[tuple[str, Shape]], results: Iterable[Shape], owner: str) -> str:
        taken = ", ".join(f"{key}: {types.of(each, _named(owner, key))}" for key, each in parameters)
        return f"({taken}) -> {types.of_any(results, f'{owner} result')}:"

    def given(exprs: Iterable[Expr]) -> list[Shape]:
        return [machine.values.shape(substituted(each, INPUT, whole)) for each in exprs]

    body: list[str] = []
    for stub in machine.stubs.values():
        results = [stub.result] if _is_read(machine, lines, stub, read) else []
        body += _stub(stub, signature, shape, results)
    for helper in machine.helpers:
        body += _helper(helper, machine, signature, given, code)
    parameters = [(key, each) for key, each in machine.values.parameters.items()]
    comment = str(machine.definition.get("Comment", "")).strip()
    inner = list(code(lines, 1)) or ["        pass"]
    limit = machine.definition.get("TimeoutSeconds")
    body += [
        f"@workflow(timeout={limit})" if limit else "@workflow(timeout=None)",
        f"def {name}{signature(parameters, given(ends), name)}",
        *([f'    """{comment}"""'] if comment else []),
        "    with in_order():",
        *inner,
    ]
    return "\n".join([*_head(machine, types, source), *_exceptions(machine), *types.lines, *body]) + "\n"


def _head(machine: Machine, types: _Types, source: str) -> list[str]:
    lines = [f'"""Imported from {source}."""', "", "from __future__ import annotations", ""]
    if "datetime" in types.words or any("datetime.fromisoformat" in str(part) for part in _texts(machine)):
        lines.append("from datetime import datetime")
    typing = sorted(types.words - {"datetime"})
    if typing:
        lines.append(f"from typing import {', '.join(typing)}")
    if len(lines) > 4:
        lines.append("")
    modules: dict[str, list[str]] = {}
    for each in sorted(machine.imported):
        modules.setdefault(machine.known[each], []).append(each)
    lines += [f"from {module} import {', '.join(each)}" for module, each in sorted(modules.items())]
    words = machine.words | {"workflow"} | ({"task"} if machine.stubs else set())
    words |= {"run"} if machine.values.uses_run else set()
    upper = sorted(word for word in words if word[0].isupper())
    lines.append(f"from ladle import {', '.join([*upper, *sorted(words - set(upper))])}")
    return [*lines, "", ""]


def _texts(machine: Machine) -> Iterator[Any]:
    for helper in machine.helpers:
        for line in helper.lines:
            yield from line.parts


def _exceptions(machine: Machine) -> list[str]:
    lines = []
    for name, found in machine.exceptions.items():
        told = f"The error {name} of the machine." if found != name else "An error of the machine."
        lines += [f"class {found}(Exception):", f'    """{told}"""', "", ""]
    return lines


def _stub(stub: Stub, signature: Any, shape: Any, results: list[Shape]) -> list[str]:
    parameters = [(key, shape(exprs)) for key, exprs in stub.parameters.items()]
    options = ", ".join(f"{key}={value}" for key, value in stub.options)
    head = signature(parameters, results, stub.name)
    return [
        f"@task({options})" if options else "@task",
        f"def {stub.name}{head}",
        f'    """{stub.comment or f"What the function {stub.function} does."}"""',
        f'    raise NotImplementedError("put the code of the function {stub.function} here")',
        "",
        "",
    ]


def _helper(helper: Helper, machine: Machine, signature: Any, given: Any, code: Any) -> list[str]:
    shapes = ((key, machine.values.shape(Name(key))) for key in helper.parameters)
    # What is tested for None is tested where the helper is called.
    parameters = [(key, replace(each, nullable=each.nullable and not each.is_known)) for key, each in shapes]
    head = signature(parameters, given(helper.returned), helper.name)
    comment = [f'    """{helper.comment}"""'] if helper.comment else []
    return [f"def {helper.name}{head}", *comment, "    with in_order():", *code(helper.lines, 1), "", ""]


def _read(machine: Machine, lines: list[Line]) -> set[str]:
    """The variables that anything reads."""
    every = [*lines, *(line for helper in machine.helpers for line in helper.lines)]
    return {name for line in every for part in line.parts for name in names_in(part)}


def _is_read(machine: Machine, lines: list[Line], stub: Stub, read: set[str]) -> bool:
    """Whether somebody looks at what a stub gives."""
    every = [*lines, *(line for helper in machine.helpers for line in helper.lines)]
    calls = [line for line in every if any(_is_call_of(part, stub.name) for part in line.parts)]
    return any(not line.target or line.target in read for line in calls)


def _is_call_of(part: Expr | str, name: str) -> bool:
    return not isinstance(part, str) and f"{name}(" in written(part)


def _calls(expr: Expr) -> bool:
    """Whether evaluating an expression does something."""
    return "(" in written(expr)


def _tidied(lines: list[Line]) -> list[Line]:
    """Without what only hands on: `x = call()` and `return x` are one line."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        returns = line.parts[0] == "return " and len(line.parts) == 2
        same = last is not None and bool(last.target) and returns and line.depth == last.depth
        if same and last is not None and line.parts[1] == Name(last.target):
            found[-1] = Line(line.depth, ("return ", *last.parts[1:]))
            continue
        found.append(line)
    return found


def _named(owner: str, key: str) -> str:
    return f"{owner} {key}" if key == "event" else key
