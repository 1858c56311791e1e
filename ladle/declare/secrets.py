"""`Secret` and `Parameter`: arguments of tasks that no caller passes, and that no state machine sees."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from ladle.declare.checks import is_number, is_text
from ladle.value import Value

if TYPE_CHECKING:
    from ladle.declare.declared import Declared

__all__ = ["Parameter", "Secret", "Source", "completed", "marked", "text_in_environment"]

_FRESH: Final = 300
"""Seconds for which a container uses what it has fetched: a rotated secret is seen within five minutes."""


_YEAR: Final = 365 * 24 * 3600


class Source(Value):
    """Where an argument's value is: a secret of Secrets Manager, or a parameter of Systems Manager.

    `seconds` is how long a container uses a value before it fetches it again.
    """

    kind: Literal["secret", "parameter"]
    name: str
    seconds: float = _FRESH

    def __repr__(self) -> str:
        return f"{self.kind.capitalize()}({self.name!r})"

    @property
    def variable(self) -> str:
        """The environment variable whose text counts instead, outside of AWS."""
        return f"LADLE_{self.kind.upper()}_{re.sub('[^A-Za-z0-9]+', '_', self.name).strip('_').upper()}"

    @property
    def fault(self) -> str:
        """What is wrong with the name or the seconds; empty when nothing is."""
        legal = _SECRET if self.kind == "secret" else _PARAMETER
        if not (is_text(self.name) and re.fullmatch(legal, self.name, re.ASCII)):
            return "the name has characters that AWS does not allow"
        if not is_number(self.seconds, 0, _YEAR):
            return "`seconds` must be a number from 0 to a year's"
        return ""


_SECRET: Final = r"[A-Za-z0-9/_+=.@-]{1,512}"
_PARAMETER: Final = r"/?[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*"


def Secret(name: str, *, seconds: float = _FRESH) -> Any:  # noqa: N802 - reads as the type that it stands for
    """The default of a task's parameter whose value is a secret of AWS Secrets Manager.

    Callers leave the parameter out: `def charge(order: int, key: str = Secret("stripe")) -> str`. `name` is
    the secret's name, or what `[secrets]` of the stage's file maps to it. A parameter of type `str` gets the
    secret's text, one of another type what the text says as JSON. `seconds` is how long a container uses what
    it has fetched. A plain call may pass the argument itself, so tests need no secret.
    """
    return Source("secret", name, seconds)


def Parameter(path: str, *, seconds: float = _FRESH) -> Any:  # noqa: N802 - as Secret
    """The default of a task's parameter whose value is a parameter of AWS Systems Manager; see `Secret`.

    `path` is the parameter's name, such as "/api/url", or what `[parameters]` of the stage's file maps to it.
    """
    return Source("parameter", path, seconds)


def marked(function: Any) -> bool:
    """Whether a function has a parameter with a source, told without reading its annotations."""
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return any(isinstance(each, Source) for each in defaults)


def completed(task: Declared[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a plain call of a task leaves out and the environment gives, by name.

    Raises LadleError naming the variable that is missing, WireError for a text of another form.
    """
    import inspect

    from ladle.errors import LadleError
    from ladle.wire.sourced import from_text

    bound = inspect.signature(task.function).bind_partial(*args, **kwargs).arguments
    found: dict[str, Any] = {}
    for name, (source, shape) in task.sources.items():
        if name in bound:
            continue
        text = text_in_environment(source)
        if text is None:
            raise LadleError(
                f"{task.name}: `{name}` is {source!r}: outside of a run,"
                f" pass {name}=… or set {source.variable}"
            )
        found[name] = from_text(text, shape, f"{task.name}: {name}")
    return found


def text_in_environment(source: Source, environment: Mapping[str, str] = os.environ) -> str | None:
    """The text that the environment has for a source."""
    return environment.get(source.variable)
