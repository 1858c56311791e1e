"""JSONPath, intrinsic functions and JSONata as Python expressions; what has no exact one is refused."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ladle.asl.intrinsics import Call as Intrinsic
from ladle.asl.intrinsics import IntrinsicError, parse_intrinsic
from ladle.asl.intrinsics import Literal as Constant
from ladle.asl.paths import Path as JsonPath
from ladle.asl.paths import PathError, parse_path
from ladle.importing.shapes import Shape, identifier
from ladle.importing.values import Expr, Formed, Item, Lit, Made, Name, Record, literal, read
from ladle.jsonata import syntax
from ladle.jsonata.syntax import NotPlain

__all__ = ["INPUT", "Environment", "Refused", "Values"]

INPUT: Final = "<input>"
"""Stands for the workflow's whole input until all its parameters are known."""

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


class Refused(Exception):
    """Something has no exact Python; the message says what and why."""


@dataclass(slots=True)
class Environment:
    """What names stand for where an expression is read.

    `document` is the state's input, `result` what its task gave, `error` what a handler was given; `item` and
    `index` are those of the Map around it, empty outside of one.
    """

    document: Expr
    variables: Mapping[str, str] = field(default_factory=dict)
    result: Expr | None = None
    error: Expr | None = None
    item: Expr | None = None
    index: Expr | None = None


class Values:
    """Makes expressions, and notes what they show of the values that they read.

    `shapes` are those of variables and parameters, by name; `parameters` are the workflow's, by name.
    """

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.parameters: dict[str, Shape] = {}
        self.uses_run = False
        self.whole_input: list[str] = []
        self._held: list[tuple[str, Expr]] = []

    # ------------------------------------------------------------------------------------------ shapes

    def shape(self, expr: Expr) -> Shape:
        """The shape of a value; a variable has one, so that what is learned of it counts everywhere."""
        match expr:
            case Name(name):
                return self.shapes.setdefault(name, Shape())
            case Item(base, step):
                return self.shape(base).at(step)
            case Lit(_, value):
                found = Shape()
                if value is None:
                    found.nullable = True
                else:
                    found.kinds.add({bool: "bool", int: "int", float: "float"}.get(type(value), "str"))
                return found
            case Record(fields, None):
                return Shape(fields={name: self.shape(value) for name, value in fields})
            case Made(items):
                found = Shape()
                for each in items:
                    found.items().merge(self.shape(each))
                found.items()
                return found
            case Formed(_, _, kind):
                return Shape(kinds={kind} if kind else set())
        return Shape()

    def holds(self, name: str, value: Expr) -> None:
        """Note that a variable has a value: what is known of one is true of the other (`settle`)."""
        self.shapes.setdefault(name, Shape()).merge(self.shape(value))
        self._held.append((name, value))

    def settle(self) -> None:
        """Let variables and the values that they have had know of each other what is known by now."""
        for _ in range(len(self._held)):
            before = copy.deepcopy(self.shapes)
            for name, value in self._held:
                self.shapes[name].merge(self.shape(value))
                self._learn(value, self.shapes[name])
            if before == self.shapes:
                return

    def _learn(self, value: Expr, shape: Shape) -> None:
        """Note what is known of a value, for what it is made of."""
        match value:
            case Name() | Item():
                self.shape(value).merge(shape)
            case Record(fields):
                for key, inner in fields:
                    if key in shape.fields:
                        self._learn(inner, shape.fields[key])
            case Made(items):
                for each in items if shape.item is not None else ():
                    self._learn(each, shape.item or Shape())

    def use(self, expr: Expr, kind: str) -> Expr:
        """Note that a value is used as one of a type; gives it back."""
        if isinstance(expr, Name | Item):
            shape = self.shape(expr)
            if kind == "list":
                shape.items()
            elif not (kind == "float" and "int" in shape.kinds):
                shape.kinds.add(kind)
        return expr

    # ---------------------------------------------------------------------------------------- JSONPath

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
            return self._context(steps, env)
        if found.root == "$":
            return self._read(env.document, steps)
        return self._read(self._variable(found.variable, env), steps)

    def _variable(self, name: str, env: Environment) -> Expr:
        if name not in env.variables:
            raise Refused(f"`${name}` is read, and no state before assigns it")
        return Name(env.variables[name])

    def _read(self, base: Expr, steps: list[str | int]) -> Expr:
        for step in steps:
            base = read(base, (step,))
            if base == Item(Name(INPUT), step):
                base = self._parameter(step)
        if isinstance(base, Item):
            self.shape(base)  # it is there
        return base

    def _parameter(self, step: str | int) -> Expr:
        if not isinstance(step, str) or not step.isidentifier() or identifier(step) == f"{step}_":
            raise Refused(f"the field {step!r} of the input cannot be the name of a parameter: rename it")
        self.parameters.setdefault(step, self.shape(Name(step)))
        return Name(step)

    def _context(self, steps: list[str | int], env: Environment) -> Expr:
        path = ".".join(map(str, steps))
        if steps[:2] == ["Execution", "Input"]:
            return self._read(Name(INPUT), steps[2:])
        if steps[:3] == ["Map", "Item", "Value"] and env.item is not None:
            return self._read(env.item, steps[3:])
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
                return self._read(self.use(items, "list"), [index])
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
        return self._joined(
            [
                literal(pieces[0]),
                *(
                    each
                    for one, piece in zip(given, pieces[1:], strict=True)
                    for each in (one, literal(piece))
                ),
            ]
        )

    def _joined(self, parts: list[Expr]) -> Expr:
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

    # ----------------------------------------------------------------------------------------- JSONata

    def query(self, value: Any, env: Environment) -> Expr:
        """A field of a JSONata state: JSON in which texts `{% … %}` are computed."""
        if isinstance(value, Mapping):
            return Record(tuple((key, self.query(inner, env)) for key, inner in value.items()))
        if isinstance(value, list):
            return Made(tuple(self.query(each, env) for each in value))
        if isinstance(value, str) and value.startswith("{%") and value.endswith("%}"):
            return self._jsonata(value[2:-2].strip(), env)
        return literal(value)

    def _jsonata(self, text: str, env: Environment) -> Expr:
        from ladle.jsonata.lexer import tokenize

        try:
            return self._node(syntax.parse_plain(tokenize(text)), env)
        except NotPlain:
            raise Refused(
                f"`{text}` is too much JSONata to be turned into Python: compute it in a task"
            ) from None

    def _node(self, node: syntax.Node, env: Environment) -> Expr:
        match node:
            case syntax.Literal(value):
                return literal(value)
            case syntax.Path(syntax.Variable(name), steps):
                return self._steps(name, steps, env)
            case syntax.Array(items):
                return Made(tuple(self._node(each, env) for each in items))
            case syntax.Object(fields):
                return Record(tuple((key, self._node(value, env)) for key, value in fields))
            case syntax.Condition(test, then, otherwise) if otherwise is not None:
                parts = (self._node(then, env), self._node(test, env), self._node(otherwise, env))
                return Formed("{0} if {1} else {2}", parts, self._kind(parts[0]), 2)
            case syntax.Binary(operator, left, right):
                return self._binary(operator, self._node(left, env), self._node(right, env))
            case syntax.Call(name, arguments):
                return self._call(name, [self._node(each, env) for each in arguments])
        raise Refused("this JSONata has no exact Python here: compute it in a task")

    def _steps(self, name: str, steps: tuple[Any, ...], env: Environment) -> Expr:
        if any(isinstance(step, syntax.Predicate) for step in steps):
            raise Refused("a JSONata predicate: filter in a task, or with a comprehension")
        given = list(steps)
        if name != "states":
            return self._read(self._variable(name, env), given)
        first = given.pop(0) if given else ""
        if first == "input":
            return self._read(env.document, given)
        if first == "context":
            return self._context(given, env)
        base = {"result": env.result, "errorOutput": env.error}.get(first)
        if base is None:
            raise Refused(f"`$states.{first}` is not to be had here")
        return self._read(base, given)

    def _binary(self, operator: str, left: Expr, right: Expr) -> Expr:
        if operator in ("and", "or"):
            parts = (self.use(left, "bool"), self.use(right, "bool"))
            return Formed(f"{{0}} {operator} {{1}}", parts, "bool", BINDS[operator])
        if operator in ("=", "!="):
            for one, other in ((left, right), (right, left)):
                if isinstance(one, Lit) and one.value is None:
                    self.shape(other).nullable = True
                    word = "is" if operator == "=" else "is not"
                    return Formed(f"{{0}} {word} None", (other,), "bool", BINDS["compare"])
            self._alike(left, right)
            sign = "==" if operator == "=" else "!="
            return Formed(f"{{0}} {sign} {{1}}", (left, right), "bool", BINDS["compare"])
        if operator in ("<", "<=", ">", ">="):
            if not self._alike(left, right):
                self.use(left, "float")
                self.use(right, "float")
            return Formed(f"{{0}} {operator} {{1}}", (left, right), "bool", BINDS["compare"])
        if operator == "&":
            return self._joined([left, right])
        if operator == "in":
            self.shape(self.use(right, "list")).items().merge(self.shape(left))
            return Formed("{0} in {1}", (left, right), "bool", BINDS["compare"])
        if operator in ("+", "-", "*"):
            kind = "int" if all(self.shape(each).kinds == {"int"} for each in (left, right)) else "float"
            for each in (left, right):
                if not self.shape(each).kinds:
                    self.use(each, kind)
            return Formed(
                f"{{0}} {operator} {{1}}", (left, right), kind, BINDS["+" if operator != "*" else "*"]
            )
        raise Refused(f"the operator `{operator}` of JSONata has no exact Python here: compute it in a task")

    def _alike(self, left: Expr, right: Expr) -> bool:
        """Let two values that are compared have one type; whether one of them has one."""
        for one, other in ((left, right), (right, left)):
            kinds = self.shape(one).kinds
            if len(kinds) == 1 and not self.shape(other).kinds:
                self.use(other, next(iter(kinds)))
        return bool(self.shape(left).kinds or self.shape(right).kinds)

    def _kind(self, expr: Expr) -> str:
        kinds = self.shape(expr).kinds
        return next(iter(kinds)) if len(kinds) == 1 else ""

    def _call(self, name: str, given: list[Expr]) -> Expr:
        makers: Mapping[tuple[str, int], Callable[..., Expr]] = {
            ("count", 1): lambda xs: Formed("len({0})", (self.use(xs, "list"),), "int", loose=True),
            ("not", 1): lambda x: self.negated(self.use(x, "bool")),
            ("uppercase", 1): lambda x: Formed("{0}.upper()", (self.use(x, "str"),), "str"),
            ("lowercase", 1): lambda x: Formed("{0}.lower()", (self.use(x, "str"),), "str"),
            ("contains", 2): lambda x, y: Formed(
                "{1} in {0}", (self.use(x, "str"), self.use(y, "str")), "bool", BINDS["compare"]
            ),
            ("append", 2): lambda x, y: Formed(
                "{0} + {1}", (self.use(x, "list"), self.use(y, "list")), "", BINDS["+"]
            ),
            ("split", 2): lambda x, y: Formed(
                "{0}.split({1})", (self.use(x, "str"), self.use(y, "str")), "list[str]", loose=True
            ),
        }
        make = makers.get((name, len(given)))
        if make is None:
            raise Refused(f"`${name}` has no exact Python here: compute it in a task")
        return make(*given)
