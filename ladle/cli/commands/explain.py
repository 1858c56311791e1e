"""`ladle explain`: what the code of a problem means and what to do about it."""

from __future__ import annotations

import json

import click

from ladle.cli import completing
from ladle.errors import LadleError

__all__ = ["command"]


@click.command("explain")
@click.argument("code", shell_complete=completing.codes)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(code: str, as_json: bool) -> None:
    """Tell more about CODE (L203, A301, …): its cause, an example, the remedy."""
    from ladle.cli.explanations import explanations

    code = code.upper()
    known = explanations()
    if code not in known:
        from difflib import get_close_matches

        near = get_close_matches(code, known, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise LadleError(f"there is no code {code}{hint}")
    title, text = known[code]
    if as_json:
        click.echo(json.dumps({"code": code, "title": title, "text": text}, indent=2, ensure_ascii=False))
        return
    click.echo(f"{code}  {title}\n\n{text}" if text else f"{code}  {title}")
