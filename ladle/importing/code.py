"""What the code of an imported machine is made of, and what is known while it is written."""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from ladle.importing.expressions import Values
from ladle.importing.flow import Flow
from ladle.importing.shapes import Names, Shape, class_name, identifier
from ladle.importing.uses import INPUT, UNSET, Environment, Refused
from ladle.importing.values import Expr, Formed, Item, Name, Record, children, literal, put

__all__ = [
    "HANDLER",
    "OF_LAMBDA",
    "UNSET",
    "Arrival",
    "Helper",
    "Known",
    "Line",
    "Lines",
    "Problem",
    "Stub",
    "Ways",
    "Writer",
    "fields_of",
    "flat",
    "last_name",
    "names_in",
]

HANDLER: Final = "<handler>"
"""What is placed into the document is the error of a handler."""

EXCEPTIONS: Final[Mapping[str, str]] = {
    "States.ALL": "Exception",
    "States.TaskFailed": "Exception",
    "States.Timeout": "TimeoutError",
    "States.HeartbeatTimeout": "TimeoutError",
}
BUILT_IN: Final = frozenset(
    {"Exception", "ValueError", "KeyError", "TypeError", "RuntimeError", "ConnectionError"}
)
OF_LAMBDA: Final = "Lambda."


@dataclass(frozen=True, slots=True)
class Problem:
    """A state that has no Python, and why."""

    state: str
    message: str


@dataclass(slots=True)
class Line:
    """A line of code: text and expressions, `depth` levels deep. `target` is the variable that it assigns."""

    depth: int
    parts: tuple[str | Expr, ...]
    target: str = ""


Lines: TypeAlias = "list[Line | Lines]"
"""Lines and, among them, the lines of inner blocks, which may still grow."""


@dataclass(slots=True)
class Stub:
    """A task that the module declares: its name, its function on AWS, what it is called with and gives."""

    name: str
    function: str
    options: tuple[tuple[str, str], ...]
    parameters: dict[str, list[Expr]] = field(default_factory=dict)
    result: Shape = field(default_factory=Shape)
    used: bool = False
    comment: str = ""


@dataclass(slots=True)
class Helper:
    """A function for a branch, or for the items of a Map."""

    name: str
    parameters: tuple[str, ...]
    lines: list[Line]
    returned: list[Expr]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the code that is being written stops: states, by the word that is written there (`""`: none).

    `seen` takes the documents that come to each of them; `around` is what an iteration knows of its Map.
    """

    stops: Mapping[str, str]
    seen: dict[str, list[Arrival]]
    ends: list[Expr]
    around: Environment | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the code knows at one place: the document, and the machine's variables by their Python names."""

    document: Expr
    variables: Mapping[str, str]


Arrival: TypeAlias = tuple[Known, Lines, int]
"""One way to a place: what is known on it, the lines that it ends, and their depth."""


class Writer:
    """What has been found so far, and how a state's own fields become code.

    `known` are modules of the project by the tasks and workflows in them.
    """

    def __init__(self, definition: Mapping[str, Any], known: Mapping[str, str]) -> None:
        self.values = Values()
        self.stubs: dict[str, Stub] = {}
        self.helpers: list[Helper] = []
        self.exceptions: dict[str, str] = {}
        self.imported: set[str] = set()
        self.words: set[str] = {"in_order"}
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.known = known
        functions = re.findall(
            r'"(?:FunctionName|Resource|StateMachineArn)": "([^"]+)"', json.dumps(definition)
        )
        taken = {identifier(last_name(each)) for each in functions} | set(known)
        words = {"run", "aws", "workflow", "task", "each", "sleep", "sleep_until", "error"}
        self.names = Names({*words, *dir(builtins), *taken})
        self.language = str(definition.get("QueryLanguage", "JSONPath"))
        self.definition = definition
        self._flow: Flow

    def is_jsonata(self, state: Mapping[str, Any]) -> bool:
        return str(state.get("QueryLanguage", self.language)) == "JSONata"

    def environment(self, state: Mapping[str, Any], at: Known, ways: Ways) -> Environment:
        document = at.document
        around = ways.around or Environment(document)
        env = Environment(document, at.variables, item=around.item, index=around.index)
        if not self.is_jsonata(state) and state.get("InputPath", "$") != "$":
            path = state["InputPath"]
            env.document = Record(()) if path is None else self.values.path(path, env)
        return env

    def given(self, state: Mapping[str, Any], env: Environment) -> Expr:
        """What a Pass makes of its input."""
        if self.is_jsonata(state):
            return env.document
        if "Parameters" in state:
            return self.values.template(state["Parameters"], env)
        return literal(state["Result"]) if "Result" in state else env.document

    def after(
        self,
        state: Mapping[str, Any],
        at: Known,
        env: Environment,
        result: Expr,
        lines: Lines,
        depth: int,
        *,
        to: str = "",
    ) -> Known:
        """What is known behind a state that gave `result`: `$`, or `$states.result`, in its own fields."""
        values = self.values
        after = replace(env, document=result, result=result)
        if self.is_jsonata(state):
            inside = replace(env, result=result)
            document = values.query(state["Output"], inside) if "Output" in state else result
            assigned = {name: values.query(value, inside) for name, value in state.get("Assign", {}).items()}
            return self.assigned(Known(document, at.variables), assigned, lines, depth)
        selected = result
        if "ResultSelector" in state:
            selected = values.template(state["ResultSelector"], after)
        assigned = dict(
            fields_of(values.template(state.get("Assign", {}), replace(after, document=selected)))
        )
        path = (
            state.get("ResultPath", "$") if state.get("Type") in ("Task", "Map", "Parallel", "Pass") else "$"
        )
        document = at.document if path is None else self.placed(path, at.document, selected, lines, depth, to)
        out = state.get("OutputPath", "$")
        if out is None:
            document = Record(())
        elif out != "$":
            document = values.path(out, replace(env, document=document))
        return self.assigned(Known(document, at.variables), assigned, lines, depth)

    def placed(self, path: str, document: Expr, value: Expr, lines: Lines, depth: int, to: str) -> Expr:
        """The document with a result at its ResultPath, in a variable where passes of a loop must agree."""
        if path == "$":
            return value
        steps = tuple(re.findall(r"[^.\[\]'\"]+", path.removeprefix("$")))
        if not steps or not re.fullmatch(r"\$(\.[^.\[\]]+|\['[^']+'\])+", path):
            raise Refused(f"the ResultPath `{path}` is not one of fields alone")
        if not isinstance(value, Name) and self._flow.loops and to != HANDLER:
            target = self.variable("_".join(steps))
            lines.append(Line(depth, (f"{target} = ", value), target))
            self.values.holds(target, value)
            value = Name(target)
        return put(document, steps, value)

    def variable(self, wanted: str) -> str:
        """The one variable for a place in the document: it never is a parameter's name."""
        name = identifier(wanted)
        return f"{name}_result" if name in self.values.parameters or name in self.names.taken else name

    def assigned(self, at: Known, assigned: Mapping[str, Expr], lines: Lines, depth: int) -> Known:
        variables = dict(at.variables)
        fresh: list[Line] = []
        for name, value in assigned.items():
            if isinstance(value, Name) and value.name in self.values.parameters:
                variables[name] = value.name  # nobody changes a parameter
                continue
            target = self.variable(name)
            variables[name] = target
            if value != Name(target):
                fresh.append(Line(depth, (f"{target} = ", value), target))
                self.values.holds(target, self.whole(value))
        targets = {line.target for line in fresh}
        if any(targets & set(names_in(line.parts[-1])) - {line.target} for line in fresh):
            raise Refused(
                "its Assign gives variables values that read each other's old ones: assign them in two states"
            )
        lines.extend(fresh)
        return Known(at.document, variables)

    def whole(self, expr: Expr) -> Expr:
        """Note that a value is used as a whole."""
        if UNSET in _parts(expr):
            raise Refused("what it reads is set on some ways to it only")
        if Name(INPUT) in _parts(expr):
            self.values.whole_input = True
        return expr

    def caught(self, names: list[str]) -> str:
        found = list(dict.fromkeys(self.class_of(name) for name in names if not name.startswith(OF_LAMBDA)))
        return found[0] if len(found) == 1 else f"({', '.join(found)})"

    def class_of(self, name: str) -> str:
        if name in EXCEPTIONS:
            return EXCEPTIONS[name]
        if name in BUILT_IN:
            return name
        if name.startswith("States."):
            raise Refused(f"the error {name} has no class in Python: it cannot be handled")
        return self.exception(name)

    def exception(self, name: str) -> str:
        found = self.exceptions.get(name)
        if found is None:
            found = name if name.isidentifier() else class_name(name)
            self.exceptions[name] = found
            if found != name:
                self.notes.append(
                    f"the error {name!r} is the class {found}: an error's name is its class's in Ladle"
                )
        return found

    def raising(self, name: str, cause: str) -> str:
        return f"raise {self.exception(name)}({literal(cause).text})"  # type: ignore[union-attr]

    def error(self, names: list[str]) -> Expr:
        """What a handler is given: the error's name where it is certain, and its text for the cause."""
        known = names[0] if len(names) == 1 and names[0] not in EXCEPTIONS else ""
        self.notes.append("handlers see the text of an error where AWS gives a JSON document as its Cause")
        text = Formed("str(error)", (), "str")
        return Record((("Error", literal(known) if known else UNSET), ("Cause", text)))

    def raised(self, state: Mapping[str, Any]) -> str:
        error, cause = state.get("Error", "Failed"), state.get("Cause", "")
        if (
            not isinstance(error, str)
            or not isinstance(cause, str)
            or "ErrorPath" in state
            or "CausePath" in state
        ):
            raise Refused("a Fail whose error or cause is computed")
        if "{%" in error + cause:
            raise Refused("a Fail whose error or cause is computed")
        if error in EXCEPTIONS or error.startswith("States."):
            raise Refused(f"a Fail with AWS's own error {error}")
        return self.raising(error, cause)

    def wait(self, state: Mapping[str, Any], env: Environment, depth: int) -> Line:
        jsonata = self.is_jsonata(state)
        if "Seconds" in state or "SecondsPath" in state:
            self.words.add("sleep")
            if jsonata:
                seconds = self.values.query(state["Seconds"], env)
            else:
                seconds = (
                    self.values.path(state["SecondsPath"], env)
                    if "SecondsPath" in state
                    else literal(state["Seconds"])
                )
            return Line(depth, ("sleep(", self.values.use(seconds, "int"), ")"))
        self.words.add("sleep_until")
        if jsonata or "TimestampPath" in state:
            text = state.get("TimestampPath", state.get("Timestamp"))
            until = self.values.query(text, env) if jsonata else self.values.path(text, env)
            if isinstance(until, Name | Item):
                return Line(depth, ("sleep_until(", self.values.use(until, "datetime"), ")"))
        self.values.use(Name("<datetime>"), "datetime")
        moment = str(state["Timestamp"]).replace("Z", "+00:00")
        return Line(depth, (f'sleep_until(datetime.fromisoformat("{moment}"))',))


# ----------------------------------------------------------------------------------------------- small parts


def flat(lines: Lines) -> Iterator[Line]:
    """The lines in order, those of inner blocks among them; an empty block is `pass`, or no `else`."""
    head: Line | None = None
    for each in lines:
        if isinstance(each, Line):
            if head is not None:
                yield head
            head = each
            continue
        inner = list(flat(each))
        if inner or (head is not None and head.parts != ("else:",)):
            if head is not None:
                yield head
            yield from inner or [Line(head.depth + 1 if head is not None else 0, ("pass",))]
        head = None
    if head is not None:
        yield head


def names_in(expr: Expr | str) -> Iterator[str]:
    """The variables that an expression reads."""
    if isinstance(expr, Name):
        yield expr.name
    elif not isinstance(expr, str):
        for each in children(expr):
            yield from names_in(each)


def _parts(expr: Expr) -> Iterator[Expr]:
    yield expr
    for each in children(expr):
        yield from _parts(each)


def fields_of(expr: Expr) -> tuple[tuple[str, Expr], ...]:
    """The fields of a display; none of any other value."""
    return expr.fields if isinstance(expr, Record) else ()


def last_name(target: str) -> str:
    """The name of a function or machine out of its ARN, its name with a version, or `${name}`."""
    found = re.fullmatch(r"\$\{(.+)\}", target)
    if found:
        return found[1]
    parts = target.split(":")
    for kind in ("function", "stateMachine"):
        if kind in parts[:-1]:
            return parts[parts.index(kind) + 1]
    return parts[0]
