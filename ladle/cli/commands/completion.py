"""`ladle completion`: the script that lets a shell complete `ladle`."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script for SHELL.

    \b
    bash:  ladle completion bash >> ~/.bashrc
    zsh:   ladle completion zsh >> ~/.zshrc
    fish:  ladle completion fish > ~/.config/fish/completions/ladle.fish
    """
    from click.shell_completion import get_completion_class

    from ladle.cli.app import cli

    found = get_completion_class(shell)
    if found is None:  # click knows these three
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(found(cli, {}, "ladle", "_LADLE_COMPLETE").source())
