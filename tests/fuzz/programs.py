"""Random well-typed workflows as source text: every statement of the language, nested."""

# ruff: noqa: ARG002 - each kind of statement has a method, all of one signature

from __future__ import annotations

import random
import textwrap

from tests.fuzz.expressions import Expressions, Names
from tests.fuzz.inputs import PARAMETERS

__all__ = ["module_text", "random_workflow"]

HEAD = """\
from __future__ import annotations

from datetime import date

from ladle import Failed, after, at_once, attempt, each, in_order, retry, split, workflow
from tests.fuzz.tasks import *


"""

_TYPES = {
    "n": "int", "s": "str", "flagged": "bool", "x": "float", "xs": "ints", "words": "words", "table": "table",
    "thing": "item", "perhaps": "maybe", "limit": "int",
}  # fmt: skip
_KINDS = (
    "int",
    "int",
    "int",
    "str",
    "str",
    "bool",
    "float",
    "ints",
    "ints",
    "words",
    "table",
    "item",
    "maybe",
)
_ERRORS = ("Bad", "Worse", "Other", "ValueError")
_CAUGHT = (
    *_ERRORS, "Exception", "Exception", "KeyError", "IndexError", "ZeroDivisionError", "(Worse, Other)",
    "(Bad, KeyError)", "LookupError",
)  # fmt: skip
_ANNOTATIONS = {"ints": "list[int]", "words": "list[str]", "table": "dict[str, int]", "maybe": "str | None"}


def random_workflow(chance: random.Random, name: str = "main", size: int | None = None) -> str:
    """The source of a workflow with the parameters of `inputs` that returns what its names are in the end."""
    return _Writer(chance).workflow(name, size or chance.choice([2, 3, 4, 5, 7]))


def module_text(*workflows: str) -> str:
    """A module of workflows."""
    return HEAD + "\n\n".join(workflows)


Lines = list[str]


def _inner(lines: Lines) -> Lines:
    return ["    " + line for line in lines] or ["    pass"]


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.parts = random.Random(repr(chance.getstate()[1][:8]))  # of its own, so that seeds keep their programs
        self.expressions = Expressions(chance)
        self.made = 0
        self.loops = 0
        self.marks = 0
        self.ending = False  # inside `finally`, which nothing may leave

    def workflow(self, name: str, size: int) -> str:
        names: dict[str, str] = dict(_TYPES)
        lines = self.block(names, size, depth=0, loop=False, steps=True)
        lines.append(self.returned(names))
        body = textwrap.indent("\n".join(lines), "    ")
        return f"@workflow\ndef {name}({PARAMETERS}) -> Seen:\n{body}\n"

    # ------------------------------------------------------------------------------------------ pieces

    def fresh(self, prefix: str = "v") -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    def make(self, kind: str, names: Names, depth: int = 2, calls: bool = True) -> str:
        return self.expressions.make(kind, names, depth, calls)

    def returned(self, names: Names) -> str:
        kinds = ("int", "str", "bool", "float", "ints", "words", "table")
        values = []
        for kind in kinds:
            # The latest names tell most.
            latest = [name for name, has in names.items() if has == kind][-3:]
            values.append(self.chance.choice(latest) if latest else self.expressions.constant(kind))
        return f"return Seen({', '.join(values)})"

    def block(self, names: dict[str, str], size: int, *, depth: int, loop: bool, steps: bool) -> Lines:
        """Statements; `names` grows by what they set. `steps`: a bare call is a step of the whole run here."""
        lines: Lines = []
        for place in range(size):
            lines += self.statement(names, depth=depth, loop=loop, steps=steps, last=place == size - 1)
        return lines

    def inside(self, names: Names, depth: int, loop: bool, steps: bool) -> tuple[Lines, dict[str, str]]:
        """An indented block, and the names that are set after it."""
        inner = dict(names)
        lines = self.block(inner, self.chance.choice([1, 1, 2, 3]), depth=depth + 1, loop=loop, steps=steps)
        return _inner(lines), inner

    def statement(self, names: dict[str, str], *, depth: int, loop: bool, steps: bool, last: bool) -> Lines:
        kinds = ["set"] * 7 + ["again"] * 5 + ["aug"] * 2 + ["append", "setitem", "extend", "note", "unpack"]
        kinds += ["map"] * 2 + ["attempt", "guarded", "guarded", "taken", "spread", "popped", "set", "set", "grid"]
        if steps:
            kinds += ["mark"]
        if depth < 3:
            kinds += ["if"] * 3 + ["for"] * 2 + ["while", "match", "apart", "sure"] + ["try"] * 3 + ["order"]
        if last and depth and loop and not self.ending:
            kinds += ["jump"] * 3
        if last and depth and not self.ending:
            kinds += ["leave"] * 2 + ["raise"] * 2
        kind = self.chance.choice(kinds)
        lines: Lines = getattr(self, f"put_{kind}")(names, depth, loop, steps)
        return lines

    # ------------------------------------------------------------------------------------------ simple

    def put_value(self, names: dict[str, str], *_: object) -> Lines:
        kind, name = self.chance.choice(_KINDS), self.fresh()
        value = self.make(kind, names, 3)
        if kind in ("ints", "words", "table") and self.chance.random() < 0.1:
            value = "{}" if kind == "table" else "[]"
        if kind in ("ints", "words", "table") and value in names:
            value = f"[*{value}]" if kind != "table" else f"{{**{value}}}"
        names[name] = kind
        annotation = f": {_ANNOTATIONS[kind]}" if kind in _ANNOTATIONS else ""
        return [f"{name}{annotation} = {value}"]

    def put_again(self, names: dict[str, str], *_: object) -> Lines:
        own = [name for name in names if name.startswith("v") and names[name] != "maybe"]
        if not own:
            return self.put_value(names)
        name = self.chance.choice(own)
        kind = names[name]
        value = self.make(kind, names)
        if kind in ("ints", "words", "table") and value in names:
            value = f"[*{value}]" if kind != "table" else f"{{**{value}}}"
        return [f"{name} = {value}"]

    def put_aug(self, names: dict[str, str], *_: object) -> Lines:
        name = self.expressions.known("int", names)
        if name is None:
            return self.put_value(names)
        return [f"{name} {self.chance.choice(['+=', '-=', '*='])} {self.make('int', names, 1)}"]

    def own_list(self, names: dict[str, str]) -> tuple[str, Lines]:
        own = [name for name in names if name.startswith("v") and names[name] == "ints"]
        if own:
            return self.chance.choice(own), []
        name = self.fresh()
        names[name] = "ints"
        return name, [f"{name}: list[int] = [1]"]

    def put_append(self, names: dict[str, str], *_: object) -> Lines:
        name, lines = self.own_list(names)
        return [*lines, f"{name}.append({self.make('int', names)})"]

    def put_extend(self, names: dict[str, str], *_: object) -> Lines:
        name, lines = self.own_list(names)
        return [*lines, f"{name}.extend({self.make('ints', names, 1)}[:2])"]

    def put_setitem(self, names: dict[str, str], *_: object) -> Lines:
        own = [name for name in names if name.startswith("v") and names[name] == "table"]
        name = self.chance.choice(own) if own else self.fresh()
        lines = [] if own else [f"{name}: dict[str, int] = {{}}"]
        names[name] = "table"
        return [*lines, f"{name}[{self.make('str', names, 1)}] = {self.make('int', names)}"]

    def put_note(self, names: dict[str, str], *_: object) -> Lines:
        return [f"note({self.make('str', names)})"]

    def put_mark(self, names: dict[str, str], *_: object) -> Lines:
        self.marks += 1
        return [f"mark('{self.marks}' + {self.make('str', names, 1, calls=False)})"]

    def put_unpack(self, names: dict[str, str], *_: object) -> Lines:
        a, b = self.fresh(), self.fresh()
        line = f"{a}, {b} = {self.make('int', names)}, {self.make('str', names)}"
        names[a], names[b] = "int", "str"
        return [line]

    def put_guarded(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        """What fails now and then, alone in a `try`."""
        name, caught = (
            self.fresh(),
            self.chance.choice(["KeyError", "IndexError", "ValueError", "Bad", "Exception"]),
        )
        value = self.chance.choice([
            f"{self.make('table', names, 1)}[{self.make('str', names, 1)}]",
            f"{self.make('ints', names, 1)}[{self.make('int', names, 1)}]",
            f"int({self.make('str', names, 1)})",
            f"{self.make('int', names, 1)} // ({self.make('int', names, 1)})",
            f"risky({self.make('int', names)})", f"size({self.make('str', names)})",
        ])  # fmt: skip
        names[name] = "int"
        return ["try:", f"    {name} = {value}", f"except {caught}:",
                f"    {name} = {self.expressions.constant('int')}"]  # fmt: skip

    def put_taken(self, names: dict[str, str], *_: object) -> Lines:
        """Text or a list taken apart; its length may be another one."""
        a, b = self.fresh(), self.fresh()
        kind = self.chance.choice(["ints", "words"])
        one = "int" if kind == "ints" else "str"
        value, other = self.make(kind, names, 1), self.make(one, names, 1)
        names[a] = one
        if self.chance.random() < 0.5:
            names[b] = kind
            return [f"{a}, *{b} = [{other}, *{value}]"]
        names[b] = one
        line = f"{a}, {b} = [*{value}, {other}][:2]"
        if self.chance.random() < 0.5:
            return [line]
        return ["try:", f"    {line}", "except ValueError:", f"    {a} = {b} = {self.expressions.constant(one)}"]

    def put_spread(self, names: dict[str, str], *_: object) -> Lines:
        a, b, c = self.fresh(), self.fresh(), self.fresh()
        one, two = self.make("int", names, 1), self.make("int", names, 1)
        line = f"{a}, *{b}, {c} = [{one}, *{self.make('ints', names, 1)}, {two}]"
        names[a], names[b], names[c] = "int", "ints", "int"
        return [line]

    def put_popped(self, names: dict[str, str], *_: object) -> Lines:
        """A local list or dict, changed in place in one more way."""
        found, value = self.fresh(), self.fresh()
        first = f"{found}: list[int] = [{self.make('int', names, 1)}, *{self.make('ints', names, 1)}]"
        names[found], names[value] = "ints", "int"
        way = self.chance.choice([
            f"{value} = {found}.pop()", f"{value} = {found}.pop({self.make('int', names, 1)})",
            f"{value} = len({found})\ndel {found}[0]", f"{found}.insert({self.make('int', names, 1)}, 7)\n{value} = {found}[0]",
            f"{found}.sort()\n{value} = {found}[0]", f"{value} = 3\n{found}.remove({self.make('int', names, 1)})",
            f"{value} = 4\nassert {self.make('bool', names, 1)}, 'not so'",
        ])  # fmt: skip
        del names[value]
        lines = [first, *way.split("\n")]
        names[value] = "int"
        return lines

    def put_set(self, names: dict[str, str], *_: object) -> Lines:
        return self.put_value(names) if self.chance.random() < 0.85 else self.put_seen(names)

    def put_seen(self, names: dict[str, str], *_: object) -> Lines:
        """A local set that grows."""
        seen, count, item = self.fresh("seen"), self.fresh(), self.fresh("e")
        lines = [
            f"{seen}: set[int] = {{{self.make('int', names, 1)}}}", f"{count} = 0",
            f"for {item} in {self.make('ints', names, 1)}[:3]:", f"    if {item} in {seen}:", "        continue",
            f"    {seen}.add({item})", f"    {count} += 1",
        ]  # fmt: skip
        names[count] = "int"
        return lines

    def put_grid(self, names: dict[str, str], *_: object) -> Lines:
        """Maps in maps, and lists of lists."""
        grid, found, a, b = self.fresh("grid"), self.fresh(), self.fresh("e"), self.fresh("e")
        source = self.make("ints", names, 1)
        inner = self.chance.choice([f"[mix({a}, {b}) for {b} in [{a}, *{self.make('ints', names, 1)}][:2]]", f"many({a})", f"[{a}, {a}]"])
        names[found] = "ints"
        end = self.chance.choice([
            f"[{a} for {b} in {grid} for {a} in {b}]", f"[len({b}) for {b} in {grid}]", f"[{b}[0] for {b} in {grid}[::-1] if {b}]",
            f"[mix({a}, 2) for {b} in {grid} for {a} in {b} if {a} > 1]",
        ])  # fmt: skip
        return [f"{grid} = [{inner} for {a} in {source}[:3]]", f"{found} = {end}"]

    # ------------------------------------------------------------------------------------------ calls

    def put_map(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        found, element = self.fresh(), self.fresh("e")
        kind = self.chance.choice(["ints", "words"])
        inner = {**names, element: "int" if kind == "ints" else "str"}
        source = self.make(kind, names, 1)
        if self.chance.random() < 0.3:
            source = f"each({source}, concurrency={self.chance.randint(1, 3)})"
        condition = f" if {self.make('bool', inner, 1)}" if self.chance.random() < 0.5 else ""
        result = "int"
        value = self.make("int", inner, 2)
        if self.chance.random() < 0.7:
            part = f"len({element})" if kind == "words" else element
            value = self.chance.choice([
                f"mix({part}, {self.make('int', inner, 1)})", f"careful({part})", f"twice({part})",
                f"mix({value}, {part})", f"risky({part})", f"nested({part})",
            ])  # fmt: skip
        if self.chance.random() < 0.25:
            other = self.fresh("e")
            deeper = {**inner, other: "int"}
            second = f"for {other} in {self.make('ints', inner, 1)}"
            value = f"sum([mix({other}, {self.make('int', deeper, 1)}) {second}])"
        elif self.chance.random() < 0.15:
            other = self.fresh("e")
            second = f"for {other} in many({value})"
            lines = [f"{found} = [mix({other}, 1) for {element} in {source}{condition} {second}]"]
            names[found] = "ints"
            return lines
        elif self.chance.random() < 0.15:
            value, result = f"name({value})", "str"
        names[found] = "ints" if result == "int" else "words"
        return [f"{found} = [{value} for {element} in {source}{condition}]"]

    def put_attempt(self, names: dict[str, str], *_: object) -> Lines:
        tried, value = self.fresh("t"), self.fresh()
        callee = self.chance.choice(["risky", "risky", "nested"])
        if self.chance.random() < 0.3:
            element, one = self.fresh("e"), self.fresh("e")
            lines = [
                f"{tried} = [attempt({callee}, {element}) for {element} in {self.make('ints', names, 1)}]",
                f"{value} = [{one} for {one} in {tried} if not isinstance({one}, Failed)]",
            ]
            names[value] = "ints"
            return lines
        error = self.fresh()
        lines = [
            f"{tried} = attempt({callee}, {self.make('int', names)})",
            f"{value} = -1 if isinstance({tried}, Failed) else {tried}",
            f'{error} = {tried}.error if isinstance({tried}, Failed) else "fine"',
        ]
        names[value], names[error] = "int", "str"
        return lines

    # ------------------------------------------------------------------------------------------ compound

    def put_if(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        kind, name = self.chance.choice(["int", "str", "ints"]), self.fresh()
        annotation = f": {_ANNOTATIONS[kind]}" if kind in _ANNOTATIONS else ""
        lines = [f"if {self.make('bool', names, 3)}:"]
        shape = self.chance.random()
        body, first = self.inside(names, depth, loop, steps)
        if shape < 0.4:
            return lines + body
        # Each branch sets the name, so that it is set afterwards.
        begin = f"    {name}{annotation} = {self.make(kind, names)}"
        if shape > 0.8:
            lines += [begin, *body, f"elif {self.make('bool', names)}:"]
            body, _ = self.inside(names, depth, loop, steps)
            lines += [f"    {name} = {self.make(kind, names)}", *body, "else:"]
        else:
            lines += [begin, *body, "else:"]
        body, _ = self.inside(names, depth, loop, steps)
        lines += [f"    {name} = {self.make(kind, names)}", *body]
        del first
        names[name] = kind
        return lines

    def put_match(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        lines = [f"match {self.make('int', names)}:", "    case 0 | 1:"]
        lines += ["    " + line for line in self.inside(names, depth, loop, steps)[0]]
        lines += ["    case 5:"]
        lines += ["    " + line for line in self.inside(names, depth, loop, steps)[0]]
        if self.chance.random() < 0.5:
            lines += ["    case _:"]
            lines += ["    " + line for line in self.inside(names, depth, loop, steps)[0]]
        return lines

    def put_apart(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        """`match` on lists, dicts and records."""
        kind = self.chance.choice(["ints", "table", "item"])
        one, rest = self.fresh("e"), self.fresh("e")
        cases: list[tuple[str, dict[str, str]]] = {
            "ints": [("[]", {}), (f"[{one}]", {one: "int"}), (f"[{one}, *{rest}]", {one: "int", rest: "ints"}),
                     (f"[3, {one}, *_]", {one: "int"})],
            "table": [(f'{{"a": {one}}}', {one: "int"}), (f'{{"a": 1, **{rest}}}', {rest: "table"}), ('{"b": _, "a": 1}', {})],
            "item": [(f"Item(name={one}, size=1)", {one: "str"}), (f"Item({one}, {rest})", {one: "str", rest: "int"}),
                     ("Item(tags=None)", {})],
        }[kind]  # fmt: skip
        lines = [f"match {self.make(kind, names, 1)}:"]
        for pattern, found in self.chance.sample(cases, self.chance.choice([1, 2, 3])):
            lines += [f"    case {pattern}:"]
            lines += ["    " + line for line in self.inside({**names, **found}, depth, loop, steps)[0]]
        if self.chance.random() < 0.4:
            lines += ["    case _:", *("    " + line for line in self.inside(names, depth, loop, steps)[0])]
        return lines

    def put_sure(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        """A loop that surely has a turn sets its names."""
        item, name = self.fresh("e"), self.fresh()
        head = self.chance.choice(
            [f"for {item} in range({self.chance.randint(1, 3)}):", f"for {item} in [{self.make('int', names, 1)}, 2]:"]
        )
        inner = {**names, item: "int"}
        lines = [head, f"    {name} = {self.make('int', inner, 1)}", *self.inside({**inner, name: "int"}, depth, True, steps)[0]]
        names[name] = names[item] = "int"
        return self.in_parts(lines)

    def put_for(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        item = self.fresh("e")
        inner = dict(names)
        kind = self.chance.choice(["ints", "ints", "words", "range", "enumerate", "zip", "items"])
        if kind in ("ints", "words"):
            # Sliced: a body that appends to what it goes over would grow it without end.
            head = f"for {item} in {self.make(kind, names, 1)}[:3]:"
            inner[item] = "int" if kind == "ints" else "str"
        elif kind == "range":
            head = f"for {item} in range({self.chance.choice(['2', '3', '1, 3', 'limit % 3', 'len(xs)'])}):"
            inner[item] = "int"
        elif kind == "items":
            key = self.fresh("e")
            head = f"for {key}, {item} in sorted({self.make('table', names, 1)}.items())[:2]:"
            inner[key], inner[item] = "str", "int"
        else:
            other = self.fresh("e")
            pair = f"enumerate({self.make('words', names, 1)}[:3])"
            if kind == "zip":
                pair = f"zip({self.make('ints', names, 1)}[:3], {self.make('words', names, 1)}[:2])"
            head = f"for {item}, {other} in {pair}:"
            inner[item], inner[other] = "int", "str"
        lines = [head, *self.inside(inner, depth, True, steps)[0]]
        if self.chance.random() < 0.2:
            lines += ["else:", *self.inside(names, depth, loop, steps)[0]]
        return self.in_parts(lines)

    def put_while(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        self.loops += 1
        turns = f"turns{self.loops}"
        test = self.chance.choice(["", "", f" and ({self.make('bool', names, 2)})", f" and flag(str({turns}))"])
        inner = dict(names)
        lines = [f"{turns} = 0", f"while {turns} < {self.chance.randint(1, 3)}{test}:", f"    {turns} += 1"]
        lines += self.inside(inner, depth, True, steps)[0]
        if self.chance.random() < 0.2:
            lines += ["else:", *self.inside(names, depth, loop, steps)[0]]
        return [lines[0], *self.in_parts(lines[1:])]

    def in_parts(self, lines: Lines) -> Lines:
        """A loop, now and then one whose turns are made by runs of their own."""
        if self.parts.random() < 0.7:
            return lines
        return [f"with split(every={self.parts.choice([1, 1, 2, 3])}):", *("    " + line for line in lines)]

    def put_try(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        name = self.fresh()
        lines = ["try:"]
        body, _ = self.inside(names, depth, loop, steps)
        setting = self.chance.random() < 0.6
        if setting:
            at = self.chance.choice([0, 1])
            callee = self.chance.choice(["risky", "risky", "nested", "checked"])
            call = f"    {name} = {callee}({self.make('int', names)})"
            body = [call, *body] if at == 0 else [*body, call] if not _leaves(body) else [call, *body]
        lines += body
        kind = self.chance.random()
        if kind < 0.9:
            for caught in self.chance.sample(_CAUGHT, self.chance.choice([1, 1, 2])):
                error = self.fresh("error") if self.chance.random() < 0.5 else ""
                lines += [f"except {caught}{f' as {error}' if error else ''}:"]
                inner = dict(names)
                if setting:
                    lines += [f"    {name} = {self.make('int', names, 1, calls=False)}"]
                if error:
                    text = self.fresh()
                    told = [f"type({error}).__name__ + {self.expressions.constant('str')}"]
                    if caught in ("Bad", "Worse", "Other", "(Worse, Other)"):
                        told.append(f"str({error})")  # the wording of Python's own errors is its own
                    lines += [f"    {text} = {self.chance.choice(told)}"]
                    inner[text] = "str"
                more, _ = self.inside(inner, depth, loop, steps)
                lines += more
                if not _leaves(more) and self.chance.random() < 0.2:
                    lines += ["    raise"]
            if self.chance.random() < 0.25:
                lines += ["else:", *self.inside(names, depth, loop, steps)[0]]
        if kind > 0.75:
            lines += ["finally:", f"    note({self.make('str', names, 1)})"]
            if self.chance.random() < 0.5:
                before, self.ending = self.ending, True
                lines += self.inside(names, depth, False, steps)[0]
                self.ending = before
        if setting:
            names[name] = "int"
        return lines

    def put_order(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        own = [name for name in names if name.startswith("v")]
        kinds = ["in_order()", "at_once()", *([f"after({self.chance.choice(own)})"] if own else [])]
        kind = self.chance.choice(kinds)
        body, after = self.inside(names, depth, loop, steps and kind == "in_order()")
        names.update(after)
        return [f"with {kind}:", *body]

    # ------------------------------------------------------------------------------------------ leaving

    def put_jump(self, *_: object) -> Lines:
        return [self.chance.choice(["break", "continue"])]

    def put_leave(self, names: dict[str, str], *_: object) -> Lines:
        return [self.returned(names)]

    def put_raise(self, names: dict[str, str], *_: object) -> Lines:
        return [f"raise {self.chance.choice(_ERRORS)}({self.make('str', names, 1, calls=False)})"]


def _leaves(lines: Lines) -> bool:
    """Whether the last statement of an indented block leaves it."""
    words = ("break", "continue", "return", "raise")
    return any(lines[-1].startswith("    " + word) for word in words)
