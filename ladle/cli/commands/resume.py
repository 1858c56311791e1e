"""`ladle resume`: go on with a failed run on corrected code."""

from __future__ import annotations

import json

import click

from ladle.cli import completing

__all__ = ["command"]


@click.command("resume")
@click.argument("run", shell_complete=completing.runs)
@click.option("--stage", metavar="NAME", help="On a deployed stage, instead of on this machine.")
@click.option("--from", "step", metavar="STEP", help="Begin with this step, which the run has come to.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(run: str, stage: str | None, step: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Go on with RUN, which failed, on the code as it is now, after its last completed step.

    \b
    ladle resume 7f3a41 --dry-run
    ladle resume 7f3a41 --stage prod          (after chalice deploy)
    ladle resume 7f3a41 --from load_day

    The values that the run had worked out are taken from its history; completed steps do not run again. A
    Parallel or a Map that was not completed runs again as a whole. It becomes a run of its own, and is
    refused where the new code does not fit what was recorded.
    """
    from ladle.cli.doing import confirm, doing, plan_lines, shown_at

    if stage is None:
        from ladle.cli.again import resumed

        resumed(run, step, dry_run=dry_run, as_json=as_json)
        return
    with doing(stage) as (_, actions):
        plan = actions.plan_resume(run, step)
        if not as_json:
            click.echo("\n".join(plan_lines(plan)))
        if dry_run:
            if as_json:
                click.echo(json.dumps(plan.as_json(), indent=2, ensure_ascii=False))
            return
        confirm(f"Resume it on {stage}?", yes)
        started, _ = actions.resume(plan.run, step)
    if as_json:
        told = {**plan.as_json(), "resumed_as": started.run}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(
        f"{started.workflow}  run {started.run} started        {shown_at(started.run, stage, 'watch')}"
    )
