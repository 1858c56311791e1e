"""JSONata as Python expressions; what has no exact one is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ladle.importing.paths import BINDS, PathValues
from ladle.importing.uses import Environment, Refused
from ladle.importing.values import Expr, Formed, Lit, Made, Record, literal
from ladle.jsonata import syntax
from ladle.jsonata.syntax import NotPlain

__all__ = ["Values"]


class Values(PathValues):
    """Makes expressions of either query language, and notes what they show of the values that they read."""

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
            return self.read(self.variable(name, env), given)
        first = given.pop(0) if given else ""
        if first == "input":
            return self.read(env.document, given)
        if first == "context":
            return self.context(given, env)
        base = {"result": env.result, "errorOutput": env.error}.get(first)
        if base is None:
            raise Refused(f"`$states.{first}` is not to be had here")
        return self.read(base, given)

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
            return self.joined([left, right])
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
