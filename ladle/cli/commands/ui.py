"""`ladle ui`: the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ladle.web.access import Access
    from ladle.web.answer import Page
    from ladle.web.through import Through

__all__ = ["command"]


@click.command("ui")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any.")
@click.option("--stage", metavar="NAME", help="Begin with a deployed stage, instead of the runs made here.")
@click.option(
    "--at",
    "address",
    metavar="URL",
    help="The page of a deployed app, signed for with the shell's credentials.",
)
@click.option("--no-open", is_flag=True, help="Only print the address.")
def command(port: int, stage: str | None, address: str | None, no_open: bool) -> None:
    """Open a page with all workflows and runs: graphs, timelines, logs, and what can be done about them.

    It answers to this machine alone, and to the printed address, which has a token of this start. Ctrl-C ends
    it. Deployed stages are read with the credentials of this shell, when they are looked at.

    A stage with `enabled = true` under [page] serves the page itself, behind IAM; a browser cannot sign
    requests, so look at it through this command:

    \b
    ladle ui --at https://abc123.execute-api.eu-central-1.amazonaws.com/api/
    """
    from ladle.web.local import Server

    server = Server(_through(address) if address else _own(stage), port)
    click.echo(f"{server.address}        Ctrl-C ends it")
    if not no_open:
        import webbrowser

        webbrowser.open(server.address)
    server.serve()
    click.echo("stopped")


def _own(stage: str | None) -> Callable[[Access], Page]:
    """The page of this project's stages."""
    from ladle.cli.pages import stages_of
    from ladle.web.answer import Page

    stages, default = stages_of(stage)
    return lambda access: Page(stages, default, access=access)


def _through(address: str) -> Callable[[Access], Through]:
    """The page that a deployed app serves."""
    from ladle.operate.signed import signed_sender
    from ladle.web.through import Through

    send = signed_sender(address)
    return lambda access: Through(address, send, access)
