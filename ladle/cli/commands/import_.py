"""`ladle import`: a hand-written state machine as a Ladle workflow."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from ladle.errors import DiagnosticError, LadleError

__all__ = ["command"]


@click.command("import")
@click.argument("file", metavar="FILE.asl.json")
@click.option("--name", help="The workflow's; made from the file's when left out.")
@click.option("-o", "--output", metavar="FILE.py", help="Where the module goes; printed when left out.")
@click.option("--example", metavar="FILE", help="An input of the machine (JSON), which shows its types.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(file: str, name: str | None, output: str | None, example: str | None, as_json: bool) -> None:
    """Write the Ladle function that compiles to a state machine equivalent to FILE.

    \b
    ladle import old/order.asl.json -o statemachines/order.py

    Calls of the project's own tasks and workflows are calls of them; for every other Lambda function there is
    a task, whose code is still to be put in. Types are what the machine's use of values shows, `Any`
    elsewhere: narrow them. What has no exact Python is refused, state by state, and nothing is written.
    """
    from ladle.cli.definitions import judged, read_definition
    from ladle.importing import import_machine
    from ladle.importing.shapes import identifier

    text = read_definition(Path(file))
    problems = [each for each in judged(text, file) if each.severity == "error"]
    if problems:
        raise DiagnosticError(problems)
    name = name or identifier(Path(file).name.removesuffix(".json").removesuffix(".asl"), "workflow")
    if not name.isidentifier():
        raise LadleError(f"--name {name!r}: the workflow is a Python function, and this is no name of one")
    found = import_machine(
        json.loads(text), name, _known(), source=Path(file).name, example=_example(example)
    )
    if found.problems:
        listed = "\n".join(f"  {each.state}: {each.message}" for each in found.problems)
        raise LadleError(f"{file} cannot be written as a workflow:\n{listed}")
    if output is not None:
        path = Path(output)
        if path.exists():
            raise LadleError(f"{output} is there already: name another file, or remove it")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found.text, encoding="utf-8", newline="\n")
    if as_json:
        told = {"name": name, "file": output, "notes": list(found.notes), "text": found.text}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if output is None:
        click.echo(found.text, nl=False)
    else:
        click.echo(f"{output}: look at it, put the code of its tasks in, and then: ladle check")
    for note in found.notes:
        click.echo(f"note: {note}", file=sys.stderr)


def _known() -> dict[str, str]:
    """The modules of the project's tasks and workflows by name; none outside of a project."""
    from ladle.cli.projects import load

    try:
        project = load()
    except LadleError:
        return {}
    return {each.name: each.module for each in project.known.values() if each.name == each.__name__}


def _example(file: str | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LadleError(f"--example {file}: {error}") from None
    if not isinstance(found, dict):
        raise LadleError(f"--example {file}: an input is a JSON object")
    return found
