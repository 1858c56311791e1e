"""What a shell offers for the names of workflows, runs and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladle.errors import LadleError

if TYPE_CHECKING:
    import click

__all__ = ["activities", "codes", "runs", "workflows"]


def workflows(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The project's workflows."""
    from ladle.cli.projects import load

    try:
        return [name for name in load().workflows if name.startswith(incomplete)]
    except LadleError:
        return []


def runs(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The last hundred runs."""
    from ladle.cli.projects import store_of

    try:
        with store_of() as store:
            return [record.id for record in store.runs(limit=100) if record.id.startswith(incomplete)]
    except LadleError:
        return []


def codes(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The codes of problems."""
    from ladle.cli.explanations import explanations

    return [code for code in explanations() if code.startswith(incomplete.upper())]


def activities(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The activities of the current project."""
    from ladle.cli.projects import load

    try:
        return [name for name in load().activities if name.startswith(incomplete)]
    except LadleError:
        return []
