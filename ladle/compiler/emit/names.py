"""Names of states and variables: from the source, unique, legal."""

from __future__ import annotations

import re
from typing import Final

from ladle.compiler.emit.expressions.printer import BUILT_IN
from ladle.compiler.language.form import Variable
from ladle.wire import Shape

__all__ = ["StateNames", "VariableNames"]

LONGEST: Final = 80
"""Characters that the name of a state or a variable may have."""


class StateNames:
    """Gives each state a name: its label, numbered from the second on (`load_day`, `load_day 2`)."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}
        """The number that the name of each label was given last."""

    def take(self, label: str) -> str:
        plain = re.sub(r"[\x00-\x1f\x7f-\x9f\"\\]", "'", " ".join(label.split())) or "step"
        plain = plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
        name, number = plain, self._last.get(plain, 1)
        while name in self._taken:
            number += 1
            tail = f" {number}"
            name = plain[: LONGEST - len(tail)] + tail
        self._taken.add(name)
        self._last[plain] = number
        return name


class VariableNames:
    """Gives each variable a name over the whole machine, in the order in which it is asked for them."""

    def __init__(self) -> None:
        self._names: dict[Variable, str] = {}
        self._taken: set[str] = set(BUILT_IN)
        self._last: dict[str, int] = {}

    def types(self) -> dict[str, Shape]:
        """The type of each variable that has a name by now."""
        return {name: variable.shape for variable, name in self._names.items()}

    def __call__(self, variable: Variable) -> str:
        name = self._names.get(variable)
        if name is None:
            plain = re.sub(r"\W", "_", variable.name)[: LONGEST - 6].lstrip("_") or "value"
            if plain in BUILT_IN or not plain[0].isalpha():
                plain = f"the_{plain}"
            name, number = plain, self._last.get(plain, 1)
            while name in self._taken:
                number += 1
                name = f"{plain}_{number}"
            self._taken.add(name)
            self._last[plain] = number
            self._names[variable] = name
        return name
