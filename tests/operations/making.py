"""Strategies: shapes, awkward values of them, and expressions that have them."""

from __future__ import annotations

import base64
import datetime as dt
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import strategies as st

from ladle.compiler.language.form import (
    Bind,
    Cond,
    Const,
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
from ladle.compiler.language.operations import OPERATIONS
from ladle.compiler.language.operations.regexes import Refused, translated
from ladle.compiler.language.operations.words import KINDS
from ladle.errors import Span
from ladle.wire import (
    BoolShape,
    DateShape,
    DateTimeShape,
    DictShape,
    FloatShape,
    IntShape,
    ListShape,
    NullShape,
    RecordField,
    RecordShape,
    Shape,
    StrShape,
    TupleShape,
    UnionShape,
)

__all__ = ["HERE", "Maker", "operands_of", "shapes_of", "values_of"]

HERE: Final = Span("case.py", 1, 1, 1, 2)
INT, FLOAT, STR, BOOL, DATE = IntShape(), FloatShape(), StrShape(), BoolShape(), DateShape()
LARGEST: Final = 2**53 - 1

AWKWARD_TEXTS: Final = (
    "", "a", "A", "ab", "abcab", "b", "0", "1", "12", "+12", "-7", "007", "0x10", "\u0663", " 1_0 ", "1_0",
    "1__0", "_1", "1.", ".5", "-.5", "1e5", "1.5E-3", "1e400", "inf", "nan", "Infinity",
    "9007199254740993", "9007199254740991", "\xe9", "\xdf", "\u0130", "\u03c2", "\U0001f600",
    "a\U0001f600b", "\uffee", "\ud7ff", "{% $x %}", "%}", "{%", '"quoted"', "back\\slash",
    "tab\tnew\nline\r\n", "\x00\x1f\x7f\x85", " a  b ", "\u2028x\u2029", "\ufeffx", "\x1cx\x1d", "a,b,,c",
    ",", "true", "null", "$", "$1", "constructor", "toString", "__proto__", "length", "2013-01-31",
    "2012-02-29", "2013-02-29", "1900-02-29", "2000-02-29", "0000-01-01", "20130131", "2013-W01-1",
    "2013-1-1", "/", "[", "]", "^", "-", "x" * 300,
)  # fmt: skip
AWKWARD_INTS: Final = (
    0,
    1,
    -1,
    2,
    -2,
    3,
    5,
    7,
    -7,
    10,
    100,
    10**14,
    10**15,
    10**15 + 1,
    -(10**15),
    LARGEST,
    -LARGEST,
    LARGEST - 1,
    2**52,
    2**52 - 1,
)
AWKWARD_FLOATS: Final = (
    0,
    -0.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    0.1,
    0.2,
    0.3,
    1,
    -1,
    2.675,
    1e308,
    -1e308,
    1.7976931348623157e308,
    5e-324,
    2**53,
    4503599627370495.5,
    0.49999999999999994,
    1e16,
    1e22,
    LARGEST,
)

texts = st.one_of(
    st.sampled_from(AWKWARD_TEXTS),
    st.text(alphabet=string.ascii_letters + string.digits + " ,.-_", max_size=8),
    st.text(max_size=6).filter(
        lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") == text
    ),
)
keys = st.sampled_from(
    ("a", "b", "c", "1", "10", "", "toString", "é", "😀", "key with blank", "back`tick", "or")
)
ints = st.one_of(st.integers(-6, 6), st.sampled_from(AWKWARD_INTS), st.integers(-LARGEST, LARGEST))
floats = st.one_of(
    st.sampled_from(AWKWARD_FLOATS),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-100, 100).map(lambda n: n / 10),
)
dates = st.one_of(
    st.dates().map(dt.date.isoformat),
    st.sampled_from(("0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "2012-02-29", "2013-01-31")),
)

instants = st.one_of(
    st.datetimes(
        timezones=st.sampled_from((None, dt.UTC, dt.timezone(dt.timedelta(hours=-5, minutes=-30))))
    ).map(lambda time: time.isoformat().replace("+00:00", "Z")),
    st.sampled_from(
        (
            "2013-01-31T06:00:00Z",
            "2013-01-31T23:59:59.123Z",
            "0001-01-01T00:00:00",
            "1999-12-31T23:59:59.5+02:00",
            "1969-12-31T23:59:59.1234-05:30",
            "2099-12-31T23:59:59.999999Z",
            "1900-01-01T00:00:00.000001+14:00",
        )
    ),
)

TIMESPECS: Final = ("auto", "hours", "minutes", "seconds", "milliseconds", "microseconds")

_CLOCKS: Final = st.from_regex(r"[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?", fullmatch=True)
time_texts = st.one_of(
    st.tuples(dates, st.sampled_from("T x\n"), _CLOCKS).map("".join),
    st.sampled_from(
        (
            *("", "2013", "2013-01-31T06", "2013-01-31 06:00", "20130131T060000", "2013-W05-4T06:00:00"),
            *("2013-13-01", "2013-01-31T24:00:00", "2013-01-31T06:00:00.1234567Z", "2013-01-31T06:00:00,5"),
            *("2013-02-30T06:00:00", "2013-01-31T06:00:00+0200", "2013-01-31T06:00:00-00:00", "noon", "0"),
            *("2013-01-31T06:00+02:00", "2013-01-31T06:00:00.500Z", "2013-01-31T06:00:00.000+00:00"),
            *("2013-01-31T06:00:00z", "2013-01-31T", "٢٠١٣-٠١-٣١"),
        )
    ),
    st.text(max_size=12),
)

SCALARS: Final[tuple[Shape, ...]] = (INT, FLOAT, STR, BOOL, DATE)
RECORD: Final = RecordShape(
    "Row",
    (
        RecordField("n", INT),
        RecordField("name", STR),
        RecordField("tags", ListShape(STR)),
        RecordField("or", BOOL),
    ),
    "typeddict",
    None,
)


def shapes(depth: int = 2) -> st.SearchStrategy[Shape]:
    """Any shape, containers at most `depth` deep."""
    scalars = st.sampled_from((*SCALARS, UnionShape((STR, NullShape()))))
    if not depth:
        return scalars
    inner = shapes(depth - 1)
    return st.one_of(
        scalars,
        inner.map(ListShape),
        inner.map(DictShape),
        st.just(RECORD),
        st.tuples(inner, inner).map(TupleShape),
        st.just(UnionShape((ListShape(INT), NullShape()))),
    )


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    """Wire values of the shape, awkward ones among them."""
    match shape:
        case IntShape():
            return ints
        case FloatShape():
            return floats
        case StrShape():
            return texts
        case BoolShape():
            return st.booleans()
        case DateShape():
            return dates
        case DateTimeShape():
            return instants
        case NullShape():
            return st.none()
        case ListShape(item=item):
            return st.lists(values_of(item), max_size=4)
        case TupleShape(items=items):
            return st.tuples(*map(values_of, items)).map(list)
        case DictShape(value=value):
            return st.dictionaries(keys, values_of(value), max_size=3)
        case RecordShape(fields=fields):
            return st.fixed_dictionaries({each.name: values_of(each.shape) for each in fields})
        case UnionShape(options=options):
            return st.one_of([values_of(option) for option in options])
        case _:
            raise AssertionError(shape)


def shapes_of(kind: str) -> st.SearchStrategy[Shape]:
    """Shapes that are of a kind of the table."""
    kind = kind.removesuffix("*").strip("()")
    if kind.startswith("list "):
        return shapes_of(kind[5:]).map(ListShape)
    simple = {"int": INT, "int?": INT, "str": STR, "bool": BOOL, "date": DATE, "datetime": DateTimeShape()}
    match kind:
        case _ if kind in simple:
            return st.just(simple[kind])
        case "number":
            return st.sampled_from((INT, FLOAT))
        case "list":
            return shapes(1).map(ListShape)
        case "dict" | "object":
            return shapes(1).map(DictShape)
        case "sortable":
            return st.sampled_from(SCALARS)
        case "key":
            return st.one_of(
                st.sampled_from(SCALARS),
                st.tuples(st.sampled_from(SCALARS), st.sampled_from(SCALARS)).map(TupleShape),
            )
        case "pair":
            return shapes(1).map(lambda shape: TupleShape((STR, shape)))
        case "tuple":
            return st.tuples(shapes(1), shapes(1)).map(TupleShape)
        case "any":
            return shapes(2)
        case _:
            raise AssertionError(kind)


@dataclass
class Maker:
    """Makes expressions, and collects the variables that they read with a value each."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    values: dict[Variable, Any] = field(default_factory=dict)
    scope: list[Variable] = field(default_factory=list)
    pattern: tuple[str, int] = ("", 0)

    def read(self, shape: Shape, value: Any = None) -> Read:
        """A new variable of the shape."""
        variable = Variable(
            self.draw(st.sampled_from(("x", "count", "found", "i", "day", "s", "item"))),
            len(self.values),
            shape,
        )
        self.values[variable] = self.draw(values_of(shape)) if value is None else value
        return Read(shape, HERE, variable)

    def const(self, shape: Shape) -> Const:
        return Const(shape, HERE, self.draw(values_of(shape)))

    def leaf(self, shape: Shape) -> Expr:
        """A constant, a variable in scope, or a new variable."""
        in_scope = [variable for variable in self.scope if variable.shape == shape]
        if in_scope and self.draw(st.booleans()):
            return Read(shape, HERE, self.draw(st.sampled_from(in_scope)))
        return self.const(shape) if self.draw(st.integers(0, 3)) == 0 else self.read(shape)

    def operand(self, kind: str) -> Expr:
        """A leaf of the kind; constants where the operation wants one."""
        if kind == "int?" and self.draw(st.booleans()):
            return Const(NullShape(), HERE, None)
        shape = self.draw(shapes_of(kind))
        return self.const(shape) if kind.startswith("(") else self.leaf(shape)

    # ------------------------------------------------------------------------------------------ composed

    def expr(self, shape: Shape, depth: int) -> Expr:
        """An expression of the shape, at most `depth` deep."""
        if not depth:
            return self.leaf(shape)
        kinds = ["leaf", "cond", "bind", "op", "op", "op", "field", "item"]
        if isinstance(shape, ListShape):
            kinds += ["loop", "loop", "display", "flatten"]
        if isinstance(shape, RecordShape):
            kinds += ["object"]
        match self.draw(st.sampled_from(kinds)):
            case "cond":
                return Cond(
                    shape,
                    HERE,
                    self.expr(BOOL, depth - 1),
                    self.expr(shape, depth - 1),
                    self.expr(shape, depth - 1),
                )
            case "bind":
                bound = self.draw(shapes(1))
                value = self.expr(bound, depth - 1)
                local = Variable("x", 1000 + len(self.scope) + 100 * len(self.values), bound)
                return Bind(shape, HERE, local, value, self.within(local, shape, depth))
            case "op":
                return self.operation(shape, depth)
            case "field":
                record = RecordShape(
                    "R", (RecordField("value", shape), RecordField("other", INT)), "typeddict", None
                )
                made = MakeObject(
                    record, HERE, (("value", self.expr(shape, depth - 1)), ("other", self.leaf(INT)))
                )
                return FieldOf(shape, HERE, made, "value")
            case "item":
                several = self.expr(ListShape(shape), depth - 1)
                return Op(
                    shape,
                    HERE,
                    "list.index",
                    (several, Const(INT, HERE, self.draw(st.sampled_from((0, -1, 1))))),
                )
            case "loop" if isinstance(shape, ListShape):
                return self.loop(shape, shape.item, depth)
            case "flatten" if isinstance(shape, ListShape):
                return self.loop(shape, shape, depth, flatten=True)
            case "display" if isinstance(shape, ListShape):
                items: list[Expr] = []
                for _ in range(self.draw(st.integers(0, 3))):
                    if self.draw(st.integers(0, 3)) == 0:
                        items.append(Spread(shape, HERE, self.expr(shape, depth - 1)))
                    else:
                        items.append(self.expr(shape.item, depth - 1))
                return MakeList(shape, HERE, tuple(items))
            case "object" if isinstance(shape, RecordShape):
                return MakeObject(
                    shape, HERE, tuple((each.name, self.expr(each.shape, depth - 1)) for each in shape.fields)
                )
            case _:
                return self.leaf(shape)

    def within(self, local: Variable, shape: Shape, depth: int) -> Expr:
        self.scope.append(local)
        try:
            return self.expr(shape, depth - 1)
        finally:
            self.scope.pop()

    def loop(self, shape: Shape, element: Shape, depth: int, flatten: bool = False) -> Loop:
        item = self.draw(shapes(1))
        source = self.expr(ListShape(item), depth - 1)
        local = Variable("item", 1000 + len(self.scope) + 100 * len(self.values), item)
        condition = self.within(local, BOOL, depth) if self.draw(st.booleans()) else None
        if item == element and self.draw(st.integers(0, 3)) == 0:
            return Loop(shape, HERE, local, source, condition, Read(item, HERE, local), flatten)
        return Loop(shape, HERE, local, source, condition, self.within(local, element, depth), flatten)

    def operation(self, shape: Shape, depth: int) -> Expr:
        """An operation whose result has the shape, on expressions."""
        names = [name for name in OPERATIONS if name not in AWKWARD_OPERATIONS and _gives(name, shape)]
        if not names:
            return self.leaf(shape)
        name = self.draw(st.sampled_from(names))
        operands = []
        kinds = OPERATIONS[name].operands
        for at, kind in enumerate(kinds):
            if kind.endswith("*") and self.draw(st.booleans()):
                continue
            if kind.startswith("("):
                operands.append(self.const(self.draw(shapes_of(kind))))
                continue
            if kind == "int?":
                operands.append(self.operand(kind))
                continue
            wanted = _wanted(name, at, shape) or self.draw(shapes_of(kind))
            members = ("list.append", "list.contains", "list.count", "list.position", "list.without_first")
            if name in members and at == 1:
                wanted = operands[0].shape.item  # type: ignore[attr-defined]
            if name in ("list.set", "dict.set", "dict.get_or") and at == 2:
                first = operands[0].shape
                wanted = first.item if isinstance(first, ListShape) else first.value  # type: ignore[union-attr]
            if name in ("eq", "ne") and at == 1:
                wanted = operands[0].shape
            if name in ("list.add", "dict.merge") and at == 1:
                wanted = operands[0].shape
            operands.append(self.expr(wanted, depth - 1))
        return Op(shape, HERE, name, tuple(operands))


AWKWARD_OPERATIONS: Final = frozenset(
    {
        "list.pick", "dict.items", "str.year", "datetime.micros", "datetime.add_seconds",
        "list.exactly", "list.at_least", "list.arguments",
        "str.format_int", "str.format_str", "str.zfill", "float.format", "float.round", "str.ljust",
        "str.rjust", "str.center", "str.repeat", "str.slice_step", "list.slice_step", "str.split_max",
        "str.rsplit_max", "str.replace_max", "str.is_kind", "list.range", "list.repeat", "dict.keys",
        "dict.values", "list.sorted_by", "list.sorted_by_desc", "list.min_by", "list.max_by", "list.zip",
        "list.enumerate", "dict.of_pairs", "dict.sorted_items", "tuple.index", "list.flatten", "num.min",
        "num.max", "dict.get", "list.at_most", "random.draw", "uuid.new", "int.drawn", "int.drawn_below",
        "list.drawn", "str.hash", "list.prod_float", "list.part", "int.count", "str.of_float",
        "re.found", "re.all", "re.split", "re.replaced", "re.replaced_by",
        "list.zip_strict", "enum.member", "datetime.iso", "datetime.of_parts", "datetime.of_str",
        "str.is_datetime", "datetime.of_seconds", "datetime.microsecond", "datetime.zone", "datetime.utc",
    }
)  # fmt: skip
"""What the generator of composed expressions leaves to tests of their own."""

_SIMPLE: Final = {
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "str": STR,
    "date": DATE,
    "list str": ListShape(STR),
    "list int": ListShape(INT),
}


def _gives(name: str, shape: Shape) -> bool:
    row = OPERATIONS[name]
    if row.result in _SIMPLE:
        return _SIMPLE[row.result] == shape
    if row.result in ("=0", "list item 0"):
        kind = row.operands[0]
        if kind == "list sortable":
            return isinstance(shape, ListShape) and shape.item in SCALARS
        return isinstance(shape, ListShape) if kind.startswith("list") else isinstance(shape, DictShape)
    if row.result == "item 0" and row.operands[0] == "list sortable":
        return shape in SCALARS
    return row.result in ("item 0", "value 0", "value 0 or 2")


def _wanted(name: str, at: int, shape: Shape) -> Shape | None:
    if at:
        return None
    match OPERATIONS[name].result:
        case "=0" | "list item 0":
            return shape
        case "item 0":
            return ListShape(shape)
        case "value 0" | "value 0 or 2":
            return DictShape(shape)
        case _:
            return None


def operands_of(name: str, maker: Maker) -> tuple[Expr, ...]:
    """Leaves for every operand of an operation, related where the operation relates them."""
    kinds = list(OPERATIONS[name].operands)
    if kinds[-1].endswith("*"):
        kinds[-1:] = [kinds[-1]] * maker.draw(st.integers(0, 2))
    operands: list[Expr] = []
    for at, kind in enumerate(kinds):
        operands.append(_related(name, at, operands, maker) or maker.operand(kind))
    return tuple(operands)


def _related(name: str, at: int, operands: list[Expr], maker: Maker) -> Expr | None:
    draw = maker.draw
    if name.startswith("re."):
        return _regex_operand(name, at, maker)
    first = operands[0] if operands else None
    if name in ("list.range", "list.repeat", "list.enumerate") and (at or name == "list.range"):
        small = draw(st.integers(-12, 12).filter(lambda n: n != 0 or at != 2))
        return Const(INT, HERE, small) if at == 2 or draw(st.booleans()) else maker.read(INT, small)
    if name == "str.format_int" and at == 1:
        return Const(STR, HERE, draw(st.sampled_from(INT_FORMATS)))
    if name == "str.format_str" and at == 1:
        return Const(STR, HERE, draw(st.sampled_from(STR_FORMATS)))
    if name == "float.format" and at == 1:
        return Const(STR, HERE, draw(st.sampled_from(FLOAT_FORMATS)))
    if name in ("float.format", "float.kept", "str.of_float") and at == 0:
        shape = draw(st.sampled_from((INT, FLOAT)))
        value = draw(values_of(shape).filter(lambda number: number != 0 or str(number)[0] != "-"))
        return maker.read(shape, value)
    if name == "float.round" and at == 1:
        return Const(INT, HERE, draw(st.integers(0, 9)))
    if name in ("str.ljust", "str.rjust", "str.center") and at:
        if at == 2:
            return Const(STR, HERE, draw(st.sampled_from(" *0é😀")))
        width = draw(st.integers(-2, 12))
        return Const(INT, HERE, width) if draw(st.booleans()) else maker.read(INT, width)
    if name == "str.repeat" and at == 1:
        times = draw(st.integers(-2, 5))
        return Const(INT, HERE, times) if draw(st.booleans()) else maker.read(INT, times)
    if name in ("str.slice_step", "list.slice_step") and at == 3:
        return Const(INT, HERE, draw(st.sampled_from((-3, -2, -1, 1, 2, 3, 7))))
    if (
        name in ("str.split_max", "str.rsplit_max", "str.replace_max")
        and OPERATIONS[name].operands[at] == "(int)"
    ):
        return Const(INT, HERE, draw(st.integers(0, 3)))
    if name == "str.replace_max" and at == 1 and isinstance(operands[0].shape, StrShape):
        part = _part(name, operands[0], maker)
        return part if part.value else Const(STR, HERE, "a")  # type: ignore[attr-defined]
    if name == "str.is_kind" and at == 1:
        return Const(STR, HERE, draw(st.sampled_from(KINDS)))
    if name == "str.hash" and at == 1:
        return Const(STR, HERE, draw(st.sampled_from(("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"))))
    if name == "str.of_base64":
        return maker.read(STR, draw(st.one_of(st.sampled_from(BASE64_TEXTS), coded)))
    if name.endswith((".drawn", ".drawn_below")) and OPERATIONS[name].operands[at] == "number":
        return maker.read(FLOAT, draw(st.one_of(st.floats(0, 1, exclude_max=True), st.just(1 - 2**-53))))
    if name.startswith("int.drawn") and at:
        end = draw(st.one_of(st.integers(-3, 6), ints))
        return Const(INT, HERE, end) if draw(st.booleans()) else maker.read(INT, end)
    if name == "str.zfill" and at == 1:
        return Const(INT, HERE, draw(st.integers(-1, 9)))
    if name == "list.pick" and at == 1:
        known = operands[0].value if isinstance(operands[0], Const) else maker.values[operands[0].variable]  # type: ignore[attr-defined]
        return Const(INT, HERE, draw(st.integers(-len(known), len(known) - 1)))
    if name == "list.pick" and at == 0:
        shape = draw(shapes_of("list"))
        return maker.read(shape, draw(values_of(shape).filter(bool)))
    if name in ("list.exactly", "list.at_least", "list.arguments") and at == 1:
        return Const(INT, HERE, draw(st.integers(0, 3)))
    if name in ("list.part", "int.count") and at == len(operands) > 0:
        least = 1 if at == 2 or name == "int.count" else 0
        number = draw(st.integers(least, 4))
        return Const(INT, HERE, number) if least else maker.read(INT, number)
    if name == "enum.member":
        return _of_enum(at, operands, maker)
    if name == "list.at_most" and at == 1:
        return Const(INT, HERE, draw(st.integers(1, 4)))
    if name == "str.year":
        return maker.read(STR, draw(dates))
    if name == "datetime.iso" and at > 0:
        return Const(STR, HERE, draw(st.sampled_from(("T", " ") if at == 1 else TIMESPECS)))
    if name == "datetime.of_parts" and at > 0:
        if at == 5:
            return Const(STR, HERE, draw(st.sampled_from(("", "Z", "+02:00", "-11:30"))))
        part = draw(
            st.one_of(st.sampled_from((0, 1, -1, 23, 24, 59, 60, 999_999, 10**6)), st.integers(0, 23))
        )
        return Const(INT, HERE, part) if draw(st.booleans()) else maker.read(INT, part)
    if name in ("datetime.of_str", "str.is_datetime"):
        return maker.read(STR, draw(st.one_of(instants, dates, time_texts)))
    if name == "datetime.of_seconds":
        edges = st.sampled_from((253402300799, 253402300800, -62135596800, -62135596801))
        return maker.read(INT, draw(st.one_of(ints, edges, st.integers(-(10**11), 10**12))))
    if name == "datetime.add_seconds" and at == 1:
        seconds = draw(st.one_of(st.integers(-(10**6), 10**6), st.sampled_from((10**12, -(10**12), 86400))))
        return Const(INT, HERE, seconds) if draw(st.booleans()) else maker.read(INT, seconds)
    if name == "tuple.index" and at == 1:
        return Const(INT, HERE, draw(st.sampled_from((0, 1, -1, -2))))
    if name in ("date.of_parts", "date.exists"):
        small = draw(
            st.sampled_from(
                (
                    (0, 1, 12, 1900, 2000, 2012, 9999, 10000, -1),
                    (0, 1, 2, 4, 12, 13, -1),
                    (0, 1, 28, 29, 30, 31, 32, -5),
                )[at]
            )
        )
        return maker.read(INT, small)
    if name in ("date.add_days", "date.sub_days") and at == 1:
        days = draw(
            st.one_of(
                st.integers(-400, 400), st.sampled_from((3_652_058, -3_652_058, 4_000_000, LARGEST, -LARGEST))
            )
        )
        return Const(INT, HERE, days) if draw(st.booleans()) else maker.read(INT, days)
    if first is None or at == 0:
        return None
    if name in ("list.sorted_by", "list.sorted_by_desc", "list.min_by", "list.max_by"):
        return keys_loop(first, maker)
    members = ("list.append", "list.contains", "list.count", "list.position", "list.without_first")
    if name in members and isinstance(first.shape, ListShape):
        return _member(first, maker)
    if name in ("list.set", "dict.set", "dict.get_or") and at == 2:
        return maker.leaf(first.shape.item if isinstance(first.shape, ListShape) else first.shape.value)  # type: ignore[attr-defined]
    if name in ("list.add", "dict.merge", "eq", "ne"):
        return maker.leaf(first.shape)
    if name.startswith("dict.") and at == 1:
        key = draw(keys)
        return Const(STR, HERE, key) if draw(st.booleans()) else maker.read(STR, key)
    by_text = name != "str.concat" and OPERATIONS[name].operands[at:][:1] in (("str",), ("(str)",))
    if name.startswith("str.") and by_text and isinstance(first.shape, StrShape) and draw(st.booleans()):
        return _part(name, first, maker)
    return None


def _member(items: Expr, maker: Maker) -> Expr:
    """A value that the list has, often."""
    assert isinstance(items.shape, ListShape)
    known = items.value if isinstance(items, Const) else maker.values[items.variable]  # type: ignore[attr-defined]
    if known and maker.draw(st.booleans()):
        value = maker.draw(st.sampled_from(known))
        if value is not None:
            return maker.read(items.shape.item, value)
    return maker.leaf(items.shape.item)


def _part(name: str, text: Expr, maker: Maker) -> Expr:
    """A part of the text."""
    known = text.value if isinstance(text, Const) else maker.values[text.variable]  # type: ignore[attr-defined]
    start = maker.draw(st.integers(0, len(known)))
    part = known[start : start + maker.draw(st.integers(0, 3))]
    constant = OPERATIONS[name].operands[1].startswith("(") or maker.draw(st.booleans())
    return Const(STR, HERE, part) if constant or not part else maker.read(STR, part)


def _of_enum(at: int, operands: list[Expr], maker: Maker) -> Expr:
    """A value, the values of all members, the class's name."""
    if at == 0:
        return maker.read(
            *maker.draw(st.sampled_from(((STR, "red"), (STR, "b"), (STR, ""), (INT, 1), (INT, 7))))
        )
    if at == 2:
        return Const(STR, HERE, "Color")
    wires = ["red", "blue", ""] if operands[0].shape == STR else [1, 2, -1]
    return Const(ListShape(operands[0].shape), HERE, wires)


def keys_loop(source: Expr, maker: Maker) -> Loop:
    """Sort keys of the items: themselves, their lengths, constants, or pairs."""
    assert isinstance(source.shape, ListShape)
    item = source.shape.item
    local = Variable("item", 999, item)
    read = Read(item, HERE, local)
    choices: list[Expr] = [Const(INT, HERE, 1)]
    if isinstance(item, (*(type(each) for each in SCALARS),)):  # type: ignore[misc]
        choices.append(read)
    if isinstance(item, StrShape):
        choices.append(Op(INT, HERE, "str.len", (read,)))
    if isinstance(item, ListShape):
        choices.append(Op(INT, HERE, "list.len", (read,)))
    if isinstance(item, RecordShape):
        choices += [
            FieldOf(each.shape, HERE, read, each.name) for each in item.fields if each.shape in SCALARS
        ]
    first, second = maker.draw(st.sampled_from(choices)), maker.draw(st.sampled_from(choices))
    if maker.draw(st.booleans()):
        element: Expr = MakeList(TupleShape((first.shape, second.shape)), HERE, (first, second))
    else:
        element = first
    if maker.draw(st.booleans()):  # what a function gives that is called with the item
        held = Variable("held", 998, item)
        element = Bind(element.shape, HERE, held, read, element)
    return Loop(ListShape(element.shape), HERE, local, source, None, element)


BASE64_TEXTS: Final = ("", "YQ==", "YQ", "YQ=", "YWI=", "YWJj", "YWJj\n", "-_-_", "w6k=", "/+8=", "é", "====")
coded: Final = st.text(alphabet=st.characters(max_codepoint=127)).map(
    lambda text: base64.b64encode(text.encode()).decode()
)

# ------------------------------------------------------------------------------------------ patterns

_ATOMS: Final = st.sampled_from(
    ("a", "b", "A", "1", "-", "[.]", "/", " ", "é", "[ab]", "[^a]", "[a-c1]", "[^ab\\n]", ".", "\\d", "\\w",
     "\\s", "\\S", "\\D", "[\\w.]", "ab", "\\b", "(?=a)", "(?!b)", "x", "[(]", "[-+]", "[\\s,]", "\\{",
     "\\\\", "%}", '"')
)  # fmt: skip


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(parts, parts).map("".join),
        st.tuples(parts, parts).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        parts.map(lambda part: f"({part})"),
        st.tuples(parts, st.sampled_from(("*", "+", "?", "{2}", "{1,2}", "+?", "*?", "{0,1}"))).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(st.sampled_from("abc"), parts).map(lambda pair: f"(?P<{pair[0]}>{pair[1]})"),
    )


_anchored: Final = st.tuples(
    st.sampled_from(("", "", "^", "\\A")),
    st.recursive(_ATOMS, _joined, max_leaves=6),
    st.sampled_from(("", "", "$", "\\Z")),
).map("".join)
_FLAGS: Final = st.sampled_from((0, 0, 0, re.IGNORECASE, re.ASCII, re.DOTALL, re.IGNORECASE | re.DOTALL))


def _agreed(known: tuple[str, int], nonempty: bool = False, surely: bool = False, few: bool = False) -> bool:
    """Whether a pattern is one on which Python and JavaScript agree."""
    try:
        regex = translated(*known)
    except (Refused, re.error):
        return False
    sure = all(group.sure for group in regex.groups)
    return not (nonempty and regex.empty) and (sure or not surely) and not (few and regex.groups)


matched_texts: Final = st.one_of(
    st.text(alphabet="abAB1 -./x\n", max_size=7),
    st.text(alphabet='abAk1é\n\u2028\r(){}%"\\\u212aſ😀', max_size=6),
    texts,
)


def _regex_operand(name: str, at: int, maker: Maker) -> Expr | None:
    """Operands of patterns: the pattern is drawn with its flags, so that both know it."""
    if at == 0:
        return maker.read(STR, maker.draw(matched_texts))
    if at == 1:
        plain = name in ("re.split", "re.all", "re.replaced", "re.replaced_by")
        known = maker.draw(
            st.tuples(_anchored, _FLAGS).filter(
                lambda pair: _agreed(pair, plain, name == "re.all", name == "re.split")
            )
        )
        maker.pattern = known
        return Const(STR, HERE, known[0])
    if at == 2:
        return Const(INT, HERE, int(maker.pattern[1]))
    if name == "re.found":
        return Const(STR, HERE, maker.draw(st.sampled_from(("search", "match", "fullmatch"))))
    if at == 4:
        return Const(INT, HERE, maker.draw(st.integers(0, 2)))
    if name == "re.replaced":
        sure = [str(group.number) for group in translated(*maker.pattern).groups if group.sure]
        parts = st.sampled_from(
            ["-", "$", "$1", "\\\\", "\\n", "\\g<0>", "é", *(f"\\{number}" for number in sure)]
        )
        return Const(STR, HERE, "".join(maker.draw(st.lists(parts, max_size=3))))
    return maker.read(STR, maker.draw(st.one_of(texts, st.sampled_from(("$1", "$$", "\\1")))))


INT_FORMATS: Final = (
    "",
    "d",
    "5",
    "05",
    "<5",
    ">5",
    "^6",
    "*^7",
    "=6",
    "0=6",
    "x=6",
    "+",
    "+d",
    "+05",
    " d",
    " 4",
    ",",
    ",d",
    "_d",
    "12,",
    "^12,",
    "+,",
    "01",
    "1",
    "^3",
    "*<4d",
    "x",
    "X",
    "#x",
    "08b",
    "#010x",
    "o",
    "+x",
    "*^12x",
)
FLOAT_FORMATS: Final = (
    ".2f", ".1f", ".0f", "f", ".3f", ".9f", "8.2f", "08.2f", "+.2f", " .1f", "<9.1f", "^9.1f", "*>9.2f",
    ",.2f", "_.1f", ".1%", ".0%", "%", "9.2%", "+09.3f", "=9.1f",
)  # fmt: skip
STR_FORMATS: Final = ("", "s", "5", "<5", ">5", "^6", "*^7", "é>4", "😀^5", ".2", "5.1", "^5.3", ".0", "1")
