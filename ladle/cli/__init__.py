"""The command `ladle`. One module a command; nothing heavy is imported before a command needs it."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    from ladle.cli.app import cli

    cli()
