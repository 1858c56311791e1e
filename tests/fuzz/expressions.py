"""Random expressions of a given type, over names that are set."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

__all__ = ["Expressions", "Names"]

Names = Mapping[str, str]
"""The names that are set, with their types: int, str, bool, float, ints, words, table, item, maybe, date."""

_CONSTANTS = {
    "int": ("0", "1", "2", "3", "7", "-1"),
    "str": ('""', '"a"', '"b"', '"x/y"', '"𝄞"', "'\"'", '"äö"'),
    "bool": ("True", "False"),
    "float": ("0.0", "0.5", "2.0", "-1.5"),
    "ints": ("[1]", "[3, 1, 2]", "[0, 0]"),
    "words": ('["a"]', '["b", "a"]'),
    "table": ('{"a": 1}', '{"a": 1, "b": 2}'),
    "item": ('Item("c")', 'Item("d", 3)', 'Item(name="e", tags=["t"])'),
    "maybe": ("None", '"p"'),
    "date": ("date(2024, 2, 29)", "date(2013, 1, 31)"),
}


class Expressions:
    """Writes expressions. `calls` allows calls of tasks in them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.locals = 0

    def local(self) -> str:
        self.locals += 1
        return f"i{self.locals}"

    def constant(self, kind: str) -> str:
        return self.chance.choice(_CONSTANTS[kind])

    def atom(self, kind: str, names: Names) -> str:
        """A name of the type, or a constant."""
        known = [name for name, has in names.items() if has == kind]
        return self.chance.choice(known) if known and self.chance.random() < 0.8 else self.constant(kind)

    def known(self, kind: str, names: Names) -> str | None:
        """A name of the type, if there is one."""
        known = [name for name, has in names.items() if has == kind]
        return self.chance.choice(known) if known else None

    def make(self, kind: str, names: Names, depth: int = 2, calls: bool = True) -> str:
        """An expression of the type."""
        if depth <= 0 or self.chance.random() < 0.2:
            return self.atom(kind, names)

        def part(part_kind: str) -> str:
            return self.make(part_kind, names, depth - 1, calls)

        if self.chance.random() < 0.06:
            return f"({part(kind)} if {part('bool')} else {part(kind)})"
        if calls and kind in _CALLS and self.chance.random() < 0.12:
            return self.chance.choice(_CALLS[kind])(part)
        table: dict[str, Callable[[], str]] = {
            "int": lambda: self._int(part, names),
            "str": lambda: self._str(part, names),
            "bool": lambda: self._bool(part, names),
            "float": lambda: self._float(part),
            "ints": lambda: self._ints(part, names, depth),
            "words": lambda: self._words(part, names, depth),
            "table": lambda: self._table(part, names, depth),
            "item": lambda: f"Item({part('str')}, size={part('int')}, tags={part('words')})",
            "maybe": lambda: self.chance.choice([part("str"), "None", self.atom("maybe", names)]),
            "date": lambda: f"{self.atom('item', names)}.day",
        }
        return table[kind]()

    def _int(self, part: Callable[[str], str], names: Names) -> str:
        a, b = part("int"), part("int")
        day = self.atom("item", names)
        return self.chance.choice([
            f"({a} + {b})", f"(({a}) - ({b}))", f"(({a}) * ({b}))", f"(({a}) % 5)", f"(({a}) // 3)", f"(({a}) % ({b}))",
            f"(({a}) // ({b}))", f"-({a})", f"abs({a})", f"min({a}, {b})", f"max({a}, {b}, 1)",
            f"len({part('str')})", f"len({part('ints')})", f"len({part('words')})", f"len({part('table')})",
            f"sum({part('ints')})", f"sum({part('table')}.values())", f"{part('ints')}[0]",
            f"{part('ints')}[-1]", f"{part('table')}[{part('str')}]", f"{part('table')}.get({part('str')}, {a})",
            f"int({part('str')})", f"int({part('bool')})", f"round({part('float')})", f"{day}.size",
            f"{day}.day.year", f"{day}.day.weekday()", f"{part('str')}.find({part('str')})",
            f"{part('str')}.count('a')", f"{part('words')}.count({part('str')})", f"max({part('ints')}, default={b})",
            f"min({part('ints')})", f"({a} or {b})", f"({a} and {b})", f"divmod({a}, {b})[{self.chance.randint(0, 1)}]",
            f"(({a}) ** 2)", f"len(set({part('ints')}))", f"sum({part('ints')}, {a})", f"{part('str')}.rfind({part('str')})",
            f"next(({self.local()} for {self.local_again()} in {part('ints')}), {b})", f"len(set({part('words')}) - {{'a'}})",
            f"sum(v for v in {part('table')}.values())", f"{part('ints')}[::-1][0]", f"sum(map(len, {part('words')}))",
            f"{part('str')}.index({part('str')})", f"{part('ints')}.index({a})", f"max(zip({part('ints')}, {part('ints')}))[1]",
        ])  # fmt: skip

    def _str(self, part: Callable[[str], str], names: Names) -> str:
        a, b, n = part("str"), part("str"), part("int")
        thing, maybe = self.atom("item", names), self.known("maybe", names)
        some = [f"({maybe} if {maybe} is not None else {b})", f"({maybe} or {a})"] if maybe else []
        return self.chance.choice([
            f"({a} + {b})", f'f"{{({n})}}-{{({a})}}"' if '"' not in n + a and "'" not in n + a else f"str({n})",
            f"str({n})", f"str({part('bool')})", f"{a}.upper()", f"{a}.lower()", f"{a}.strip()", f"{a}[:2]",
            f"{a}[-2:]", f"{a}[1:3]", f"{a}[0]", f"{a}[-1]", f"{a}.replace('a', {b})", f"'-'.join({part('words')})",
            f"{part('words')}[0]", f"{part('words')}[-1]", f"{a}.removesuffix({b})", f"{a}.removeprefix({b})",
            f"{thing}.name", f"str({thing}.day)", f"{a}.split('/')[-1]", f"{a}.zfill(4)", f"({a} or {b})", *some,
            f"{a}[::-1]", f"{a}[1::2]", f"({a}[:2] * 3)", f"{a}[:3].title()", f"{a}.partition({b})[2]", f"{a}.rpartition('/')[0]",
            f"{a}.replace({b}, 'z')", f"{a}.replace('a', {b}, 1)", f"{a}[:9].ljust(5, '.')", f"{a}[:9].rjust(4)",
            f"{a}[:9].center(6, '*')", f"{a}.split('/', 1)[0]", f"{a}.rsplit('.', 1)[-1]", f"','.join(sorted(set({part('words')})))",
            self._formatted(f"({n}) % 100", "04d"), self._formatted(n, "x"),
            self._formatted(self._plain_float(part), ".2f"), self._formatted(self._plain_float(part), ".1%"),
            f"str({maybe})" if maybe else a,
        ])  # fmt: skip

    def _bool(self, part: Callable[[str], str], names: Names) -> str:
        a, b, s, t = part("int"), part("int"), part("str"), part("str")
        maybe = self.atom("maybe", names)
        item, literal = self.local(), self.constant("str")
        test = self.chance.choice([
            f"({a}) < ({b})", f"({a}) == ({b})", f"({a}) != 1", f"0 <= ({a}) < {self.atom('int', names)}", f"{s} == {t}", f"{s} < {t}",
            f"({a}) > 2", f"(({part('float')}) < ({part('float')}))", f"not ({part('bool')})",
            f"({part('bool')} and {part('bool')})", f"({part('bool')} or {part('bool')})", f"bool({s})",
            f"not {part('ints')}", f"bool({part('table')})", f"{s} in {part('words')}", f"({a}) in {part('ints')}",
            f"({a}) not in {part('ints')}", f"{s} in {part('table')}", f"{s} in {t}", f"{s}.startswith({t})",
            f"{s}.endswith({t})", f"{maybe} is None" if maybe not in ("None", '"p"') else "True",
            f"{part('ints')} == {part('ints')}", f"{part('words')} == {part('words')}",
            f"any([{item} > {a} for {item} in {part('ints')}])", f"all({item} != {literal} for {item} in {self.atom('words', names)})",
            f"{self.atom('date', names)} < {self.atom('item', names)}.day", f"{s} in {{'a', 'ab'}}",
            f"set({part('ints')}) <= set({part('ints')})", f"set({part('words')}) == set({part('words')})", f"{s}.isdigit()",
            f"{s}.startswith(('a', {t}))", f"({a}) in {part('table')}.values()", f"{s}[:3].isalpha()",
            f"any(v > {self.atom('int', names)} for v in {part('table')}.values())", f"all(map(bool, {part('words')}))",
        ])  # fmt: skip
        return f"({test})"

    def _float(self, part: Callable[[str], str]) -> str:
        a, b, n = part("float"), part("float"), part("int")
        return self.chance.choice([
            f"(({a}) + ({b}))", f"(({a}) - ({n}))", f"(({a}) * ({b}))", f"(({a}) / ({b}))", f"(({n}) / 4)", f"-({a})",
            f"abs({a})", f"float({n})", f"max({a}, {b})", f"round({a}, 1)", f"round({a}, 2)",
        ])  # fmt: skip

    @staticmethod
    def _formatted(value: str, spec: str) -> str:
        """A number in an f-string, which before Python 3.12 holds no quotes of its own kind and no backslash."""
        return f"f'{{({value}):{spec}}}'" if not set(value) & set("'\"\\") else "str(7)"

    def _plain_float(self, part: Callable[[str], str]) -> str:
        """A float whose zero has no sign."""
        return self.chance.choice([f"abs({part('float')})", f"({part('int')}) / 4", f"({part('float')}) + 1.0", "x"])

    def local_again(self) -> str:
        return f"i{self.locals}"

    def _ints(self, part: Callable[[str], str], names: Names, depth: int) -> str:
        a, n, item = part("ints"), part("int"), self.local()
        inner = {**names, item: "int"}
        element = self.make("int", inner, depth - 1, calls=False)
        test = self.make("bool", inner, depth - 1, calls=False)
        return self.chance.choice([
            f"[{n}, {part('int')}]", f"[*{a}, {n}]", f"({a} + [{n}])", f"{a}[1:]", f"{a}[:2]", f"sorted({a})",
            f"list(reversed({a}))", f"[{element} for {item} in {a}]", f"[{item} for {item} in {a} if {test}]",
            f"[{element} for {item} in {a} if {test}]", f"list(range({self.chance.randint(0, 3)}))",
            f"[len({item}) for {item} in {part('words')}]", f"sorted({a}, key=lambda {item}: -{item})",
            f"[{item} + {item}x for {item} in {a}[:2] for {item}x in {a}[:2]]", f"([{n}] * 2)", f"sorted({a}, reverse=True)",
            f"[{item} * {item}x for {item}, {item}x in enumerate({a})]", f"{a}[::2]", f"{a}[::-1]", f"{a}[-1::-2]",
            f"list(map(abs, {a}))", f"list(filter(lambda {item}: {test}, {a}))", f"sorted(set({a}))", f"sorted({{*{a}, {n}}})",
            f"sorted({a}, key=abs)", f"[{item} for {item}, {item}x in sorted(zip({a}, {part('ints')}))]",
            f"sorted(set({a}) ^ set({part('ints')}))", f"sum([{a}, {part('ints')}], [])", f"sorted({part('table')}.values())",
        ])  # fmt: skip

    def _words(self, part: Callable[[str], str], names: Names, depth: int) -> str:
        a, s, item = part("words"), part("str"), self.local()
        inner = {**names, item: "str"}
        element = self.make("str", inner, depth - 1, calls=False)
        test = self.make("bool", inner, depth - 1, calls=False)
        return self.chance.choice([
            f"[{s}, {part('str')}]", f"[*{a}, {s}]", f"{s}.split('/')", f"{s}.split()", f"sorted({a})", f"{a}[1:]",
            f"[{element} for {item} in {a}]", f"[{item} for {item} in {a} if {test}]", f"sorted({part('table')})",
            f"({a} + [{s}])", f"[str({item}) for {item} in {part('ints')}]", f"{s}.split(',')", f"[*{s}[:3]]",
            f"{s}.split('/', 1)", f"{s}.rsplit(',', 2)", f"list({s}.partition({part('str')}))", f"{a}[::-1]", f"list(map(str.strip, {a}))",
            f"sorted({a}, key=len)", f"sorted(set({a}) | {{{s}}})",
            f"[{item} for {item}, {item}v in sorted({part('table')}.items(), reverse=True)]",
        ])  # fmt: skip

    def _table(self, part: Callable[[str], str], names: Names, depth: int) -> str:
        item = self.local()
        element = self.make("int", {**names, item: "str"}, depth - 1, calls=False)
        return self.chance.choice([
            f"{{**{part('table')}, 'b': {part('int')}}}", f"{{{item}: {element} for {item} in {part('words')}}}",
            f"{{'a': {part('int')}, 'c': {part('int')}}}", f"{{**{part('table')}, **{part('table')}}}",
            f"{{{item}: {item}v + 1 for {item}, {item}v in sorted({part('table')}.items())}}", f"({part('table')} | {part('table')})",
            f"{{{item}: {item}v * 2 for {item}, {item}v in {part('table')}.items() if {item}v > 1}}",
            f"dict.fromkeys({part('words')}, {part('int')})",
        ])  # fmt: skip


_Part = Callable[[str], str]

_CALLS: Mapping[str, tuple[Callable[[_Part], str], ...]] = {
    "int": (
        lambda part: f"mix({part('int')}, {part('int')})",
        lambda part: f"mix({part('int')}, {part('int')})",
        lambda part: f"risky({part('int')})",
        lambda part: f"size({part('str')})",
        lambda part: f"twice({part('int')})",
        lambda part: f"careful({part('int')})",
        lambda part: f"checked({part('int')})",
        lambda part: f"searched({part('ints')}, {part('int')})",
        lambda part: f"nested({part('int')})",
        lambda part: f"retry(on=[Other], attempts=1)(twice)({part('int')})",
    ),
    "str": (lambda part: f"name({part('int')})",),
    "bool": (lambda part: f"flag({part('str')})",),
    "ints": (lambda part: f"many({part('int')})",),
    "maybe": (lambda part: f"maybe({part('int')})",),
    "item": (lambda part: f"item({part('str')})",),
}
