"""`ladle check`: problems in workflows and in state machine definitions."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ladle.cli import completing
from ladle.errors import Diagnostic

__all__ = ["command"]


@click.command("check")
@click.argument(
    "targets", nargs=-1, metavar="[WORKFLOW | FILE.asl.json]...", shell_complete=completing.workflows
)
@click.option("--express", is_flag=True, help="Judge the named files as Express machines.")
@click.option("--budgets", is_flag=True, help="Show what a run of each workflow may cost, and its limits.")
@click.option("--errors", is_flag=True, help="Show which errors can leave each workflow, and from where.")
@click.option("--strict", is_flag=True, help="Let warnings fail, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    targets: tuple[str, ...], express: bool, budgets: bool, errors: bool, strict: bool, as_json: bool
) -> None:
    """Look for problems, all of them at once.

    Without arguments: in the project's workflows, the machines that they compile to, and hand-written
    *.asl.json files. With names or paths: only in those.

    Errors make the command fail, warnings only with --strict, or where pyproject.toml says `strict = true`
    under [tool.ladle.check]. A comment `# ladle: ignore[CODE]` silences a warning of its line.

    --budgets shows for each workflow the transitions, dollars and events of a run, how many items fill its
    history, and how many calls run at once; --errors the errors that no handler takes, with who raises
    them. --json has both always.
    """
    from ladle.cli.budgets import budget_data, budget_text
    from ladle.cli.checking import Checked, check_workflows
    from ladle.cli.definitions import hand_made, judged, read_definition
    from ladle.cli.diagnostics import as_data, print_all
    from ladle.cli.escaping import escapes_data, escapes_text
    from ladle.cli.lsp import by_file
    from ladle.cli.paint import paint, plural, wants_colour
    from ladle.cli.settings import CheckSettings, check_settings

    settings = CheckSettings()
    files = [target for target in targets if target.endswith(".json")]
    names = [target for target in targets if target not in files]
    found: list[Diagnostic] = []
    counted: list[str] = []
    root = Path.cwd()
    checked = Checked([], {}, {})
    if names or not targets:
        from ladle.cli.projects import load

        project = load()
        root = project.root
        settings = check_settings(root)
        found += project.diagnostics
        workflows = [project.workflow(name) for name in names] or list(project.workflows.values())
        checked = check_workflows(project, workflows)
        found += checked.problems
        counted.append(plural(len(workflows), "workflow"))
        if not names:
            others = hand_made(root, workflows, checked.loops)
            for path in others:
                found += judged(read_definition(path), path.relative_to(root).as_posix())
            counted += [plural(len(others), "state machine")] if others else []
    for file in files:
        path = Path.cwd() / file
        shown = path.resolve().relative_to(root) if path.resolve().is_relative_to(root) else path
        found += judged(read_definition(path), shown.as_posix(), "EXPRESS" if express else "STANDARD")
    counted += [plural(len(files), "file")] if files else []
    found = [each for each in found if each.severity == "error" or each.code not in settings.ignore]
    found = list(dict.fromkeys(found))  # a task's problems are found with it, and where it is called
    where = " and ".join(counted)
    if as_json:
        data = {
            "checked": where,
            "problems": [as_data(each) for each in found],
            "files": by_file(found, root),
            "workflows": [
                {
                    "name": name,
                    "budget": budget_data(report, checked.reports),
                    "errors": escapes_data(checked.escapes.get(name, ())),
                }
                for name, report in checked.reports.items()
            ],
        }
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        sys.exit(_exit_code(found, strict or settings.strict))
    if budgets:
        for report in checked.reports.values():
            click.echo("\n".join(budget_text(report, checked.reports, wants_colour())) + "\n")
    if errors:
        for name, escapes in checked.escapes.items():
            click.echo("\n".join(escapes_text(name, escapes, wants_colour())) + "\n")
    if found:
        print_all(found, root, where)
    else:
        click.echo(f"{paint('no problems', 'good', wants_colour())} in {where}")
    sys.exit(_exit_code(found, strict or settings.strict))


def _exit_code(found: list[Diagnostic], strict: bool) -> int:
    return int(any(strict or each.severity == "error" for each in found))
