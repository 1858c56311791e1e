"""What doing something would mean: what runs again, what is kept, what it costs, the command that does it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ladle.errors import LadleError
from ladle.operate.records import ENDED, RunRecord, price_of
from ladle.operate.slots import Slot, instant, slots
from ladle.web.ends import End
from ladle.web.http import Refusal
from ladle.web.loaded import Loaded, load

__all__ = ["PLANS", "Plan", "slots_of"]

MOST_SLOTS: Final = 1000
"""So many times one backfill from the page may have; the command has no such limit."""
SAMPLE: Final = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """A confirmation. `confirm` is what the button says; `ok` is false where it cannot be done, for `reason`.

    `cost` is in US dollars, an estimate by the last runs; None where nothing tells.
    """

    title: str
    text: str
    confirm: str
    command: str
    facts: Sequence[tuple[str, str]] = ()
    again: Sequence[str] = ()
    kept: Sequence[str] = ()
    warnings: Sequence[str] = ()
    cost: float | None = None
    ok: bool = True
    reason: str | None = None
    state: Sequence[Any] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """As the page takes it."""
        return {
            "title": self.title,
            "text": self.text,
            "facts": [list(fact) for fact in self.facts],
            "again": list(self.again),
            "kept": list(self.kept),
            "warnings": list(self.warnings),
            "cost": self.cost,
            "command": self.command,
            "confirm": self.confirm,
            "ok": self.ok,
            "reason": self.reason,
        }

    def essence(self) -> list[Any]:
        """What must still be so when it is done."""
        return [self.title, self.confirm, self.ok, list(self.again), list(self.state)]


def _refused(plan: Plan, reason: str) -> Plan:
    return Plan(plan.title, plan.text, plan.confirm, plan.command, ok=False, reason=reason)


def _run(end: End, given: Mapping[str, Any]) -> Loaded:
    run = given.get("run")
    if not isinstance(run, str) or not run:
        raise Refusal(400, "`run` is missing")
    return load(end, run)


def _flag(given: Mapping[str, Any], name: str) -> bool:
    return given.get(name) in (True, "true", "1")


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(400, f"`{name}` is missing")
    return value


def _each(end: End, workflow: str) -> float | None:
    """What a run of the workflow costs, by the last ones that succeeded."""
    if not end.is_local:
        return None
    sample = [
        r.billed for r in end.runs.runs(workflow=workflow, status="SUCCEEDED", limit=SAMPLE) if r.billed
    ]
    return price_of(1) * sum(sample) / len(sample) if sample else None


# ------------------------------------------------------------------------------------------- start and stop


def _start(end: End, given: Mapping[str, Any]) -> Plan:
    workflow = _text(given, "workflow")
    facts = end.workflows.get(workflow)
    if facts is None:
        raise Refusal(404, f"there is no workflow {workflow!r}")
    values = given.get("input") or {}
    if not isinstance(values, dict):
        raise Refusal(400, "`input` is to be a JSON object")
    words = ["ladle", "start", workflow]
    words += [
        f"{n}={v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)}" for n, v in values.items()
    ]
    if given.get("name"):
        words += ["--name", str(given["name"])]
    takes = ", ".join(f"{each['name']}: {each['type']}" for each in facts.parameters)
    plan = Plan(
        f"Start {workflow}",
        f"Checked against the annotations of {workflow}({takes}).",
        "Start",
        shlex.join(words) + end.option,
        again=[],
        cost=_each(end, workflow),
    )
    missing = [p["name"] for p in facts.parameters if p["required"] and p["name"] not in values]
    if missing:
        return _refused(plan, f"missing: {', '.join(missing)}")
    if end.check is not None:
        try:
            end.check(workflow, values)
        except LadleError as error:
            return _refused(plan, str(error))
    return plan


def _stop(end: End, given: Mapping[str, Any]) -> Plan:
    loaded = _run(end, given)
    record = loaded.record
    plan = Plan(
        "Stop this run",
        "Steps that are running are cut off, and nothing after them starts. Work that is done stays done.",
        "Stop the run",
        shlex.join(["ladle", "stop", record.id]) + end.option,
        warnings=["A function that runs goes on until it returns; its result is not taken."],
        kept=["a stopped run can be redriven from where it stopped"],
        cost=0.0,
        state=[record.status],
    )
    if record.status in ENDED:
        return _refused(plan, f"it has ended already: {record.status.lower().replace('_', ' ')}")
    return plan


# --------------------------------------------------------------------------------------- redrive and resume


def _redrive(end: End, given: Mapping[str, Any]) -> Plan:
    loaded = _run(end, given)
    record = loaded.record
    rows = [row for row in loaded.timeline().rows if row["item"] is None]
    again, kept = _parted(rows)
    warnings = [
        "The state machine is the one that the run began with; the functions that it calls are those of now. "
        "Where the cause lies in the workflow itself, resume takes its present code."
    ]
    if (raised := _raised(loaded)) is not None:
        warnings.insert(
            0, f"The run ended in the Fail state {raised!r}: a redrive enters it again and fails again."
        )
    each = _each(end, record.workflow)
    share = len(again) / max(1, len(again) + len(kept))
    plan = Plan(
        "Redrive this run",
        "Goes on from the steps that did not succeed, on the same state machine.",
        "Redrive",
        shlex.join(["ladle", "redrive", record.id]) + end.option,
        [("Code", f"{loaded.drawing.version}, unchanged")],
        again,
        kept,
        warnings,
        None if each is None else round(each * share, 9),
        state=[record.status, record.redrives],
    )
    return _refused(plan, why) if (why := _not_failed(record)) else plan


def _parted(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """The steps that would run, and those that are kept; of a Map, its items."""
    again: list[str] = []
    kept: list[str] = []
    for row in rows:
        status, held = row["status"], row["map"]
        if status in ("succeeded", "retried", "caught"):
            kept.append(row["label"])
        elif held and held["done"] and row["kind"] == "Map":
            left = held["total"] - held["done"]
            again.append(f"{row['label']}, its {left:,} items that did not succeed")
            kept.append(f"{held['done']:,} items of {row['label']}")
        elif status != "pending":
            again.append(row["label"])
    going_on = [row["label"] for row in rows if row["status"] == "pending" and row["kind"] != "Fail"]
    return [*again, *(f"then {label}" for label in going_on)], kept


def _raised(loaded: Loaded) -> str | None:
    """The Fail state at the top in which the run ended."""
    for name, visits in loaded.history.visits.items():
        if any(visit.kind == "Fail" and visit.scope.owner is None for visit in visits):
            return name
    return None


def _not_failed(record: RunRecord) -> str | None:
    if record.parent is not None or "/" in record.workflow:
        return "it is part of another run: redrive that one, which redrives this one if need be"
    if record.status == "RUNNING":
        return "it is going on"
    return "it succeeded" if record.status == "SUCCEEDED" else None


def _resume(end: End, given: Mapping[str, Any]) -> Plan:
    loaded = _run(end, given)
    record = loaded.record
    step = given.get("step") or None
    words = ["ladle", "resume", record.id, *(["--from", str(step)] if step else [])]
    plan = Plan(
        "Resume on the present code",
        "A new run begins after the last completed step at the top, with the recorded values.",
        "Resume",
        shlex.join(words) + end.option,
        state=[record.status],
    )
    if why := _not_failed(record):
        return _refused(plan, why)
    if end.actions is None:
        return _refused(plan, f"this page only reads {end.name}")
    try:
        found = end.actions.plan_resume(record.id, step)
    except LadleError as error:
        return _refused(plan, str(error))
    rows = [row for row in loaded.timeline().rows if row["item"] is None and row["depth"] == 0]
    kept = [row["label"] for row in rows if _is_done(loaded, row["step"])]
    again = [row["label"] for row in rows if row["label"] not in kept and row["status"] != "pending"]
    each = _each(end, record.workflow)
    return Plan(
        plan.title,
        plan.text,
        plan.confirm,
        plan.command,
        [
            ("Begins with", found.step),
            ("After", found.after or "the start"),
            ("Restores", ", ".join(found.restored) or "nothing"),
            ("Code of the failed run", loaded.drawing.version),
        ],
        [found.step, *(label for label in again if label != found.step)],
        kept,
        list(found.notes),
        None if each is None else round(each * (1 - len(kept) / max(1, len(rows))), 9),
        state=[record.status, found.step, list(found.restored)],
    )


def _is_done(loaded: Loaded, step: str) -> bool:
    """Whether the step at the top that a state is in was completed: a Parallel runs again as a whole."""
    parents = loaded.drawing.parents
    while step in parents:
        step = parents[step]
    visits = loaded.history.visits.get(step, [])
    return bool(visits) and visits[-1].status in ("succeeded", "retried", "caught")


# ------------------------------------------------------------------------------------------------- backfill


def slots_of(end: End, given: Mapping[str, Any]) -> tuple[list[Slot], list[Slot]]:
    """The times of a backfill, and those of them that have no run yet, in the order asked for."""
    workflow = _text(given, "workflow")
    facts = end.workflows.get(workflow)
    if facts is None:
        raise Refusal(404, f"there is no workflow {workflow!r}")
    begin, last = instant(_text(given, "from"), "from"), instant(_text(given, "to"), "to")
    found = slots(facts, begin, last)
    there = end.runs.named(workflow, [slot.run for slot in found], since=begin.timestamp())
    missing = [slot for slot in found if slot.run not in there]
    return found, missing[::-1] if _flag(given, "newest_first") else missing


def _backfill(end: End, given: Mapping[str, Any]) -> Plan:
    workflow = _text(given, "workflow")
    concurrency = given.get("concurrency") or 1
    if not str(concurrency).isdigit() or not 1 <= int(concurrency) <= 100:
        raise Refusal(400, "`concurrency` is to be a whole number from 1 to 100")
    words = ["ladle", "backfill", workflow, "--from", _text(given, "from"), "--to", _text(given, "to")]
    words += ["--concurrency", str(concurrency)]
    words += ["--newest-first"] if _flag(given, "newest_first") else []
    title, command = f"Backfill {workflow}", shlex.join(words) + end.option
    text = "One run for each time of its schedules, named after it: where there is a run, none starts."
    try:
        found, missing = slots_of(end, given)
    except LadleError as error:
        return Plan(title, text, "Start", command, ok=False, reason=str(error))
    each = _each(end, workflow)
    plan = Plan(
        title,
        text,
        f"Start {len(missing)} {'run' if len(missing) == 1 else 'runs'}",
        command,
        [
            ("Times", f"{len(found):,}"),
            ("Have a run", f"{len(found) - len(missing):,}"),
            ("At once", str(concurrency)),
        ],
        [slot.written for slot in missing[:20]]
        + ([f"and {len(missing) - 20:,} more"] if len(missing) > 20 else []),
        [f"{len(found) - len(missing):,} runs that are there"] if len(found) > len(missing) else [],
        cost=None if each is None else round(each * len(missing), 9),
        state=[slot.run for slot in missing],
    )
    if not missing:
        return _refused(
            plan, "no time between these has no run" if found else "no time of a schedule is between these"
        )
    if len(missing) > MOST_SLOTS:
        return _refused(
            plan, f"that is more than {MOST_SLOTS:,} runs: use the command, which can be broken off"
        )
    return plan


PLANS: Final[Mapping[str, Callable[[End, Mapping[str, Any]], Plan]]] = {
    "start": _start,
    "stop": _stop,
    "redrive": _redrive,
    "resume": _resume,
    "backfill": _backfill,
}
