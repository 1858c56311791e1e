"""Statements without blocks of their own, and those of a few fixed lines, as templates.

Beside the places of `grammar`, `$v:int` is a new name of a kind, `$v` the same again; `<^ints>` a name whose list or
dict nothing else refers to, made by a template of OWNED.
"""

# ruff: noqa: E501 - rows of a table

from __future__ import annotations

from typing import Final

__all__ = ["GUARDED", "LEAVING", "MAPS", "OWNED", "PATTERNS", "SIMPLE"]

OWNED: Final = {
    "ints": "$w:ints: list[int] = [*<ints>, <int>]",
    "words": "$w:words: list[str] = [*<words>]",
    "index": "$w:index: dict[str, list[int]] = {}",
    "table": "$w:table: dict[str, int] = {**<table>, <str>: <int>}",
}
"""Makes the names that are changed in place."""

SIMPLE: Final = (
    "$v:int = $u:int = <int>", "$v:int, $u:str = <int>, <str>", "$v:int, *$u:ints = [<int>, *<ints>]",
    "$v:int, *$u:ints, $t:int = [<int>, *<ints>, <int>]", "*$u:words, $v:str = [*<words>, <str>]",
    "$v:int, $u:str = <pair>", "($v:int, $u:int), $t:str = (<int>, <int>), <str>", "$v:str, $u:str, $t:str = <str>.partition('/')",
    "$v:int, $u:int = divmod(<int>, <int>)", "$v:int, $u:int = [*<ints>, <int>][:2]", "$v:int = <int>\n$u:int = $v\n$v, $u = $u, $v + 1",
    "if ($v:int := <int>) > 2:\n    note(f'{$v}')", "$v:int = ($u:int := <int>) + $u", "$v:str = '-' if not ($u:words := <words>) else $u[0]",
    "<^index>.setdefault(<str>, []).append(<int>)",
    "<^ints>.append(<int>)", "<^ints>.append(<int>)", "<^words>.append(<str>)", "<^ints>.extend(<ints>[:2])", "<^ints> += [<int>]",
    "<^words> += <words>[:2]", "<^table>[<str>] = <int>", "<^table>[<str>] = <int>", "<^table>.update({'a': <int>})", "<^ints>[0] = <int>",
    "<^ints>[-1] += <int>", "<^table:a>[<str:k>] = <:a>.get(<:k>, 0) + 1", "<^ints>.insert(<int>, 7)", "<^ints>.sort()",
    "<^ints>.reverse()", "<^ints>.remove(<int>)", "$v:int = <^ints>.pop()", "$v:int = <^ints>.pop(<int>)",
    "$v:int = <^table>.pop(<str>, <int>)", "del <^ints>[0]", "del <^table>[<str>]", "<^ints>.clear()",
    "def $h(number: int, by: int = 2) -> int:\n    return number * by\n$v:int = $h(<int>) + $h(<int>, by=<int>)",
    "def $h(text: str) -> int:\n    return size(text) + 1\n$v:ints = [$h(@w) for @w in <words>[:3]]",
    "$v:int = <int>\n$v += <int>", "$v:int = <int>\n$v -= <int>", "$v:int = <int>\n$v *= <int>", "$v:int = <int>\n$v //= <int>", "$v:int = <int>\n$v %= 7",
    "$v:int = <int>\n$v **= 2", "$v:str = <str>\n$v += <str>", "$v:float = <float>\n$v /= <int>", "$v:float = <float>\n$v += <float>",
    "$s: dict[str, list[int]] = {}\nfor $e in <words>[:4]:\n    $s.setdefault($e, []).append(<int>)\n$v:int = len($s)",
    "$s = replace(<=item>, name=<str>)\n$s.size += 1\n$v:int = $s.after(<int>)",
    "assert <bool>", "assert <bool>, 'not so'", "assert <bool>, f'not {<~int>}'", "pass",
    "note(<str>)", "note(<str>)", "note(text=<str>)", "sleep(1)", "sleep(abs(<int>) % 50)", "sleep_until(<!time> - timedelta(days=40_000))",
    "$s: set[int] = {<int>}\n$v:int = 0\nfor $e in <ints>[:3]:\n    if $e in $s:\n        continue\n    $s.add($e)\n    $v += 1",
    "$s = set(<words>)\n$s.discard(<str>)\n$v:words = sorted($s)", "$s = set(<ints>) | {1}\n$s -= {2}\n$v:int = len($s)",
    "$d = timedelta(days=<=int>, hours=2)\n$v:int = $d.days",
    "$v:whole = <whole>\nif $v is None:\n    $v = <int>\n$u:int = $v + 1", "$v:maybe = <maybe>\n$u:str = $v if $v else 'none'",
    "$v:maybe = <!maybe>\nif $v is not None and len($v) > 1:\n    note($v)",
)  # fmt: skip

MAPS: Final = (
    "$v:ints = [mix(@i, <int|@i:int>) for @i in <ints>]", "$v:ints = [risky(@i) for @i in <ints> if <bool|@i:int>]",
    "$v:ints = [careful(@i) for @i in each(<ints>, concurrency=2)]", "$v:ints = [twice(len(@w)) for @w in <words>]",
    "$v:words = [name(@i) for @i in <ints>[:3]]", "$v:ints = [mix(<int>, @i) for @i in <ints>]", "$v:ints = [nested(@i) for @i in <ints>[:2]]",
    "$v:ints = [mix(@i, size(@w)) for @i, @w in zip(<ints>, <words>)]", "$v:ints = [mix(@i, len(@w)) for @i, @w in enumerate(<words>)]",
    "$v:ints = [sum([mix(@j, @i) for @j in <ints>[:2]]) for @i in <ints>[:3]]", "$v:ints = [mix(@j, 1) for @i in <ints>[:3] for @j in many(@i)]",
    "$v:ints = [mix(@i, 2) for @i in <ints> if flag(str(@i))]", "$v:ints = [@t.size + mix(@t.size, 1) for @t in <things>]",
    "$v:ints = [@i if <bool|@i:int> else mix(@i, 3) for @i in <ints>]", "$v:table = {@w: size(@w) for @w in <words>}",
    "$v:ints = [mix(@i, 4) for @i in each(<ints>, batch=2)]", "$v:ints = [weigh(@t, <words>, <table>) for @t in each(<things>, most=9)]",
    "$v:grid = [[mix(@i, @j) for @j in [@i, *<ints>][:2]] for @i in <ints>[:3]]", "$v:grid = [many(@i) for @i in <ints>[:3]]",
    "$v:grid = [[mix(@j, 5) for @j in many(@i) if @j > 0] for @i in <ints>[:2]]", "$v:things = [item(@w) for @w in <words>]",
    "$v:ints = [stepped(@i) for @i in <ints>[:3]]", "$v:ints = [tidied(@i) for @i in <ints>[:3]]", "$v:ints = [searched([@i, 3], @i) for @i in <ints>[:3]]",
    "$v:ints = [mix(@i, @j) for @k, @i in sorted(<table>.items()) for @j in [1, 2]]",
    "$t = [attempt(risky, @i) for @i in <ints>]\n$v:ints = [@j for @j in $t if not isinstance(@j, Failed)]\n$u:int = len([@j for @j in $t if isinstance(@j, Failed)])",
    "$t = [attempt(size, @w) for @w in each(<words>, concurrency=1)]\n$v:words = [@j.error for @j in $t if isinstance(@j, Failed)]",
    "$t = [attempt(mix, @i, <int>) for @i in <ints>]\n$v:int = len($t)",
    "$t = attempt(risky, <int>)\n$v:int = -1 if isinstance($t, Failed) else $t\n$u:str = $t.error if isinstance($t, Failed) else 'fine'",
    "$t = attempt(nested, <int>)\nif isinstance($t, Failed):\n    note('failed')\n    $v:int = 0\nelse:\n    $v = $t",
)  # fmt: skip
"""Calls for each item, failures as values."""

_RISKS: Final = (
    "<table>[<str>]", "<ints>[<int>]", "int(<str>)", "<int> // (<int>)", "risky(<int>)", "size(<str>)", "<ints>.index(<int>)",
    "<str>.index(<str>)", "min(<ints>)", "<int> % (<int>)", "checked(<int>)", "<words>[0].count(<str>)", "int(float(<str>))",
    "len(<index>[<str>])", "date.fromisoformat(<str>).year", "stubborn(<int>)", "stepped(<int>)", "layered(<int>, <str>)",
)  # fmt: skip

GUARDED: Final = (
    *(
    f"try:\n    $v:int = {risk}\nexcept {caught}:\n    $v = <=int>"
    for risk in _RISKS
    for caught in ("KeyError", "IndexError", "ValueError", "Bad", "Exception", "(LookupError, Bad)", "ArithmeticError")
    ),
    "try:\n    $v:int, $u:int = [*<ints>, <int>][:2]\nexcept ValueError:\n    $v = $u = <=int>",
    "try:\n    $v:str, $u:str = <str>.split('/')\nexcept ValueError as $e:\n    $v, $u = 'odd', type($e).__name__",
)  # fmt: skip
"""What fails now and then, alone in a `try`."""

LEAVING: Final = (
    "raise Bad(<str>)", "raise Worse(<str>)", "raise Other(f'{<~int>}')", "raise ValueError(<str>)", "raise KeyError('k')",
    "raise Other", "raise Bad('known') from None",
)  # fmt: skip

PATTERNS: Final = {
    "ints": ("[]", "[$e:int]", "[$e:int, *$f:ints]", "[3, $e:int, *_]", "[$e:int, 1 | 2]", "[1, *_] as $e:ints", "[*_, 0]", "$e:ints"),
    "words": ("['a', *$e:words]", "[$e:str, $f:str]", "[] | ['']"),
    "table": ('{"a": $e:int}', '{"a": 1, **$e:table}', '{"b": _, "a": 1}', "{}"),
    "item": ("Item(name=$e:str, size=1)", "Item($e:str, $f:int)", "Item(tags=None)", "Item('a' | 'b', size=$e:int)"),
    "pair": ("(0, $e:str)", "($e:int, 'a')", "($e:int, $f:str)"),
    "int": ("0 | 1", "5", "-1", "$e:int if <bool>", "2 | 3 as $e:int", "$e:int"),
    "str": ("'a' | 'b'", "''", "'x/y' if <bool>", "$e:str if <bool>"),
    "maybe": ("None", "'p'", "str() as $e:str", "$e:maybe"),
    "whole": ("None", "0", "int() as $e:int"),
    "color": ("Color.RED", "Color.GREEN | Color.BLUE", "$e:color"),
    "level": ('"low"', '"high"'),
    "bool": ("True", "False"),
}  # fmt: skip
"""Patterns of `match`, by the kind of what is matched."""
