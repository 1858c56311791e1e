"""JSONPath, payload templates, intrinsic functions and rules of a Choice as Python expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ladle.asl.intrinsics import Call as Intrinsic
from ladle.asl.intrinsics import IntrinsicError, parse_intrinsic
from ladle.asl.intrinsics import Literal as Constant
from ladle.asl.paths import Path as JsonPath
from ladle.asl.paths import PathError, parse_path
from ladle.importing.shapes import identifier
from ladle.importing.uses import INPUT, UNSET, Environment, Refused, Uses
from ladle.importing.values import Expr, Formed, Item, Lit, Made, Name, Record, literal, read

__all__ = ["BINDS", "PathValues"]

COMPARISONS: Final = {
    "String": "str",
    "Numeric": "float",
    "Boolean": "bool",
    "Timestamp": "datetime",
}
OPERATORS: Final = {
    "Equals": "==",
    "LessThan": "<",
    "LessThanEquals": "<=",
    "GreaterThan": ">",
    "GreaterThanEquals": ">=",
}
BINDS: Final = {"or": 3, "and": 4, "not": 5, "compare": 7, "+": 11, "*": 12}
CONTEXT: Final[Mapping[str, tuple[str, str]]] = {
    "Execution.Id": ("run.id", "str"),
    "Execution.Name": ("run.name", "str"),
}


class PathValues(Uses):
    """Makes expressions of what stands in JSONPath states."""

    def path(self, text: str, env: Environment) -> Expr:
        """What a path leads to. Raises Refused for one that may match several places."""
        try:
            found = parse_path(text)
        except PathError as error:
            raise Refused(f"`{text}` is no path: {error}") from None
        return self._at(found, env)

    def _at(self, found: JsonPath, env: Environment) -> Expr:
        steps = []
        for step in found.steps:
            if not isinstance(step, str | int):
                raise Refused(
                    f"a path with `{step.text}` may match several places: take them apart in a task"
                )
            steps.append(step)
        if found.root == "$$":
            return self.context(steps, env)
        if found.root == "$":
            return self.read(env.document, steps)
        return self.read(self.variable(found.variable, env), steps)

    def variable(self, name: str, env: Environment) -> Expr:
        if name not in env.variables:
            raise Refused(f"`${name}` is read, and no state before assigns it")
        return Name(env.variables[name])

    def read(self, base: Expr, steps: list[str | int]) -> Expr:
        for step in steps:
            base = read(base, (step,))
            if base == Item(Name(INPUT), step):
                base = self._parameter(step)
        if base == UNSET:
            raise Refused("what it reads is set on some ways to it only")
        if isinstance(base, Item):
            self.shape(base)  # it is there
        return base

    def _parameter(self, step: str | int) -> Expr:
        if not isinstance(step, str) or not step.isidentifier() or identifier(step) == f"{step}_":
            raise Refused(f"the field {step!r} of the input cannot be the name of a parameter: rename it")
        self.parameters.setdefault(step, self.shape(Name(step)))
        return Name(step)

    def context(self, steps: list[str | int], env: Environment) -> Expr:
        path = ".".join(map(str, steps))
        if steps[:2] == ["Execution", "Input"]:
            return self.read(Name(INPUT), steps[2:])
        if steps[:3] == ["Map", "Item", "Value"] and env.item is not None:
            return self.read(env.item, steps[3:])
        if path == "Map.Item.Index" and env.index is not None:
            return env.index
        if path in CONTEXT:
            self.uses_run = True
            text, kind = CONTEXT[path]
            return Formed(text, (), kind)
        raise Refused(f"the context object's `{path}` has no name in Ladle")

    def template(self, value: Any, env: Environment) -> Expr:
        """A payload template of JSONPath: keys that end in `.$` are computed."""
        if isinstance(value, Mapping):
            fields = []
            for key, inner in value.items():
                if key.endswith(".$"):
                    fields.append((key[:-2], self.path_or_intrinsic(inner, env)))
                else:
                    fields.append((key, self.template(inner, env)))
            return Record(tuple(fields))
        if isinstance(value, list):
            return Made(tuple(self.template(each, env) for each in value))
        return literal(value)

    def path_or_intrinsic(self, text: str, env: Environment) -> Expr:
        """What stands behind a key that ends in `.$`."""
        if not text.startswith("States."):
            return self.path(text, env)
        try:
            return self._intrinsic(parse_intrinsic(text), env)
        except IntrinsicError as error:
            raise Refused(f"`{text}`: {error}") from None

    def _intrinsic(self, call: Intrinsic, env: Environment) -> Expr:
        given = [self._argument(each, env) for each in call.arguments]
        match call.name, given:
            case "States.Format", [Lit(_, str(form)), *rest]:
                return self._formatted(form, rest)
            case "States.Array", items:
                return Made(tuple(items))
            case "States.ArrayLength", [items]:
                return Formed("len({0})", (self.use(items, "list"),), "int", loose=True)
            case "States.ArrayContains", [items, item]:
                self.shape(self.use(items, "list")).items().merge(self.shape(item))
                return Formed("{0} in {1}", (item, items), "bool", BINDS["compare"])
            case "States.ArrayGetItem", [items, Lit(_, int(index))]:
                return self.read(self.use(items, "list"), [index])
            case "States.MathAdd", [left, right]:
                return Formed("{0} + {1}", (self.use(left, "int"), self.use(right, "int")), "int", BINDS["+"])
            case "States.StringSplit", [text, Lit(_, str(by))] if len(by) == 1:
                parts = Formed(
                    "{0}.split({1})", (self.use(text, "str"), literal(by)), "list[str]", loose=True
                )
                return Formed("[part for part in {0} if part]", (parts,), "list[str]", loose=True)
        raise Refused(f"{call.name} has no exact Python here: compute it in a task")

    def _argument(self, argument: Intrinsic | JsonPath | Constant, env: Environment) -> Expr:
        if isinstance(argument, Intrinsic):
            return self._intrinsic(argument, env)
        return self._at(argument, env) if isinstance(argument, JsonPath) else literal(argument.value)

    def _formatted(self, form: str, given: list[Expr]) -> Expr:
        """An f-string of `States.Format`; its braces were escaped with backslashes, which are gone by now."""
        pieces = form.split("{}")
        if len(pieces) != len(given) + 1:
            raise Refused("States.Format with braces of its own: build the text in a task")
        return self.joined(
            [
                literal(pieces[0]),
                *(
                    each
                    for one, piece in zip(given, pieces[1:], strict=True)
                    for each in (one, literal(piece))
                ),
            ]
        )

    def joined(self, parts: list[Expr]) -> Expr:
        """Texts behind each other, as an f-string."""
        form = ""
        operands: list[Expr] = []
        for part in parts:
            if isinstance(part, Lit) and isinstance(part.value, str):
                text = part.value.replace("{", "{{{{").replace("}", "}}}}")
                form += text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            else:
                form += f"{{{{{{{len(operands)}}}}}}}"
                operands.append(part if self._shows(part) else self.use(part, "str"))
        return Formed(f'f"{form}"', tuple(operands), "str", loose=True)

    def _shows(self, part: Expr) -> bool:
        return bool(self.shape(part).kinds & {"int", "str"})

    # ------------------------------------------------------------------------------- rules of a Choice

    def rule(self, rule: Mapping[str, Any], env: Environment) -> Expr:
        """The condition of a rule of a JSONPath Choice."""
        if "Not" in rule:
            return self.negated(self.rule(rule["Not"], env))
        for word, name in (("and", "And"), ("or", "Or")):
            if name in rule:
                parts = tuple(self.rule(each, env) for each in rule[name])
                form = f" {word} ".join(f"{{{n}}}" for n in range(len(parts)))
                return Formed(form, parts, "bool", BINDS[word]) if len(parts) > 1 else parts[0]
        name = next(
            (each for each in rule if each not in ("Variable", "Next", "Comment", "Assign", "Output")), ""
        )
        if name == "IsPresent":
            return self._present(self.path(rule["Variable"], env), bool(rule[name]))
        left = self.path(rule["Variable"], env)
        if name == "IsNull":
            self.shape(left).nullable = True
            return Formed(
                "{0} is None" if rule[name] else "{0} is not None", (left,), "bool", BINDS["compare"]
            )
        if name == "StringMatches":
            return self._matched(left, rule[name])
        return self._compared(left, name, rule, env)

    def _compared(self, left: Expr, name: str, rule: Mapping[str, Any], env: Environment) -> Expr:
        kind = next((each for each in COMPARISONS if name.startswith(each)), "")
        by_path = name.endswith("Path")
        operator = OPERATORS.get(name.removeprefix(kind).removesuffix("Path") if kind else "")
        if not operator or kind == "Timestamp":
            raise Refused(f"the comparison {name} has no exact Python here: decide it in a task")
        type_name = COMPARISONS[kind]
        right = self.path(rule[name], env) if by_path else literal(rule[name])
        if type_name == "float" and isinstance(right, Lit) and isinstance(right.value, int):
            type_name = "int" if operator == "==" else "float"
        self.use(left, type_name)
        self.use(right, type_name)
        if kind == "Boolean" and isinstance(right, Lit) and operator == "==":
            return left if right.value else self.negated(left)
        return Formed(f"{{0}} {operator} {{1}}", (left, right), "bool", BINDS["compare"])

    def _present(self, at: Expr, wanted: bool) -> Expr:
        if not isinstance(at, Item) or not isinstance(at.step, str):
            raise Refused("IsPresent of a parameter: give the parameter a default of None and ask for that")
        self.shape(at).optional = True
        form = "{1} in {0}" if wanted else "{1} not in {0}"
        return Formed(form, (at.base, literal(at.step)), "bool", BINDS["compare"])

    def _matched(self, left: Expr, pattern: str) -> Expr:
        self.use(left, "str")
        pieces = re.split(r"(?<!\\)\*", pattern)
        texts = [piece.replace("\\*", "*").replace("\\\\", "\\") for piece in pieces]
        form: tuple[str, str] | None = None
        match texts:
            case [text]:
                form = "{0} == {1}", text
            case [text, ""]:
                form = "{0}.startswith({1})", text
            case ["", text]:
                form = "{0}.endswith({1})", text
            case ["", text, ""]:
                form = "{1} in {0}", text
        if form is None:
            raise Refused(f"StringMatches {pattern!r} has several parts: decide it in a task")
        binds = 20 if "(" in form[0] else BINDS["compare"]
        return Formed(form[0], (left, literal(form[1])), "bool", binds)

    def negated(self, test: Expr) -> Expr:
        """`not` in front of a condition."""
        if isinstance(test, Formed) and test.form == "{0} is None":
            return replace(test, form="{0} is not None")
        return Formed("not {0}", (test,), "bool", BINDS["not"])
