"""`ladle new`: a project that works at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import click

from ladle.errors import LadleError

__all__ = ["command"]

SCAFFOLD: Final = Path(__file__).parents[1] / "scaffold"


@click.command("new")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, as_json: bool) -> None:
    """Make the folder NAME with a small working project."""
    folder = Path(name)
    short = folder.name.lower()
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", short):
        raise LadleError(
            f"{short!r} cannot name a project: letters, digits and -, 2 to 31 of them (buckets bear the name)"
        )
    if folder.exists() and any(folder.iterdir()):
        raise LadleError(f"{folder} is there already, and not empty")
    made = []
    for source in sorted(path for path in SCAFFOLD.rglob("*.txt") if path.is_file()):
        target = folder / source.relative_to(SCAFFOLD).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8").replace("@NAME@", short)
        target.write_text(text, encoding="utf-8", newline="\n")
        made.append(target.relative_to(folder).as_posix())
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "files": made}, indent=2, ensure_ascii=False))
        return
    click.echo(f"made {folder}/\n\n  cd {folder}\n  ladle run word_count --event s3://landing/texts/rose.txt")
