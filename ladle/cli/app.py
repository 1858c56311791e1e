"""The group of commands, and what becomes of errors.

Exit codes: 0 success and nothing else, 1 a run or a check failed, 2 wrong usage or input, 70 a mistake of
Ladle's own, 130 stopped from the keyboard.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from ladle.errors import DiagnosticError, LadleError

__all__ = ["COMMANDS", "cli"]

COMMANDS: Final[Mapping[str, str]] = {
    "run": "Run a workflow here, with a live view of its steps.",
    "check": "Look for problems in workflows and in *.asl.json files.",
    "cost": "Price a month of the project's workflows.",
    "compile": "Write each workflow's state machine beside it.",
    "graph": "Draw a workflow (Mermaid or SVG), or show what runs when.",
    "list": "List the workflows, tasks and activities of the project.",
    "docs": "Write a page about each workflow.",
    "runs": "List runs, made here or on a deployed stage.",
    "show": "Show one run, or one step of it: values, failure, logs, history.",
    "watch": "Watch a run until its end.",
    "logs": "Print what the tasks of a run wrote.",
    "stats": "Say how the runs of a workflow went.",
    "open": "Open what a run published.",
    "ui": "Open a page with all workflows and runs.",
    "start": "Start a run, and do not wait for it.",
    "stop": "Stop a run.",
    "worker": "Do the work of an activity, as it comes.",
    "redrive": "Go on with a failed run from the steps that did not succeed.",
    "retry": "Run a failed run again: redriven, or from the beginning.",
    "resume": "Go on with a failed run on corrected code.",
    "replay": "Run a recorded run again, here; judge newer code by it.",
    "backfill": "Make the runs of past schedule times.",
    "explain": "Tell more about the code of a problem.",
    "plan": "Say what a deploy of a stage would change.",
    "adopt": "Rebuild the lost record of a deployed stage.",
    "package": "Build the Lambda package of a stage, and weigh it.",
    "import": "Write a hand-written state machine as a workflow.",
    "new": "Begin a project.",
    "completion": "Print the completion script of a shell.",
}
"""Each command lives in the module of its name and is called `command` there; `list` and `open` too."""

EXTRA: Final = frozenset({"boto3", "botocore", "chalice", "jlens", "moto", "rich", "werkzeug"})
"""What `ladle[dev]` brings and the commands cannot do without."""

ISSUES: Final = "please report it with the lines above and what you did"


class Commands(click.Group):
    """A group that imports a command when it is asked for, and says what went wrong without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands, in the order of their table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if name not in COMMANDS:
            return None
        module = f"{name}_" if name == "import" else name  # a word of Python cannot name a module
        command: click.Command = importlib.import_module(f"ladle.cli.commands.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which command was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else " `ladle --help` lists them."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run, and turn errors into messages and exit codes."""
        if extra.get("standalone_mode") is False:
            return super().main(args, *rest, **extra)
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            code = super().main(words, *rest, **extra)
        except click.exceptions.Exit as exit_:
            code = exit_.exit_code
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except (KeyboardInterrupt, click.Abort):
            click.echo("stopped", err=True)
            code = 130
        except LadleError as error:
            code = _report(error, "--json" in words)
        except BrokenPipeError:
            # Whoever read the output has gone (`ladle runs | head`); nothing is left to be said to them.
            sys.stderr.close()
            code = 1
        except Exception as error:  # noqa: BLE001 - the last resort: a mistake of Ladle's own
            code = _fallen(error, "--json" in words)
        sys.exit(code if isinstance(code, int) else 0)


def _fallen(error: Exception, as_json: bool) -> int:
    """Print what nobody foresaw, or which part of the installation is missing; returns the exit code."""
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRA:
        click.echo(f"this needs {error.name}, which is not installed: pip install 'ladle[dev]'", err=True)
        return 2
    if (said := _said_by_aws(error)) is not None:
        return _report(LadleError(said), as_json)
    import traceback

    traceback.print_exception(error)
    click.echo(f"\nThis is a mistake in Ladle, not in your project: {ISSUES}.", err=True)
    return 70


def _said_by_aws(error: Exception) -> str | None:
    """What AWS refused, or that it cannot be reached: no mistake of Ladle's. None for anything else."""
    botocore = sys.modules.get("botocore.exceptions")
    if botocore is None:
        return None
    if isinstance(error, botocore.ClientError):
        found = error.response.get("Error", {})
        code, said = found.get("Code", "unknown error"), str(found.get("Message", "")).rstrip(".")
        return (
            f"AWS refuses {error.operation_name}: {said} ({code})"
            if said
            else (f"AWS refuses {error.operation_name}: {code}")
        )
    unreachable = (
        botocore.ConnectionError,  # with EndpointConnectionError
        botocore.HTTPClientError,  # a time-out, a certificate
        botocore.NoCredentialsError,
        botocore.PartialCredentialsError,
        botocore.CredentialRetrievalError,
        botocore.TokenRetrievalError,
        botocore.UnauthorizedSSOTokenError,
    )
    return f"AWS does not answer: {error}" if isinstance(error, unreachable) else None


def _report(error: LadleError, as_json: bool) -> int:
    """Print what a user can do something about; returns the exit code."""
    from ladle.cli.diagnostics import as_data, print_all

    diagnostics = error.diagnostics if isinstance(error, DiagnosticError) else ()
    if as_json:
        found = {"error": {"message": str(error), "diagnostics": [as_data(d) for d in diagnostics]}}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    elif diagnostics:
        print_all(diagnostics, err=True)
    else:
        click.echo(str(error), err=True)
    return 1 if diagnostics else 2


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"ladle {version('ladle')}")
        ctx.exit()


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def cli() -> None:
    """Typed Python pipelines, compiled to AWS Step Functions and run here."""
