"""What a typed form means, executed statement by statement, and what the source means as plain Python.

Both ask one `World` for the results of tasks, which depend on nothing but the task, its arguments and a seed.
So the two can be compared: same result, same calls.
"""

from __future__ import annotations

import builtins
import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from ladle import wire
from ladle.compiler.language import form
from ladle.compiler.language.failures import ancestors
from ladle.compiler.language.operations import OPERATIONS, Limit
from ladle.declare import Declared
from ladle.declare.execution import current
from ladle.declare.runs import Run

START = datetime(2024, 2, 29, 12, tzinfo=UTC)
RUN = Run("arn:run", "arn:run", "run", "flow", START, START)


class TaskFailed(Exception):
    """A task's error on its way through the form: its name, the names of its bases, its text."""

    def __init__(self, name: str, bases: tuple[str, ...], text: str) -> None:
        super().__init__(name, bases, text)
        self.name, self.bases, self.text = name, bases, text


@dataclass
class Outcome:
    """What came of a run: its result or the name of its error, and its calls in order."""

    result: Any = None
    error: str = ""
    calls: list[str] = field(default_factory=list)


class World:
    """Results of tasks. About one call in five fails, if `fails`."""

    def __init__(self, seed: int, module: ModuleType, fails: bool) -> None:
        self.seed, self.module, self.fails = seed, module, fails

    def answer(self, callee: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
        """The JSON result of a call; raises the task's exception."""
        text = json.dumps([self.seed, callee.name, arguments], sort_keys=True)
        chance = random.Random(hashlib.sha256(text.encode()).digest())
        if self.fails and chance.random() < 0.2:
            names = ("BadFile", "WorseFile", "ValueError", "ConnectionError")
            name = chance.choice(names)
            raise getattr(self.module, name, getattr(builtins, name, None))(f"{callee.name} failed")
        return value_of(callee.door.result, chance)


def value_of(shape: wire.Shape, chance: random.Random) -> Any:
    """A JSON value of a shape, small and often equal to others."""
    match shape:
        case wire.NullShape():
            return None
        case wire.BoolShape():
            return chance.random() < 0.6
        case wire.IntShape():
            return chance.choice([0, 1, 2, 3, 4, 5, 7, 11, -1])
        case wire.FloatShape():
            return chance.choice([0, 0.25, 0.5, 1.5, 2, -1.5])
        case wire.StrShape():
            return chance.choice(["", "a", "b", "AA", "stop", "12", " 7 ", "x/y.csv", "äö-1"])
        case wire.DateShape():
            return chance.choice(["2013-01-31", "2013-02-01", "2024-02-29"])
        case wire.DateTimeShape():
            return "2024-02-29T12:00:00Z"
        case wire.EnumShape(members=members):
            return chance.choice(members)[1]
        case wire.LiteralShape(values=values):
            return chance.choice(values)
        case wire.ListShape(item=item):
            return [value_of(item, chance) for _ in range(chance.choice([0, 1, 2, 3]))]
        case wire.TupleShape(items=items):
            return [value_of(item, chance) for item in items]
        case wire.DictShape(value=value):
            keys = chance.sample(["a", "b", "x", "y", "AA"], chance.choice([0, 2, 4]))
            return {key: value_of(value, chance) for key in keys}
        case wire.RecordShape(fields=fields):
            there = [each for each in fields if not each.may_be_absent or chance.random() < 0.5]
            return {each.name: value_of(each.shape, chance) for each in there}
        case wire.UnionShape(options=options):
            return value_of(chance.choice(options), chance)
        case _:
            raise AssertionError(shape)


# ---------------------------------------------------------------------------------------------- plain Python


class _Plain:
    """An execution that asks the world."""

    run = RUN

    def __init__(self, world: World, outcome: Outcome) -> None:
        self.world, self.outcome = world, outcome
        self.turns = 0

    def call(self, callee: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
        self.turns += 1
        if self.turns > 200:
            raise Endless
        given = callee.door.encode_arguments(arguments)
        self.outcome.calls.append(json.dumps([callee.name, given], sort_keys=True))
        return callee.door.decode_result(self.world.answer(callee, given))

    def repeat(self, policies: Any, body: Callable[[], Any]) -> Any:
        del policies
        return body()

    def sleep(self, seconds: float) -> None:
        del seconds

    def sleep_until(self, instant: datetime) -> None:
        del instant

    def now(self) -> datetime:
        return START


class Endless(BaseException):
    """The world's answers never end a loop: nothing to compare."""


def as_python(workflow: Any, arguments: Mapping[str, Any], world: World) -> Outcome:
    """The workflow as plain Python."""
    outcome = Outcome()
    token = current.set(_Plain(world, outcome))
    try:
        result = workflow.function(**workflow.door.decode_arguments(arguments))
        outcome.result = workflow.door.encode_result(result)
    except Exception as error:  # noqa: BLE001 - whatever Python raises is the outcome
        outcome.error = type(error).__name__
    finally:
        current.reset(token)
    return outcome


# ---------------------------------------------------------------------------------------------- the form


class _Left(Exception):
    """A jump: "return", "break" or "continue"."""

    def __init__(self, kind: str, value: Any = None) -> None:
        self.kind, self.value = kind, value


class Machine:
    """Executes a form. A failing expression is no `TaskFailed`: no handler takes it, as on AWS."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.outcome = Outcome()
        self.values: dict[form.Variable, Any] = {}
        self.turns = 0

    def run(self, program: form.Program, arguments: Mapping[str, Any]) -> Outcome:
        for variable, default in program.parameters:
            given = arguments.get(variable.name)
            self.values[variable] = default.value if default is not None and given is None else given
        try:
            self.block(program.body)
        except _Left as left:
            self.outcome.result = left.value
        except TaskFailed as error:
            self.outcome.error = error.name
        except Limit:
            raise
        except Exception as error:  # noqa: BLE001 - what an operation raises ends the run
            self.outcome.error = type(error).__name__
        return self.outcome

    def block(self, block: form.Block) -> None:
        for statement in block:
            self.statement(statement)

    def statement(self, node: form.Stmt) -> None:
        match node:
            case form.Assign(target=target, value=value):
                self.values[target] = self.value(value)
            case form.Call():
                self.set(node.target, self.call(node))
            case form.Map():
                self.set(node.target, self.map(node))
            case form.If(test=test, then=then, otherwise=otherwise):
                taken = self.value(test)
                assert isinstance(taken, bool), "a test gives a bool"
                self.block(then if taken else otherwise)
            case form.For():
                self.loop(node)
            case form.While():
                self.loop(node)
            case form.Try():
                self.attempt(node)
            case form.Raise(again=again) if again is not None:
                error = self.values[again]
                raise TaskFailed(error["Error"], error["bases"], error["message"])
            case form.Raise(error=error, ancestors=bases, message=message):
                raise TaskFailed(error, bases, "" if message is None else self.value(message))
            case form.Return(value=value):
                raise _Left("return", None if value is None else self.value(value))
            case form.Break():
                raise _Left("break")
            case form.Continue():
                raise _Left("continue")
            case form.Sleep(seconds=when) | form.SleepUntil(instant=when):
                self.value(when)
            case form.Ordered(body=body):
                self.block(body)
            case form.Scope(target=target, body=body):
                result = None
                try:
                    self.block(body)
                except _Left as left:
                    if left.kind != "return":
                        raise
                    result = left.value
                self.set(target, result)
            case _:
                raise AssertionError(node)

    def set(self, target: form.Variable | None, value: Any) -> None:
        if target is not None:
            self.values[target] = value

    def call(self, node: form.Call) -> Any:
        self.turns += 1
        if self.turns > 200:
            raise Endless
        given = {name: self.value(value) for name, value in node.arguments}
        self.outcome.calls.append(json.dumps([node.callee.name, given], sort_keys=True))
        try:
            return self.world.answer(node.callee, given)
        except Exception as error:
            if node.attempt:
                return {"error": type(error).__name__, "cause": str(error)}
            raise TaskFailed(type(error).__name__, ancestors(type(error)), str(error)) from error

    def map(self, node: form.Map) -> list[Any]:
        items = []
        for item in self.value(node.source):
            self.values[node.item] = item
            if node.condition is None or self.value(node.condition):
                items.append(item)
        found: list[Any] = []
        for index, item in enumerate(items):
            self.values[node.item] = item
            self.set(node.index, index)
            self.block(node.body)
            if node.keep is None or self.value(node.keep):
                result = self.value(node.result)
                found += result if node.flatten else [result]
        return found

    def loop(self, node: form.For | form.While) -> None:
        items = iter(self.value(node.source)) if isinstance(node, form.For) else None
        while True:
            if isinstance(node, form.While):
                self.block(node.before)
                if not self.value(node.test):
                    break
                self.turns += 1
                if self.turns > 200:
                    raise Endless
            else:
                assert items is not None
                try:
                    self.values[node.item] = next(items)
                except StopIteration:
                    break
            try:
                self.block(node.body)
            except _Left as left:
                if left.kind == "break":
                    return
                if left.kind == "return":
                    raise
        self.block(node.orelse)

    def attempt(self, node: form.Try) -> None:
        try:
            try:
                self.block(node.body)
            except TaskFailed as error:
                names = {error.name, "States.ALL"}
                for handler in node.handlers:
                    if names & set(handler.errors):
                        bound = {"Error": error.name, "bases": error.bases, "message": error.text}
                        self.set(handler.variable, bound)
                        self.block(handler.body)
                        break
                else:
                    raise
            else:
                self.block(node.orelse)
        finally:
            self.block(node.final)

    def value(self, expr: form.Expr) -> Any:
        match expr:
            case form.Const(value=value):
                return value
            case form.Read(variable=variable):
                return self.values[variable]
            case form.FieldOf(base=base, name=name):
                return self.value(base)[name]
            case form.Op(name="bool.and", operands=operands):
                return all(self.value(operand) for operand in operands)
            case form.Op(name="bool.or", operands=operands):
                return any(self.value(operand) for operand in operands)
            case form.Op(name=name, operands=operands):
                return OPERATIONS[name].python(*map(self.value, operands))
            case form.MakeList(items=items):
                made: list[Any] = []
                for item in items:
                    made += self.value(item.base) if isinstance(item, form.Spread) else [self.value(item)]
                return made
            case form.MakeObject(entries=entries):
                return {key: self.value(value) for key, value in entries}
            case form.Cond(test=test, then=then, otherwise=otherwise):
                return self.value(then if self.value(test) else otherwise)
            case form.Bind(variable=variable, value=value, body=body):
                self.values[variable] = self.value(value)
                return self.value(body)
            case form.Loop():
                return self.comprehension(expr)
            case form.Context(path=path):
                return {"Execution.Id": RUN.id, "Execution.Root": RUN.root, "Execution.Name": RUN.name,
                        "StateMachine.Name": RUN.workflow}.get(path, "2024-02-29T12:00:00Z")  # fmt: skip
            case form.ErrorText(error=error):
                return self.values[error]["message"]
            case form.ErrorName(error=error):
                return self.values[error]["Error"]
            case _:
                raise AssertionError(expr)

    def comprehension(self, expr: form.Loop) -> list[Any]:
        found: list[Any] = []
        for item in self.value(expr.source):
            self.values[expr.item] = item
            if expr.condition is None or self.value(expr.condition):
                self.values[expr.item] = item
                element = self.value(expr.element)
                found += element if expr.flatten else [element]
        return found
