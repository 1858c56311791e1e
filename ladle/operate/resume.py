"""Going on with a failed run on corrected code: where it begins, with which values, and whether it can.

A resumed run is one of its own, on a machine derived from the new code's: a Pass that restores the variables
from the old run's history, and then the state to begin with. It is the state that follows the last completed
step in the *new* machine, so that a step which was added in between runs; states that take no time (Choice,
Pass) are worked out again. What was completed is not run again, and a Parallel or a Map that was not
completed runs again as a whole.

It is refused, with the reason, where the new code does not fit the values that were recorded.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ladle.asl.model import walk
from ladle.errors import LadleError
from ladle.operate.reading import assigners, needed, reachable, reads_input
from ladle.operate.records import RunRecord
from ladle.operate.timeline import Passage, Timeline, timeline
from ladle.runtime.resumed import resumer_of
from ladle.runtime.values import STORED, lineage_of

__all__ = ["Checks", "Resumption", "plan_resume", "resumed_name", "resumer_of"]

Checks = Mapping[str, Callable[[Any], Any]]
"""For variables of the new code what raises when a value (JSON) is not of the variable's type."""

WORK: Final = frozenset({"Task", "Map", "Parallel", "Wait"})
"""The states that are not run again once they are completed; the others take no time and touch nothing."""

LARGEST_INPUT: Final = 256 * 1024
"""Bytes that the input of an execution may have (Step Functions quotas)."""

_AGAIN: Final = re.compile(r"-r\d+$")
_PATH: Final = "$states.context.Execution.Input.ladle"


@dataclass(frozen=True, slots=True)
class Resumption:
    """What resuming a run means.

    `run` is the failed one. The new one begins with `step`, after the completed step `after` (None: from the
    start), with the variables `restored`. `notes` say what a person should know before: what runs again, what
    does not run at all. `definition` and `input` are those of the new run.
    """

    run: str
    workflow: str
    step: str
    after: str | None
    restored: tuple[str, ...]
    notes: tuple[str, ...]
    definition: dict[str, Any]
    input: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it: without definition and input."""
        names = ("run", "workflow", "step", "after", "restored", "notes")
        return {name: getattr(self, name) for name in names}


def resumed_name(run: str, number: int) -> str:
    """The name of the run that resumes another one, at the so-manieth try; at most 80 characters.

    >>> resumed_name("2013-01-01-7f3a41", 1), resumed_name("2013-01-01-7f3a41-r1", 2)
    ('2013-01-01-7f3a41-r1', '2013-01-01-7f3a41-r2')
    """
    tail = f"-r{number}"
    return f"{_AGAIN.sub('', run)[: 80 - len(tail)]}{tail}"


def plan_resume(
    record: RunRecord,
    old: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    new: Mapping[str, Any],
    *,
    step: str | None = None,
    checks: Checks | None = None,
) -> Resumption:
    """Work out how a run goes on with the machine `new`.

    `old` is the machine that it ran, `events` its history. `step` asks for another place to begin with: a
    step at the top of the workflow that the run has entered. `checks` hold recorded values to the types that
    the new code gives them. Raises LadleError with the reason when the run cannot go on there.
    """
    _check_record(record, old, new)
    past = timeline(old, events)
    start, passage, notes = _beginning(record, past, old, new, step)
    values = {} if passage is None else dict(passage.before if step is not None else passage.after or {})
    if passage is not None and passage.after is None:
        values = dict(passage.before)
    wanted = needed(new, start)
    _check_values(record, past, old, new, wanted, values, checks or {})
    restored = {name: values[name] for name in sorted(wanted)}
    lineages = [lineage_of(record.arn), *(_told(past).get("lineages") or ())]
    with_input = reads_input(new["States"][start])
    completed = passage is not None and passage.after is not None and passage.kind in WORK and step is None
    if with_input and completed and passage is not None:
        _check_output(record, old["States"][passage.step], new["States"][passage.step], passage)
    definition = _machine(new, record, start, restored, lineages, with_input=with_input)
    ladle: dict[str, Any] = {
        "trigger": "resume",
        "of": record.id,
        "step": start,
        "lineages": lineages,
        "variables": restored,
        "sources": {name: _source(past, name) for name in restored},
    }
    if with_input:
        ladle["input"] = _handed_on(past, passage, step)
    given = {**(past.input if isinstance(past.input, dict) else {}), "ladle": ladle}
    if (size := len(json.dumps(given, ensure_ascii=False).encode())) > LARGEST_INPUT:
        raise LadleError(
            f"{record.id} cannot be resumed: the values to restore make an input of {size:,} bytes, and an"
            f" execution takes {LARGEST_INPUT:,}"
        )
    return Resumption(
        record.id,
        record.workflow,
        start,
        passage.step if completed and passage is not None else None,
        tuple(restored),
        (*notes, *_new_steps(past, old, new, start)),
        definition,
        given,
    )


# ------------------------------------------------------------------------------------------ where to begin


def _check_record(record: RunRecord, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    if record.status in ("RUNNING", "SUCCEEDED"):
        state = "is going on" if record.status == "RUNNING" else "succeeded"
        raise LadleError(f"{record.id} {state}: there is nothing to resume")
    if record.parent is not None:
        raise LadleError(f"{record.id} was started by {record.root}: resume that one")
    for machine in (old, new):
        if machine.get("QueryLanguage") != "JSONata":
            raise LadleError(
                f"{record.id} cannot be resumed: its machine is written in JSONPath, and only JSONata tells"
                " what a step reads"
            )


def _beginning(
    record: RunRecord, past: Timeline, old: Mapping[str, Any], new: Mapping[str, Any], step: str | None
) -> tuple[str, Passage | None, list[str]]:
    """The state to begin with, the passage whose values hold there, and what there is to say about it."""
    states, passages = new["States"], past.passages
    if step is not None:
        asked, step = step, _at_the_top(old, step)
        part = [f"{asked} is a part of {step}, which runs as a whole"] if asked != step else []
        entered = [each for each in passages if each.step == step]
        if not entered:
            known = ", ".join(dict.fromkeys(each.step for each in passages if each.kind in WORK))
            raise LadleError(f"{record.id} did not come to a step {step!r} at its top: it came to {known}")
        if step not in states:
            raise LadleError(f"{record.id} cannot begin with {step!r}: the new code has no such step")
        return step, entered[-1], [*part, f"{step} and all that follows it runs again"]
    origin = _origin(record, past)
    notes = _partly(passages[origin]) if origin < len(passages) else []
    notes += [
        f"{each.step}, which handled the failure, is not undone"
        for each in passages[origin + 1 :]
        if each.kind in WORK and each.after is not None
    ]
    last = next((n for n in range(origin - 1, -1, -1) if passages[n].kind in WORK), None)
    begun = _told(past).get("step") if _told(past).get("trigger") == "resume" else None
    if last is None and begun is not None and passages and passages[0].after is not None:
        if begun not in states:
            raise LadleError(
                f"{record.id} cannot be resumed: it began with {begun!r}, which the new code has not."
                f" Resume the run that it resumed: {_told(past).get('of')}"
            )
        return str(begun), passages[0], notes
    if last is None:
        return new["StartAt"], None, [*notes, "no step was completed: it begins anew"]
    done = passages[last]
    if done.step in states and states[done.step].get("Type") == done.kind:
        return _following(record, states[done.step], done), done, notes
    failed = passages[origin].step if origin < len(passages) else ""
    if failed in states:
        notes.append(f"the new code has no step {done.step}, the last one completed: it begins with {failed}")
        return failed, passages[origin], notes
    raise LadleError(
        f"{record.id} cannot be resumed: the new code has neither {done.step!r}, its last completed step, nor"
        f" {failed!r}, which followed. Choose another step with --from, or start it again"
    )


def _at_the_top(machine: Mapping[str, Any], step: str) -> str:
    """The Parallel or Map at the top that a step is in; a step at the top, or unknown, is its own."""
    return next((str(visit.pointer[1]) for visit in walk(machine) if visit.name == step), step)


def _origin(record: RunRecord, past: Timeline) -> int:
    """The passage that the failure came from; the number of passages where none was open."""
    passages = past.passages
    if not passages or (passages[-1].after is not None and passages[-1].kind != "Fail"):
        return len(passages)
    if passages[-1].kind != "Fail":
        return len(passages) - 1
    # A handler raised the error again, or the code raised one of its own.
    caught = [n for n, each in enumerate(passages) if each.failure is not None]
    same = [n for n in caught if passages[n].failure == record.failure]
    return (same or [len(passages) - 1])[-1]


def _partly(passage: Passage) -> list[str]:
    if passage.kind not in ("Parallel", "Map") or (passage.after is not None and passage.failure is None):
        return []
    done = ", ".join(f"{name} ({times})" if times > 1 else name for name, times in passage.inside.items())
    completed = f"; of it was completed: {done}" if done else ""
    return [f"{passage.step} was not completed and runs again as a whole{completed}"]


def _following(record: RunRecord, state: Mapping[str, Any], passage: Passage) -> str:
    """The state after one that was completed, in the new machine: by its handler where one had taken over."""
    target = state.get("Next")
    if passage.failure is not None:
        target = next(
            (
                entry["Next"]
                for entry in state.get("Catch", ())
                if {passage.failure, "States.ALL", "States.TaskFailed"} & set(entry["ErrorEquals"])
            ),
            None,
        )
        if target is None:
            raise LadleError(
                f"{record.id} cannot be resumed: {passage.step} failed with {passage.failure}, which the new"
                " code does not handle. Choose a step to begin with: --from"
            )
    if target is None:
        raise LadleError(
            f"{record.id} cannot be resumed: {passage.step}, its last completed step, is the last one of the"
            " new code. Choose a step to begin with: --from"
        )
    return str(target)


def _handed_on(past: Timeline, passage: Passage | None, step: str | None) -> Any:
    if passage is None:
        return past.input
    return passage.input if step is not None or passage.after is None else passage.output


def _new_steps(past: Timeline, old: Mapping[str, Any], new: Mapping[str, Any], start: str) -> list[str]:
    """Steps that the new code has before the place to begin with, and the old code had not."""
    states, seen = new["States"], {each.step for each in past.passages}
    later, known = set(reachable(states, start)), {visit.name for visit in walk(old)}
    found = [
        name
        for name in reachable(states, new["StartAt"])
        if name not in later and name not in known and states[name]["Type"] in WORK
    ]
    tops = {visit.name: str(visit.pointer[1]) for visit in walk(new) if visit.state.get("Type") in WORK}
    found += [name for name, top in tops.items() if top in seen - later and name not in known]
    return [f"{name} stands before it in the new code and does not run" for name in found]


# ------------------------------------------------------------------------------------------------- values


def _check_values(
    record: RunRecord,
    past: Timeline,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    wanted: Mapping[str, str],
    values: Mapping[str, Any],
    checks: Checks,
) -> None:
    problems = []
    given_by = assigners(new)
    kept = _kept(old), _kept(new)
    for name, reader in wanted.items():
        if name not in values:
            problems.append(f"{reader!r} reads `{name}`, of which the run has no value")
            continue
        source = _source(past, name)
        if source not in given_by.get(name, ()) and _numbered(name, old, new):
            problems.append(f"`{name}` is assigned by another step than {source!r} in the new code")
        elif STORED in json.dumps(values[name]):
            problems += _fields_missing(name, source, *kept)
        elif name in checks:
            try:
                checks[name](values[name])
            except LadleError as error:
                problems.append(f"`{name}` has another type in the new code: {error}")
    if problems:
        raise LadleError(
            f"{record.id} cannot be resumed on this code:\n"
            + "\n".join(f"  {problem}" for problem in problems)
            + "\nChoose an earlier step to begin with (--from), or start it again"
        )


def _check_output(
    record: RunRecord, old: Mapping[str, Any], new: Mapping[str, Any], passage: Passage
) -> None:
    """What a step hands on must be what the new code would hand on, where the next state uses it."""
    if old.get("Output") != new.get("Output"):
        raise LadleError(
            f"{record.id} cannot be resumed: in the new code {passage.step} hands on another value than it"
            " did. Choose an earlier step to begin with: --from"
        )


def _told(past: Timeline) -> Mapping[str, Any]:
    """What Ladle told the run beside its arguments."""
    told = past.input.get("ladle") if isinstance(past.input, dict) else None
    return told if isinstance(told, dict) else {}


def _source(past: Timeline, name: str) -> str:
    """The step that gave a variable its value, in this run or in one that it resumed."""
    source = past.assigned_by.get(name, "")
    restored: Mapping[str, str] = _told(past).get("sources") or {}
    first = past.passages[0].step if past.passages else None
    return restored.get(name, source) if source == first else source


def _numbered(name: str, *machines: Mapping[str, Any]) -> bool:
    """Whether a variable is one of several of its name, whose numbers may have changed with the code."""
    plain = re.compile(re.escape(re.sub(r"_\d+$", "", name)) + r"_\d+")
    return any(plain.fullmatch(other) for machine in machines for other in assigners(machine))


def _kept(machine: Mapping[str, Any]) -> dict[str, Any]:
    """What of each step's result is carried beside a reference to the stored whole (`keep`)."""
    found = {}
    for visit in walk(machine):
        arguments = visit.state.get("Arguments")
        payload = arguments.get("Payload") if isinstance(arguments, dict) else None
        told = payload.get("ladle") if isinstance(payload, dict) else None
        if isinstance(told, dict) and "keep" in told:
            found[visit.name] = told["keep"]
    return found


def _fields_missing(name: str, source: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Whether the new code's expressions read of a stored value what did not travel beside its reference."""
    steps = [source] if source in old else list(old)
    return [
        f"`{name}` is stored, and the new code reads other parts of what {step} gives than travelled with it"
        for step in steps
        if step in new and not _covers(old[step], new[step])
    ][:1]


def _covers(had: Any, wanted: Any) -> bool:
    if had is True or not wanted:
        return True
    if wanted is True or not isinstance(had, dict):
        return False
    return all(key in had and _covers(had[key], value) for key, value in wanted.items())


# ------------------------------------------------------------------------------------------- the machine


def _machine(
    new: Mapping[str, Any],
    record: RunRecord,
    start: str,
    restored: Iterable[str],
    lineages: list[str],
    *,
    with_input: bool,
) -> dict[str, Any]:
    """The new machine with a beginning of its own, without the states that it cannot come to: AWS refuses
    those."""
    found = copy.deepcopy(dict(new))
    states = {name: found["States"][name] for name in reachable(found["States"], start)}
    first = _unused(f"resume at {start}"[:80], found)
    found |= {
        "Comment": f"Resumes runs of {record.workflow} at {start}",
        "StartAt": first,
        "States": {first: _restoring(restored, start, with_input=with_input), **states},
    }
    for visit in walk(found):
        arguments = visit.state.get("Arguments")
        payload = arguments.get("Payload") if isinstance(arguments, dict) else None
        told = payload.get("ladle") if isinstance(payload, dict) else None
        if isinstance(told, dict):
            told["lineages"] = lineages
    return found


def _restoring(restored: Iterable[str], start: str, *, with_input: bool) -> dict[str, Any]:
    state: dict[str, Any] = {"Type": "Pass", "Comment": "Restores the values that the failed run had here."}
    if assign := {name: f"{{% {_PATH}.variables.{name} %}}" for name in restored}:
        state["Assign"] = assign
    if with_input:
        state["Output"] = f"{{% {_PATH}.input %}}"
    return {**state, "Next": start}


def _unused(name: str, machine: Mapping[str, Any]) -> str:
    taken = {visit.name for visit in walk(machine)}
    return name if name not in taken else f"resume {len(taken)}"
