"""What a rule found, before and after it is given its place in the text.

A rule yields :class:`Problem`: a code, a pointer into the definition and the words. It knows nothing of
text positions; :mod:`ladle.asl.validation` turns each into an :class:`AslDiagnostic` with a real span.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladle.errors import Diagnostic

__all__ = ["AslDiagnostic", "Pointer", "Problem", "aws_location", "json_pointer"]

Pointer = tuple[str | int, ...]
"""A place in a definition: object keys and array indexes from the root. The root itself is ``()``."""


def json_pointer(pointer: Pointer) -> str:
    """The pointer as RFC 6901 writes it (``/States/a~1b/Catch/0``); the root is the empty text."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in pointer)


def aws_location(pointer: Pointer) -> str:
    """The pointer as AWS writes it: names as they are, indexes in brackets (``/States/A/Catch[0]/Next``)."""
    if not pointer:
        return "/"
    return "".join(f"[{step}]" if isinstance(step, int) else f"/{step}" for step in pointer)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a rule.

    `pointer` leads to the value at fault; with `on_key` its key is meant instead (an unknown field, a state's
    name). `within` is a range of characters inside the string value there. `aws_code`, `aws_message` and
    `aws_at` say what CreateStateMachine answers, where that is known to differ from the code's usual form.
    """

    code: str
    pointer: Pointer
    message: str
    hint: str = ""
    label: str = ""
    on_key: bool = False
    within: tuple[int, int] | None = None
    aws_code: str = ""
    aws_message: str = ""
    aws_at: Pointer | None = None


@dataclass(frozen=True, slots=True)
class AslDiagnostic(Diagnostic):
    """A diagnostic of a definition, with the form that AWS gives it in its answers.

    `aws_code` is empty for what AWS accepts (the A9 warnings).
    """

    aws_code: str = ""
    aws_message: str = ""
    aws_location: str = ""
