"""What tasks and workflows have in common: a function, its name, and the door its values pass through."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    import inspect

    from ladle.declare.reading import Reading
    from ladle.errors import Diagnostic, Span
    from ladle.wire.doors import Door

__all__ = ["Declared"]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Declared(Generic[P, R_co]):
    """A function that was declared as a task or a workflow.

    Nothing is read from the function before it is needed: annotations may name classes defined further down,
    and a cold start does not pay for what it does not use.
    """

    kind = "function"

    def __init__(self, function: Callable[..., Any], name: str | None) -> None:
        self.function = function
        self.name: str = getattr(function, "__name__", "") if name is None else name
        self.module: str = getattr(function, "__module__", "")
        self.__module__ = self.module
        self.__name__: str = getattr(function, "__name__", "")
        self.__qualname__: str = getattr(function, "__qualname__", self.__name__)
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    def __repr__(self) -> str:
        return f"<{self.kind} {self.module}.{self.__qualname__}>"

    def __reduce__(self) -> str:
        return self.__qualname__  # by reference, as functions are

    @property
    def takes_token(self) -> bool:
        """Whether the first parameter is a `TaskToken`."""
        return self._reading.token is not None

    @property
    def signature(self) -> inspect.Signature:
        """The signature as callers see it: without a task token."""
        return self._reading.signature

    @property
    def parameters(self) -> dict[str, Any]:
        """The resolved annotation of each parameter, by name, without a task token."""
        return dict(self._reading.parameters)

    @property
    def result(self) -> Any:
        """The resolved annotation of the call's value: with a `TaskToken[R]`, that is R."""
        return self._reading.result

    @cached_property
    def door(self) -> Door:
        """What checks and converts arguments and result.

        Raises DiagnosticError with all problems when the declaration has any.
        """
        if self.problems or self._reading.door is None:
            from ladle.errors import DiagnosticError

            raise DiagnosticError(self.problems)
        return self._reading.door

    @cached_property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong with the declaration, each with its place and what to write instead."""
        if findings := [*self._reading.findings, *self._option_findings()]:
            from ladle.declare.problems import diagnosed

            return diagnosed(self, findings)
        return ()

    @cached_property
    def place(self) -> Span:
        """Where the function is defined."""
        from ladle.declare.problems import place_of

        return place_of(self)

    @property
    def sources(self) -> dict[str, Any]:
        """By parameter, the `Source` and the shape of each argument that callers do not pass."""
        return self._reading.sources

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments by name, as given; defaults are left to the door. Raises TypeError as Python does."""
        return dict(self.signature.bind(*args, **kwargs).arguments)

    def _option_findings(self) -> list[Any]:
        return []

    @cached_property
    def _reading(self) -> Reading:
        from ladle.declare.reading import read

        return read(self.function, self.name)
