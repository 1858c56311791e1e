"""Judging a definition: everything that AWS refuses at creation, and what would fail later.

The rules run in the order of `RULES`; each sees the whole definition and yields problems, and every problem
gets its line and column here. AWS's own wording is known from recorded answers and from what others measured;
where it is not known, the verdict counts, as AWS itself advises for ValidateStateMachineDefinition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ladle.asl.codes import AWS_CODES
from ladle.asl.document import Document, decode
from ladle.asl.model import scopes, walk
from ladle.asl.printing import print_definition
from ladle.asl.problems import AslDiagnostic, Problem, aws_location, json_pointer
from ladle.asl.rules.cautions import check_cautions
from ladle.asl.rules.choices import check_choices
from ladle.asl.rules.context import Context, ExpressionChecker, Rule
from ladle.asl.rules.context_object import check_context_object
from ladle.asl.rules.expressions import check_expressions
from ladle.asl.rules.fields import check_fields
from ladle.asl.rules.graph import check_graph
from ladle.asl.rules.handlers import check_handlers
from ladle.asl.rules.names import check_names, duplicate_state
from ladle.asl.rules.tasks import check_tasks
from ladle.asl.rules.variables import check_variables
from ladle.errors import Diagnostic, Span

__all__ = ["RULES", "aws_diagnostics", "aws_message", "has_errors", "validate"]

RULES: tuple[Rule, ...] = (
    check_fields,
    check_choices,
    check_handlers,
    check_tasks,
    check_graph,
    check_names,
    check_expressions,
    check_context_object,
    check_variables,
    check_cautions,
)


def validate(
    definition: str | Mapping[str, Any],
    *,
    type: str = "STANDARD",
    path: str = "definition.asl.json",
    check_expression: ExpressionChecker | None = None,
) -> tuple[AslDiagnostic, ...]:
    """Everything wrong with a definition, in the order of the text; empty when there is nothing.

    Parameters:
        definition: the JSON text, or a decoded definition (places then refer to its printed form).
        type: STANDARD or EXPRESS.
        path: the file's name, for the spans.
        check_expression: parses one JSONata expression; without it, only what a scan of its tokens shows
            (quotes, brackets, names) is checked.

    Raises:
        ValueError: `type` is neither STANDARD nor EXPRESS.
    """
    if type not in ("STANDARD", "EXPRESS"):
        raise ValueError(f"type must be STANDARD or EXPRESS, not {type!r}")
    text = definition if isinstance(definition, str) else print_definition(definition)
    document, found = decode(text, path)
    diagnostics = [_placed(item, document) for item in found]
    if isinstance(document.value, Mapping):
        context = Context(
            document.value,
            type == "EXPRESS",
            len(text.encode("utf-8", "surrogatepass")),
            tuple(scopes(document.value)),
            tuple(walk(document.value)),
            check_expression,
        )
        diagnostics += [_placed(problem, document) for problem in _problems(context, document)]
    elif not found:
        diagnostics.append(
            _placed(Problem("A104", (), "a definition is a JSON object with StartAt and States"), document)
        )
    return tuple(sorted(diagnostics, key=lambda item: (item.span.line, item.span.column, item.code)))


def _problems(context: Context, document: Document) -> Iterator[Problem]:
    if document.has_duplicates:
        for pointer in document.duplicates():
            if len(pointer) >= 2 and pointer[-2] == "States":
                yield duplicate_state(str(pointer[-1]), pointer, pointer)
    for rule in RULES:
        yield from rule(context)


def _placed(item: Problem | tuple[str, Span, str, str], document: Document) -> AslDiagnostic:
    if isinstance(item, tuple):
        code, span, message, hint = item
        return AslDiagnostic(
            code, span, message, hint, aws_code=AWS_CODES[code], aws_message=message, aws_location="null"
        )
    at = item.pointer if item.aws_at is None else item.aws_at
    return AslDiagnostic(
        code=item.code,
        span=document.span(item.pointer, on_key=item.on_key, within=item.within),
        message=item.message,
        hint=item.hint,
        label=item.label,
        pointer=json_pointer(item.pointer),
        severity="warning" if item.code.startswith("A9") else "error",
        aws_code=item.aws_code or AWS_CODES[item.code],
        aws_message=item.aws_message or item.message,
        aws_location="null" if at == ("null",) else aws_location(at),
    )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether AWS would refuse the definition."""
    return any(item.severity == "error" for item in diagnostics)


def aws_message(diagnostics: Sequence[Diagnostic]) -> str:
    """The message of the InvalidDefinition error with which CreateStateMachine refuses.

    ``Invalid State Machine Definition: 'CODE: text at /place, CODE: text at /place'``. Diagnostics that are
    no refusal are left out; the text is empty when nothing is left.
    """
    parts = [f"{item.aws_code}: {item.aws_message} at {item.aws_location}" for item in _refusals(diagnostics)]
    return f"Invalid State Machine Definition: '{', '.join(parts)}'" if parts else ""


def aws_diagnostics(diagnostics: Sequence[Diagnostic], *, warnings: bool = False) -> list[dict[str, str]]:
    """The `diagnostics` of a ValidateStateMachineDefinition answer.

    With `warnings` (the request's severity WARNING) those of our warnings that AWS has follow the errors.
    """
    answer = []
    cautions = [
        item
        for item in diagnostics
        if warnings and isinstance(item, AslDiagnostic) and item.severity == "warning" and item.aws_code
    ]
    for item in [*_refusals(diagnostics), *cautions]:
        entry = {
            "severity": item.severity.upper(),
            "code": item.aws_code,
            "message": item.aws_message,
        }
        if item.aws_location != "null":
            entry["location"] = item.aws_location
        answer.append(entry)
    return answer


def _refusals(diagnostics: Sequence[Diagnostic]) -> list[AslDiagnostic]:
    # AWS reports by kind of check, not by place: fields, then dangling targets, then what follows.
    refusals = [item for item in diagnostics if isinstance(item, AslDiagnostic) and item.severity == "error"]
    return sorted(refusals, key=lambda item: item.code)
