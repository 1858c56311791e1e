"""Random text from tables of templates: how one kind of expression is made of others.

`<int>` is an expression of a kind, `<=int>` a name or a constant of it, `<!int>` a name (where there is none, another
template is taken), `<~int>` one without quotes, for f-strings. `<!item:a>` gives what it made the label `a`; `<:a>` is
the same text again. `@i` is a name of the template's own; `<int|@i:int>` an expression without calls in which it stands
for an int.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache

__all__ = ["Grammar", "Names", "NoName"]

Names = Mapping[str, str]
"""The names that are set, with their kinds."""

_PLACE = re.compile(r"<([=!~]?)(\w*)(?::(\w+))?(?:\|([^>]*))?>|@([a-z])")


class NoName(Exception):
    """No name of the kind that a template wants is set."""


@cache
def _parts(template: str) -> tuple[str | re.Match[str], ...]:
    """A template as its texts and its places."""
    found: list[str | re.Match[str]] = []
    at = 0
    for match in _PLACE.finditer(template):
        found += [template[at : match.start()], match]
        at = match.end()
    return (*found, template[at:])


class Grammar:
    """Writes expressions. `tables` has the templates of each kind, `constants` texts without parts, `calls`
    templates with calls of tasks. `used` counts the templates that were written."""

    def __init__(
        self,
        chance: random.Random,
        tables: Mapping[str, Sequence[str]],
        constants: Mapping[str, Sequence[str]],
        calls: Mapping[str, Sequence[str]],
    ) -> None:
        self.chance = chance
        self.tables = tables
        self.constants = constants
        self.calls = calls
        self.locals = 0

    def constant(self, kind: str) -> str:
        return self.chance.choice(self.constants[kind])

    def known(self, kind: str, names: Names) -> str | None:
        """A name of the kind, if there is one."""
        known = [name for name, has in names.items() if has == kind]
        return self.chance.choice(known) if known else None

    def atom(self, kind: str, names: Names) -> str:
        """A name of the kind, or a constant."""
        known = self.known(kind, names) if self.chance.random() < 0.8 else None
        return known or self.constant(kind)

    def make(self, kind: str, names: Names, depth: int = 2, calls: bool = True) -> str:
        """An expression of the kind."""
        if depth <= 0 or self.chance.random() < 0.2 or kind not in self.tables:
            return self.atom(kind, names)
        if self.chance.random() < 0.06:
            return self.expand(f"(<{kind}> if <bool> else <{kind}>)", names, depth, calls)
        table = self.tables[kind]
        if calls and kind in self.calls and self.chance.random() < 0.12:
            table = self.calls[kind]
        try:
            return self.expand(self.chance.choice(table), names, depth, calls)
        except NoName:
            return self.atom(kind, names)

    def expand(self, template: str, names: Names, depth: int = 2, calls: bool = True) -> str:
        """A template with its places filled in. Raises NoName."""
        labels: dict[str, str] = {}
        own: dict[str, str] = {}

        def local(letter: str) -> str:
            if letter not in own:
                self.locals += 1
                own[letter] = f"i{self.locals}"
            return own[letter]

        def filled(place: re.Match[str]) -> str:
            how, kind, label, within, letter = place.groups()
            if letter:
                return local(letter)
            if not kind:
                return labels[label]
            inner = names
            if within:
                bound = (each.split(":") for each in within.split(","))
                inner = {**names, **{local(name[1:]): of for name, of in bound}}
            text = self._part(how, kind, inner, depth - 1, calls and not within)
            if label:
                labels[label] = text
            return text

        return "".join(part if isinstance(part, str) else filled(part) for part in _parts(template))

    def _part(self, how: str, kind: str, names: Names, depth: int, calls: bool) -> str:
        if how == "=":
            return self.atom(kind, names)
        if how == "!":
            name = self.known(kind, names)
            if name is None:
                raise NoName(kind)
            return name
        text = self.make(kind, names, depth, calls)
        if how == "~" and set(text) & set("'\"\\{}#"):  # before Python 3.12, an f-string holds none of its own
            return self._part("!", kind, names, depth, calls)
        return text
