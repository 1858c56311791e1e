"""The Amazon States Language as tables: which fields there are, where, and what they may hold.

Sources: the specification (states-language.net, November 2024) and the Step Functions developer guide
("Amazon States Language", "Service quotas"). The order of the fields is the order in which
:mod:`ladle.asl.printing` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

__all__ = [
    "BRANCH",
    "CATCHER",
    "CHOICE_OPERATORS",
    "DEFINITION_MAX_BYTES",
    "DISTRIBUTED_ONLY",
    "EXCLUSIVE",
    "INLINE_MAP_MAX_CONCURRENCY",
    "INTRINSIC_MAX_NESTING",
    "LABEL_ILLEGAL",
    "LABEL_MAX",
    "MACHINE",
    "NAME_MAX",
    "PATH_OPERATORS",
    "PROCESSOR",
    "REQUIRED",
    "RETRIER",
    "RETRY_DEFAULTS",
    "RULE_FIELDS",
    "STATES",
    "STATE_TYPES",
    "VARIABLE_NAME_MAX",
    "Field",
    "Fields",
    "Kind",
    "Operand",
]

# ---------------------------------------------------------------------------------------------- quotas

NAME_MAX = 80  #: characters of a state's name
LABEL_MAX = 40  #: characters of a Map's Label
LABEL_ILLEGAL = frozenset(' \t\n\r<>{}[]?*"#%\\^|~`$&,;:/')  #: in labels, machine and execution names
VARIABLE_NAME_MAX = 80
DEFINITION_MAX_BYTES = 1024 * 1024  #: of the definition's UTF-8 text
INLINE_MAP_MAX_CONCURRENCY = 40
INTRINSIC_MAX_NESTING = 10
SECONDS_MAX = 99_999_999
MAX_ITEMS_MAX = 100_000_000
MAX_DELAY_MAX = 31_622_400  #: seconds; a leap year


class Kind(Enum):
    """What a field holds. The rules on values, the places of expressions and the printer all go by it."""

    STRING = auto()  # a text, never evaluated
    TEXT = auto()  # a text that may be a JSONata expression
    TYPE = auto()  # a state's type
    LANGUAGE = auto()  # JSONPath or JSONata
    TARGET = auto()  # the name of a state in the same scope
    FLAG = auto()  # true or false, never evaluated
    NUMBER = auto()  # a number within bounds, or a JSONata expression
    INTEGER = auto()  # a whole number within bounds, or a JSONata expression
    TIMESTAMP = auto()  # RFC 3339, or a JSONata expression
    ENUM = auto()  # one of a few words
    RESOURCE = auto()  # the ARN of what a task calls
    VALUE = auto()  # any JSON, taken as it is
    TEMPLATE = auto()  # JSON with expressions inside (.$ keys or {% %} strings)
    ARGUMENTS = auto()  # an object with expressions inside, or one expression
    ASSIGN = auto()  # a template whose keys are variables
    ITEMS = auto()  # an array or object, possibly with expressions, or one expression
    PATH = auto()  # JSONPath (or null)
    REFERENCE = auto()  # a JSONPath that names one place
    DATA_REFERENCE = auto()  # the same, but not into the context object (measured: a Map's numbers)
    RESULT_PATH = auto()  # a reference path into the state's input (or null)
    PATH_OR_INTRINSIC = auto()  # a reference path or a States.* call
    STRINGS = auto()  # a list of texts
    OBJECT = auto()  # an object with fields of its own
    OBJECTS = auto()  # a list of such objects
    RULES = auto()  # a Choice state's rules
    STATES = auto()  # states by name
    SCOPE = auto()  # an object with StartAt and States
    SCOPES = auto()  # a list of those


@dataclass(frozen=True, slots=True)
class Field:
    """One row: what the field holds, in which query language it exists ("" for both), and its limits.

    `literal` fields take no expression even in JSONata states (a retrier's numbers).
    """

    kind: Kind
    language: str = ""
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    fields: Mapping[str, Field] | None = None
    literal: bool = False


Fields = Mapping[str, Field]


def _table(*groups: Mapping[str, Field]) -> Fields:
    merged: dict[str, Field] = {}
    for group in groups:
        merged.update(group)
    return MappingProxyType(merged)


_PATH = "JSONPath"
_ATA = "JSONata"

# ------------------------------------------------------------------------------- fields inside fields

RETRIER = _table(
    {
        "Comment": Field(Kind.STRING),
        "ErrorEquals": Field(Kind.STRINGS),
        "IntervalSeconds": Field(Kind.INTEGER, low=1, high=SECONDS_MAX, literal=True),
        "MaxAttempts": Field(Kind.INTEGER, low=0, high=SECONDS_MAX, literal=True),
        "BackoffRate": Field(Kind.NUMBER, low=1, literal=True),
        "MaxDelaySeconds": Field(Kind.INTEGER, low=1, high=MAX_DELAY_MAX, literal=True),
        "JitterStrategy": Field(Kind.ENUM, words=("FULL", "NONE")),
    }
)
RETRY_DEFAULTS = MappingProxyType(
    {
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "BackoffRate": 2.0,
        "MaxDelaySeconds": None,
        "JitterStrategy": "NONE",
    }
)
CATCHER = _table(
    {
        "Comment": Field(Kind.STRING),
        "ErrorEquals": Field(Kind.STRINGS),
        "ResultPath": Field(Kind.RESULT_PATH, _PATH),
        "Assign": Field(Kind.ASSIGN),
        "Output": Field(Kind.TEMPLATE, _ATA),
        "Next": Field(Kind.TARGET),
    }
)
PROCESSOR_CONFIG = _table(
    {
        "Mode": Field(Kind.ENUM, words=("INLINE", "DISTRIBUTED")),
        "ExecutionType": Field(Kind.ENUM, words=("STANDARD", "EXPRESS")),
    }
)
READER_CONFIG = _table(
    {
        "InputType": Field(Kind.ENUM, words=("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")),
        "Transformation": Field(Kind.ENUM, words=("NONE", "LOAD_AND_FLATTEN")),
        "ManifestType": Field(Kind.ENUM, words=("ATHENA_DATA", "S3_INVENTORY")),
        "CSVHeaderLocation": Field(Kind.ENUM, words=("FIRST_ROW", "GIVEN")),
        "CSVHeaders": Field(Kind.STRINGS),
        "CSVDelimiter": Field(Kind.ENUM, words=("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
        "ItemsPointer": Field(Kind.STRING),
        "MaxItems": Field(Kind.INTEGER, low=0, high=MAX_ITEMS_MAX),
        "MaxItemsPath": Field(Kind.DATA_REFERENCE, _PATH),
    }
)
ITEM_READER = _table(
    {
        "Resource": Field(Kind.RESOURCE),
        "ReaderConfig": Field(Kind.OBJECT, fields=READER_CONFIG),
        "Parameters": Field(Kind.TEMPLATE, _PATH),
        "Arguments": Field(Kind.ARGUMENTS, _ATA),
    }
)
ITEM_BATCHER = _table(
    {
        "MaxItemsPerBatch": Field(Kind.INTEGER, low=0),
        "MaxItemsPerBatchPath": Field(Kind.DATA_REFERENCE, _PATH),
        "MaxInputBytesPerBatch": Field(Kind.INTEGER, low=0, high=256 * 1024),
        "MaxInputBytesPerBatchPath": Field(Kind.DATA_REFERENCE, _PATH),
        "BatchInput": Field(Kind.TEMPLATE),
    }
)
WRITER_CONFIG = _table(
    {
        "Transformation": Field(Kind.ENUM, words=("NONE", "COMPACT", "FLATTEN")),
        "OutputType": Field(Kind.ENUM, words=("JSON", "JSONL")),
    }
)
RESULT_WRITER = _table(
    {
        "Resource": Field(Kind.RESOURCE),
        "WriterConfig": Field(Kind.OBJECT, fields=WRITER_CONFIG),
        "Parameters": Field(Kind.TEMPLATE, _PATH),
        "Arguments": Field(Kind.ARGUMENTS, _ATA),
    }
)
CREDENTIALS = Field(Kind.ARGUMENTS)

# ------------------------------------------------------------------------------------------- Choice rules


class Operand(Enum):
    """What a comparison of a Choice rule compares with."""

    BOOLEAN = auto()
    NUMBER = auto()
    STRING = auto()
    TIMESTAMP = auto()
    FLAG = auto()  # the Is… tests: true or false
    RULE = auto()  # Not
    RULES = auto()  # And, Or


_ORDERS = ("Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals")
CHOICE_OPERATORS: Mapping[str, Operand] = MappingProxyType(
    {
        "And": Operand.RULES,
        "Or": Operand.RULES,
        "Not": Operand.RULE,
        "BooleanEquals": Operand.BOOLEAN,
        **{f"Numeric{order}": Operand.NUMBER for order in _ORDERS},
        **{f"String{order}": Operand.STRING for order in _ORDERS},
        "StringMatches": Operand.STRING,
        **{f"Timestamp{order}": Operand.TIMESTAMP for order in _ORDERS},
        **{
            f"Is{test}": Operand.FLAG
            for test in ("Boolean", "Null", "Numeric", "Present", "String", "Timestamp")
        },
    }
)
"""Comparisons by name. All that compare with a value also exist as `…Path`, with a path to that value,
except StringMatches and the Is… tests."""

PATH_OPERATORS = frozenset(
    f"{name}Path"
    for name, operand in CHOICE_OPERATORS.items()
    if operand in (Operand.BOOLEAN, Operand.NUMBER, Operand.STRING, Operand.TIMESTAMP)
    and name != "StringMatches"
)
RULE_FIELDS = frozenset({"Comment", "Next", "Assign", "Output", "Variable", "Condition"})

# ------------------------------------------------------------------------------------------------ states

_HEAD = {
    "Type": Field(Kind.TYPE),
    "Comment": Field(Kind.STRING),
    "QueryLanguage": Field(Kind.LANGUAGE),
}
_INPUT = {"InputPath": Field(Kind.PATH, _PATH)}
_OUTPUT = {"OutputPath": Field(Kind.PATH, _PATH), "Output": Field(Kind.TEMPLATE, _ATA)}
_PARAMETERS = {"Parameters": Field(Kind.TEMPLATE, _PATH)}
_ARGUMENTS = {"Arguments": Field(Kind.ARGUMENTS, _ATA)}
_RESULT = {
    "ResultSelector": Field(Kind.TEMPLATE, _PATH),
    "ResultPath": Field(Kind.RESULT_PATH, _PATH),
}
_ASSIGN = {"Assign": Field(Kind.ASSIGN)}
_ERRORS = {
    "Retry": Field(Kind.OBJECTS, fields=RETRIER),
    "Catch": Field(Kind.OBJECTS, fields=CATCHER),
}
_TAIL = {"Next": Field(Kind.TARGET), "End": Field(Kind.FLAG)}


def _either(name: str, value: Field, kind: Kind = Kind.REFERENCE) -> dict[str, Field]:
    """A field and its `…Path` twin, which gives the value by a reference path in JSONPath states."""
    return {name: value, f"{name}Path": Field(kind, _PATH)}


STATES: Mapping[str, Fields] = MappingProxyType(
    {
        "Task": _table(
            _HEAD,
            {"Resource": Field(Kind.RESOURCE)},
            _INPUT,
            _PARAMETERS,
            _ARGUMENTS,
            {"Credentials": CREDENTIALS},
            _either("TimeoutSeconds", Field(Kind.INTEGER, low=1, high=SECONDS_MAX)),
            _either("HeartbeatSeconds", Field(Kind.INTEGER, low=1, high=SECONDS_MAX)),
            _RESULT,
            _ASSIGN,
            _OUTPUT,
            _ERRORS,
            _TAIL,
        ),
        "Pass": _table(
            _HEAD,
            _INPUT,
            _PARAMETERS,
            {"Result": Field(Kind.VALUE, _PATH), "ResultPath": Field(Kind.RESULT_PATH, _PATH)},
            _ASSIGN,
            _OUTPUT,
            _TAIL,
        ),
        "Choice": _table(
            _HEAD,
            _INPUT,
            {"Choices": Field(Kind.RULES)},
            _ASSIGN,
            _OUTPUT,
            {"Default": Field(Kind.TARGET)},
        ),
        "Wait": _table(
            _HEAD,
            _INPUT,
            _either("Seconds", Field(Kind.INTEGER, low=0, high=SECONDS_MAX)),
            _either("Timestamp", Field(Kind.TIMESTAMP)),
            _ASSIGN,
            _OUTPUT,
            _TAIL,
        ),
        "Succeed": _table(_HEAD, _INPUT, _OUTPUT),
        "Fail": _table(
            _HEAD,
            {
                "Error": Field(Kind.TEXT),
                "ErrorPath": Field(Kind.PATH_OR_INTRINSIC, _PATH),
                "Cause": Field(Kind.TEXT),
                "CausePath": Field(Kind.PATH_OR_INTRINSIC, _PATH),
            },
        ),
        "Parallel": _table(
            _HEAD,
            _INPUT,
            _PARAMETERS,
            _ARGUMENTS,
            {"Branches": Field(Kind.SCOPES)},
            _RESULT,
            _ASSIGN,
            _OUTPUT,
            _ERRORS,
            _TAIL,
        ),
        "Map": _table(
            _HEAD,
            {"Label": Field(Kind.STRING)},
            _INPUT,
            {
                "ItemReader": Field(Kind.OBJECT, fields=ITEM_READER),
                "ItemsPath": Field(Kind.PATH, _PATH),
                "Items": Field(Kind.ITEMS, _ATA),
            },
            _PARAMETERS,
            {
                "ItemSelector": Field(Kind.TEMPLATE),
                "ItemBatcher": Field(Kind.OBJECT, fields=ITEM_BATCHER),
            },
            _either("MaxConcurrency", Field(Kind.INTEGER, low=0), Kind.DATA_REFERENCE),
            _either("ToleratedFailureCount", Field(Kind.INTEGER, low=0), Kind.DATA_REFERENCE),
            _either("ToleratedFailurePercentage", Field(Kind.NUMBER, low=0, high=100), Kind.DATA_REFERENCE),
            {
                "ItemProcessor": Field(Kind.SCOPE),
                "Iterator": Field(Kind.SCOPE),
                "ResultWriter": Field(Kind.OBJECT, fields=RESULT_WRITER),
            },
            _RESULT,
            _ASSIGN,
            _OUTPUT,
            _ERRORS,
            _TAIL,
        ),
    }
)
STATE_TYPES = tuple(STATES)

MACHINE = _table(
    {
        "Comment": Field(Kind.STRING),
        "QueryLanguage": Field(Kind.LANGUAGE),
        "Version": Field(Kind.ENUM, words=("1.0",)),
        "TimeoutSeconds": Field(Kind.INTEGER, low=1, high=SECONDS_MAX, literal=True),
        "StartAt": Field(Kind.TARGET),
        "States": Field(Kind.STATES),
    }
)
BRANCH = _table({"Comment": Field(Kind.STRING), "StartAt": Field(Kind.TARGET), "States": Field(Kind.STATES)})
PROCESSOR = _table(
    {
        "ProcessorConfig": Field(Kind.OBJECT, fields=PROCESSOR_CONFIG),
        "Comment": Field(Kind.STRING),
        "StartAt": Field(Kind.TARGET),
        "States": Field(Kind.STATES),
    }
)

# ------------------------------------------------------------------------------- presence of fields

REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Task": ("Resource",),
        "Pass": (),
        "Choice": ("Choices",),
        "Wait": (),
        "Succeed": (),
        "Fail": (),
        "Parallel": ("Branches",),
        "Map": (),
    }
)

EXCLUSIVE: Mapping[str, tuple[tuple[tuple[str, ...], bool], ...]] = MappingProxyType(
    {
        "Task": (
            (("Next", "End"), True),
            (("TimeoutSeconds", "TimeoutSecondsPath"), False),
            (("HeartbeatSeconds", "HeartbeatSecondsPath"), False),
        ),
        "Pass": ((("Next", "End"), True),),
        "Choice": (),
        "Wait": (
            (("Next", "End"), True),
            (("Seconds", "SecondsPath", "Timestamp", "TimestampPath"), True),
        ),
        "Succeed": (),
        "Fail": ((("Error", "ErrorPath"), False), (("Cause", "CausePath"), False)),
        "Parallel": ((("Next", "End"), True),),
        "Map": (
            (("Next", "End"), True),
            (("ItemProcessor", "Iterator"), True),
            (("ItemSelector", "Parameters"), False),
            (("MaxConcurrency", "MaxConcurrencyPath"), False),
            (("ToleratedFailureCount", "ToleratedFailureCountPath"), False),
            (("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"), False),
        ),
    }
)
"""Per state type: fields of which at most one may stand; with True, exactly one must."""

DISTRIBUTED_ONLY = (
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
)
"""Fields of a Map that mean something only when its processor is distributed."""
