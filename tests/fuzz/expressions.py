"""The expressions of the language, as templates (see `grammar`): what random workflows are made of."""

# ruff: noqa: E501 - rows of a table

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Final

from tests.fuzz.grammar import Grammar

__all__ = ["ANNOTATIONS", "CALLS", "CONSTANTS", "TABLES", "expressions"]

ANNOTATIONS: Final[Mapping[str, str]] = {
    "int": "int", "str": "str", "bool": "bool", "float": "float", "ints": "list[int]", "words": "list[str]",
    "reals": "list[float]", "table": "dict[str, int]", "item": "Item", "things": "list[Item]", "row": "Row",
    "maybe": "str | None", "whole": "int | None", "date": "date", "time": "datetime", "color": "Color",
    "level": 'Literal["low", "high"]', "grid": "list[list[int]]", "pair": "tuple[int, str]",
    "index": "dict[str, list[int]]",
}  # fmt: skip
"""The kinds of values, and what each is in Python."""

CONSTANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "int": ("0", "1", "2", "3", "7", "-1"),
    "str": ('""', '"a"', '"b"', '"x/y"', '"𝄞"', "'\"'", '"äö"'),
    "bool": ("True", "False"),
    "float": ("0.0", "0.5", "2.0", "-1.5"),
    "plain": ("0.25", "1.5", "7.0"),
    "ints": ("[1]", "[3, 1, 2]", "[0, 0]"),
    "words": ('["a"]', '["b", "a"]'),
    "reals": ("[0.5]", "[2.0, -1.5]"),
    "table": ('{"a": 1}', '{"a": 1, "b": 2}'),
    "item": ('Item("c")', 'Item("d", 3)', 'Item(name="e", tags=["t"])'),
    "things": ('[Item("f", 2)]', '[Item("g"), Item("h", -1)]'),
    "row": ('Row(count=1, label="r")', '{"count": 2, "label": "q", "extra": 3}'),
    "maybe": ("None", '"p"'),
    "whole": ("None", "4"),
    "date": ("date(2024, 2, 29)", "date(2013, 1, 31)"),
    "time": ("at", "then"),
    "color": ("Color.RED", "Color.BLUE"),
    "level": ('"low"', '"high"'),
    "grid": ("[[1]]", "[[], [2, 3]]"),
    "pair": ('(1, "a")', '(0, "")'),
    "index": ('{"a": [1]}', '{"b": [], "a": [2, 3]}'),
}

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "int": (
        "(<int> + <int>)", "((<int>) - (<int>))", "((<int>) * (<int>))", "((<int>) % 5)", "((<int>) // 3)", "((<int>) % (<int>))",
        "((<int>) // (<int>))", "-(<int>)", "abs(<int>)", "min(<int>, <int>)", "max(<int>, <int>, 1)", "((<int>) ** 2)",
        "((<=int>) ** 3)", "len(<str>)", "len(<ints>)", "len(<words>)", "len(<table>)", "len(<things>)", "len(<grid>)",
        "sum(<ints>)", "sum(<table>.values())", "sum(<ints>, <int>)", "<ints>[0]", "<ints>[-1]", "<ints>[<int>]", "<table>[<str>]",
        '<table>["a"]', "<table>.get(<str>, <int>)", "int(<str>)", "int(<bool>)", "int(<float>)", "round(<float>)",
        "math.floor(<float>)", "math.ceil(<float>)", "<=item>.size", "<things>[0].size", "<!row>[\"count\"]",
        "<!row>.get(\"extra\", <int>)", "<!pair>[0]", "<date>.year", "<date>.month", "<date>.day", "<date>.weekday()",
        "<date>.isoweekday()", "<date>.toordinal()", "(<date> - <date>).days", "<=item>.day.year", "<time>.hour", "<time>.minute",
        "<time>.year", "<time>.weekday()", "(<!time> - <!time>).days", "<str>.find(<str>)", "<str>.rfind(<str>)",
        "<str>.count('a')", "<str>.count(<str>)", "<str>.index(<str>)", "<str>.rindex(<str>)", "<words>.count(<str>)",
        "<ints>.count(<int>)", "<ints>.index(<int>)", "max(<ints>, default=<int>)", "min(<ints>)", "max(<ints>)",
        "min(<table>.values(), default=<int>)", "(<int> or <int>)", "(<int> and <int>)", "divmod(<int>, <int>)[0]",
        "divmod(<int>, <int>)[1]", "len(set(<ints>))", "len(set(<words>) - {'a'})", "len(set(<ints>) & set(<ints>))",
        "next((@i for @i in <ints>), <int>)", "next((@i for @i in <ints> if <bool|@i:int>), <int>)",
        "sum(@v for @v in <table>.values())", "sum([<int|@i:int> for @i in <ints>])", "sum(<int|@i:item> for @i in <things>)",
        "sum(len(@g) for @g in <grid>)", "sum(map(len, <words>))", "<ints>[::-1][0]", "max(zip(<ints>, <ints>))[1]",
        "max(<ints>, key=abs)", "min(<ints>, key=lambda @i: <int|@i:int>)", "(<!whole:a> if <:a> is not None else <int>)",
        "(<!whole> or <int>)", "(<int> if <bool> else <int>)", "len([@i for @i in <ints> if <bool|@i:int>])",
        "sum(1 for @i in <words> if <bool|@i:str>)", "plus(<int>, by=<int>)", "len(<index>)", "len(<index>[<str>])",
        "<=item>.after(<int>)", "replace(<=item>, size=<int>).size", "<!date>.isocalendar().week", "<!date>.isocalendar()[0]",
        "((<!date> - <date>) // timedelta(weeks=1))", "sum(itertools.chain(<ints>, [<int>]))", "Color(<!color>.value).name.count('E')",
        "math.trunc(<float>)", "math.prod(<ints>)", "math.prod([@i % 3 for @i in <ints>])",
        "sum([@i * @j for @i, @j in zip(<ints>, <ints>)])", "len(f'<~int>')", "len(range(<=int>))",
    ),
    "str": (
        "(<str> + <str>)", "f'<~int>'", "f'{<~int>}-{<~str>}'", "str(<int>)", "str(<bool>)", "<str>.upper()", "<str>.lower()",
        "<str>.strip()", "<str>.lstrip()", "<str>.rstrip()", "<str>.strip('/a')", "<str>[:2]", "<str>[-2:]", "<str>[1:3]", "<str>[2:5]",
        "<str>[0]", "<str>[-1]", "<str>[<int>]", "<str>[::-1]", "<str>[1::2]", "<str>.replace('a', <str>)", "<str>.replace(<str>, 'z')",
        "<str>.replace('a', <str>, 1)", "'-'.join(<words>)", "<str>.join(<words>)", "<words>[0]", "<words>[-1]",
        "<str>.removesuffix(<str>)", "<str>.removeprefix(<str>)", "<=item>.name", "<things>[-1].name", "str(<date>)",
        "<date>.isoformat()", "<!row>[\"label\"]", "<!pair>[1]", "<str>.split('/')[-1]", "<str>.split('/', 1)[0]",
        "<str>.rsplit('.', 1)[-1]", "<str>.zfill(4)", "(<str> or <str>)", "(<str> and <str>)", "(<str>[:2] * 3)", "<str>[:3].title()",
        "<str>[:3].capitalize()", "<str>[:3].swapcase()", "<str>.partition(<str>)[2]", "<str>.rpartition('/')[0]",
        "<str>[:9].ljust(5, '.')", "<str>[:9].ljust(5)", "<str>[:9].rjust(4)", "<str>[:9].rjust(4, '0')", "<str>[:9].center(6, '*')",
        "<str>[:9].center(5)", "','.join(sorted(set(<words>)))", "','.join(<str|@i:str> for @i in <words>)",
        "','.join(str(@i) for @i in <ints>)", "f'{(<~int>) % 100:04d}'", "f'{<~int>:x}'", "f'{(<~int>):08b}'", "f'{<~int>:,}'",
        "f'{<~int>:.2f}'", "f'{<~int>:5d}'", "f'{<~plain>:.2f}'", "f'{<~plain>:.0f}'", "f'{<~plain>:.1%}'", "f'{<~str>:>6}'",
        "f'{<~str>:<6}|'", "f'{<~str>:^6}'", "f'{<~str>:*>6}'", "f'{<~bool>}'", "f'{<!maybe>}'", "f'{<!whole>}'", "f'{<!color>}'",
        "f'{<!level>}'", "str(<!maybe>)", "(<!maybe:a> if <:a> is not None else <str>)", "(<!maybe> or <str>)",
        "f'{<!date>:%d.%m.%Y}'", "<!date>.strftime('%d %B %Y')", "f'{<!time>:%Y-%m-%dT%H:%M}'", "<!color>.name", "<!color>.value",
        "min(<words>, key=len)", "max(<words>)", "next((@w for @w in <words> if <bool|@w:str>), <str>)",
        "hashlib.sha256(<str>.encode()).hexdigest()", "hashlib.md5(<str>.encode()).hexdigest()[:8]",
        "base64.b64encode(<str>.encode()).decode()", "base64.b64decode(<str>).decode()",
        "'{} of {total:03d}'.format(<str>, total=<int>)", "'%s-%d' % (<str>, <int>)", "format(<int>, '+,d')", "repr(<int>)", "repr(<str>)",
        "f'{<~int>!r:>5}'", "<!time>.isoformat()", "<!time>.isoformat(' ', 'seconds')", "<!time>.astimezone(UTC).isoformat()",
        "<!time>.replace(hour=0, minute=0, second=0, microsecond=0).isoformat()", "<!time>.replace(day=1).isoformat()",
        "datetime(2013, 1, 31, tzinfo=UTC).isoformat()", "datetime(<int>, 1, 1, <int>, tzinfo=UTC).isoformat()",
        "datetime.combine(<!date>, time(6, 30), tzinfo=UTC).isoformat()", "datetime.fromisoformat(<!date>.isoformat()).isoformat()",
        "datetime.fromtimestamp((<int>) % 1_000_000, UTC).isoformat()", "f'{<!date>:%j}'", "f'{<!time>:%I %p %z}'",
        "(<str> if <bool> else <str>)", "shout(<str>)", "<str>.casefold()", "str((<int>) / 4)", "str((<int>) / 7)", "f'{<~plain>}'",
        "str(float(<float>) + 0.0)", "json.dumps(<str>)", "json.dumps([<str>, <int>, <bool>])", "json.dumps(<table>, sort_keys=True)",
        "json.dumps({'k': <str>, 'b': <words>, 'c': <!maybe>}, separators=(',', ':'), ensure_ascii=False)",
        "re.sub(r'[^a-z]+', '-', <str>)", "re.sub(r'a+|b', <str>, <str>)", "re.sub(r'([a-z])([0-9])', r'\\2\\1', <str>, count=1)",
        "''.join(re.findall(r'\\d', <str>))", "re.split(r'[.]|/', <str>)[0]", "re.sub(r'.$', 'z', <str>)",
    ),
    "bool": (
        "((<int>) < (<int>))", "((<int>) == (<int>))", "((<int>) != 1)", "(0 <= (<int>) < <=int>)", "(<str> == <str>)", "(<str> != <str>)",
        "(<str> < <str>)", "(<str> >= <str>)", "((<int>) > 2)", "((<int>) <= (<int>))", "((<float>) < (<float>))",
        "((<float>) >= (<int>))", "(not (<bool>))", "(<bool> and <bool>)", "(<bool> or <bool>)", "bool(<str>)", "bool(<int>)",
        "(not <ints>)", "bool(<table>)", "(<str> in <words>)", "(<str> not in <words>)", "((<int>) in <ints>)", "((<int>) not in <ints>)",
        "(<str> in <table>)", "(<str> not in <table>)", "(<str> in <str>)", "<str>.startswith(<str>)", "<str>.endswith(<str>)",
        "<str>.startswith(('a', <str>))", "<str>.endswith('.csv')", "(<!maybe> is None)", "(<!whole> is not None)", "(<!maybe> == <str>)",
        "(<ints> == <ints>)", "(<words> == <words>)", "(<ints> != <ints>)", "(<table> == <table>)", "(<grid> == <grid>)",
        "(<item> == <item>)", "any([<bool|@i:int> for @i in <ints>])", "all(<bool|@i:str> for @i in <words>)",
        "any(<bool|@i:item> for @i in <things>)", "any(@v > <=int> for @v in <table>.values())", "all(map(bool, <words>))",
        "(<date> < <date>)", "(<date> == <date>)", "(<!time> < <!time>)", "(<str> in {'a', 'ab'})", "(<str> in ('a', 'b', ''))",
        "(<int> in (1, 2, 3))", "(set(<ints>) <= set(<ints>))", "(set(<words>) == set(<words>))", "set(<ints>).isdisjoint(set(<ints>))",
        "(abs(<!time> - <!time>) < timedelta(minutes=1.5))", "<=item>.big", "<str>[:3].isdigit()", "<str>[:3].isalpha()", "<str>[:3].isalnum()", "<str>[:3].isupper()", "<str>[:3].islower()",
        "<str>[:3].isspace()", "(<int> in <table>.values())", "(<!color> == Color.RED)", "(<!color> in (Color.RED, Color.GREEN))",
        "(<!color> != <color>)", '(<!level> == "low")', '("extra" in <!row>)', "(<!whole> == <int>)", "isinstance(<!maybe>, str)",
        "bool(re.match(r'(?:ab)+|x', <str>))", "(re.fullmatch(r'[a-z/]*', <str>) is None)", "bool(re.search(r'^\\s*$', <str>))",
        "(<str>.encode() == <str>.encode())", "(<pair> == <pair>)", "(<bool> == <bool>)", "math.isclose(<float>, <float>)", "(<str> in <index>)", "(<!whole:a> is not None and <:a> > 1)",
        "(<!maybe:a> is None or len(<:a>) > 1)", "(1 < <int> <= <=int> != <=int>)", "((<int> if <bool> else <int>) > 1)",
    ),
    "plain": ("abs(<float>)", "((<int>) / 4)", "((<float>) + 1.0)", "(len(<ints>) / 100)"),
    "float": (
        "((<float>) + (<float>))", "((<float>) - (<int>))", "((<float>) * (<float>))", "((<float>) / (<float>))", "((<int>) / 4)",
        "abs(<float>)", "float(<int>)", "max(<float>, <float>)", "min(<float>, <float>)", "round(<float>, 1)", "round(<float>, 2)",
        "math.sqrt(abs(<float>))", "float(<str>)", "sum(<reals>)", "<reals>[0]", "<reals>[-1]", "max(<reals>, default=<float>)",
        "math.fabs(<float>)", "math.prod(<reals>)", "(<!time> - <!time>).total_seconds()", "<!time>.timestamp()",
        "(<float> if <bool> else <float>)", "sum([@r * 2 for @r in <reals>])", "min(<reals>)", "(<int> / (<int>))",
    ),
    "ints": (
        "[@j - @i for @i, @j in itertools.pairwise(<ints>)]", "[@i for @i, @w in itertools.product(<ints>[:2], <words>[:2])]",
        "[@i for @i, @w in zip(<ints>, <words>, strict=True)]", "list(dict.fromkeys(<ints>))",
        "[<int>, <int>]", "[*<ints>, <int>]", "(<ints> + [<int>])", "(<ints> + <ints>)", "<ints>[1:]", "<ints>[:2]", "<ints>[-2:]",
        "<ints>[1:-1]", "<ints>[::2]", "<ints>[::-1]", "<ints>[-1::-2]", "sorted(<ints>)", "sorted(<ints>, reverse=True)",
        "sorted(<ints>, key=lambda @i: -@i)", "sorted(<ints>, key=lambda @i: <int|@i:int>)", "sorted(<ints>, key=abs)",
        "list(reversed(<ints>))", "[<int|@i:int> for @i in <ints>]", "[@i for @i in <ints> if <bool|@i:int>]",
        "[<int|@i:int> for @i in <ints> if <bool|@i:int>]", "[@i for @i in <ints> if <bool|@i:int> if @i]", "list(range(<=int> % 4))",
        "list(range(1, <=int> % 5))", "list(range(5, 0, -2))", "[len(@i) for @i in <words>]",
        "[@i + @j for @i in <ints>[:2] for @j in <ints>[:2]]", "[@i * @j for @i, @j in enumerate(<ints>)]",
        "[@i + @j for @i, @j in enumerate(<ints>, 1)]", "([<int>] * 2)", "(<ints> * 2)", "list(map(abs, <ints>))",
        "list(map(lambda @i: <int|@i:int>, <ints>))", "list(filter(lambda @i: <bool|@i:int>, <ints>))", "sorted(set(<ints>))",
        "sorted({*<ints>, <int>})", "[@i for @i, @j in sorted(zip(<ints>, <ints>))]", "sorted(set(<ints>) ^ set(<ints>))",
        "sorted(set(<ints>) | {<int>})", "sorted({@i % 3 for @i in <ints>})", "sum([<ints>, <ints>], [])", "sorted(<table>.values())",
        "[@g[0] for @g in <grid> if @g]", "[@i for @g in <grid> for @i in @g]", "<grid>[0]", "<grid>[-1][::-1]",
        "[@t.size for @t in <things>]",
        "[@v for @k, @v in sorted(<table>.items())]", "[<int|@i:str> for @i in <words>]", "(<ints> or <ints>)", "list(<ints>)",
        "[*<ints>, *<ints>]", "(<ints> if <bool> else <ints>)", "<index>[<str>]", "<index>.get(<str>, [])", "[*map(len, <words>)]",
        "[*range(3)]", "[plus(@i, 2) for @i in <ints>]",
    ),
    "words": (
        "[<str>, <str>]", "[*<words>, <str>]", "<str>.split('/')", "<str>.split()", "<str>.split(',')", "<str>.split('/', 1)",
        "<str>.rsplit(',', 2)", "<str>.rsplit('.', 1)", "<str>.splitlines()", "sorted(<words>)", "sorted(<words>, reverse=True)",
        "<words>[1:]", "<words>[::-1]", "[<str|@i:str> for @i in <words>]", "[@i for @i in <words> if <bool|@i:str>]", "sorted(<table>)",
        "(<words> + [<str>])", "[str(@i) for @i in <ints>]", "[*<str>[:3]]", "list(<str>[:3])", "list(<str>.partition(<str>))",
        "list(map(str.strip, <words>))", "list(map(str, <ints>))", "sorted(<words>, key=len)", "sorted(<words>, key=str.lower)",
        "sorted(set(<words>) | {<str>})", "sorted(set(<words>) - {<str>, 'a'})", "sorted(set(<words>) & set(<words>))",
        "[@i for @i, @j in sorted(<table>.items(), reverse=True)]", "[@i.name for @i in <things>]", "[@i.upper() for @i in <words> if @i]",
        "[@i + str(@j) for @j, @i in enumerate(<words>)]", "[@a + @b for @a in <words>[:2] for @b in <words>[:2]]",
        "(<=item>.tags or <words>)", "re.split(r'[,/]\\s*', <str>)", "re.findall(r'[a-z]+', <str>)",
        "[@a + @b for @a, @b in re.findall(r'([a-z])(\\d)', <str>)]",
        "(<words> if <bool> else <words>)", "list(filter(None, <words>))", "sorted(<words>, key=lambda @w: <int|@w:str>)",
    ),
    "reals": (
        "[<float>, <float>]", "[*<reals>, <float>]", "<reals>[1:]", "sorted(<reals>)", "[<float|@r:float> for @r in <reals>]",
        "[@r for @r in <reals> if <bool|@r:float>]", "(<reals> + <reals>)", "[@i / 2 for @i in <ints>]",
    ),
    "table": (
        "{**<table>, 'b': <int>}", "{@i: <int|@i:str> for @i in <words>}", "{'a': <int>, 'c': <int>}", "{**<table>, **<table>}",
        "{@k: @v + 1 for @k, @v in sorted(<table>.items())}", "(<table> | <table>)", "(<table> | {'a': <int>})",
        "{@k: @v * 2 for @k, @v in <table>.items() if @v > 1}", "dict.fromkeys(<words>, <int>)", "dict(zip(<words>, <ints>))",
        "dict(<table>)", "dict(a=<int>, b=<int>)", "{@t.name: @t.size for @t in <things>}", "{@k: len(@v) for @k, @v in <index>.items()}",
        "{<str>: <int>}", "(<table> if <bool> else <table>)",
    ),
    "index": (
        "{@i: [<int|@i:str>] for @i in <words>}", "{**<index>, 'a': <ints>}", "{'a': <ints>, 'b': <ints>}", "(<index> | <index>)",
        "{@k: @v[1:] for @k, @v in <index>.items()}", "{@k: [@v] for @k, @v in <table>.items()}",
    ),
    "item": (
        "Item(<str>, size=<int>, tags=<words>)", "Item(<str>)",
        "<things>[0]", "max(<things>, key=lambda @t: <int|@t:item>)", "Item(<str>, <int>, None, <date>)", "Item(*(<str>, <int>))",
    ),
    "things": (
        "[<item>, <item>]", "[Item(@w) for @w in <words>]", "[@t for @t in <things> if <bool|@t:item>]",
        "sorted(<things>, key=lambda @t: <int|@t:item>)", "[*<things>, <item>]", "<things>[1:]", "[<item|@i:int> for @i in <ints>]",
    ),
    "row": ('{"count": <int>, "label": <str>}', "Row(count=<int>, label=<str>, extra=<int>)"),
    "maybe": ("<str>", "None", "(<str> if <bool> else None)", "(<=item>.name if <bool> else None)", "(<!maybe> or None)"),
    "whole": (
        "<int>", "None", "(<int> if <bool> else None)", "<table>.get(<str>)", "next((@i for @i in <ints> if @i > 1), None)",
        "<!row>.get(\"extra\")",
    ),
    "date": (
        "<=item>.day", "(<date> + timedelta(days=1))", "(<date> - timedelta(days=<=int>))", "<date>.replace(day=1)",
        "<date>.replace(year=2020, day=1)", "<time>.date()", "date(2024, 1, 31)", "min(<date>, <date>)", "max(<date>, <date>)",
        "date.fromisoformat(<str>)", "(<date> if <bool> else <date>)", "date.fromisoformat(str(<date>))",
    ),
    "time": (
        "(<time> + timedelta(hours=6))", "(<time> - timedelta(days=<=int>))", "(<time> + timedelta(minutes=<=int>, seconds=1))",
        "(<time> if <bool> else <time>)", "<time>.replace(hour=0, minute=0, second=0, microsecond=0)", "<time>.astimezone(UTC)",
        "datetime.combine(<date>, time(6, 30), tzinfo=UTC)", "datetime.fromtimestamp((<int>) % 1_000_000, UTC)",
    ),
    "color": ("(<color> if <bool> else <color>)", "(Color.RED if <bool> else Color.GREEN)"),
    "level": ('("low" if <bool> else "high")', "(<!level> if <bool> else <!level>)"),
    "grid": (
        "[<ints>, <ints>]", "[[@i, @i] for @i in <ints>]", "[<ints|@i:int> for @i in <ints>]", "<grid>[1:]", "<grid>[::-1]", "<grid>[::2]",
        "[@g[:1] for @g in <grid>]", "[@g for @g in <grid> if @g]", "[*<grid>, <ints>]", "(<grid> + [<ints>])", "sorted(<grid>, key=len)",
        "[[@j for @j in @g if @j] for @g in <grid>]", "[[@i, @j] for @i, @j in zip(<ints>, <ints>)]", "[@v for @k, @v in sorted(<index>.items())]",
    ),
    "pair": ("(<int>, <str>)", "(<int>, <words>[0])", "max(zip(<ints>, <words>))", "list(enumerate(<words>))[0]", "(<pair> if <bool> else <pair>)"),
}  # fmt: skip

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "int": (
        "mix(<int>, <int>)", "mix(<int>, <int>)", "mix(b=<int>, a=<int>)", "risky(<int>)", "size(<str>)", "twice(<int>)",
        "careful(<int>)", "checked(<int>)", "searched(<ints>, <int>)", "stepped(<int>)", "tidied(<int>)", "layered(<int>, <str>)",
        "nested(<int>)", "retry(on=[Other], attempts=1)(twice)(<int>)", "weigh(<item>, <words>, <table>)", "stubborn(<int>)",
        "weigh(<item>, words=<words>, table=<table>, perhaps=<maybe>)", "risky.options(retry=Retry(on=[Bad], attempts=2))(<int>)",
        "pushed(<int>)", "retry(on=[Bad], attempts=2, interval=60)(tidied)(<int>)", "mix(*(<int>, <int>))", "mix(**{'a': <int>, 'b': <int>})",
    ),
    "str": ("name(<int>)", "inline(shown)(<float>)", "told(<date>, <color>)"),
    "bool": ("flag(<str>)",),
    "float": ("half(<int>)",),
    "ints": ("many(<int>)", "many(a=<int>)"),
    "words": ("parts(<str>)",),
    "table": ("counts(<words>)",),
    "maybe": ("maybe(<int>)",),
    "item": ("item(<str>)",),
    "things": ("items(<int>)",),
    "grid": ("tabled(<int>)",),
    "date": ("stamp(<int>)",),
    "color": ("hue(<int>)",),
}  # fmt: skip


def expressions(chance: random.Random) -> Grammar:
    """A writer of the language's expressions."""
    return Grammar(chance, TABLES, CONSTANTS, CALLS)
