"""`ladle replay`: a recorded run again, here, with the results that its tasks gave."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ladle.cli import completing
from ladle.errors import DiagnosticError, LadleError

if TYPE_CHECKING:
    from ladle.local.replay import Difference
    from ladle.operate.recording import Recording
    from ladle.operate.records import RunRecord

__all__ = ["command"]


@click.command("replay")
@click.argument("target", metavar="RUN | WORKFLOW", required=False, shell_complete=completing.workflows)
@click.option("--stage", metavar="NAME", help="A run of a deployed stage, instead of one made here.")
@click.option("--from", "step", metavar="STEP", help="Call the tasks for real from this step (or task) on.")
@click.option("--pdb", "debug", is_flag=True, help="With --from: stop in the debugger where the step begins.")
@click.option("--aws", type=click.Choice(["memory", "real"]), default="memory", show_default=True,
              help="With --from: what boto3 in tasks reaches.")  # fmt: skip
@click.option("--save", "file", metavar="FILE", help="Write the run to FILE, a test that pytest runs.")
@click.option("--as-it-went", is_flag=True, help="With --save: a run that failed shall fail the same way.")
@click.option("--against", metavar="REVISION", help="Judge newer code: HEAD, a branch, or . for this folder.")
@click.option(
    "--last", "number", type=click.IntRange(1), metavar="N", help="With --against: the last N runs."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    target: str | None,
    stage: str | None,
    step: str | None,
    debug: bool,
    aws: str,
    file: str | None,
    as_it_went: bool,
    against: str | None,
    number: int | None,
    as_json: bool,
) -> None:
    """Run RUN again, here: the workflow for real, with the results that its tasks gave then.

    Alone, it says whether the run goes the same way, state by state, or where the ways part. With --from,
    the present code runs for real from a step on, with what the run gave it. With --against, newer code is
    judged by the calls that it would make.

    \b
    ladle replay 7f3a41
    ladle replay last --stage prod --from load_day --pdb
    ladle replay last --stage prod --save tests/runs/torn_file.run.json
    ladle replay --against HEAD --last 50 --stage prod

    Exits with 1 when a run goes, or ends, another way than it should.
    """
    chosen = [name for name, given in (("--from", step), ("--save", file), ("--against", against)) if given]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} do not go together")
    for name, given, needs, there in (
        ("--pdb", debug, "--from", step),
        ("--as-it-went", as_it_went, "--save", file),
        ("--last", number, "--against", against),
    ):
        if given and not there:
            raise click.UsageError(f"{name} goes with {needs}")
    if against is not None:
        from ladle.cli.judging import judge

        judge(against, target, stage, number, as_json)
        return
    if target is None:
        raise click.UsageError("which run? `ladle runs` lists them; `last` is the newest")
    if file is not None:
        _save(target, stage, Path(file), as_it_went, as_json)
    elif step is not None:
        _go_on(target, stage, step, debug, aws, as_json)
    else:
        _same_code(target, stage, as_json)


# -------------------------------------------------------------------------------------- the recorded code


def _same_code(target: str, stage: str | None, as_json: bool) -> None:
    from ladle.cli.accounts import runs_of
    from ladle.cli.paint import paint, plural, wants_colour
    from ladle.local.replay import replay
    from ladle.operate.recording import record

    with runs_of(stage) as store:
        run = store.find(target)
        definition = store.definition(run.id)
        recording = record(definition, store.events(run.id))
    found = replay(recording, definition, run.arn)
    states = sum(moment.what == "entered" for moment in recording.moments)
    calls = len(recording.calls)
    if as_json:
        told = {
            "run": run.id,
            "workflow": run.workflow,
            "same": found.difference is None,
            "states": states,
            "calls": calls,
            "difference": None if found.difference is None else found.difference.as_json(),
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        colour = wants_colour()
        click.echo(f"{paint(run.workflow, 'bold', colour)}  run {run.id}", color=colour)
        if found.difference is None:
            end = run.status.lower().replace("_", " ")
            passed, made = plural(states, "state"), plural(calls, "call")
            click.echo(f"goes the same way: {passed}, {made}, {end}", color=colour)
        else:
            for line in _difference_lines(found.difference, colour):
                click.echo(line, color=colour)
    if found.difference is not None:
        sys.exit(1)


def _difference_lines(difference: Difference, colour: bool) -> Iterable[str]:
    from ladle.cli.paint import paint

    where = f" at {difference.place}" if difference.place is not None else ""
    event = f" (event {difference.event})" if difference.event is not None else ""
    yield paint(f"goes another way{where}", "bad", colour) + f": {difference.what}{event}"
    yield f"  then  {difference.then}"
    yield f"  now   {difference.now}"


# --------------------------------------------------------------------------------------- the present code


def _go_on(target: str, stage: str | None, step: str, debug: bool, aws: str, as_json: bool) -> None:
    from ladle.cli.live import LineWatch, LiveWatch, SilentWatch
    from ladle.cli.paint import is_terminal
    from ladle.cli.recorded import recorded
    from ladle.local.replay import go_on
    from ladle.local.session import LocalSession
    from ladle.operate.records import TaskLog

    run, recording = recorded(target, stage)
    watch = (
        SilentWatch(sys.stdout)
        if as_json
        else LiveWatch(sys.stdout)
        if is_terminal() and not debug
        else LineWatch(sys.stdout)
    )
    logs: list[TaskLog] = []
    with LocalSession.open(aws=aws, stage=stage if stage and aws == "real" else "local") as session:
        if session.project.diagnostics:
            raise DiagnosticError(session.project.diagnostics)
        watch.begin(run.id, run.workflow)
        with watch.watching():
            found = go_on(
                session,
                run.workflow,
                recording,
                run.arn,
                step,
                lambda _, __, log: logs.append(log),
                listener=watch,
                debug=debug,
            )
    ended = found.recording
    if as_json:
        told = {
            "run": run.id,
            "workflow": run.workflow,
            "from": step,
            "status": ended.status,
            "output": ended.output,
            "error": ended.error,
            "cause": ended.cause,
            "called": list(found.live),
            "calls": [{name: getattr(log, name) for name in type(log).__slots__} for log in logs],
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _tell_end(run, ended, logs, watch)
    if ended.status != "SUCCEEDED":
        sys.exit(1)


def _tell_end(run: RunRecord, ended: Recording, logs: list[Any], watch: Any) -> None:
    from ladle.cli.report import failure_lines, result_lines, verdict

    for line in watch.final():
        watch.say(line)
    record = replace(
        run,
        status=ended.status,
        output=ended.output,
        error=ended.error,
        cause=ended.cause,
        started=ended.started / 1000,
        stopped=(ended.ended or ended.started) / 1000,
        transitions=watch.progress.transitions,
        nested_transitions=0,
    )
    if ended.status != "SUCCEEDED":
        for line in failure_lines(record, watch.progress, logs, watch.colour):
            watch.say(line)
        watch.say("")
    watch.say(verdict(record, (), watch.progress, watch.rows, watch.colour))
    if ended.status == "SUCCEEDED":
        for line in result_lines(record, (), watch.colour):
            watch.say(line)


def _save(target: str, stage: str | None, file: Path, as_it_went: bool, as_json: bool) -> None:
    from ladle.cli.paint import plural
    from ladle.cli.recorded import recorded
    from ladle.local.replay import SUFFIX, case_of

    run, recording = recorded(target, stage)
    if run.status == "RUNNING":
        raise LadleError(f"{run.id} is going on: save it when it has ended")
    if run.trigger == "resume":
        first = (run.via or {}).get("of") or "the run that it resumed"
        raise LadleError(f"{run.id} began in the middle, where {first} had failed: save that one")
    if not file.name.endswith(SUFFIX):
        raise LadleError(f"{file}: pytest finds the file by its name: let it end in {SUFFIX}")
    case = case_of(run.workflow, run.arn, recording, as_it_went=as_it_went)
    text = json.dumps(case.as_json(), indent=1, ensure_ascii=False) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
    expected = {name: value for name, value in case.expected.items() if name != "output"}
    left_out = len(recording.calls) - len(case.recording.calls)
    stored = text.count('"ladle:stored"')
    if as_json:
        told = {
            "file": str(file),
            "calls": len(case.recording.calls),
            "left_out": left_out,
            "expected": expected,
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    wanted = ", ".join(f"{name} {value}" for name, value in expected.items())
    click.echo(
        f"{file}: {plural(len(case.recording.calls), 'result')} of tasks; the run shall end with {wanted}"
    )
    if left_out:
        calls, they = ("1 call is", "the one") if left_out == 1 else (f"{left_out} calls are", "those")
        click.echo(f"{calls} left out, which the test makes for real: {they} that failed the run")
    if stored:
        click.echo(
            "its large values are in their bucket, the file has references: a task that needs one fails"
        )
    click.echo(f'run it: pytest {file}  (conftest.py: pytest_plugins = ["ladle.testing.pytest_plugin"])')
