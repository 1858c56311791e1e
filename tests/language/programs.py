"""Made-up workflows: random statements over a few names, as source."""

# ruff: noqa: ARG002 - each kind of statement has a method, all of one signature

from __future__ import annotations

import random

NUMBERS = ("a", "b", "c")
LISTS = ("xs", "ys")


def program_text(chance: random.Random) -> str:
    """The body of a workflow that returns what its names are in the end."""
    lines = [f"{name} = {chance.randint(0, 3)}" for name in NUMBERS if chance.random() < 0.8]
    lines += [f"{name} = [n]" for name in LISTS]
    lines += _Writer(chance).block(chance.randint(2, 5), 0, loop=False)
    names = ", ".join(f"{{{name}}}" for name in NUMBERS)
    lines.append(f'return f"{names} {{len(xs)}} {{sum(ys)}}"')
    return "\n".join(lines)


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.loops = 0

    def block(self, size: int, depth: int, loop: bool) -> list[str]:
        lines: list[str] = []
        for place in range(size):
            last = place == size - 1
            lines += self.statement(depth, loop, last)
        return lines

    def inner(self, depth: int, loop: bool) -> list[str]:
        return ["    " + line for line in self.block(self.chance.randint(1, 3), depth + 1, loop)]

    def statement(self, depth: int, loop: bool, last: bool) -> list[str]:
        kinds = ["assign"] * 3 + ["call"] * 3 + ["append", "note", "shift"]
        if depth < 2:
            kinds += [
                "if",
                "if",
                "ifelse",
                "for",
                "while",
                "try",
                "try",
                "finally",
                "forelse",
                "comprehension",
            ]
        if last and loop:
            kinds += ["break", "continue"]
        if last and depth:
            kinds += ["raise", "return"]
        return getattr(self, f"_{self.chance.choice(kinds)}")(depth, loop)

    def name(self) -> str:
        return self.chance.choice(NUMBERS)

    def number(self) -> str:
        a, b = self.name(), self.name()
        return self.chance.choice(
            [a, str(self.chance.randint(0, 4)), f"{a} + {b}", f"{a} - 1", "n", f"len(xs) + {b}"]
        )

    def test(self) -> str:
        a, b = self.name(), self.name()
        return self.chance.choice(
            [
                f"{a} > {b}",
                f"{a} == 1",
                f"{a} and not {b}",
                f"{a} or n > 2",
                f"0 < {a} <= {b}",
                f"{b} in xs",
                "not ys",
            ]
        )

    def _assign(self, depth: int, loop: bool) -> list[str]:
        return [f"{self.name()} = {self.number()}"]

    def _shift(self, depth: int, loop: bool) -> list[str]:
        return [f"{self.name()} += {self.number()}"]

    def _call(self, depth: int, loop: bool) -> list[str]:
        return [f"{self.name()} = size(f'{depth}{{{self.number()}}}')"]

    def _append(self, depth: int, loop: bool) -> list[str]:
        return [f"{self.chance.choice(LISTS)}.append({self.number()})"]

    def _note(self, depth: int, loop: bool) -> list[str]:
        return [f"note(str({self.name()}))"]

    def _comprehension(self, depth: int, loop: bool) -> list[str]:
        target = self.chance.choice(LISTS)
        element = self.chance.choice(["i", f"i + {self.name()}", "size(str(i))"])
        return [f"{target} = [{element} for i in {self.chance.choice(LISTS)} if i > {self.name()}]"]

    def _if(self, depth: int, loop: bool) -> list[str]:
        return [f"if {self.test()}:", *self.inner(depth, loop)]

    def _ifelse(self, depth: int, loop: bool) -> list[str]:
        return [f"if {self.test()}:", *self.inner(depth, loop), "else:", *self.inner(depth, loop)]

    def _for(self, depth: int, loop: bool) -> list[str]:
        return [f"for {self.name()} in {self.chance.choice(['range(n)', 'names(key)', 'xs[:3]'])}:".replace(
            "names(key)", "[1, 2]"), *self.inner(depth, True)]  # fmt: skip

    def _forelse(self, depth: int, loop: bool) -> list[str]:
        return [*self._for(depth, loop), "else:", *self.inner(depth, loop)]

    def _while(self, depth: int, loop: bool) -> list[str]:
        self.loops += 1
        turns = f"t{self.loops}"
        test = self.chance.choice(
            [f"{turns} < 3", f"{turns} < 3 and ({self.test()})", f"{turns} < 3 and ready(str({turns}))"]
        )
        return [f"{turns} = 0", f"while {test}:", f"    {turns} += 1", *self.inner(depth, True)]

    def _try(self, depth: int, loop: bool) -> list[str]:
        caught = self.chance.choice(["BadFile", "WorseFile", "Exception", "(ValueError, ConnectionError)"])
        lines = ["try:", *self.inner(depth, loop), f"except {caught}:", *self.inner(depth, loop)]
        if self.chance.random() < 0.3:
            lines += ["else:", *self.inner(depth, loop)]
        return lines

    def _finally(self, depth: int, loop: bool) -> list[str]:
        return [*self._try(depth, loop), "finally:", f"    note('f' + str({self.name()}))"]

    def _break(self, depth: int, loop: bool) -> list[str]:
        return ["break"]

    def _continue(self, depth: int, loop: bool) -> list[str]:
        return ["continue"]

    def _raise(self, depth: int, loop: bool) -> list[str]:
        return [f"raise {self.chance.choice(['BadFile', 'WorseFile', 'ValueError'])}('x')"]

    def _return(self, depth: int, loop: bool) -> list[str]:
        return [f"return str({self.name()})"]
