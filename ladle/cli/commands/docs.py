"""`ladle docs`: a page about each workflow, to be committed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ladle.errors import DiagnosticError

if TYPE_CHECKING:
    from ladle.declare import Workflow
    from ladle.project import Project

__all__ = ["command"]


@click.command("docs")
@click.option("-o", "--output", "folder", default="docs/workflows", show_default=True, metavar="FOLDER",
              help="Where the pages go, from the project's root.")  # fmt: skip
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; fail when a page is not up to date."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: str, only_check: bool, as_json: bool) -> None:
    """Write a page about each workflow, with its graph, and a list of them.

    Each tells what starts the workflow, its steps, what is tried again and what takes a failure, whom an
    alert reaches, and what a run costs. Pages of workflows that are gone are removed.
    """
    from ladle.cli.paint import paint, wants_colour
    from ladle.cli.projects import load

    project = load()
    wanted = _pages(project)
    there = project.root / folder
    left_over = _left_over(there, wanted)  # by the list as it was
    states = {}
    for name, text in wanted.items():
        path = there / name
        before = path.read_text(encoding="utf-8") if path.is_file() else None
        states[name] = "missing" if before is None else "unchanged" if before == text else "stale"
        if not only_check and before != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            states[name] = "written"
    for path in left_over:
        states[path.name] = "left over"
        if not only_check:
            path.unlink()
            states[path.name] = "removed"
    old = [name for name, state in states.items() if state in ("missing", "stale", "left over")]
    if as_json:
        told = [{"path": f"{folder}/{name}", "state": state} for name, state in states.items()]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        colour = wants_colour()
        styles = {"unchanged": "dim", "written": "good", "removed": "good"}
        for name, state in states.items():
            click.echo(f"{paint(state, styles.get(state, 'bad'), colour):<9}  {folder}/{name}", color=colour)
        if old:
            click.echo("bring them up to date: ladle docs")
    if old:
        sys.exit(1)


def _pages(project: Project) -> dict[str, str]:
    """The pages by file name. Raises DiagnosticError with every problem of the project."""
    from ladle import compiler
    from ladle.cli.workflow_pages import index_page, page_file, workflow_page

    problems = list(project.diagnostics)
    found: dict[str, str] = {}
    listed: list[Workflow[..., Any]] = []
    for workflow in project.workflows.values():
        try:
            compiled = compiler.compile_workflow(workflow, root=project.root, known=project.known)
            for each, machine in compiler.with_loops(workflow, compiled):
                found[page_file(each.name)] = workflow_page(each, machine)
                listed.append(each)
        except DiagnosticError as error:
            problems += error.diagnostics
    if problems:
        raise DiagnosticError(dict.fromkeys(problems))
    return {"README.md": index_page(listed), **found}


def _left_over(folder: Path, wanted: dict[str, str]) -> list[Path]:
    """Pages that an earlier `ladle docs` wrote, by the list that it wrote of them."""
    index = folder / "README.md"
    if not index.is_file():
        return []
    text = index.read_text(encoding="utf-8")
    if not text.startswith("# Workflows\n\nWritten by `ladle docs`"):
        return []
    return [
        path for path in sorted(folder.glob("*.md")) if path.name not in wanted and f"({path.name})" in text
    ]
