"""`ladle adopt`: the record of a stage, rebuilt from what is in the account."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("adopt")
@click.option(
    "--stage", default="dev", show_default=True, metavar="NAME", help="The stage, as in infra/NAME.toml."
)
def command(stage: str) -> None:
    """Rebuild .chalice/deployed/NAME.json, which says what a deploy has made, after it was lost.

    What the stage has is found by its names and tags, also what has left the project meanwhile.
    """
    from ladle.cli.projects import load
    from ladle.deploy.account import here
    from ladle.deploy.adopt import adopt, write
    from ladle.deploy.assemble import assemble
    from ladle.deploy.chalice.building import app_name
    from ladle.deploy.stage import load_stage

    project = load()
    assembly = assemble(project, load_stage(project.root, stage), app_name(project.root))
    entries = adopt(assembly, here())
    path = write(project.root, stage, entries)
    click.echo(f"{len(entries)} resources recorded in {path.relative_to(project.root).as_posix()}")
