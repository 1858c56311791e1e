"""State machines that a person wrote: `@workflow(definition="x.asl.json")` takes one as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ladle.asl import ExpressionChecker, validate
from ladle.asl.placeholders import stage_name
from ladle.declare import Workflow
from ladle.declare.declared import Declared
from ladle.errors import Diagnostic, Span
from ladle.jsonata import JsonataError, compile_expression

__all__ = ["Written", "definition_file", "parses", "read_written"]

PLACEHOLDER: Final = re.compile(r"\$\{([^}]*)\}")
"""CloudFormation's form of a definition substitution; `${AWS::Region}` and the like are the deployment's."""


@dataclass(frozen=True, slots=True)
class Written:
    """A machine that was read, and what it calls; or its problems.

    `text` is the file's own.
    """

    text: str
    definition: Mapping[str, Any]
    callees: tuple[Declared[..., Any], ...]
    diagnostics: tuple[Diagnostic, ...]


def definition_file(workflow: Workflow[..., Any]) -> Path:
    """Where the machine of such a workflow is."""
    code = getattr(workflow.function, "__code__", None)
    folder = Path(code.co_filename).parent if code is not None else Path()
    return folder / str(workflow.definition)


def read_written(
    workflow: Workflow[..., Any], known: Mapping[str, Declared[..., Any]], root: Path | None
) -> Written:
    """Read the machine of a workflow; `known` are the project's tasks, activities and workflows by
    name.

    `${name}` in it stands for the function, activity or machine of that name, `${buckets.name}` and
    `${connections.name}` for what the stage's file lists.
    """
    path = definition_file(workflow)
    shown = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.as_posix()
    problems = list(workflow.problems)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the machine of `{workflow.name}` cannot be read: {shown}: {error}"
        hint = "write the file, or correct `definition=`"
        return Written("", {}, (), (*problems, Diagnostic("L004", workflow.place, message, hint)))
    checker: ExpressionChecker = parses
    problems += validate(text, type=workflow.type, path=shown, check_expression=checker)
    called: dict[str, Declared[..., Any]] = {}
    for name, span in _placeholders(text, shown):
        if stage_name(name):
            continue
        if name in known:
            called[name] = known[name]
        else:
            message = f"`${{{name}}}` stands for no task, activity or workflow of the project"
            has = ", ".join(sorted(known)) or "none"
            problems.append(Diagnostic("L005", span, message, f"write one of {has}, or an ARN"))
    if any(each.severity == "error" for each in problems):
        return Written(text, {}, (), tuple(problems))
    return Written(
        text,
        json.loads(text),
        tuple(each for _, each in sorted(called.items())),
        tuple(problems),
    )


def _placeholders(text: str, path: str) -> Iterator[tuple[str, Span]]:
    for number, line in enumerate(text.splitlines(), 1):
        for found in PLACEHOLDER.finditer(line):
            if not found[1].startswith("AWS::"):
                yield found[1], Span(path, number, found.start() + 1, number, found.end() + 1)


def parses(expression: str) -> tuple[str, int] | None:
    """What is wrong with a JSONata expression and where; None when it parses."""
    try:
        compile_expression(expression)
    except JsonataError as error:
        # What has no code is Step Functions' own rule, which the validation finds itself.
        return (error.message, error.position or 0) if error.code else None
    return None
