"""The table of operations, and what a row says."""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ladle.compiler.language.operations import chance, decimals, documents, encodings, regexes, times, words
from ladle.compiler.language.operations import reference as ref
from ladle.compiler.language.operations.formats import format_int, format_str

__all__ = ["OPERATIONS", "Operation"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        name: `<kind>.<verb>`.
        operands: The kinds of its operands (`kinds` explains them). A last kind ending in `*` may repeat,
            also not
            at all; one in parentheses is a constant, known when compiling.
        result: The kind of the result, or a rule: `=0` is the shape of operand 0, `item 0` the shape of its
            items,
            `value 0` that of its values; `list item 0` and so on. `kinds.result_shape` works it out.
        python: The meaning, on wire values.
        failures: The exceptions that Python raises here, by class name.
        limits: Errors that stop the run where Python would have a value (see `reference.Limit`).
        unordered: The items of the result come in an order that JSON objects do not keep: only operations
            that do
            not depend on the order may use it (`comprehensions.is_unordered`).
        volatile: Each evaluation gives another value: it is made once, where it stands.
    """

    name: str
    operands: tuple[str, ...]
    result: str
    python: Callable[..., Any]
    failures: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    unordered: bool = False
    volatile: bool = False


_TEXT = ("UnicodeError",)
_BIG = ("OverflowError",)
_VALUE = ("ValueError",)
_INDEX = ("IndexError",)
_KEY = ("KeyError",)
_PATTERN = ("str", "(str)", "(int)")
_ZERO = ("ZeroDivisionError",)


def _rows() -> tuple[Operation, ...]:
    row = Operation
    return (
        # integers: exact, or OverflowError past 2**53
        row("int.add", ("int", "int"), "int", lambda a, b: ref.whole(a + b), limits=_BIG),
        row("int.sub", ("int", "int"), "int", lambda a, b: ref.whole(a - b), limits=_BIG),
        row("int.mul", ("int", "int"), "int", lambda a, b: ref.whole(a * b), limits=_BIG),
        row("int.floordiv", ("int", "int"), "int", lambda a, b: a // b, _ZERO),
        row("int.mod", ("int", "int"), "int", lambda a, b: a % b, _ZERO),
        row("int.neg", ("int",), "int", lambda a: -a),
        row("int.abs", ("int",), "int", abs),
        row("int.of_str", ("str",), "int", ref.int_of_str, _VALUE, (*_BIG, *_TEXT)),
        row("int.of_bool", ("bool",), "int", int),
        row("int.of_float", ("number",), "int", ref.truncated, limits=_BIG),
        row("int.round", ("number",), "int", lambda x: ref.whole(round(x)), limits=_BIG),
        row("int.floor", ("number",), "int", lambda x: ref.whole(math.floor(x)), limits=_BIG),
        row("int.ceil", ("number",), "int", lambda x: ref.whole(math.ceil(x)), limits=_BIG),
        # a number of turns, which no run brings near 2**53
        row("int.count", ("int", "(int)"), "int", lambda a, b: a + b),
        # floats: IEEE doubles on both sides; integers among the operands are fine
        row("float.add", ("number", "number"), "float", lambda a, b: ref.finite(float(a) + b), limits=_BIG),
        row("float.sub", ("number", "number"), "float", lambda a, b: ref.finite(float(a) - b), limits=_BIG),
        row("float.mul", ("number", "number"), "float", lambda a, b: ref.finite(float(a) * b), limits=_BIG),
        row("float.div", ("number", "number"), "float", ref.float_div, _ZERO, _BIG),
        row("float.neg", ("number",), "float", lambda a: -float(a)),
        row("float.abs", ("number",), "float", lambda a: abs(float(a))),
        row("float.sqrt", ("number",), "float", math.sqrt, _VALUE),
        row("float.of_int", ("int",), "float", float),
        # a mark that the value is a float in Python too (`language.floats`)
        row("float.of_float", ("number",), "float", float),
        row("float.round", ("number", "(int)"), "float", decimals.float_round, limits=_BIG),
        row("float.kept", ("number",), "float", decimals.float_kept, limits=_VALUE),
        row("float.format", ("number", "(str)"), "str", decimals.float_text, limits=_BIG),
        row("float.of_str", ("str",), "float", ref.float_of_str, _VALUE, (*_BIG, *_TEXT)),
        # chance: a draw, and what is made of it
        row("random.draw", (), "float", random.random, volatile=True),
        row("uuid.new", (), "str", lambda: str(uuid.uuid4()), volatile=True),
        row("int.drawn", ("number", "int", "int"), "int", chance.drawn, _VALUE, _BIG),
        row("int.drawn_below", ("number", "int"), "int", chance.drawn_below, _VALUE),
        row("list.drawn", ("list", "number"), "item 0", chance.drawn_item, _INDEX),
        # comparisons
        row("num.lt", ("number", "number"), "bool", lambda a, b: a < b),
        row("num.le", ("number", "number"), "bool", lambda a, b: a <= b),
        row("num.gt", ("number", "number"), "bool", lambda a, b: a > b),
        row("num.ge", ("number", "number"), "bool", lambda a, b: a >= b),
        row("num.min", ("number", "number", "number*"), "number", min),
        row("num.max", ("number", "number", "number*"), "number", max),
        row("str.lt", ("str", "str"), "bool", ref.ordered(lambda a, b: a < b), limits=_TEXT),
        row("str.le", ("str", "str"), "bool", ref.ordered(lambda a, b: a <= b), limits=_TEXT),
        row("str.gt", ("str", "str"), "bool", ref.ordered(lambda a, b: a > b), limits=_TEXT),
        row("str.ge", ("str", "str"), "bool", ref.ordered(lambda a, b: a >= b), limits=_TEXT),
        row("date.lt", ("date", "date"), "bool", lambda a, b: a < b),
        row("date.le", ("date", "date"), "bool", lambda a, b: a <= b),
        row("date.gt", ("date", "date"), "bool", lambda a, b: a > b),
        row("date.ge", ("date", "date"), "bool", lambda a, b: a >= b),
        row("date.min", ("date", "date", "date*"), "date", min),
        row("date.max", ("date", "date", "date*"), "date", max),
        row("eq", ("any", "any"), "bool", ref.same),
        row("ne", ("any", "any"), "bool", lambda a, b: not ref.same(a, b)),
        row("is_none", ("any",), "bool", lambda a: a is None),
        # "null", "boolean", "number", "string", "array" or "object": tells the alternatives of a union apart
        row("json.type", ("any",), "str", ref.json_type),
        # truth
        row("bool.not", ("bool",), "bool", lambda a: not a),
        row("bool.and", ("bool", "bool", "bool*"), "bool", lambda *tests: all(tests)),
        row("bool.or", ("bool", "bool", "bool*"), "bool", lambda *tests: any(tests)),
        row("truth.str", ("str",), "bool", bool),
        row("truth.number", ("number",), "bool", bool),
        row("truth.list", ("list",), "bool", bool),
        row("truth.dict", ("object",), "bool", bool),
        # text
        row("str.concat", ("str*",), "str", lambda *parts: "".join(parts)),
        row("str.of_int", ("int",), "str", str),
        row("str.of_float", ("number",), "str", decimals.float_shown, limits=_BIG),
        row("str.of_bool", ("bool",), "str", str),
        row("str.of_date", ("date",), "str", str),
        row("str.format_int", ("int", "(str)"), "str", format_int),
        row("str.format_str", ("str", "(str)"), "str", format_str),
        row("str.repr", ("str",), "str", words.plain_repr, limits=_TEXT),
        row("str.upper", ("str",), "str", ref.cased(str.upper), limits=_TEXT),
        row("str.lower", ("str",), "str", ref.cased(str.lower), limits=_TEXT),
        row("str.strip", ("str",), "str", str.strip),
        row("str.lstrip", ("str",), "str", str.lstrip),
        row("str.rstrip", ("str",), "str", str.rstrip),
        row("str.strip_chars", ("str", "(str)"), "str", str.strip),
        row("str.lstrip_chars", ("str", "(str)"), "str", str.lstrip),
        row("str.rstrip_chars", ("str", "(str)"), "str", str.rstrip),
        row("str.split", ("str", "str"), "list str", str.split, _VALUE),
        row("str.split_space", ("str",), "list str", str.split),
        row("str.splitlines", ("str",), "list str", str.splitlines),
        row("str.join", ("str", "list str"), "str", lambda separator, items: separator.join(items)),
        row("str.replace", ("str", "(str)", "str"), "str", str.replace),
        row("str.startswith", ("str", "str"), "bool", lambda s, p: s.startswith(p)),
        row("str.endswith", ("str", "str"), "bool", lambda s, p: s.endswith(p)),
        row("str.contains", ("str", "str"), "bool", lambda s, p: p in s),
        row("str.len", ("str",), "int", len),
        row("str.index", ("str", "int"), "str", lambda s, i: s[i], _INDEX),
        row("str.slice", ("str", "int?", "int?"), "str", lambda s, a, b: s[a:b]),
        row("str.find", ("str", "str"), "int", lambda s, p: s.find(p)),
        row("str.count", ("str", "str"), "int", lambda s, p: s.count(p)),
        row("str.removeprefix", ("str", "str"), "str", str.removeprefix),
        row("str.removesuffix", ("str", "str"), "str", str.removesuffix),
        row("str.zfill", ("str", "(int)"), "str", str.zfill),
        row("str.repeat", ("str", "int"), "str", words.repeated_text, limits=("MemoryError",)),
        row("str.ljust", ("str", "int", "(str)"), "str", words.padded("ljust"), limits=("MemoryError",)),
        row("str.rjust", ("str", "int", "(str)"), "str", words.padded("rjust"), limits=("MemoryError",)),
        row("str.center", ("str", "int", "(str)"), "str", words.padded("center"), limits=("MemoryError",)),
        row("str.slice_step", ("str", "int?", "int?", "(int)"), "str", words.stepped),
        row("str.partition", ("str", "str"), "three", words.cut("partition"), _VALUE),
        row("str.rpartition", ("str", "str"), "three", words.cut("rpartition"), _VALUE),
        row("str.split_max", ("str", "str", "(int)"), "list str", str.split, _VALUE),
        row("str.rsplit_max", ("str", "str", "(int)"), "list str", str.rsplit, _VALUE),
        row("str.rfind", ("str", "str"), "int", lambda s, p: s.rfind(p)),
        row("str.position", ("str", "str"), "int", words.position("find"), _VALUE),
        row("str.rposition", ("str", "str"), "int", words.position("rfind"), _VALUE),
        row("str.replace_any", ("str", "str", "str"), "str", str.replace),
        row("str.replace_max", ("str", "(str)", "str", "(int)"), "str", str.replace),
        # kinds of characters and cases that need tables of Unicode: exact for ASCII, a limit beyond
        row("str.is_kind", ("str", "(str)"), "bool", words.is_kind, limits=_TEXT),
        row("str.title", ("str",), "str", words.plain_case("title"), limits=_TEXT),
        row("str.capitalize", ("str",), "str", words.plain_case("capitalize"), limits=_TEXT),
        row("str.swapcase", ("str",), "str", words.plain_case("swapcase"), limits=_TEXT),
        row("str.casefold", ("str",), "str", words.plain_case("casefold"), limits=_TEXT),
        row("str.is_int", ("str",), "bool", ref.is_int, limits=_TEXT),
        row("str.is_float", ("str",), "bool", ref.is_float, limits=_TEXT),
        row("str.is_date", ("str",), "bool", ref.is_date, limits=_VALUE),
        row("str.list", ("str",), "list str", list),
        # patterns, with their flags: what is found is an object of groups, or None
        row("re.found", (*_PATTERN, "(str)"), "match", regexes.found, limits=_TEXT),
        row("re.all", _PATTERN, "matches", regexes.found_all, limits=_TEXT),
        row("re.split", _PATTERN, "list str", regexes.split, limits=_TEXT),
        row("re.replaced", (*_PATTERN, "(str)", "(int)"), "str", regexes.replaced, limits=_TEXT),
        row(
            "re.replaced_by",
            (*_PATTERN, "str", "(int)"),
            "str",
            regexes.replaced_by,
            limits=(*_VALUE, *_TEXT),
        ),
        # JSON texts
        row("json.str", ("str",), "str", documents.quoted),
        row("json.texts", ("list str",), "str", documents.quoted_all),
        row("json.ascii", ("str",), "str", documents.ascii_only),
        # bytes are the text whose UTF-8 they are
        row("str.hash", ("str", "(str)"), "str", encodings.digits_of_hash),
        row("str.to_base64", ("str",), "str", encodings.to_base64, limits=_TEXT),
        row("str.of_base64", ("str",), "str", encodings.of_base64, limits=(*_VALUE, *_TEXT)),
        # lists
        row("list.len", ("list",), "int", len),
        row("list.index", ("list", "int"), "item 0", lambda xs, i: xs[i], _INDEX),
        # an item that is known to be there; a list of as many items as a target or pattern has names
        row("list.pick", ("list", "(int)"), "item 0", lambda xs, i: xs[i]),
        row("list.exactly", ("list", "(int)"), "fixed", ref.exactly, _VALUE),
        # the items for the parameters of a call that are left: `f(*xs)`
        row("list.arguments", ("list", "(int)"), "fixed", ref.arguments, limits=("TypeError",)),
        row("list.at_least", ("list", "(int)"), "=0", ref.at_least, _VALUE),
        row("list.slice", ("list", "int?", "int?"), "list item 0", lambda xs, a, b: xs[a:b]),
        row("list.part", ("list", "int", "(int)"), "list item 0", ref.part),
        row("list.slice_step", ("list", "int?", "int?", "(int)"), "list item 0", words.stepped),
        row("list.add", ("list", "list"), "=0", lambda a, b: a + b),
        row("list.append", ("list", "any"), "=0", lambda xs, x: [*xs, x]),
        row("list.contains", ("list", "any"), "bool", ref.member),
        row("list.count", ("list", "any"), "int", lambda xs, x: sum(ref.same(y, x) for y in xs)),
        row("list.position", ("list", "any"), "int", ref.position, _VALUE),
        row("list.sum", ("list int",), "int", ref.int_sum, limits=_BIG),
        row("list.sum_float", ("list number",), "float", ref.float_sum, limits=_BIG),
        row("list.prod", ("list int",), "int", ref.int_product, limits=_BIG),
        row("list.prod_float", ("list number",), "float", ref.float_product, limits=_BIG),
        row("list.min", ("list sortable",), "item 0", ref.least, _VALUE, _TEXT),
        row("list.max", ("list sortable",), "item 0", lambda xs: ref.least(xs, True), _VALUE, _TEXT),
        row("list.sorted", ("list sortable",), "=0", lambda xs: sorted(ref.text_order(xs)), limits=_TEXT),
        row(
            "list.sorted_desc",
            ("list sortable",),
            "=0",
            lambda xs: sorted(ref.text_order(xs), reverse=True),
            limits=_TEXT,
        ),
        # the second operand is a `Loop` over the first: the keys, one for each item (tuples of sortable
        # values too)
        row("list.sorted_by", ("list", "list key"), "=0", ref.sorted_by, limits=_TEXT),
        row(
            "list.sorted_by_desc",
            ("list", "list key"),
            "=0",
            lambda xs, keys: ref.sorted_by(xs, keys, True),
            limits=_TEXT,
        ),
        row("list.min_by", ("list", "list key"), "item 0", ref.chosen_by, _VALUE, _TEXT),
        row(
            "list.max_by",
            ("list", "list key"),
            "item 0",
            lambda xs, keys: ref.chosen_by(xs, keys, True),
            _VALUE,
            _TEXT,
        ),
        row("list.unique", ("list",), "=0", ref.unique),
        row("list.reversed", ("list",), "=0", lambda xs: xs[::-1]),
        row("list.any", ("list bool",), "bool", any),
        row("list.all", ("list bool",), "bool", all),
        row("list.range", ("int", "int", "(int)"), "list int", ref.counted, limits=("MemoryError",)),
        row(
            "list.enumerate",
            ("list", "int"),
            "list pair",
            lambda xs, start: [[i, x] for i, x in enumerate(xs, start)],
        ),
        row(
            "list.zip",
            ("list", "list", "list*"),
            "list zipped",
            lambda *lists: [list(t) for t in zip(*lists, strict=False)],
        ),
        row(
            "list.zip_strict",
            ("list", "list", "list*"),
            "list zipped",
            lambda *lists: [list(t) for t in zip(*lists, strict=True)],
            _VALUE,
        ),
        row("list.repeat", ("list", "int"), "=0", ref.repeated, limits=("MemoryError",)),
        row("list.flatten", ("list list",), "item 0", lambda xs: [y for x in xs for y in x]),
        row("list.set", ("list", "int", "any"), "=0", ref.list_set, _INDEX),
        # the list itself, unless it has more items than its author said
        row("list.at_most", ("list", "(int)"), "=0", ref.at_most, _VALUE),
        row("list.deleted", ("list", "int"), "=0", ref.list_remove_at, _INDEX),
        row("list.popped", ("list", "int"), "item 0", lambda xs, i: xs[i], _INDEX),
        row("list.without_first", ("list", "any"), "=0", ref.without_first, _VALUE),
        row("list.remove_at", ("list", "int"), "=0", ref.list_remove_at, _INDEX),
        row("tuple.index", ("tuple", "(int)"), "element", lambda t, i: t[i]),
        # dicts: any keys; what depends on the order of keys has no operation
        row("dict.len", ("object",), "int", len),
        row("dict.index", ("dict", "str"), "value 0", ref.dict_index, _KEY),
        row("dict.get", ("dict", "str"), "value 0 or None", lambda d, k: d.get(k)),
        row("dict.get_or", ("dict", "str", "any"), "value 0 or 2", lambda d, k, default: d.get(k, default)),
        row("dict.contains", ("object", "str"), "bool", lambda d, k: k in d),
        row("dict.set", ("dict", "str", "any"), "=0", ref.dict_set, limits=_VALUE),
        row("dict.without", ("dict", "str"), "=0", lambda d, k: {n: v for n, v in d.items() if n != k}),
        row("dict.remove", ("dict", "str"), "=0", ref.dict_remove, _KEY),
        row("dict.merge", ("dict", "dict"), "=0", lambda a, b: {**a, **b}),
        row("dict.of_pairs", ("list pair",), "dict", ref.dict_of_pairs, limits=_VALUE),
        row(
            "dict.sorted_keys", ("dict",), "list str", lambda d: sorted(ref.text_order(list(d))), limits=_TEXT
        ),
        row("dict.sorted_items", ("dict",), "list item", ref.sorted_items, limits=_TEXT),
        row("dict.items", ("dict",), "list item", lambda d: [[k, v] for k, v in d.items()], unordered=True),
        row("dict.keys", ("dict",), "list str", list, unordered=True),
        row("dict.values", ("dict",), "list value 0", lambda d: list(d.values()), unordered=True),
        # dates, ISO text
        row("date.add_days", ("date", "int"), "date", ref.date_plus, _BIG),
        row("date.sub_days", ("date", "int"), "date", lambda d, n: ref.date_plus(d, -n), _BIG),
        row("date.days_between", ("date", "date"), "int", ref.days_between),
        row("date.year", ("date",), "int", ref.day("year")),
        row("date.month", ("date",), "int", ref.day("month")),
        row("date.day", ("date",), "int", ref.day("day")),
        row("date.weekday", ("date",), "int", ref.day("weekday")),
        row("date.isoweekday", ("date",), "int", ref.day("isoweekday")),
        row("date.toordinal", ("date",), "int", ref.day("toordinal")),
        row("date.of_str", ("str",), "date", ref.date_of_str, _VALUE, _VALUE),
        row("date.exists", ("int", "int", "int"), "bool", ref.date_exists),
        row("date.of_parts", ("int", "int", "int"), "date", ref.date_of_parts, _VALUE),
        # a member of an enum by its value, among those of all members; the last operand is the class's name
        row("enum.member", ("any", "(list)", "(str)"), "=0", ref.enum_member, _VALUE),
        # times: the parts that their text shows, in its own zone
        row("datetime.micros", ("datetime",), "int", times.micros, limits=_VALUE),
        row("datetime.add_seconds", ("datetime", "int"), "datetime", times.moved, limits=_BIG),
        # `isoformat`, the fraction, the zone (`Z`, `+02:00` or nothing); times made of parts, texts, numbers
        row("datetime.iso", ("datetime", "(str)", "(str)"), "str", times.iso_text, limits=_VALUE),
        row("datetime.microsecond", ("datetime",), "int", times.microsecond, limits=_VALUE),
        row("datetime.zone", ("datetime",), "str", times.zone, limits=_VALUE),
        row("datetime.of_parts", ("date", *("int",) * 4, "str"), "datetime", times.of_parts, _VALUE),
        row("datetime.of_str", ("str",), "datetime", times.of_text, _VALUE, _VALUE),
        row("str.is_datetime", ("str",), "bool", times.is_time, limits=_VALUE),
        row("datetime.of_seconds", ("int",), "datetime", times.of_seconds, limits=_VALUE),
        row("datetime.utc", ("datetime",), "datetime", times.in_utc, limits=_VALUE),
        row("datetime.text", ("datetime",), "str", str),
        row("str.year", ("str",), "str", times.year_text, limits=_VALUE),
        row("datetime.date", ("datetime",), "date", lambda t: t[:10]),
        row("datetime.year", ("datetime",), "int", ref.moment("year")),
        row("datetime.month", ("datetime",), "int", ref.moment("month")),
        row("datetime.day", ("datetime",), "int", ref.moment("day")),
        row("datetime.hour", ("datetime",), "int", ref.moment("hour")),
        row("datetime.minute", ("datetime",), "int", ref.moment("minute")),
        row("datetime.second", ("datetime",), "int", ref.moment("second")),
    )


OPERATIONS: Final[dict[str, Operation]] = {row.name: row for row in _rows()}
"""Every operation by name."""
