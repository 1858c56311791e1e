"""`ladle package`: the Lambda package, its size, and what importing it costs."""

from __future__ import annotations

import json
from typing import Any

import click

__all__ = ["command"]


@click.command("package")
@click.option(
    "--stage", default="dev", show_default=True, metavar="NAME", help="The stage, as in infra/NAME.toml."
)
@click.option("--list", "with_files", is_flag=True, help="List what is in it, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(stage: str, with_files: bool, as_json: bool) -> None:
    """Build the package that all functions share, as `chalice deploy` does, and weigh it.

    Every task's module is imported from the unpacked package, so that what is missing in it is found here.
    """
    import zipfile

    from ladle.cli.projects import load
    from ladle.deploy.chalice.building import build
    from ladle.deploy.weighing import weigh

    root = load().root
    built = build(root, stage)
    paths = [built.path, *([built.layer] if built.layer else [])]
    tasks = {
        name: f"{task.module}:{task.__qualname__}" for name, task in built.assembly.project.tasks.items()
    }
    weight = weigh(paths, tasks)
    names = [name for path in paths for name in zipfile.ZipFile(path).namelist()] if with_files else []
    if as_json:
        found: dict[str, Any] = {
            "package": built.path.relative_to(root).as_posix(),
            "bytes": weight.zipped,
            "unpacked_bytes": weight.unpacked,
            "files": weight.files,
            "import_seconds": {module: round(time, 4) for module, time in weight.imports.items()},
        }
        click.echo(json.dumps({**found, **({"names": names} if with_files else {})}, indent=2))
        return
    for name in names:
        click.echo(name)
    click.echo(f"package    {built.path.relative_to(root).as_posix()}")
    click.echo(f"size       {_size(weight.zipped)}, {_size(weight.unpacked)} unpacked, {weight.files} files")
    for module, seconds in weight.imports.items():
        click.echo(f"import     {module}  {seconds * 1000:.0f} ms")
    if not weight.fits:
        raise click.ClickException("Lambda takes 250 MB at most, unpacked: see what requirements.txt brings")


def _size(number: int) -> str:
    return f"{number / 1024:.0f} KB" if number < 1024 * 1024 else f"{number / 1024 / 1024:.1f} MB"
