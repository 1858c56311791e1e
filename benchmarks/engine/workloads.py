"""The state machines that every engine runs, in JSONPath and in JSONata.

Each builder returns a `Workload`: definition, input, the output expected, and how many states one run
enters. Tasks call the functions of `functions.py` by ARN, as `lambda:invoke` or directly (`style`), so that
each engine is given the form that it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

State = dict[str, Any]
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:{}"


@dataclass(frozen=True)
class Workload:
    """One machine to run. `transitions` counts entered states, retries left out."""

    definition: State
    input: Any
    expect: Any
    transitions: int


@dataclass(frozen=True)
class Dialect:
    """Writes states in one query language and one style of calling functions."""

    jsonata: bool
    style: str = "optimized"

    def machine(self, first: str, states: dict[str, State]) -> State:
        head: State = {"QueryLanguage": "JSONata"} if self.jsonata else {}
        return {**head, "StartAt": first, "States": states}

    def reading(self, path: str) -> Any:
        """The value of a field that reads `path` of the state's input."""
        return "{% $states.input." + path + " %}" if self.jsonata else "$." + path

    def fields(self, *names: str, **constants: Any) -> State:
        """An object template: each name read from the input, and constants."""
        suffix = "" if self.jsonata else ".$"
        return {**{name + suffix: self.reading(name) for name in names}, **constants}

    def shape(self, template: Any, then: str | None = None) -> State:
        """A Pass whose output is the template."""
        return {"Type": "Pass", "Output" if self.jsonata else "Parameters": template, **after(then)}

    def merge(self, keep: tuple[str, ...], jsonpath: State, jsonata: str, then: str) -> State:
        """A Pass that adds fields to its input."""
        if self.jsonata:
            return self.shape("{% $merge([$states.input, {" + jsonata + "}]) %}", then)
        return self.shape({**self.fields(*keep), **jsonpath}, then)

    def choice(self, rules: list[tuple[str, str, str, Any, str]], default: str) -> State:
        """A Choice: (field, JSONata operator, JSONPath operator, constant, next)."""
        if self.jsonata:
            written = [
                {"Condition": f"{{% $states.input.{field} {sign} {literal(value)} %}}", "Next": then}
                for field, sign, _, value, then in rules
            ]
        else:
            written = [
                {"Variable": f"$.{field}", test: value, "Next": then} for field, _, test, value, then in rules
            ]
        return {"Type": "Choice", "Choices": written, "Default": default}

    def task(
        self, function: str, payload: Any, then: str | None = None, into: str = "", **more: Any
    ) -> State:
        """A Task. `payload` None sends the whole input; `into` adds the result to the input by that name."""
        arn = FUNCTION.format(function)
        optimized = self.style == "optimized"
        state: State = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke" if optimized else arn}
        if self.jsonata:
            sent = "{% $states.input %}" if payload is None else payload
            result = "$states.result.Payload" if optimized else "$states.result"
            state["Arguments"] = {"FunctionName": arn, "Payload": sent} if optimized else sent
            added = f"{{% $merge([$states.input, {{'{into}': {result}}}]) %}}"
            state["Output"] = added if into else f"{{% {result} %}}"
        elif optimized:
            sent = {"Payload.$": "$"} if payload is None else {"Payload": payload}
            state["Parameters"] = {"FunctionName": arn, **sent}
            if into:
                state["ResultSelector"], state["ResultPath"] = {"value.$": "$.Payload"}, f"$.{into}"
            else:
                state["OutputPath"] = "$.Payload"
        else:
            if payload is not None:
                state["Parameters"] = payload
            if into:
                state["ResultPath"] = f"$.{into}"
        return {**state, **more, **after(then)}

    def items(self, path: str) -> State:
        """The field of a Map that names its items."""
        return {"Items" if self.jsonata else "ItemsPath": self.reading(path)}


def after(then: str | None) -> State:
    return {"Next": then} if then else {"End": True}


def literal(value: Any) -> str:
    return "true" if value is True else "false" if value is False else repr(value)


def inline_map(items: State, first: str, states: dict[str, State], **more: Any) -> State:
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": first, "States": states}
    return {"Type": "Map", **items, "ItemProcessor": processor, **more}


def bare(d: Dialect, n: int = 1000) -> Workload:
    """A chain of Pass states that do nothing."""
    states = {f"S{i}": {"Type": "Pass", **after(f"S{i + 1}" if i + 1 < n else None)} for i in range(n)}
    return Workload(d.machine("S0", states), {"n": 7}, {"n": 7}, n)


def chain(d: Dialect, n: int = 1000) -> Workload:
    """A chain of Pass states with one template each."""
    states = {f"S{i}": d.shape(d.fields("n"), f"S{i + 1}" if i + 1 < n else None) for i in range(n)}
    return Workload(d.machine("S0", states), {"n": 7}, {"n": 7}, n)


def loop(d: Dialect, n: int = 5000) -> Workload:
    """A Choice and a Pass, round and round: counting to n."""
    more = {"n": "{% $states.input.n + 1 %}"} if d.jsonata else {"n.$": "States.MathAdd($.n, 1)"}
    states = {
        "More": d.choice([("n", "<", "NumericLessThan", n, "Add")], "Done"),
        "Add": d.shape(more, "More"),
        "Done": {"Type": "Succeed"},
    }
    return Workload(d.machine("More", states), {"n": 0}, {"n": n}, 2 * n + 2)


def fan(d: Dialect, n: int = 10_000) -> Workload:
    """A Map with one Pass over n small items."""
    items = [i % 8 + 1 for i in range(n)]
    one: State = {"Type": "Pass", "End": True}
    one.update({"Output": "{% $states.input + 1 %}"} if d.jsonata else {"InputPath": "$"})
    states = {"Map": inline_map(d.items("items"), "One", {"One": one}, End=True)}
    expect = [item + 1 for item in items] if d.jsonata else items
    return Workload(d.machine("Map", states), {"items": items}, expect, n + 1)


def fan_of_tasks(d: Dialect, n: int = 1000) -> Workload:
    """A Map over n items of five states each: two templates, a Task, a Choice, Succeed."""
    inner = {
        "First": d.shape(d.fields("id", "v"), "Second"),
        "Second": d.shape(d.fields("id", "v", tag="x"), "Call"),
        "Call": d.task("echo", None, "Check"),
        "Check": d.choice([("id", ">=", "NumericGreaterThanEquals", 0, "Good")], "Bad"),
        "Good": {"Type": "Succeed"},
        "Bad": {"Type": "Fail", "Error": "Negative", "Cause": "an id below zero"},
    }
    items = [{"id": i, "v": 2 * i} for i in range(n)]
    states = {"Map": inline_map(d.items("items"), "First", inner, End=True)}
    return Workload(d.machine("Map", states), {"items": items}, [{**i, "tag": "x"} for i in items], 5 * n + 1)


def branches(d: Dialect, n: int = 50) -> Workload:
    """A Parallel of n branches with twenty templates each."""
    made = []
    for b in range(n):
        states = {f"B{b}S{i}": d.shape(d.fields("n"), f"B{b}S{i + 1}" if i < 19 else None) for i in range(20)}
        made.append({"StartAt": f"B{b}S0", "States": states})
    parallel = {"Type": "Parallel", "Branches": made, "End": True}
    return Workload(d.machine("All", {"All": parallel}), {"n": 7}, [{"n": 7}] * n, 20 * n + 1)


def patience(d: Dialect, n: int = 60) -> Workload:
    """A Task that fails three times (retried after n, 2n and 4n seconds), then a Wait of 60n seconds."""
    retry = [
        {
            "ErrorEquals": ["FlakyError", "States.TaskFailed"],
            "IntervalSeconds": n,
            "BackoffRate": 2,
            "MaxAttempts": 3,
        }
    ]
    states = {
        "Call": d.task("flaky", None, "Pause", Retry=retry),
        "Pause": {"Type": "Wait", "Seconds": 60 * n, "Next": "Done"},
        "Done": {"Type": "Succeed"},
    }
    return Workload(d.machine("Call", states), {"id": 1}, {"ok": True}, 3)


def etl(d: Dialect, n: int = 20) -> Workload:
    """A pipeline as people write them: checks in parallel, a Map with errors caught, chunks, notices."""
    retry = {"Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 3}]}

    def into(name: str) -> State:
        added = f"{{% $merge([$states.input, {{'{name}': $states.result}}]) %}}"
        return {"Output": added} if d.jsonata else {"ResultPath": f"$.{name}"}

    def catching(errors: list[str], then: str) -> State:
        kept = (
            {"Output": "{% $merge([$states.input, {'failure': $states.errorOutput}]) %}"}
            if d.jsonata
            else {"ResultPath": "$.failure"}
        )
        return {"Catch": [{"ErrorEquals": errors, "Next": then, **kept}]}

    schema = {
        "Schema": d.task("echo", {"ok": True}, "SchemaOk"),
        "SchemaOk": d.choice([("ok", "=", "BooleanEquals", True, "SchemaPass")], "SchemaFail"),
        "SchemaPass": {"Type": "Succeed"},
        "SchemaFail": {"Type": "Fail", "Error": "SchemaError", "Cause": "the schema is wrong"},
    }
    quota = {
        "Quota": d.task("echo", d.fields("count"), "QuotaShape"),
        "QuotaShape": d.shape(d.fields("count")),
    }
    item = {
        "Normalise": d.shape(
            {
                "key": "{% $states.input.batch & '-' & $states.input.item.id %}",
                "kind": "{% $states.input.item.kind %}",
                "index": "{% $states.input.index %}",
            }
            if d.jsonata
            else {
                "key.$": "States.Format('{}-{}', $.batch, $.item.id)",
                "kind.$": "$.item.kind",
                "index.$": "$.index",
            },
            "Kind",
        ),
        "Kind": d.choice(
            [("kind", "=", "StringEquals", "a", "Gold"), ("kind", "=", "StringEquals", "b", "Silver")],
            "Bronze",
        ),
        **{
            tier.title(): d.shape(d.fields("key", "index", tier=tier), "Enrich")
            for tier in ("gold", "silver", "bronze")
        },
        "Enrich": d.task(
            "enrich",
            None,
            "ItemDone",
            **retry,
            **catching(["EnrichError", "States.TaskFailed"], "NotEnriched"),
        ),
        "NotEnriched": d.shape({"error": "EnrichError"}, "ItemDone"),
        "ItemDone": {"Type": "Succeed"},
    }
    selected = {
        "item": "{% $states.context.Map.Item.Value %}",
        "index": "{% $states.context.Map.Item.Index %}",
        "batch": "{% $states.input.batch %}",
    }
    selected_path = {"item.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index", "batch.$": "$.batch"}
    value = (
        {"chunk": "{% $states.context.Map.Item.Value %}"} if d.jsonata else {"chunk.$": "$$.Map.Item.Value"}
    )
    notices = [
        {"StartAt": "Mail", "States": {"Mail": d.task("notify", d.fields("count"))}},
        {
            "StartAt": "Metric",
            "States": {"Metric": d.task("notify", d.fields("count"), "Sent"), "Sent": d.shape({"ok": 1})},
        },
        {"StartAt": "Audit", "States": {"Audit": d.shape(d.fields("batch"))}},
    ]
    states = {
        "Start": d.merge(
            ("batch", "records"),
            {"key.$": "States.Format('in/{}.json', $.batch)", "count.$": "States.ArrayLength($.records)"},
            "'key': 'in/' & $states.input.batch & '.json', 'count': $count($states.input.records)",
            "AnyRecords",
        ),
        "AnyRecords": d.choice([("count", ">", "NumericGreaterThan", 0, "Configure")], "Nothing"),
        "Nothing": {"Type": "Succeed"},
        "Configure": d.task("config", d.fields("key"), "Validate", into="config", **retry),
        "Validate": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "Schema", "States": schema}, {"StartAt": "Quota", "States": quota}],
            **into("checks"),
            **catching(["States.ALL"], "Refused"),
            "Next": "Transform",
        },
        "Transform": inline_map(
            d.items("records"),
            "Normalise",
            item,
            ItemSelector=selected if d.jsonata else selected_path,
            MaxConcurrency=5,
            **into("items"),
            **retry,
            Next="Summarise",
        ),
        "Summarise": d.shape(
            {
                **d.fields("batch", "items"),
                "count": "{% $count($states.input.items) %}",
                "chunks": "{% $partition($states.input.items, 5) %}",
            }
            if d.jsonata
            else {
                **d.fields("batch", "items"),
                "count.$": "States.ArrayLength($.items)",
                "chunks.$": "States.ArrayPartition($.items, 5)",
            },
            "Large",
        ),
        "Large": d.choice([("count", ">", "NumericGreaterThan", 10, "LoadChunks")], "LoadAll"),
        "LoadChunks": inline_map(
            d.items("chunks"),
            "Load",
            {"Load": d.task("load", None, None, **retry)},
            ItemSelector=value,
            **into("loads"),
            Next="Announce",
        ),
        "LoadAll": d.task(
            "load", {"chunk" if d.jsonata else "chunk.$": d.reading("items")}, "Announce", into="loads"
        ),
        "Announce": {
            "Type": "Parallel",
            "Branches": notices,
            **({"Output": "{% $states.input %}"} if d.jsonata else {"ResultPath": None}),
            "Next": "Finish",
        },
        "Finish": d.shape(d.fields("batch", "count", "loads"), "Done"),
        "Done": {"Type": "Succeed"},
        "Refused": d.shape({"error": "refused"}, "Invalid"),
        "Invalid": {"Type": "Fail", "Error": "InvalidBatch", "Cause": "a check failed"},
    }
    records = [{"id": f"r{i}", "kind": "abc"[i % 3], "amount": i} for i in range(n)]
    chunks = [min(5, n - i) for i in range(0, n, 5)]
    failing = sum(i % 10 == 9 for i in range(n))
    transitions = 3 + (1 + 3 + 2) + (1 + 5 * n + failing) + 2 + (1 + len(chunks)) + (1 + 4) + 2
    expect = {"batch": "b1", "count": n, "loads": [{"loaded": size} for size in chunks]}
    return Workload(d.machine("Start", states), {"batch": "b1", "records": records}, expect, transitions)


WORKLOADS: dict[str, Callable[..., Workload]] = {
    "w1p": bare,
    "w1": chain,
    "w2": loop,
    "w3": fan,
    "w4": fan_of_tasks,
    "w5": branches,
    "w6": patience,
    "w7": etl,
}


def build(name: str, language: str, n: int | None = None, style: str = "optimized") -> Workload:
    """The workload `name` in `language` ("jsonpath" or "jsonata"), at size `n` or its usual one."""
    dialect = Dialect(language == "jsonata", style)
    return WORKLOADS[name](dialect) if n is None else WORKLOADS[name](dialect, n)
