"""`ladle run`: a workflow, here, now."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ladle.cli import completing
from ladle.errors import DiagnosticError, LadleError

if TYPE_CHECKING:
    from ladle.cli.live import Watch
    from ladle.declare import Workflow
    from ladle.engine import Machine
    from ladle.local.answers import Answer, Question
    from ladle.local.session import LocalSession

__all__ = ["command"]


@click.command("run")
@click.argument("workflow", metavar="WORKFLOW | FILE.asl.json", shell_complete=completing.workflows)
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "--input", "given", metavar="JSON|@FILE|-", help="The input: JSON, a file of it, or - for stdin."
)
@click.option("--event", metavar="S3_URI", help="The upload that starts it: s3://bucket/key.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="TASK=JSON",
    help="Answers a task that waits: =JSON, =@FILE, ='!Error: cause', =!silence. Repeat for more calls.",
)
@click.option("--name", help="The run's id; made from what starts it when left out.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of jitter, random numbers and ids.")
@click.option(
    "--aws",
    type=click.Choice(["memory", "real"]),
    default="memory",
    show_default=True,
    help="What boto3 in tasks reaches: an AWS in memory, or your own account.",
)
@click.option(
    "--stage", default="local", show_default=True, help="Which infra/<stage>.toml names the buckets."
)
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON when it has ended.")
def command(
    workflow: str,
    arguments: tuple[str, ...],
    given: str | None,
    event: str | None,
    answers: tuple[str, ...],
    name: str | None,
    seed: int,
    aws: str,
    stage: str,
    as_json: bool,
) -> None:
    """Run WORKFLOW here: tasks in this process, AWS in memory, waiting skipped.

    \b
    ladle run daily_delays --event s3://landing/flights/2013-01-01.csv
    ladle run monthly_report scheduled_for=2013-02-01T06:00:00Z last_day=7

    A state machine that a person wrote runs as well; its input is not checked.
    """
    from ladle.cli.ending import tell_end, watch_for
    from ladle.local.answers import Answers, parse_answers
    from ladle.local.door import check_input
    from ladle.local.session import LocalSession

    watch = watch_for(as_json)
    if aws == "real":
        click.echo(_warning(stage), err=True)
    answering = Answers(parse_answers(answers), lambda question: _ask(question, watch, as_json))
    with LocalSession.open(stage=stage, aws=aws, seed=seed, answers=answering) as session:
        if session.project.diagnostics:
            raise DiagnosticError(session.project.diagnostics)
        if workflow.endswith(".json"):
            machine, value, via = _written(session, workflow, arguments, given, event)
        else:
            found = session.project.workflow(workflow)
            value, via = _input(session, found, arguments, given, event)
            value = check_input(found, value)
            machine = session.machine(found)
        via["options"] = [*_options(answers, seed, aws, stage)]
        try:
            with watch.watching():
                record = session.run_machine(
                    machine,
                    value,
                    name=name,
                    via=via,
                    listener=watch,
                    announce=lambda run, _: watch.begin(run, machine.name),
                )
        except KeyboardInterrupt:
            if watch.run:
                watch.say(f"interrupted, what it did is kept: ladle show {watch.run}")
            raise
        tell_end(session, record, watch, as_json)
    if record.status != "SUCCEEDED":
        sys.exit(1)


def _warning(stage: str) -> str:
    import os

    who = os.environ.get("AWS_PROFILE") or (
        "the keys of the environment" if "AWS_ACCESS_KEY_ID" in os.environ else "the default profile"
    )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "the profile's region"
    return (
        f"--aws real: tasks reach your own AWS account ({who}, {region}; names of stage {stage!r}). "
        "What they write there, they really write."
    )


def _input(
    session: LocalSession,
    workflow: Workflow[..., Any],
    arguments: tuple[str, ...],
    given: str | None,
    event: str | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The input and what started the run, from the words of the command line."""
    from ladle.local.door import S3Object, fill_from_upload, input_from_words

    more: dict[str, Any] = {}
    if given is not None:
        value = _read_json(given)
        if not isinstance(value, dict):
            raise LadleError(f"--input must be a JSON object, got {json.dumps(value)[:80]}")
        more |= value
    more |= input_from_words(workflow, arguments)
    if event is None:
        via = {"kind": "input"}
        if isinstance(more.get("scheduled_for"), str):
            via["scheduled_for"] = more["scheduled_for"]
        return more, via
    scheme, _, rest = event.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        raise LadleError(f"--event {event!r}: an upload is written s3://bucket/key")
    bucket = session.stage.bucket(bucket)
    stored = session.head(bucket, key)
    if stored is None:
        raise LadleError(_not_there(session, bucket, key))
    found = S3Object(bucket, key, stored.size, stored.etag, stored.version_id)
    via_upload = {
        "kind": "S3Upload",
        "uri": f"s3://{bucket}/{key}",
        "bucket": bucket,
        "key": key,
        "more": more,
    }
    return fill_from_upload(workflow, found, session.stage, more), via_upload


def _written(
    session: LocalSession,
    file: str,
    arguments: tuple[str, ...],
    given: str | None,
    event: str | None,
) -> tuple[Machine, Any, dict[str, Any]]:
    """The machine of a file, its input, and what started it."""
    from ladle.cli.definitions import judged, read_definition

    if arguments or event is not None:
        raise LadleError(f"{file}: a state machine has no typed parameters: give its input with --input")
    text = read_definition(Path(file))
    errors = [each for each in judged(text, file) if each.severity == "error"]
    if errors:
        raise DiagnosticError(errors)
    value = {} if given is None else _read_json(given)
    name = Path(file).name.removesuffix(".json").removesuffix(".asl")
    return session.written_machine(name, text), value, {"kind": "file", "file": file}


def _not_there(session: LocalSession, bucket: str, key: str) -> str:
    from difflib import get_close_matches

    text = f"there is no object s3://{bucket}/{key}"
    if session.memory is None:
        return text
    keys = [o.key for o in session.memory.objects() if o.bucket == bucket]
    near = get_close_matches(key, keys, n=1)
    if near:
        return f"{text}; did you mean s3://{bucket}/{near[0]}?"
    folder = dict(session.stage.files)
    filled = next((folder[name] for name in folder if session.stage.bucket(name) == bucket), None)
    if filled:
        return f"{text}: the bucket is filled from {filled}/ (infra/local.toml, [local.files])"
    return f"{text}: nothing fills that bucket; name a folder for it in infra/local.toml, [local.files]"


def _read_json(text: str) -> Any:
    where = "--input"
    try:
        if text == "-":
            where = "--input - (stdin)"
            text = sys.stdin.read()
        elif text.startswith("@"):
            where = f"--input {text}"
            text = Path(text[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LadleError(f"{where}: {error}") from None
    try:
        return json.loads(text)
    except ValueError as error:
        raise LadleError(f"{where}: not JSON: {error}") from None


def _options(answers: tuple[str, ...], seed: int, aws: str, stage: str) -> list[str]:
    """The options that the same run needs again."""
    words = [word for answer in answers for word in ("--answer", answer)]
    words += ["--seed", str(seed)] if seed else []
    words += ["--aws", aws] if aws != "memory" else []
    return words + (["--stage", stage] if stage != "local" else [])


# --------------------------------------------------------------------------------------------- answering


def _ask(question: Question, watch: Watch, as_json: bool) -> Answer | None:
    """Ask the person at the terminal; None when there is none."""
    from ladle.cli.paint import is_terminal, paint

    if as_json or not (is_terminal(watch.stream) and sys.stdin.isatty()):
        return None
    with watch.paused():
        watch.say(f"\n{paint(question.task, 'bold', watch.colour)} waits for an answer ({question.expected})")
        for name, value in question.arguments.items():
            watch.say(f"  {name}: {json.dumps(value, ensure_ascii=False)[:200]}")
        while True:
            watch.stream.write("answer (JSON, or !Error: cause): ")
            watch.stream.flush()
            line = sys.stdin.readline()
            if not line:
                return None
            try:
                return _understood(line.strip(), question)
            except LadleError as error:
                watch.say(f"  {error}")


def _understood(text: str, question: Question) -> Answer:
    from ladle.local.answers import parse_answers

    (answer,) = parse_answers([f"{question.task}={text}"])[question.task]
    if answer.error is None and not answer.silent:
        question.check(answer.value)
    return answer
