"""The Amazon States Language: its tables, validation and printing. Imports nothing of Ladle but errors."""

from __future__ import annotations

from ladle.asl.codes import TITLES
from ladle.asl.model import Scope, Visit, scopes, successors, walk
from ladle.asl.printing import print_definition
from ladle.asl.problems import AslDiagnostic
from ladle.asl.references import variable_references
from ladle.asl.rules.context import ExpressionChecker
from ladle.asl.validation import aws_diagnostics, aws_message, has_errors, validate

__all__ = [
    "TITLES",
    "AslDiagnostic",
    "ExpressionChecker",
    "Scope",
    "Visit",
    "aws_diagnostics",
    "aws_message",
    "has_errors",
    "print_definition",
    "scopes",
    "successors",
    "validate",
    "variable_references",
    "walk",
]
