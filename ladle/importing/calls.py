"""Calls as Python: tasks, services, nested runs, the branches of a Parallel, the items of a Map."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ladle.asl.model import is_distributed
from ladle.importing.code import (
    OF_LAMBDA,
    Helper,
    Known,
    Line,
    Lines,
    Stub,
    Writer,
    fields_of,
    flat,
    last_name,
    names_in,
)
from ladle.importing.shapes import Shape, identifier
from ladle.importing.uses import INPUT, Environment, Refused
from ladle.importing.values import Expr, Formed, Item, Lit, Made, Name, Record, literal

__all__ = ["Calls"]


class Calls(Writer):
    """Writes calls; `scope` writes what stands within branches and iterations."""

    @abstractmethod
    def scope(
        self, scope: Mapping[str, Any], begin: Known, depth: int, around: Environment | None
    ) -> tuple[Lines, list[Expr]]:
        """The lines of a scope, and what its ends give."""

    def called(
        self, name: str, state: Mapping[str, Any], at: Known, env: Environment, lines: Lines, depth: int
    ) -> Known:
        """Write a call, and what its result becomes."""
        kind = state["Type"]
        target = self._target(name, state)
        if kind == "Task":
            call, result = self._task(state, env, target)
        elif kind == "Map":
            call, result = self._map(name, state, env, target), Name(target)
        else:
            return self._parallel(state, at, env, lines, depth)
        lines.append(Line(depth, (f"{target} = ", call), target))
        return self.after(state, at, env, result, lines, depth, to=target)

    def _target(self, name: str, state: Mapping[str, Any]) -> str:
        """The variable for a result: named after its place in the document, or after the state."""
        path = state.get("ResultPath", "$") if not self.is_jsonata(state) else "$"
        if "ResultSelector" in state:
            path = "$"
        steps = re.findall(r"[^.\[\]'\"]+", str(path).removeprefix("$")) if path else []
        return self.variable("_".join(steps) if steps else name)

    def _task(self, state: Mapping[str, Any], env: Environment, target: str) -> tuple[Expr, Expr]:
        resource = str(state.get("Resource"))
        jsonata = self.is_jsonata(state)
        given: Expr = env.document
        if jsonata and "Arguments" in state:
            given = self.values.query(state["Arguments"], env)
        elif not jsonata and "Parameters" in state:
            given = self.values.template(state["Parameters"], env)
        service = re.fullmatch(r"arn:aws[^:]*:states:[^:]*:[^:]*:(.+)", resource)
        if ":activity:" in resource:
            raise Refused("an activity: its workers are not Ladle's")
        if service is None:
            if ":function:" not in resource and not resource.startswith("${"):
                raise Refused(
                    f"the resource {resource} is not known here (an activity, or another account's)"
                )
            return self._function(state, resource, given, target), Name(target)
        if service[1] == "lambda:invoke":
            arguments = dict(fields_of(given))
            function = arguments.get("FunctionName")
            if not (isinstance(function, Lit) and isinstance(function.value, str)):
                raise Refused("the function is computed: Ladle calls functions by name")
            payload = arguments.get("Payload", Record(()))
            return self._function(state, function.value, payload, target), Record(
                (("Payload", Name(target)),)
            )
        if service[1].startswith("states:startExecution"):
            return self._nested(service[1], given, target)
        return self._service(service[1], state, given), Name(target)

    def _nested(self, action: str, given: Expr, target: str) -> tuple[Expr, Expr]:
        arguments = dict(fields_of(given))
        machine = arguments.get("StateMachineArn")
        name = last_name(machine.value) if isinstance(machine, Lit) and isinstance(machine.value, str) else ""
        if name not in self.known or not action.endswith(".sync:2"):
            raise Refused("a run of a machine that is no workflow of the project, or is not waited for")
        self.imported.add(name)
        passed = arguments.get("Input", Record(()))
        return _call(name, fields_of(passed)), Record((("Output", Name(target)),))

    def _service(self, action: str, state: Mapping[str, Any], given: Expr) -> Expr:
        """`aws.sqs.send_message(…)`: the machine calls the service itself."""
        parts = action.removeprefix("aws-sdk:").split(":")
        method, _, pattern = parts[1].partition(".")
        if pattern == "waitForTaskToken":
            raise Refused("a call that waits for a task token: write a task with a TaskToken")
        if len(parts) > 2 and parts[2] not in ("2",):
            raise Refused(f"the integration {action} is not known")
        options = [("wait", literal(True))] if pattern.startswith("sync") else []
        if "TimeoutSeconds" in state:
            options.append(("timeout", literal(state["TimeoutSeconds"])))
        if state.get("Retry"):
            options.append(("retry", Formed(self._retries(state["Retry"]), (), loose=True)))
        self.words.add("aws")
        service = {"states": "stepfunctions", "sfn": "stepfunctions"}.get(parts[0], parts[0]).replace(
            "-", "_"
        )
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
        fields = [*fields_of(given), *options]
        return _call(f"aws.{service}.{snake}", fields)

    def _function(self, state: Mapping[str, Any], function: str, payload: Expr, target: str) -> Expr:
        short = last_name(function)
        fields = dict(fields_of(payload))
        if short in self.known:
            self.imported.add(short)
            arguments = fields.get("args")
            if not isinstance(arguments, Record):
                raise Refused('a task of the project is given its arguments as {"args": {…}}')
            return _call(short, arguments.fields)
        options = tuple(self._options(state, short, identifier(short)))
        stub = self.stubs.get(short)
        if stub is None:
            stub = self.stubs[short] = Stub(
                identifier(short), short, options, comment=str(state.get("Comment", ""))
            )
        elif stub.options != options:
            raise Refused(
                f"{short} has other retries or limits here than elsewhere: give one of the calls a task of"
                " its own"
            )
        self.values.shapes[target] = self._shared(target, stub.result)
        record = isinstance(payload, Record) and payload.base is None
        given = fields_of(payload) if record else (("event", self.whole(payload)),)
        if any(not key.isidentifier() for key, _ in given):
            given = (("event", payload),)
        for key, value in given:
            stub.parameters.setdefault(key, []).append(self.whole(value))
        return _call(stub.name, given)

    def _shared(self, target: str, shape: Shape) -> Shape:
        """One shape for a variable and for what a function gives."""
        before = self.values.shapes.get(target)
        if before is not None and before is not shape:
            shape.merge(before)
        return shape

    def _options(self, state: Mapping[str, Any], function: str, task: str) -> Iterator[tuple[str, str]]:
        if task != function:
            yield "name", literal(function).text  # type: ignore[union-attr]
        if state.get("Retry"):
            text = self._retries(state["Retry"])
            if text:
                yield "retry", text
        for field_name, option in (("TimeoutSeconds", "timeout"), ("HeartbeatSeconds", "heartbeat")):
            if isinstance(state.get(field_name), int):
                yield option, str(state[field_name])

    def _retries(self, rules: list[Mapping[str, Any]]) -> str:
        found = []
        for rule in rules:
            names = [
                name for name in rule["ErrorEquals"] if not name.startswith((OF_LAMBDA, "States.TaskFailed"))
            ]
            everything = "States.ALL" in rule["ErrorEquals"] or "States.TaskFailed" in rule["ErrorEquals"]
            if not names and not everything:
                continue  # Lambda's own errors: every task retries them
            self.words.add("Retry")
            parts = [] if everything else [f"on=[{', '.join(dict.fromkeys(map(self.class_of, names)))}]"]
            parts += [
                f"{option}={rule.get(key, default)}"
                for option, key, default in (
                    ("attempts", "MaxAttempts", 3),
                    ("interval", "IntervalSeconds", 1),
                    ("backoff", "BackoffRate", 2.0),
                    ("max_delay", "MaxDelaySeconds", None),
                )
                if rule.get(key, default) is not None
            ]
            parts.append(f"jitter={rule.get('JitterStrategy', 'NONE') == 'FULL'}")
            found.append(f"Retry({', '.join(parts)})")
        return found[0] if len(found) == 1 else f"[{', '.join(found)}]" if found else ""

    def _map(self, name: str, state: Mapping[str, Any], env: Environment, target: str) -> Expr:
        processor = state.get("ItemProcessor", state.get("Iterator", {}))
        if is_distributed(processor) or "ItemReader" in state or "ItemBatcher" in state:
            raise Refused(
                "a distributed Map: write a comprehension over `s3.csv(…)`, or each(…, distributed=True)"
            )
        jsonata = self.is_jsonata(state)
        if jsonata:
            items = self.values.query(state["Items"], env) if "Items" in state else env.document
        else:
            items = self.values.path(state.get("ItemsPath", "$"), env)
        self.values.use(items, "list")
        variable = self.names.fresh("item" if not env.item else "inner")
        index = self.names.fresh("index" if env.index is None else "inner_index")
        self.values.shapes[variable] = self.values.shape(items).items()
        around = Environment(Name(variable), item=Name(variable), index=Name(index))
        inside = replace(env, item=Name(variable), index=Name(index))
        selector = state.get("ItemSelector", state.get("Parameters"))
        document: Expr = Name(variable)
        if selector is not None:
            document = (
                self.values.query(selector, inside) if jsonata else self.values.template(selector, inside)
            )
        call = self._block(name, processor, Known(document, env.variables), around)
        if state.get("Retry"):
            raise Refused(
                "a Map as a whole is tried again: put the Map into a helper, and use retry(…)(helper)(…)"
            )
        over = items
        most = state.get("MaxConcurrency")
        if most:
            self.words.add("each")
            over = Formed(f"each({{0}}, concurrency={most})", (items,), loose=True)
        if index in names_in(call):
            form = f"[{{0}} for {index}, {variable} in enumerate({{1}})]"
        else:
            form = f"[{{0}} for {variable} in {{1}}]"
        result = self.values.shapes.setdefault(target, Shape())
        result.items()
        return Formed(form, (call, over), loose=True)

    def _parallel(
        self, state: Mapping[str, Any], at: Known, env: Environment, lines: Lines, depth: int
    ) -> Known:
        if state.get("Retry"):
            raise Refused(
                "a Parallel as a whole is tried again: put it into a helper, and use retry(…)(helper)(…)"
            )
        given: Expr = env.document
        if self.is_jsonata(state) and "Arguments" in state:
            given = self.values.query(state["Arguments"], env)
        elif not self.is_jsonata(state) and "Parameters" in state:
            given = self.values.template(state["Parameters"], env)
        self.words.add("at_once")
        lines.append(Line(depth, ("with at_once():",)))
        results: list[Expr] = []
        for branch in state.get("Branches", ()):
            around = Environment(given, item=env.item, index=env.index)
            call = self._block(branch["StartAt"], branch, Known(given, at.variables), around)
            target = self.names.fresh(self.variable(branch["StartAt"]))
            lines.append(Line(depth + 1, (f"{target} = ", call), target))
            self.values.shapes[target] = (
                self.values.shape(call) if isinstance(call, Name | Item) else self._result(call)
            )
            results.append(Name(target))
        return self.after(state, at, env, Made(tuple(results)), lines, depth)

    def _result(self, call: Expr) -> Shape:
        """What a call of a stub or a helper gives."""
        if isinstance(call, Formed):
            called = call.form.partition("(")[0]
            for stub in self.stubs.values():
                if stub.name == called:
                    return stub.result
            for helper in self.helpers:
                if helper.name == called:
                    found = Shape()
                    for each in helper.returned:
                        found.merge(self.values.shape(each))
                    return found
        return Shape()

    def _block(self, name: str, scope: Mapping[str, Any], begin: Known, around: Environment) -> Expr:
        """A branch, or the body of a Map: the call alone where it is nothing else, or else of a helper."""
        lines, ends = self.scope(scope, begin, 1, around)
        whole = list(flat(lines))
        match whole:
            case [Line(_, (str(), Formed() as call), target), Line(_, ("return ", Name(given)))]:
                if target and target == given:
                    return call
            case [Line(_, ("return ", value))] if not isinstance(value, str):
                return value
        assigned: set[str] = set()
        taken: dict[str, None] = {}
        for line in whole:
            read = [each for part in line.parts if not isinstance(part, str) for each in names_in(part)]
            if INPUT in read:
                raise Refused("a branch or an iteration of several states is given the whole input")
            taken |= dict.fromkeys(each for each in read if each not in assigned)
            assigned.add(line.target)
        helper_name = self.names.fresh(f"{identifier(name)}_part")
        parameters = tuple(taken)
        self.helpers.append(Helper(helper_name, parameters, whole, ends, str(scope.get("Comment", ""))))
        operands = tuple(Name(each) for each in parameters)
        form = f"{helper_name}({', '.join(f'{{{n}}}' for n in range(len(operands)))})"
        return Formed(form, operands, loose=True)


def _call(function: str, given: Any) -> Expr:
    fields = list(given)
    form = ", ".join(f"{key}={{{number}}}" for number, (key, _) in enumerate(fields))
    return Formed(f"{function}({form})", tuple(value for _, value in fields), loose=True)
