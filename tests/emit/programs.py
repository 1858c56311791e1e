"""Random workflows as source text, for holding compiled machines against plain Python.

Everything is an `int`, a list of them, or a `bool`; loops are bounded; every name is set before it is read.
"""

from __future__ import annotations

import random

__all__ = ["PRELUDE", "random_workflow"]

PRELUDE = """
from ladle import after, at_once, attempt, each, Failed, in_order, retry, task, workflow


class Bad(Exception):
    pass


class Worse(Bad):
    pass


class Other(Exception):
    pass


@task
def mix(a: int, b: int) -> int:
    return (a * 3 + b * 5 + 1) % 17


@task
def risky(a: int) -> int:
    if a % 4 == 1:
        raise Bad(f"bad {a}")
    if a % 7 == 3:
        raise Worse(f"worse {a}")
    if a % 11 == 5:
        raise Other(f"other {a}")
    return a + 1


@task
def flag(a: int) -> bool:
    return a % 2 == 0


@task
def note(a: int) -> None:
    pass


@task
def many(a: int) -> list[int]:
    return [a, a + 1, a + 2][: a % 4]


def twice(n: int) -> int:
    m = mix(n, n)
    if m > 8:
        return m - 8
    note(m)
    return mix(m, 1)


def careful(n: int) -> int:
    try:
        return risky(n)
    except Bad:
        return -n


def checked(n: int) -> int:
    if n > 9:
        raise Other(f"{n}")
    return mix(n, 2)


def whole(n: int) -> int:
    first = mix(n, 3)
    return mix(first, n)
"""


class _Writer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def put(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    # ------------------------------------------------------------------------------------------ expressions

    def atom(self, names: list[str]) -> str:
        pick = self.random.random()
        if pick < 0.7 and names:
            return self.random.choice(names)
        return str(self.random.randrange(12))

    def expr(self, names: list[str]) -> str:
        a, b = self.atom(names), self.atom(names)
        return self.random.choice(
            [a, f"{a} + {b}", f"{a} - {b}", f"({a} if {a} > {b} else {b})", f"{a} % 5", f"min({a}, {b})"]
        )

    def test(self, names: list[str]) -> str:
        a, b = self.atom(names), self.atom(names)
        return self.random.choice([f"{a} > {b}", f"{a} % 3 == 0", f"{a} < 6 or {b} > 9", f"flag({a})"])

    def call(self, names: list[str]) -> str:
        a, b = self.expr(names), self.expr(names)
        return self.random.choices(
            [
                f"mix({a}, {b})",
                f"risky({a})",
                f"mix(mix({a}, 1), mix({b}, 2))",
                f"twice({a})",
                f"careful({a})",
                f"checked({a})",
                f"mix({a}, {b}) if {self.test(names)} else {b}",
                f"retry(on=[Other], attempts=1)(whole)({a})",
            ],
            [8, 1.5, 2, 1, 1, 0.7, 1, 0.5],
        )[0]

    # ------------------------------------------------------------------------------------------ statements

    def block(self, depth: int, names: list[str], size: int, *, loop: bool, ends: bool) -> list[str]:
        """Writes statements; gives the names that are set at the end."""
        names = list(names)
        for _ in range(size):
            names = self.statement(depth, names, loop=loop)
        if ends and self.random.random() < 0.25:
            self.put(
                depth, self.random.choice(["break", "continue"]) if loop else f"return {self.expr(names)}"
            )
        elif size == 0:
            self.put(depth, "pass")
        return names

    def inner(self, depth: int, names: list[str], *, loop: bool, ends: bool = False) -> list[str]:
        if depth > 3:
            name = self.fresh()
            self.put(depth, f"{name} = {self.expr(names)}")
            return [*names, name]
        return self.block(depth, names, self.random.randint(1, 2), loop=loop, ends=ends)

    def statement(self, depth: int, names: list[str], *, loop: bool) -> list[str]:
        kinds = ["call"] * 9 + ["pure"] * 3 + ["again"] * 2 + ["note"]
        kinds += ["if", "if", "map", "map", "for", "while", "try", "order", "raise", "attempt"]
        kind = self.random.choice(kinds)
        return getattr(self, f"put_{kind}")(depth, names, loop)

    def put_call(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        name = self.fresh()
        self.put(depth, f"{name} = {self.call(names)}")
        return [*names, name]

    def put_pure(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        name = self.fresh()
        self.put(depth, f"{name} = {self.expr(names)}")
        return [*names, name]

    def put_again(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        if names:
            name = self.random.choice(names)
            self.put(depth, f"{name} = {self.random.choice([self.call, self.expr])(names)}")
        else:
            self.put(depth, "note(0)")
        return names

    def put_note(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        self.put(depth, f"note({self.expr(names)})")
        return names

    def put_if(self, depth: int, names: list[str], loop: bool) -> list[str]:
        self.put(depth, f"if {self.test(names)}:")
        first = self.inner(depth + 1, names, loop=loop, ends=True)
        if self.random.random() < 0.5:
            return names
        self.put(depth, "else:")
        second = self.inner(depth + 1, names, loop=loop)
        del first, second
        return names

    def put_map(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        found, item = self.fresh(), self.fresh()
        inner = [*names, item]
        source = self.random.choice(
            [f"many({self.expr(names)})", f"[{self.expr(names)}, {self.expr(names)}]", "xs"]
        )
        condition = self.random.choice(["", "", f" if {item} > 2", f" if flag({item})"])
        self.put(depth, f"{found} = [{self.call(inner)} for {item} in {source}{condition}]")
        total = self.fresh()
        self.put(depth, f"{total} = sum({found}) % 13")
        return [*names, total]

    def put_for(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        item = self.fresh()
        source = self.random.choice([f"many({self.expr(names)})", "xs"])
        self.put(depth, f"for {item} in {source}:")
        self.inner(depth + 1, [*names, item], loop=True, ends=True)
        if self.random.random() < 0.2:
            self.put(depth, "else:")
            self.inner(depth + 1, names, loop=False)
        return names

    def put_while(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        count = self.fresh()
        self.put(depth, f"{count} = 0")
        self.put(depth, f"while {count} < 2 and ({self.test(names)}):")
        self.put(depth + 1, f"{count} += 1")
        self.inner(depth + 1, names, loop=True, ends=True)
        return [*names, count]

    def put_try(self, depth: int, names: list[str], loop: bool) -> list[str]:
        self.put(depth, "try:")
        self.put(depth + 1, f"{self.fresh()} = risky({self.expr(names)})")
        self.inner(depth + 1, names, loop=loop, ends=True)
        kind = self.random.random()
        if kind < 0.85:
            caught = self.random.choice(["Bad", "Worse", "Exception", "(Worse, Other)"])
            self.put(depth, f"except {caught}:")
            self.inner(depth + 1, names, loop=loop, ends=True)
            if self.random.random() < 0.2:
                self.put(depth + 1, "raise")
        if kind < 0.2:
            self.put(depth, "else:")
            self.inner(depth + 1, names, loop=loop)
        if kind > 0.7:
            self.put(depth, "finally:")
            self.put(depth + 1, f"note({self.expr(names)})")
            if self.random.random() < 0.5:
                self.inner(depth + 1, names, loop=False)
        return names

    def put_order(self, depth: int, names: list[str], loop: bool) -> list[str]:
        kind = self.random.choice(
            ["in_order()", "at_once()", f"after({self.random.choice(names)})" if names else "in_order()"]
        )
        self.put(depth, f"with {kind}:")
        return self.inner(depth + 1, names, loop=loop)

    def put_raise(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        self.put(depth, f"if {self.atom(names)} > 10:")
        self.put(depth + 1, f'raise {self.random.choice(["Bad", "Worse", "Other"])}("raised")')
        return names

    def put_attempt(self, depth: int, names: list[str], _loop: bool) -> list[str]:
        name, value = self.fresh(), self.fresh()
        self.put(depth, f"{name} = attempt(risky, {self.expr(names)})")
        self.put(depth, f"{value} = -1 if isinstance({name}, Failed) else {name}")
        return [*names, value]


def random_workflow(seed: int, size: int = 5) -> str:
    """The source of a module whose workflow is called `main(n: int, xs: list[int]) -> int`."""
    writer = _Writer(seed)
    names = writer.block(1, ["n"], size, loop=False, ends=False)
    result = " + ".join(names[-4:])
    body = "\n".join(writer.lines)
    return f"{PRELUDE}\n\n@workflow\ndef main(n: int, xs: list[int]) -> int:\n{body}\n    return {result}\n"
