"""From Python annotations to shapes, or a refusal that says what to write instead."""

from __future__ import annotations

import collections.abc
import datetime
import enum
import re
import sys
import types
import typing
from typing import Any, Final

from ladle.wire.codec import encode
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
)
from ladle.wire.unions import union_of

__all__ = ["shape_of"]

_SCALARS: Final[dict[Any, Shape]] = {
    None: NullShape(),
    type(None): NullShape(),
    bool: BoolShape(),
    int: IntShape(),
    float: FloatShape(),
    str: StrShape(),
    datetime.date: DateShape(),
    datetime.datetime: DateTimeShape(),
    Any: AnyShape(),
    object: AnyShape(),
}

_LISTS: Final = (list, collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Collection)
_DICTS: Final = (dict, collections.abc.Mapping, collections.abc.MutableMapping)

_INSTEAD: Final[dict[str, str]] = {
    "builtins.set": "list",
    "builtins.frozenset": "list",
    "collections.abc.Set": "list",
    "collections.abc.Iterable": "list",
    "collections.abc.Iterator": "list",
    "collections.abc.Generator": "list",
    "collections.deque": "list",
    "collections.defaultdict": "dict",
    "collections.OrderedDict": "dict",
    "collections.Counter": "dict[str, int]",
    "builtins.bytes": "str (base64), or put the bytes into S3 and pass the key",
    "builtins.bytearray": "str (base64), or put the bytes into S3 and pass the key",
    "builtins.complex": "a dataclass of two floats",
    "decimal.Decimal": "str, or float where lost digits do not matter",
    "fractions.Fraction": "str",
    "uuid.UUID": "str",
    "datetime.time": "str",
    "datetime.timedelta": "float (seconds)",
    "pathlib.Path": "str",
    "pathlib.PurePath": "str",
    "pathlib.PurePosixPath": "str",
}
"""What to write for the types that people reach for and JSON does not have, by full name."""

_Bindings = dict[Any, Any]


def shape_of(annotation: Any) -> Shape:
    """The shape of values annotated so.

    Takes JSON scalars, `date`, `datetime`, enums, `Literal`, `list`, `dict` with `str` keys, `tuple` of fixed
    length, dataclasses, `TypedDict`, pydantic models, `Optional` and unions that JSON values cannot confuse,
    and looks through `NewType`, `Annotated`, `Final` and type aliases. Raises WireError, naming the
    annotation and what to write instead; inside a record its `path` is `Class.field`.

    >>> shape_of(list[str])
    ListShape(item=StrShape())
    """
    return _shape(annotation, {}, ())


def _shape(annotation: Any, bindings: _Bindings, inside: tuple[Any, ...]) -> Shape:
    """`bindings` gives type variables their types, `inside` is what is being read now (to find recursion)."""
    try:
        if annotation in _SCALARS:
            return _SCALARS[annotation]
    except TypeError:  # unhashable: no annotation that we know
        raise _refused(annotation) from None
    if isinstance(annotation, str | typing.ForwardRef):
        raise WireError(
            f"the annotation {annotation!r} has not been resolved: write the type itself, not a string"
        )
    if isinstance(annotation, typing.TypeVar):
        if annotation in bindings:
            return _shape(bindings[annotation], {}, inside)
        raise WireError(f"the type variable `{annotation}` is open here: write a definite type")
    if isinstance(annotation, typing.NewType):
        return _shape(annotation.__supertype__, bindings, inside)
    if type(annotation).__name__ == "TypeAliasType":  # `type X = …`, Python 3.12
        return _shape(annotation.__value__, bindings, _entered(annotation, annotation.__name__, inside))
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is None:
        return _bare(annotation, bindings, inside)
    if origin in (typing.Annotated, typing.Final, typing.Required, typing.NotRequired) or _is_read_only(
        origin
    ):
        return _shape(arguments[0], bindings, inside)
    if origin in (typing.Union, types.UnionType):
        return union_of([_shape(option, bindings, inside) for option in arguments])
    if origin is typing.Literal:
        return _literal(arguments)
    if origin in _LISTS:
        return ListShape(_shape(arguments[0], bindings, inside))
    if origin in _DICTS:
        return _dict(annotation, arguments, bindings, inside)
    if origin is tuple:
        return _tuple(annotation, arguments, bindings, inside)
    if isinstance(origin, type) and _kind(origin):
        parameters = getattr(origin, "__parameters__", ())
        bound = {name: _bound(value, bindings) for name, value in zip(parameters, arguments, strict=False)}
        return _record(origin, bound, inside)
    if type(origin).__name__ == "TypeAliasType":
        bound = dict(zip(origin.__type_params__, arguments, strict=False))
        return _shape(origin.__value__, {**bindings, **bound}, _entered(origin, origin.__name__, inside))
    raise _refused(annotation)


def _bare(annotation: Any, bindings: _Bindings, inside: tuple[Any, ...]) -> Shape:
    """An annotation without brackets."""
    if annotation in _LISTS or annotation is typing.List:  # noqa: UP006 - the old spelling itself
        return ListShape(AnyShape())
    if annotation in _DICTS or annotation is typing.Dict:  # noqa: UP006
        return DictShape(AnyShape())
    if annotation is tuple or annotation is typing.Tuple:  # noqa: UP006
        raise WireError("`tuple` does not say what is in it: write `list`, or for instance `tuple[str, int]`")
    if isinstance(annotation, type):
        if _kind(annotation):
            return _record(annotation, bindings, inside)
        if issubclass(annotation, enum.Enum):
            return _enum(annotation, tuple(annotation))
    raise _refused(annotation)


def _bound(value: Any, bindings: _Bindings) -> Any:
    return bindings.get(value, value) if isinstance(value, typing.TypeVar) else value


def _entered(what: Any, name: str, inside: tuple[Any, ...]) -> tuple[Any, ...]:
    if any(each is what for each in inside):
        raise WireError(
            f"`{name}` contains itself: a type of a fixed depth is needed, so write `Any` at that place"
        )
    return (*inside, what)


def _is_read_only(origin: Any) -> bool:
    """`ReadOnly[…]`, which typing has from Python 3.13 and typing_extensions before."""
    return getattr(origin, "_name", None) == "ReadOnly"


# ---------------------------------------------------------------------------------------------- collections


def _dict(annotation: Any, arguments: tuple[Any, ...], bindings: _Bindings, inside: tuple[Any, ...]) -> Shape:
    key = _shape(arguments[0], bindings, inside)
    if not isinstance(key, StrShape):
        raise WireError(
            f"{spelled(annotation)}: keys of JSON objects are strings: "
            f"write `dict[str, {spelled(arguments[1], quoted=False)}]`, or a list of pairs"
        )
    return DictShape(_shape(arguments[1], bindings, inside))


def _tuple(
    annotation: Any, arguments: tuple[Any, ...], bindings: _Bindings, inside: tuple[Any, ...]
) -> Shape:
    if Ellipsis in arguments:
        raise WireError(
            f"{spelled(annotation)}: tuples that travel have a fixed length: "
            f"write `list[{spelled(arguments[0], quoted=False)}]`"
        )
    return TupleShape(tuple(_shape(item, bindings, inside) for item in arguments))


def _literal(values: tuple[Any, ...]) -> Shape:
    """`Literal[…]`: constants to one literal shape, members to one shape for each enum, None to null."""
    plain = tuple(v for v in values if isinstance(v, str | int) and not isinstance(v, enum.Enum))
    options: list[Shape] = [LiteralShape(plain)] if plain else []
    members = [v for v in values if isinstance(v, enum.Enum)]
    options += [
        _enum(cls, tuple(member for member in members if type(member) is cls))
        for cls in dict.fromkeys(type(member) for member in members)
    ]
    if None in values:
        options.append(NullShape())
    if odd := [v for v in values if isinstance(v, bytes)]:
        raise WireError(f"Literal[{odd[0]!r}]: JSON has no bytes: write a string")
    return union_of(options)


def _enum(cls: type[enum.Enum], members: tuple[enum.Enum, ...]) -> Shape:
    if issubclass(cls, enum.Flag):
        raise WireError(f"`{cls.__name__}` is a set of flags: write a list of an `Enum`, or an `int`")
    pairs: list[tuple[str, str | int]] = []
    for member in members:
        value = member.value
        whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER
        if not (whole or isinstance(value, str)):
            raise WireError(
                f"`{cls.__name__}.{member.name}` is {value!r}: an enum's values travel, "
                "so give its members strings or integers"
            )
        pairs.append((member.name, str.__str__(value) if isinstance(value, str) else int(value)))
    if not pairs:
        raise WireError(f"`{cls.__name__}` has no members")
    return EnumShape(cls, tuple(pairs))


# ---------------------------------------------------------------------------------------------- records


def _kind(cls: type) -> str:
    """Which kind of record a class is; empty when it is none."""
    # A class can be a dataclass or a pydantic model only where these modules have been imported already.
    dataclasses, pydantic = sys.modules.get("dataclasses"), sys.modules.get("pydantic")
    if dataclasses is not None and dataclasses.is_dataclass(cls):
        return "dataclass"
    if issubclass(cls, dict) and hasattr(cls, "__required_keys__"):  # also typing_extensions.TypedDict
        return "typeddict"
    base = getattr(pydantic, "BaseModel", None)
    return "pydantic" if base is not None and issubclass(cls, base) else ""


def _record(cls: type, bindings: _Bindings, inside: tuple[Any, ...]) -> RecordShape:
    name = cls.__name__
    entered = _entered(cls, name, inside)
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise WireError(
            f"the annotations of `{name}` name `{error.name}`, which its module does not have at run time: "
            "import it outside `if TYPE_CHECKING:`, and define it at the top level"
        ) from None
    except (AttributeError, SyntaxError, TypeError) as error:
        raise WireError(f"an annotation of `{name}` cannot be evaluated ({error}): name a type") from None
    kind = _kind(cls)
    read = {"dataclass": _dataclass_fields, "typeddict": _typed_dict_fields, "pydantic": _pydantic_fields}[
        kind
    ]
    fields: list[RecordField] = []
    for field_name, annotation, required, default in read(cls, hints):
        try:
            shape = _shape(annotation, bindings, entered)
            value = ABSENT if default is ABSENT else _default(default, shape)
        except WireError as error:
            # The innermost class is the place to look at; what led there only repeats it.
            raise error if error.path else WireError(error.problem, f"{name}.{field_name}") from None
        fields.append(RecordField(field_name, shape, required, value))
    return RecordShape(name, tuple(fields), kind, cls)


_Field = tuple[str, Any, bool, Any]
"""Name, annotation, whether it is required, and a function that makes the default (or ABSENT)."""


def _default(make: Any, shape: Shape) -> Any:
    """The JSON form of a default, which must be the same every time: the compiler writes it down once."""
    try:
        first, second = encode(make(), shape), encode(make(), shape)
    except WireError as error:
        raise WireError(f"its default: {error}") from None
    if first != second:
        raise WireError("its default changes from call to call: pass the value, or default to None")
    return first


def _dataclass_fields(cls: Any, hints: dict[str, Any]) -> list[_Field]:
    import dataclasses

    fields: list[_Field] = []
    for field in dataclasses.fields(cls):
        where = f"{cls.__name__}.{field.name}"
        if not field.init:
            raise WireError("fields with `init=False` cannot be given back when the value is read", where)
        if field.default is not dataclasses.MISSING:
            fields.append((field.name, hints[field.name], False, lambda value=field.default: value))
        elif field.default_factory is not dataclasses.MISSING:
            fields.append((field.name, hints[field.name], False, field.default_factory))
        else:
            fields.append((field.name, hints[field.name], True, ABSENT))
    extra = [name for name, hint in hints.items() if isinstance(hint, dataclasses.InitVar)]
    if extra:
        raise WireError(
            "an `InitVar` is not kept, so it cannot travel: make it a field", f"{cls.__name__}.{extra[0]}"
        )
    return fields


def _typed_dict_fields(cls: Any, hints: dict[str, Any]) -> list[_Field]:
    fields: list[_Field] = []
    for name, hint in hints.items():
        # `__required_keys__` does not see `NotRequired` in annotations that were strings; the resolved hints
        # do.
        required, inner = name in cls.__required_keys__, hint
        while True:
            origin = typing.get_origin(inner)
            if origin is typing.Required:
                required = True
            elif origin is typing.NotRequired:
                required = False
            elif not _is_read_only(origin):
                break
            inner = typing.get_args(inner)[0]
        fields.append((name, inner, required, ABSENT))
    return fields


def _pydantic_fields(cls: Any, hints: dict[str, Any]) -> list[_Field]:
    if cls.model_config.get("extra") == "allow":
        raise WireError(
            f"`{cls.__name__}` allows further fields of unknown types: give it a `dict[str, Any]` field"
        )
    if getattr(cls, "__pydantic_root_model__", False):
        raise WireError(f"`{cls.__name__}` is a root model: write the type of its root")
    fields: list[_Field] = []
    for name, info in cls.model_fields.items():
        annotation = hints.get(name, info.annotation)
        if not isinstance(info.validation_alias, str | None):
            raise WireError(
                "aliases of several parts cannot be filled in: use one plain alias", f"{cls.__name__}.{name}"
            )
        if info.is_required():
            fields.append((name, annotation, True, ABSENT))
        else:
            fields.append(
                (name, annotation, False, lambda info=info: info.get_default(call_default_factory=True))
            )
    return fields


# ---------------------------------------------------------------------------------------------- refusals


def spelled(annotation: Any, *, quoted: bool = True) -> str:
    """An annotation as it is written, without the module of every name."""
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        text = annotation.__qualname__.rpartition(".<locals>.")[2]
    else:
        text = re.sub(r"\b(?:[A-Za-z_]\w*\.)+(?:<locals>\.)?(?=[A-Za-z_])", "", str(annotation))
    return f"`{text}`" if quoted else text


def _refused(annotation: Any) -> WireError:
    origin = typing.get_origin(annotation) or annotation
    module = str(getattr(origin, "__module__", "")).removesuffix("._local")  # pathlib in Python 3.13
    full = f"{module}.{getattr(origin, '__qualname__', '')}"
    instead = _INSTEAD.get(full)
    if instead == "list" and typing.get_args(annotation):
        instead = f"list[{spelled(typing.get_args(annotation)[0], quoted=False)}]"
    if instead is None:
        if isinstance(origin, type) and issubclass(origin, tuple):
            instead = "a dataclass with the same fields"
        elif isinstance(origin, type):
            instead = "a dataclass, a TypedDict, or the JSON type that stands for it"
        else:
            instead = "a JSON type, a dataclass or a TypedDict"
    tail = f"`{instead}`" if instead.isidentifier() or instead.endswith("]") else instead
    return WireError(f"{spelled(annotation)} has no form in JSON: write {tail}")
