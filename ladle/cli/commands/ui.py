"""`ladle ui`: the page."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("ui")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any.")
@click.option("--stage", metavar="NAME", help="Begin with a deployed stage, instead of the runs made here.")
@click.option("--no-open", is_flag=True, help="Only print the address.")
def command(port: int, stage: str | None, no_open: bool) -> None:
    """Open a page with all workflows and runs: graphs, timelines, logs, and what can be done about them.

    It answers to this machine alone, and to the printed address, which has a token of this start. Ctrl-C ends
    it. Deployed stages are read with the credentials of this shell, when they are looked at.
    """
    from ladle.cli.pages import stages_of
    from ladle.web.answer import Page
    from ladle.web.local import Server

    stages, default = stages_of(stage)
    server = Server(lambda access: Page(stages, default, access=access), port)
    click.echo(f"{server.address}        Ctrl-C ends it")
    if not no_open:
        import webbrowser

        webbrowser.open(server.address)
    try:
        server.serve()
    except KeyboardInterrupt:
        click.echo("stopped")
