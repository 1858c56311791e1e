"""What is printed for the expressions that pipelines are made of: short where types allow, else guarded."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest

from ladle.compiler.emit.expressions import pieces, print_expression, print_template
from ladle.compiler.language.form import (
    Bind,
    Cond,
    Const,
    Context,
    ErrorName,
    ErrorText,
    Expr,
    FieldOf,
    Loop,
    MakeList,
    MakeObject,
    Op,
    Read,
    Spread,
    Variable,
)
from ladle.compiler.language.operations import result_shape, verify_op
from ladle.wire import (
    BoolShape,
    DateShape,
    DictShape,
    FloatShape,
    IntShape,
    ListShape,
    NullShape,
    RecordField,
    RecordShape,
    Shape,
    StrShape,
    UnionShape,
)
from tests.operations.making import HERE

DOCS = Path(__file__).parents[2] / "docs" / "expressions.md"
INT, FLOAT, STR, BOOL, DATE = IntShape(), FloatShape(), StrShape(), BoolShape(), DateShape()
DELAY = RecordShape("Delay", (RecordField("carrier", STR), RecordField("minutes", INT)), "dataclass", None)
DAY = RecordShape(
    "Day",
    (RecordField("date", DATE), RecordField("rows", INT), RecordField("carriers", ListShape(STR))),
    "dataclass",
    None,
)


def var(name: str, shape: Shape) -> Read:
    return Read(shape, HERE, Variable(name, 0, shape))


def const(value: Any) -> Const:
    shapes: dict[type, Shape] = {bool: BOOL, int: INT, float: FLOAT, str: STR, type(None): NullShape()}
    return Const(shapes.get(type(value), ListShape(STR)), HERE, value)


def op(name: str, *operands: Expr) -> Op:
    made = Op(result_shape(name, operands), HERE, name, operands)
    assert verify_op(made) == []
    return made


def of(base: Expr, name: str) -> FieldOf:
    assert isinstance(base.shape, RecordShape)
    field = base.shape.field(name)
    assert field is not None
    return FieldOf(field.shape, HERE, base, name)


def loop(item: Read, source: Expr, element: Expr, condition: Expr | None = None) -> Loop:
    return Loop(ListShape(element.shape), HERE, item.variable, source, condition, element)


day, n, m, x, y, s, t = (
    var("day", DAY),
    var("n", INT),
    var("m", INT),
    var("x", FLOAT),
    var("y", FLOAT),
    var("s", STR),
    var("t", STR),
)
found, d, c, key = var("found", ListShape(DELAY)), var("d", DELAY), var("c", STR), var("key", STR)
names_, totals, limit, flags = (
    var("names", ListShape(STR)),
    var("totals", DictShape(INT)),
    var("limit", UnionShape((INT, NullShape()))),
    var("flags", ListShape(BOOL)),
)
grid, row, i, numbers = (
    var("grid", ListShape(ListShape(INT))),
    var("row", ListShape(INT)),
    var("i", INT),
    var("numbers", ListShape(INT)),
)
carriers, date = of(day, "carriers"), of(day, "date")
size = op("list.len", found)

SHORT: list[tuple[str, Expr, str]] = [
    ("day.date", date, "$day.date"),
    ("len(found) + 1", op("int.add", size, const(1)), "$count($found) + 1"),
    ("not found", op("bool.not", op("truth.list", found)), "$count($found) = 0"),
    ("if found", op("truth.list", found), "$count($found) > 0"),
    ('c != "??"', op("ne", c, const("??")), '$c != "??"'),
    ("limit is None", op("is_none", limit), "$limit = null"),
    ("n > 0 and s", op("bool.and", op("num.gt", n, const(0)), op("truth.str", s)), '$n > 0 and $s != ""'),
    (
        "x * 2 if x < y else y",
        Cond(FLOAT, HERE, op("num.lt", x, y), op("float.mul", x, const(2)), y),
        "$x < $y ? $x * 2 + 0 : $y",
    ),
    ("n / 100", op("float.div", n, const(100)), "$n / 100"),
    ("n // 7", op("int.floordiv", n, const(7)), "$floor($n / 7)"),
    ("n % 7", op("int.mod", n, const(7)), "($n % 7 + 7) % 7"),
    ("len(found) % 7", op("int.mod", size, const(7)), "$count($found) % 7"),
    ("min(n, m)", op("num.min", n, m), "$min([$n, $m])"),
    (
        'f"{s}: {len(found)} found"',
        op("str.concat", s, const(": "), op("str.of_int", size), const(" found")),
        '$s & ": " & $count($found) & " found"',
    ),
    ('f"{n}"', op("str.of_int", n), "$formatBase($n)"),
    (
        'f"{len(found):03d}"',
        op("str.format_int", size, const("03d")),
        '$pad($string($count($found)), -3, "0")',
    ),
    (
        's.startswith("flights/")',
        op("str.startswith", s, const("flights/")),
        '$substring($s, 0, 8) = "flights/"',
    ),
    (
        's.removesuffix(".csv")',
        op("str.removesuffix", s, const(".csv")),
        '$substring($s, -4) = ".csv" ? $substring($s, 0, $length($s) - 4) : $s',
    ),
    ('s.split("/")', op("str.split", s, const("/")), '$split($s, "/")'),
    (
        's.split("/")[-1]',
        op("list.index", op("str.split", s, const("/")), const(-1)),
        '$split($s, "/")[-1]',
    ),
    ('", ".join(names)', op("str.join", const(", "), names_), '$join($names, ", ")'),
    ('"x" in s', op("str.contains", s, const("x")), '$contains($s, "x")'),
    ("s[:10]", op("str.slice", s, const(None), const(10)), "$substring($s, 0, 10)"),
    ("s[-4:]", op("str.slice", s, const(-4), const(None)), "$substring($s, -4)"),
    ("c in names", op("list.contains", names_, c), "$c in $names"),
    ("names + [c]", op("list.append", names_, c), "$append($names, $c)"),
    (
        "names[1:]",
        op("list.slice", names_, const(1), const(None)),
        "[$filter($names, function($item, $i) { $i >= 1 })]",
    ),
    (
        "[d.minutes for d in found]",
        loop(d, found, of(d, "minutes")),
        "[$map($found, function($d) { $d.minutes })]",
    ),
    (
        "[d for d in found if d.minutes > 0]",
        loop(d, found, d, op("num.gt", of(d, "minutes"), const(0))),
        "[$filter($found, function($d) { $d.minutes > 0 })]",
    ),
    (
        "len([d for d in found if d.minutes > 0])",
        op("list.len", loop(d, found, d, op("num.gt", of(d, "minutes"), const(0)))),
        "$count($filter($found, function($d) { $d.minutes > 0 }))",
    ),
    (
        "any(d.minutes > 60 for d in found)",
        op("list.any", loop(d, found, op("num.gt", of(d, "minutes"), const(60)))),
        "true in $map($found, function($d) { $d.minutes > 60 })",
    ),
    ("all(flags)", op("list.all", flags), "$not(false in $flags)"),
    (
        "sorted(found, key=lambda d: d.minutes)",
        op("list.sorted_by", found, loop(d, found, of(d, "minutes"))),
        "$sort($found, function($a, $b) { $a.minutes > $b.minutes })",
    ),
    ("list(range(3))", op("list.range", const(0), const(3), const(1)), "[0..2]"),
    ("range(len(found))", op("list.range", const(0), size, const(1)), "[0..$count($found) - 1]"),
    (
        "list(enumerate(names))",
        op("list.enumerate", names_, const(0)),
        "$zip([0..$count($names) - 1], $names)",
    ),
    ("key in totals", op("dict.contains", totals, key), "$key in $keys($totals)"),
    (
        "totals.get(key, 0)",
        op("dict.get_or", totals, key, const(0)),
        "$key in $keys($totals) ? $lookup($totals, $key) : 0",
    ),
    ('totals.get("UA")', op("dict.get", totals, const("UA")), "$exists($totals.UA) ? $totals.UA : null"),
    ("len(totals)", op("dict.len", totals), "$count($keys($totals))"),
    (
        "sorted(totals)",
        op("dict.sorted_keys", totals),
        r'($names := [$keys($totals)]; $contains($join($names), /[\ud800-\udfff]|[^\u0000-\uffff]/) ? $error("UnicodeError: order of text beyond U+FFFF") : $sort($names))',  # noqa: E501
    ),
    ("day.date.year", op("date.year", date), "$number($substring($day.date, 0, 4))"),
    ("day.date.weekday()", op("date.weekday", date), "($toMillis($day.date) / 86400000 + 719162) % 7"),
    (
        "(b - a).days",
        op("date.days_between", var("b", DATE), var("a", DATE)),
        "($toMillis($b) - $toMillis($a)) / 86400000",
    ),
]
GUARDED: list[tuple[str, Expr, str]] = [
    (
        "n + 1",
        op("int.add", n, const(1)),
        '$n > 9007199254740990 ? $error("OverflowError: int past 2**53") : $n + 1',
    ),
    (
        "n + m",
        op("int.add", n, m),
        '$abs($n + $m) > 9007199254740991 ? $error("OverflowError: int past 2**53") : $n + $m',
    ),
    (
        "sum(numbers)",
        op("list.sum", numbers),
        '$sum($map($numbers, $abs)) > 9007199254740991 ? $error("OverflowError: int past 2**53") : $sum($numbers)',  # noqa: E501
    ),
    ("x / y", op("float.div", x, y), '$y = 0 ? $error("ZeroDivisionError: division by zero") : $x / $y + 0'),
    (
        "found[0]",
        op("list.index", found, const(0)),
        '$exists($found[0]) ? $found[0] : $error("IndexError: list index out of range")',
    ),
    (
        "totals[key]",
        op("dict.index", totals, key),
        """$key in $keys($totals) ? $lookup($totals, $key) : $error("KeyError: '" & $key & "'")""",
    ),
    (
        "max(numbers)",
        op("list.max", numbers),
        '$count($numbers) = 0 ? $error("ValueError: max() arg is an empty sequence") : $max($numbers)',
    ),
    (
        "s < t",
        op("str.lt", s, t),
        r'$contains($s & $t, /[\ud800-\udfff]|[^\u0000-\uffff]/) ? $error("UnicodeError: order of text beyond U+FFFF") : $s < $t',  # noqa: E501
    ),
    (
        "day.date + timedelta(days=1)",
        op("date.add_days", date, const(1)),
        '$day.date > "9999-12-30" ? $error("OverflowError: date value out of range") : $substring($fromMillis($toMillis($day.date) + 86400000), 0, 10)',  # noqa: E501
    ),
    (
        "[row[:1] for row in grid]",
        loop(row, grid, op("list.slice", row, const(None), const(1))),
        "($made := $map($grid, function($row) { [$filter($row, function($item, $i) { $i < 1 })] }); $count($grid) = 1 ? [[$made]] : [$made])",  # noqa: E501
    ),
]


def names(variable: Variable) -> str:
    return f"${variable.name}"


@pytest.mark.parametrize(
    ("python", "expr", "jsonata"), SHORT + GUARDED, ids=[row[0] for row in SHORT + GUARDED]
)
def test_common_expressions_print_so(python: str, expr: Expr, jsonata: str) -> None:
    """The text is the one that the documentation shows."""
    assert print_expression(expr, names) == jsonata
    shown = jsonata.replace("|", "\\|")
    assert f"| `{python}` | `{shown}` |" in DOCS.read_text(encoding="utf-8")


TEMPLATES: list[tuple[Expr, Any]] = [
    (const("plain"), "plain"),
    (const("{% $x %}"), r'{% "\u007b% $x %\u007d" %}'),
    (const('a "quoted" \\ \n'), 'a "quoted" \\ \n'),
    (const(5), 5),
    (const(None), None),
    (date, "{% $day.date %}"),
    (MakeList(ListShape(STR), HERE, (const("a"), c)), ["a", "{% $c %}"]),
    (
        MakeList(ListShape(STR), HERE, (const("a"), Spread(ListShape(STR), HERE, names_))),
        '{% ["a", $names] %}',
    ),
    (
        MakeObject(DELAY, HERE, (("carrier", c), ("minutes", size))),
        {"carrier": "{% $c %}", "minutes": "{% $count($found) %}"},
    ),
    (MakeObject(DELAY, HERE, (("a.$", const(1)),)), '{% {"a.$": 1} %}'),
    (Const(ListShape(STR), HERE, ["a", {"k": "%}"}]), ["a", {"k": r'{% "%\u007d" %}'}]),
]


@pytest.mark.parametrize(("expr", "template"), TEMPLATES)
def test_templates_compute_only_where_they_must(expr: Expr, template: Any) -> None:
    """Displays and constants are JSON; text that looks like an expression stays text."""
    assert print_template(expr, names) == template


def test_locals_take_no_name_of_a_function_or_of_another_variable() -> None:
    """A loop over `sum` in the source must not hide `$sum`, nor the variable `$x` that its body reads."""
    item = var("sum", INT)
    assert print_expression(loop(item, numbers, op("num.max", item, n)), names) == (
        "[$map($numbers, function($sum2) { $max([$sum2, $n]) })]"
    )
    inner = Read(INT, HERE, Variable("n", 1, INT))
    assert print_expression(loop(inner, numbers, op("num.max", inner, n)), names) == (
        "[$map($numbers, function($n2) { $max([$n2, $n]) })]"
    )


def test_known_bounds_remove_guards() -> None:
    """A counter that is known to be small needs no guard against 2**53."""
    assert print_expression(op("int.add", n, const(1)), names, {n.variable: (0, 1000)}) == "$n + 1"


def test_contexts_and_errors_have_their_places() -> None:
    """`run.id`, `str(error)` and the name of an error's class."""
    error = Variable("error", 0, STR)
    assert print_expression(Context(STR, HERE, "Execution.Name"), names) == "$states.context.Execution.Name"
    assert print_expression(ErrorText(STR, HERE, error), names) == "$error.message"
    assert print_expression(ErrorName(STR, HERE, error), names) == "$error.Error"


def test_bindings_are_computed_once() -> None:
    """`a or b` binds its left side."""
    local = Variable("value", 0, STR)
    left = op("str.slice", s, const(1), const(None))
    read = Read(STR, HERE, local)
    either = Bind(STR, HERE, local, left, Cond(STR, HERE, op("truth.str", read), read, t))
    assert print_expression(either, names) == '($value := $substring($s, 1); $value != "" ? $value : $t)'


def test_a_last_call_that_the_reference_would_lose_is_named() -> None:
    """A sort by a function, and a part of a block, do not stand last in a function."""
    assert doctest.testmod(pieces).failed == 0
