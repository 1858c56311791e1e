"""Random well-typed workflows as source text: every statement of the language, nested."""

# ruff: noqa: ARG002 - each kind of statement has a method, all of one signature

from __future__ import annotations

import random
import re
import textwrap

from tests.fuzz.expressions import ANNOTATIONS, expressions
from tests.fuzz.grammar import Names, NoName
from tests.fuzz.inputs import KINDS, PARAMETERS
from tests.fuzz.statements import GUARDED, LEAVING, MAPS, OWNED, PATTERNS, SIMPLE

__all__ = ["HEAD", "RESULT", "module_text", "random_workflow"]

HEAD = """\
from __future__ import annotations

import base64
import hashlib
import itertools
import json
import math
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from ladle import Failed, Retry, after, at_once, attempt, each, in_order, inline, retry, sleep, sleep_until, split, workflow
from tests.fuzz.tasks import *


"""

_VALUES = (
    "int", "int", "int", "str", "str", "bool", "float", "ints", "ints", "words", "table", "item", "maybe", "whole", "date", "time",
    "things", "row", "color", "level", "grid", "pair", "reals", "index",
)  # fmt: skip
"""The kinds of what assignments set; ints most often."""

RESULT = ("int", "str", "bool", "float", "ints", "words", "table", "maybe", "date", "time", "item", "grid", "color")
"""The kinds of the fields of `Seen`."""

_CAUGHT = (
    "Bad", "Worse", "Other", "ValueError", "Exception", "Exception", "KeyError", "IndexError", "ZeroDivisionError", "(Worse, Other)",
    "(Bad, KeyError)", "LookupError", "ArithmeticError",
)  # fmt: skip
_PLAIN_TEXT = ("Bad", "Worse", "Other", "(Worse, Other)")
"""Errors whose text is the program's; the wording of Python's own is its own."""


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
        self.grammar = expressions(chance)
        self.made = 0
        self.loops = 0
        self.marks = 0
        self.ending = False  # inside `finally`, which nothing may leave

    def workflow(self, name: str, size: int) -> str:
        names: dict[str, str] = dict(KINDS)
        lines = self.block(names, size, depth=0, loop=False, steps=True)
        lines.append(self.returned(names))
        body = textwrap.indent("\n".join(lines), "    ")
        return f"@workflow\ndef {name}({PARAMETERS}) -> Seen:\n{body}\n"

    # ------------------------------------------------------------------------------------------ pieces

    def fresh(self, prefix: str = "v") -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    def make(self, kind: str, names: Names, depth: int = 2, calls: bool = True) -> str:
        return self.grammar.make(kind, names, depth, calls)

    def returned(self, names: Names) -> str:
        values = []
        for kind in RESULT:
            # The latest names tell most.
            latest = [name for name, has in names.items() if has == kind][-3:]
            values.append(self.chance.choice(latest) if latest else self.grammar.constant(kind))
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
        kinds = ["value"] * 8 + ["again"] * 5 + ["simple"] * 10 + ["map"] * 4 + ["guarded"] * 2
        if steps:
            kinds += ["mark"]
        if depth < 3:
            kinds += ["if"] * 3 + ["for"] * 2 + ["while"] + ["match"] * 2 + ["sure"] + ["try"] * 4 + ["order"] * 2
        if last and depth and loop and not self.ending:
            kinds += ["jump"] * 3
        if last and depth and not self.ending:
            kinds += ["leave"] * 2 + ["raise"] * 2
        kind = self.chance.choice(kinds)
        lines: Lines = getattr(self, f"put_{kind}")(names, depth, loop, steps)
        return lines

    # ------------------------------------------------------------------------------------------ simple

    def fill(self, template: str, names: dict[str, str], depth: int = 2, calls: bool = True) -> Lines:
        """A template of `statements`; `names` grows by what it sets."""
        before: Lines = []
        fresh: dict[str, str] = {}
        own: dict[str, str] = {}

        def owned(place: re.Match[str]) -> str:
            kind, label = place.groups()
            mine = [name for name, has in names.items() if has == kind and name.startswith("own")]
            if not mine or (label is None and self.chance.random() < 0.1):
                before.extend(self.fill(OWNED[kind], names, 1))
                mine = [list(names)[-1]]
            name = self.chance.choice(mine)
            if label is not None:
                own[label] = name
            return name

        def named(place: re.Match[str]) -> str:
            letter, kind = place.groups()
            if letter not in fresh:
                fresh[letter] = self.fresh("own" if letter == "w" else "e" if letter in "ef" else "v")
            if kind:
                set_later[fresh[letter]] = kind
            return fresh[letter]

        set_later: dict[str, str] = {}
        text = re.sub(r"<\^(\w+)(?::(\w))?>", owned, template)
        text = re.sub(r"<:(\w)>", lambda place: own.get(place[1], place[0]), text)
        text = re.sub(r"\$([a-z])(?::(\w+))?", named, text)
        text = self.grammar.expand(text, names, depth + 1, calls)
        names.update(set_later)
        return [*before, *text.split("\n")]

    def some(self, templates: tuple[str, ...], names: dict[str, str]) -> Lines:
        while True:
            try:
                return self.fill(self.chance.choice(templates), names, self.chance.choice([1, 1, 2]))
            except NoName:
                continue

    def put_value(self, names: dict[str, str], *_: object) -> Lines:
        kind, name = self.chance.choice(_VALUES), self.fresh()
        value = self.make(kind, names, 3)
        if kind in ("ints", "words", "table", "grid") and self.chance.random() < 0.1:
            value = "{}" if kind == "table" else "[]"
        names[name] = kind
        return [f"{name}: {ANNOTATIONS[kind]} = {value}"]

    def put_again(self, names: dict[str, str], *_: object) -> Lines:
        own = [name for name in names if name.startswith("v") and names[name] not in ("maybe", "whole")]
        if not own:
            return self.put_value(names)
        name = self.chance.choice(own)
        return [f"{name} = {self.make(names[name], names)}"]

    def put_simple(self, names: dict[str, str], *_: object) -> Lines:
        return self.some(SIMPLE, names)

    def put_map(self, names: dict[str, str], *_: object) -> Lines:
        return self.some(MAPS, names)

    def put_guarded(self, names: dict[str, str], *_: object) -> Lines:
        return self.some(GUARDED, names)

    def put_mark(self, names: dict[str, str], *_: object) -> Lines:
        self.marks += 1
        return [f"mark('{self.marks}' + {self.make('str', names, 1, calls=False)})"]

    # ------------------------------------------------------------------------------------------ compound

    def put_if(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        kind, name = self.chance.choice(["int", "str", "ints", "maybe", "grid"]), self.fresh()
        lines = [f"if {self.make('bool', names, 3)}:"]
        shape = self.chance.random()
        body, _ = self.inside(names, depth, loop, steps)
        if shape < 0.4:
            return lines + body
        # Each branch sets the name, so that it is set afterwards.
        begin = f"    {name}: {ANNOTATIONS[kind]} = {self.make(kind, names)}"
        if shape > 0.8:
            lines += [begin, *body, f"elif {self.make('bool', names)}:"]
            body, _ = self.inside(names, depth, loop, steps)
            lines += [f"    {name} = {self.make(kind, names)}", *body, "else:"]
        else:
            lines += [begin, *body, "else:"]
        body, _ = self.inside(names, depth, loop, steps)
        lines += [f"    {name} = {self.make(kind, names)}", *body]
        names[name] = kind
        return lines

    def put_match(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        kind = self.chance.choice(list(PATTERNS))
        matched = self.grammar.known(kind, names) if kind in ("maybe", "whole", "color", "level") else None
        lines = [f"match {matched or self.make(kind, names, 1)}:"]
        chosen = self.chance.sample(PATTERNS[kind], min(self.chance.choice([1, 2, 3]), len(PATTERNS[kind])))
        for pattern in sorted(chosen, key=PATTERNS[kind].index):
            found = dict(names)
            head = self.fill(f"case {pattern}:", found, 1, calls=False)
            lines += _inner([*head, *self.inside(found, depth, loop, steps)[0]])
            if re.fullmatch(r"\$e:\w+", pattern):
                return lines
        if self.chance.random() < 0.4:
            lines += _inner(["case _:", *self.inside(names, depth, loop, steps)[0]])
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
        # Sliced: a body that appends to what it goes over would grow it without end.
        heads = {
            "for $e:int in <ints>[:3]:": 2, "for $e:str in <words>[:3]:": 2, "for $e:item in <things>[:2]:": 1,
            "for $e:int in range(2):": 1, "for $e:int in range(1, 3):": 1, "for $e:int in range(limit % 3):": 1,
            "for $e:int in range(len(xs)):": 1, "for $e:int, $f:str in enumerate(<words>[:3]):": 1,
            "for $e:int, $f:str in zip(<ints>[:3], <words>[:2]):": 1, "for $e:str, $f:int in sorted(<table>.items())[:2]:": 1,
            "for $e:str in sorted(<table>)[:2]:": 1, "for $e:int in reversed(<ints>[:3]):": 1, "for $e:str in <str>[:3]:": 1,
            "for $e:int in each(<ints>, most=5):": 1, "for $e:int, ($f:int, $g:str) in enumerate(zip(<ints>[:2], <words>)):": 1,
            "for $e:ints in <grid>[:2]:": 1, "for $e:int in (1, <int>):": 1,
        }  # fmt: skip
        inner = dict(names)
        lines = self.fill(self.chance.choices(list(heads), list(heads.values()))[0], inner, 1)
        lines += self.inside(inner, depth, True, steps)[0]
        if self.chance.random() < 0.2:
            lines += ["else:", *self.inside(names, depth, loop, steps)[0]]
        return self.in_parts(lines)

    def put_while(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        self.loops += 1
        turns = f"turns{self.loops}"
        test = self.chance.choice(["", "", f" and ({self.make('bool', names, 2)})", f" and flag(str({turns}))"])
        lines = [f"{turns} = 0", f"while {turns} < {self.chance.randint(1, 3)}{test}:", f"    {turns} += 1"]
        lines += self.inside({**names, turns: "int"}, depth, True, steps)[0]
        if self.chance.random() < 0.2:
            lines += ["else:", *self.inside(names, depth, loop, steps)[0]]
        return [lines[0], *self.in_parts(lines[1:])]

    def in_parts(self, lines: Lines) -> Lines:
        """A loop, now and then one whose turns are made by runs of their own."""
        if self.chance.random() < 0.85:
            return lines
        return [f"with split(every={self.chance.choice([1, 1, 2, 3])}):", *_inner(lines)]

    def put_try(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        name = self.fresh()
        lines = ["try:"]
        body, _ = self.inside(names, depth, loop, steps)
        setting = self.chance.random() < 0.6
        if setting:
            callee = self.chance.choice(["risky", "risky", "nested", "checked", "stubborn", "tidied"])
            call = f"    {name} = {callee}({self.make('int', names)})"
            body = [call, *body] if self.chance.random() < 0.5 or _leaves(body) else [*body, call]
        lines += body
        kind = self.chance.random()
        if kind < 0.9:
            for caught in self.chance.sample(_CAUGHT, self.chance.choice([1, 1, 2])):
                lines += self.handler(caught, name if setting else None, names, depth, loop, steps)
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

    def handler(self, caught: str, name: str | None, names: Names, depth: int, loop: bool, steps: bool) -> Lines:
        error = self.fresh("error") if self.chance.random() < 0.5 else ""
        lines = [f"except {caught}{f' as {error}' if error else ''}:"]
        inner = dict(names)
        if name is not None:
            lines += [f"    {name} = {self.make('int', names, 1, calls=False)}"]
        if error:
            text = self.fresh()
            told = [f"type({error}).__name__ + {self.grammar.constant('str')}"]
            if caught in _PLAIN_TEXT:
                told += [f"str({error})", f"f'{{{error}}}!'"]
            lines += [f"    {text} = {self.chance.choice(told)}"]
            inner[text] = "str"
        more, _ = self.inside(inner, depth, loop, steps)
        lines += more
        if not _leaves(more) and self.chance.random() < 0.3:
            again = ["raise", "raise", f"raise Other('again') from {error}" if error else "raise Bad('again')"]
            lines += [f"    {self.chance.choice(again)}"] if not self.ending else []
        return lines

    def put_order(self, names: dict[str, str], depth: int, loop: bool, steps: bool) -> Lines:
        own = [name for name in names if name.startswith("v")]
        kinds = ["in_order()", "at_once()"]
        if own:
            kinds += [f"after({self.chance.choice(own)})", f"after({self.chance.choice(own)}, {self.chance.choice(own)})"]
        kind = self.chance.choice(kinds)
        body, after = self.inside(names, depth, loop, steps and kind == "in_order()")
        if not _leaves(body):
            names.update(after)
        return [f"with {kind}:", *body]

    # ------------------------------------------------------------------------------------------ leaving

    def put_jump(self, *_: object) -> Lines:
        return [self.chance.choice(["break", "continue"])]

    def put_leave(self, names: dict[str, str], *_: object) -> Lines:
        return [self.returned(names)]

    def put_raise(self, names: dict[str, str], *_: object) -> Lines:
        return self.fill(self.chance.choice(LEAVING), names, 1, calls=False)


def _leaves(lines: Lines) -> bool:
    """Whether the last statement of an indented block leaves it."""
    words = ("break", "continue", "return", "raise")
    return any(lines[-1].startswith("    " + word) for word in words)
