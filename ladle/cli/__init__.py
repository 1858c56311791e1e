"""The command `ladle`. One module a command; nothing heavy is imported before a command needs it."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    try:
        from ladle.cli.app import cli
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        # The distribution's own requirements are those of a Lambda function: no command line among them.
        sys.exit("the command `ladle` needs what develops pipelines: pip install 'ladle[dev]'")
    cli()
