"""What is likely to be a mistake though it compiles: warnings, each with a code that a comment can silence.

They are looked for in the typed form of a workflow that has no errors. `# ladle: ignore[CODE]` on a line of
the place silences a warning there (`silence`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ladle.compiler.language import form
from ladle.compiler.language.failures import known_errors
from ladle.compiler.lints.codes import CODES
from ladle.compiler.lints.findings import sources_of
from ladle.compiler.lints.handlers import handlers
from ladle.compiler.lints.repeats import repeats
from ladle.compiler.lints.results import results
from ladle.compiler.lints.silence import empty_comments, silenced
from ladle.compiler.lints.workers import workers
from ladle.declare import Declared
from ladle.errors import Diagnostic

__all__ = ["CODES", "empty_comments", "silenced", "warnings"]


def warnings(
    program: form.Program, errors: Iterable[type[BaseException]] = (), root: Path | None = None
) -> tuple[Diagnostic, ...]:
    """The warnings about one workflow. `errors` are further exception classes that the project knows."""
    functions = [
        program.workflow.function,
        *(each.function for each in program.tasks if isinstance(each, Declared)),
    ]
    classes = {cls.__name__: cls for cls in (*errors, *known_errors(functions))}
    sources = sources_of(program.workflow, root)
    return (
        *handlers(program, classes),
        *repeats(program, root),
        *results(program, sources),
        *workers(program, root),
    )
