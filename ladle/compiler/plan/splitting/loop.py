"""What makes the turns of a split loop: a workflow that the compiler makes."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from ladle.compiler.language.form import Program
from ladle.declare import Workflow

__all__ = ["SplitLoop"]


class SplitLoop(Workflow[..., Any]):
    """What the runs are of that make the turns of a split loop: a workflow without a function of its own.

    `program` is what it does; its options are those of `owner`, the workflow that the loop stands in.
    """

    program: Program
    owner: Workflow[..., Any]

    def __init__(self, owner: Workflow[..., Any], name: str, document: str) -> None:
        given = owner.function
        own = FunctionType(given.__code__, given.__globals__, given.__name__)
        own.__module__, own.__doc__ = given.__module__, document
        super().__init__(own, timeout=owner.timeout, name=name, allow=owner.allow)
        self.problems = ()
        self.owner = owner.owner if isinstance(owner, SplitLoop) else owner

    def __reduce__(self) -> str:
        raise TypeError(f"{self.name} is made when {self.owner.name} is compiled, and stands in no module")
