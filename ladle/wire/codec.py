"""Values to JSON and back, exactly.

`decode(encode(v, s), s) == v` for every value of a shape, and both refuse everything else, with the path of
what is wrong. What `encode` returns holds nothing but dict, list, str, int, float, bool and None, shared with
no argument.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any, Final

from ladle.wire.errors import WireError
from ladle.wire.shapes import (
    ABSENT,
    LARGEST_INTEGER,
    AnyShape,
    BoolShape,
    DateShape,
    DateTimeShape,
    DictShape,
    EnumShape,
    FloatShape,
    IntShape,
    ListShape,
    LiteralShape,
    NullShape,
    RecordField,
    RecordShape,
    Shape,
    StrShape,
    TupleShape,
    UnionShape,
    describe,
)

__all__ = ["decode", "encode"]

_DICTS: Final = ("typeddict", "arguments")
"""Kinds of record that are dicts in Python too; "arguments" are the parameters of a function."""

_Codec = Callable[[Any, Any, str], Any]


def encode(value: Any, shape: Shape, path: str = "") -> Any:
    """The JSON form of a Python value. `path` is what the value is called in errors; raises WireError."""
    try:
        return _ENCODERS[type(shape)](value, shape, path)
    except RecursionError:
        raise WireError("nested too deeply, or contains itself", path) from None


def decode(json: Any, shape: Shape, path: str = "") -> Any:
    """The Python value of a JSON value (as the `json` module reads it), with defaults filled in.

    `path` is what the value is called in errors. Raises WireError.
    """
    try:
        return _DECODERS[type(shape)](json, shape, path)
    except RecursionError:
        raise WireError("nested too deeply", path) from None


def _mismatch(value: Any, shape: Shape, path: str, hint: str = "") -> WireError:
    expected = describe(shape)
    got = _shown(value)
    return WireError(f"expected {expected}, got {got}{': ' + hint if hint else ''}", path)


def _shown(value: Any) -> str:
    """A value's type, and the value where it is short enough to help."""
    if value is None:
        return "None"
    name = type(value).__name__
    if isinstance(value, str | int | float | datetime.date):
        try:
            text = repr(value)
        except ValueError:  # an integer of more digits than Python prints
            return name
        return f"{name} ({text if len(text) <= 60 else text[:57] + '…'})"
    if isinstance(value, dict):
        keys = ", ".join(str(key) for key in list(value)[:6])
        return f"{name} ({keys}{', …' if len(value) > 6 else ''})" if keys else f"an empty {name}"
    if isinstance(value, list | tuple | set):
        return f"{name} of {len(value)}"
    return f"{type(value).__module__}.{name}" if type(value).__module__ != "builtins" else name


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _at_key(path: str, key: str) -> str:
    return _at(path, key) if key.isidentifier() else f"{path}[{key!r}]"


# ---------------------------------------------------------------------------------------------- scalars


def _null(value: Any, shape: Shape, path: str) -> None:
    if value is not None:
        raise _mismatch(value, shape, path)


def _bool(value: Any, shape: Shape, path: str) -> bool:
    if not isinstance(value, bool):
        raise _mismatch(value, shape, path)
    return value


def _integer(value: Any, shape: Shape, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        hint = "write `int(…)`" if hasattr(value, "__index__") and not isinstance(value, bool) else ""
        raise _mismatch(value, shape, path, hint)
    if abs(value) > LARGEST_INTEGER:
        raise WireError("an integer beyond 2**53 - 1 loses digits in JSON: pass it as str", path)
    return int(value)


def _decode_integer(value: Any, shape: Shape, path: str) -> int:
    # JSON has one kind of number, so 3.0 is the integer 3 (RFC 8259; JSON Schema says so too).
    return _integer(int(value) if isinstance(value, float) and value.is_integer() else value, shape, path)


def _float(value: Any, shape: Shape, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mismatch(value, shape, path, "write `float(…)`" if hasattr(value, "__float__") else "")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise WireError(f"{_shown(value)} is not a number that JSON has", path)
    if number != value:
        raise WireError(f"{_shown(value)} loses digits as a float: pass it as str", path)
    return number + 0.0  # not every reader of JSON keeps the sign of a zero, so none has one


def _string(value: Any, shape: Shape, path: str) -> str:
    if not isinstance(value, str):
        raise _mismatch(value, shape, path)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise WireError("the text has a lone surrogate, which is not Unicode text", path) from None
    return value if type(value) is str else str.__str__(value)


def _encode_date(value: Any, shape: Shape, path: str) -> str:
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise _mismatch(value, shape, path)
    return value.isoformat()


def _decode_date(value: Any, shape: Shape, path: str) -> datetime.date:
    text = _text_of(value, shape, path)
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        date = None
    if date is None or date.isoformat() != text:
        raise WireError(f"expected a date like 2013-01-31, got {_shown(value)}", path)
    return date


def _encode_datetime(value: Any, shape: Shape, path: str) -> str:
    if not isinstance(value, datetime.datetime):
        raise _mismatch(value, shape, path)
    text = value.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _decode_datetime(value: Any, shape: Shape, path: str) -> datetime.datetime:
    text = _text_of(value, shape, path)
    try:
        if len(text) > 10 and text[10] == "T":
            return datetime.datetime.fromisoformat(text)
    except ValueError:
        pass
    raise WireError(f"expected a time like 2013-01-31T06:00:00Z, got {_shown(value)}", path)


def _text_of(value: Any, shape: Shape, path: str) -> str:
    if not isinstance(value, str):
        raise _mismatch(value, shape, path)
    return value


def _encode_enum(value: Any, shape: EnumShape, path: str) -> Any:
    if isinstance(value, shape.cls):
        for name, wire in shape.members:
            if value is shape.cls[name]:
                return wire
    raise _mismatch(
        value, shape, path, _one_of([f"{shape.cls.__name__}.{name}" for name, _ in shape.members])
    )


def _decode_enum(value: Any, shape: EnumShape, path: str) -> Any:
    for name, wire in shape.members:
        if _same_scalar(value, wire):
            return shape.cls[name]
    raise _mismatch(value, shape, path, _one_of([repr(wire) for _, wire in shape.members]))


def _encode_literal(value: Any, shape: LiteralShape, path: str) -> Any:
    for each in shape.values:
        if type(value) is type(each) and value == each:
            return each
    raise _mismatch(value, shape, path)


def _decode_literal(value: Any, shape: LiteralShape, path: str) -> Any:
    for each in shape.values:
        if _same_scalar(value, each):
            return each
    raise _mismatch(value, shape, path)


def _same_scalar(value: Any, wanted: str | int | bool) -> bool:
    """Equality as JSON has it: 1 is 1.0, and neither is true."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return isinstance(value, str | int | float) and value == wanted


def _one_of(names: list[str]) -> str:
    return f"one of {', '.join(names[:8])}{', …' if len(names) > 8 else ''}"


# ---------------------------------------------------------------------------------------------- collections


def _list(codecs: dict[type, _Codec]) -> _Codec:
    def convert(value: Any, shape: ListShape, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise _mismatch(value, shape, path, "write `list(…)`" if _is_iterable(value) else "")
        codec = codecs[type(shape.item)]
        return [codec(item, shape.item, f"{path}[{index}]") for index, item in enumerate(value)]

    return convert


def _is_iterable(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes | dict)


def _tuple(codecs: dict[type, _Codec], source: type[Any], target: type[Any]) -> _Codec:
    def convert(value: Any, shape: TupleShape, path: str) -> Any:
        if not isinstance(value, source):
            raise _mismatch(value, shape, path)
        if len(value) != len(shape.items):
            raise WireError(f"expected {describe(shape)}, got {len(value)} items", path)
        return target(
            codecs[type(item)](part, item, f"{path}[{index}]")
            for index, (part, item) in enumerate(zip(value, shape.items, strict=True))
        )

    return convert


def _dict(codecs: dict[type, _Codec]) -> _Codec:
    def convert(value: Any, shape: DictShape, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _mismatch(value, shape, path)
        codec = codecs[type(shape.value)]
        return {_key(key, path): codec(item, shape.value, _at_key(path, key)) for key, item in value.items()}

    return convert


def _key(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise WireError(f"the key {key!r} is {type(key).__name__}: keys of JSON objects are str", path)
    return _string(key, StrShape(), f"{path}[{key!r}]")


def _any(value: Any, shape: Shape, path: str) -> Any:
    """Any JSON value, both ways. Tuples become lists, as in every JSON writer of Python."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _string(value, shape, path)
    if isinstance(value, int):
        return _integer(value, shape, path)
    if isinstance(value, float):
        return _float(value, shape, path)
    if isinstance(value, list | tuple):
        return [_any(item, shape, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {_key(key, path): _any(item, shape, _at_key(path, key)) for key, item in value.items()}
    hint = _INSTEAD.get(type(value).__name__, "annotate the value with its type")
    raise WireError(f"expected a JSON value, got {_shown(value)}: {hint}", path)


_INSTEAD: Final = {
    **dict.fromkeys(["bytes", "bytearray", "memoryview"], "write base64 text, or put it into a bucket"),
    **dict.fromkeys(["set", "frozenset", "generator", "range", "map", "filter", "zip"], "write `list(…)`"),
    **dict.fromkeys(["dict_keys", "dict_values", "dict_items"], "write `list(…)`"),
    "Decimal": "write `str(…)`, or `float(…)` where lost digits do not matter",
}
"""What to write for values of types that JSON does not have."""


# ---------------------------------------------------------------------------------------------- records


def _encode_record(value: Any, shape: RecordShape, path: str) -> dict[str, Any]:
    if shape.kind in _DICTS:
        if not isinstance(value, dict):
            raise _mismatch(value, shape, path)
        _refuse_unknown(value, shape, path)
        present = [field for field in shape.fields if _given(value, field, shape, path)]
        return {f.name: encode(value[f.name], f.shape, _at(path, f.name)) for f in present}
    if type(value) is not shape.cls:
        if isinstance(value, shape.cls):
            raise _mismatch(
                value, shape, path, "what a subclass adds would be lost, so pass the class itself"
            )
        raise _mismatch(value, shape, path)
    encoded: dict[str, Any] = {}
    for field in shape.fields:
        encoded[field.name] = _ENCODERS[type(field.shape)](
            getattr(value, field.name), field.shape, _at(path, field.name)
        )
    return encoded


def _decode_record(value: Any, shape: RecordShape, path: str) -> Any:
    if not isinstance(value, dict):
        raise _mismatch(value, shape, path)
    _refuse_unknown(value, shape, path)
    given: dict[str, Any] = {}
    for field in shape.fields:
        if _given(value, field, shape, path):
            codec = _DECODERS[type(field.shape)]
            given[field.name] = codec(value[field.name], field.shape, _at(path, field.name))
        elif field.default is not ABSENT:
            given[field.name] = _DECODERS[type(field.shape)](
                field.default, field.shape, _at(path, field.name)
            )
    if shape.kind in _DICTS:
        return given
    return _built(shape, given, path)


def _given(value: dict[Any, Any], field: RecordField, shape: RecordShape, path: str) -> bool:
    if field.name in value:
        return True
    if field.required:
        raise WireError(
            f"missing: {describe(shape)} needs {field.name}: {describe(field.shape)}", _at(path, field.name)
        )
    return False


def _refuse_unknown(value: dict[Any, Any], shape: RecordShape, path: str) -> None:
    known = {field.name for field in shape.fields}
    for key in value:
        if key not in known:
            names = ", ".join(field.name for field in shape.fields) or "none"
            place = _at_key(path, key) if isinstance(key, str) else path
            what = "parameter" if shape.kind == "arguments" else "field"
            raise WireError(f"{describe(shape)} has no such {what}; it has {names}", place)


def _built(shape: RecordShape, given: dict[str, Any], path: str) -> Any:
    """The object itself: its class may refuse what the shape allowed (`__post_init__`, constraints)."""
    if shape.kind == "pydantic":
        fields = shape.cls.model_fields
        given = {fields[name].validation_alias or name: value for name, value in given.items()}
    try:
        return shape.cls(**given)
    except (ValueError, TypeError, AssertionError) as error:
        reports = error.errors() if shape.kind == "pydantic" and hasattr(error, "errors") else []
        if reports:
            for part in reports[0]["loc"]:
                path = f"{path}[{part}]" if isinstance(part, int) else _at(path, part)
            raise WireError(f"{shape.name} refuses it: {reports[0]['msg']}", path) from error
        raise WireError(f"{shape.name} refuses it: {type(error).__name__}: {error}", path) from error


# ---------------------------------------------------------------------------------------------- unions


def _union(codecs: dict[type, _Codec]) -> _Codec:
    def convert(value: Any, shape: UnionShape, path: str) -> Any:
        problems: list[WireError] = []
        for option in shape.options:
            try:
                return codecs[type(option)](value, option, path)
            except WireError as problem:
                problems.append(problem)
        # The option that got furthest into the value is the one that was meant.
        best = max(problems, key=lambda problem: len(problem.path))
        raise best if len(best.path) > len(path) else _mismatch(value, shape, path)

    return convert


_ENCODERS: Final[dict[type, _Codec]] = {}
_DECODERS: Final[dict[type, _Codec]] = {}
_ENCODERS.update(
    {
        NullShape: _null,
        BoolShape: _bool,
        IntShape: _integer,
        FloatShape: _float,
        StrShape: _string,
        DateShape: _encode_date,
        DateTimeShape: _encode_datetime,
        EnumShape: _encode_enum,
        LiteralShape: _encode_literal,
        ListShape: _list(_ENCODERS),
        TupleShape: _tuple(_ENCODERS, tuple, list),
        DictShape: _dict(_ENCODERS),
        RecordShape: _encode_record,
        UnionShape: _union(_ENCODERS),
        AnyShape: _any,
    }
)
_DECODERS.update(
    {
        **_ENCODERS,
        IntShape: _decode_integer,
        DateShape: _decode_date,
        DateTimeShape: _decode_datetime,
        EnumShape: _decode_enum,
        LiteralShape: _decode_literal,
        ListShape: _list(_DECODERS),
        TupleShape: _tuple(_DECODERS, list, tuple),
        DictShape: _dict(_DECODERS),
        RecordShape: _decode_record,
        UnionShape: _union(_DECODERS),
    }
)
