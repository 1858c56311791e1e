"""Variables that a program does not have yet."""

from __future__ import annotations

from ladle.compiler.language.form import Program, Variable
from ladle.compiler.language.walk import nodes
from ladle.wire import Shape

__all__ = ["Numbering"]


class Numbering:
    """Numbers the variables of each name on from those of a program."""

    def __init__(self, program: Program) -> None:
        self._last: dict[str, int] = {}
        for node in nodes((*(variable for variable, _ in program.parameters), *program.body)):
            if isinstance(node, Variable):
                self._last[node.name] = max(node.index, self._last.get(node.name, -1))

    def fresh(self, name: str, shape: Shape) -> Variable:
        """A variable that the program does not have."""
        self._last[name] = self._last.get(name, -1) + 1
        return Variable(name, self._last[name], shape, made=True)
