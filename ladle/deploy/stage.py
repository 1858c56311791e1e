"""What differs between stages: `infra/<stage>.toml`, read strictly.

Every table and key is known; anything else is refused with its line and the nearest known name, because a
misspelt key would otherwise change nothing, silently.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from ladle.declare.web import CONNECTION
from ladle.errors import Diagnostic, DiagnosticError, LadleError, Span

__all__ = ["FunctionSettings", "Stage", "load_stage", "read_stage"]

LEVELS: Final = ("OFF", "FATAL", "ERROR", "ALL")
"""How much Step Functions logs (CloudWatch Logs levels of a state machine)."""

RETENTIONS: Final = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The days that CloudWatch Logs keeps logs for (API reference, PutRetentionPolicy)."""

ACTIONS: Final = ("start", "stop", "redrive")
"""What the page of a deployed stage may be allowed to do."""

PROTOCOLS: Final = ("email", "email-json", "sms", "sqs", "https", "http", "lambda", "firehose")


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """What a stage says about a function; None means that it says nothing.

    `memory` and `storage` in MB, `timeout` in seconds, `concurrency` is the reserved one.
    """

    memory: int | None = None
    timeout: int | None = None
    storage: int | None = None
    concurrency: int | None = None
    layers: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage. `path` is the file that says it, for messages.

    `buckets` maps logical names to buckets, `topics` to topics (a name is made by the deployment, an ARN
    exists already), `connections` to the ARNs of EventBridge connections, `secrets` and `parameters` to those
    of AWS, where they have another name there; `subscriptions` are pairs of protocol and endpoint by the
    topic's logical name.
    `retention` in days; `window` in minutes, `max_age` in seconds. `page` says whether the Chalice app serves
    the page, `page_actions` what that may do besides reading.
    """

    name: str
    path: str
    buckets: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    connections: Mapping[str, str] = field(default_factory=dict)
    subscriptions: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, FunctionSettings] = field(default_factory=dict)
    defaults: FunctionSettings = FunctionSettings()
    kms_key: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    boundary: str | None = None
    role_path: str = "/"
    level: str = "ERROR"
    execution_data: bool = True
    retention: int = 30
    tracing: bool = False
    schedules: bool = True
    window: int = 0
    retries: int = 185
    max_age: int = 86_400
    package_bucket: str | None = None
    region: str | None = None
    account: str | None = None
    page: bool = False
    page_actions: tuple[str, ...] = ()

    def bucket(self, logical: str, user: str) -> str:
        """The bucket behind a logical name that `user` (a workflow, a task) names."""
        return self._named("bucket", "buckets", self.buckets, logical, user)

    def topic(self, logical: str, user: str) -> str:
        """The topic's name or ARN behind a logical name."""
        return self._named("topic", "topics", self.topics, logical, user)

    def listed(self, table: str, logical: str, user: str) -> str:
        """What stands in a definition as `${table.logical}`: a bucket's name, the ARN of a connection."""
        if table == "buckets":
            return self.bucket(logical, user)
        return self._named("connection", "connections", self.connections, logical, user)

    def _named(self, kind: str, table: str, names: Mapping[str, str], logical: str, user: str) -> str:
        found = names.get(logical)
        if found is not None:
            return found
        near = get_close_matches(logical, names, n=1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise LadleError(
            f"{user} names the {kind} {logical!r}, which {self.path} does not list{meant}. "
            f'Add it there, under [{table}]:\n    {logical} = "…"'
        )


def load_stage(root: Path, name: str) -> Stage:
    """The stage of that name of the project at `root`.

    Raises LadleError when there is none, DiagnosticError with every problem of its file.
    """
    path = root / "infra" / f"{name}.toml"
    if not path.is_file():
        known = sorted(each.stem for each in (root / "infra").glob("*.toml") if each.stem != "local")
        raise LadleError(
            f"there is no stage {name!r}: write infra/{name}.toml"
            + (f", or deploy one of {', '.join(known)} (--stage)" if known else "")
        )
    return read_stage(name, path, f"infra/{name}.toml")


def read_stage(name: str, file: Path, shown: str) -> Stage:
    """Read one stage file; `shown` is its path in messages. Raises DiagnosticError with all its problems."""
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        span = Span(shown, line, column, line, column + 1)
        raise DiagnosticError([Diagnostic("L010", span, f"not valid TOML: {error}")]) from None
    reader = _Reader(text, shown)
    values: dict[str, Any] = {}
    for table, content in data.items():
        if table == "tasks":
            values["functions"] = reader.functions(content)
        elif table == "local":
            continue  # `ladle.project` reads it: it is about local runs
        elif table == "subscriptions":
            values["subscriptions"] = reader.subscriptions(content)
        elif table in _TEXT_TABLES:
            values[table] = reader.texts(table, content)
        elif table in _TABLES:
            values.update(reader.table(table, content, _TABLES[table]))
        else:
            reader.unknown("table", table, [*_TEXT_TABLES, *_TABLES, "tasks", "subscriptions", "local"])
    if "defaults" in data:
        settings = {key: values.pop(key) for key in _TASK if key in values}
        values["defaults"] = FunctionSettings(**settings)
    topics = values.get("topics", {})
    for logical in values.get("subscriptions", {}):
        if logical not in topics:
            reader.unknown("topic", logical, topics, "subscriptions")
    if reader.problems:
        raise DiagnosticError(sorted(reader.problems, key=lambda each: each.span))
    return Stage(name, shown, **values)


# ------------------------------------------------------------------------------------------------ the tables


def _whole(low: int, high: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f"write a whole number from {low:,} to {high:,}"

    return check


def _matching(pattern: str, wanted: str) -> Callable[[Any], str]:
    compiled = re.compile(pattern)
    return lambda value: "" if isinstance(value, str) and compiled.fullmatch(value) else f"write {wanted}"


def _one_of(options: Iterable[Any]) -> Callable[[Any], str]:
    known = tuple(options)
    return lambda value: "" if value in known else f"write one of {', '.join(map(repr, known))}"


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "write true or false"


def _list_of(pattern: str, wanted: str) -> Callable[[Any], str]:
    check = _matching(pattern, wanted)
    return lambda value: (
        "" if isinstance(value, list) and not any(map(check, value)) else f"write a list, each {wanted}"
    )


def _text_table(value: Any) -> str:
    good = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    return "" if good else "write a table of texts"


_ARN: Final = r"arn:aws[a-z-]*:[^\s]+"
_ANY: Final = r"(?s).+"

Check = Callable[[Any], str]
_TASK: Final[dict[str, Check]] = {
    "memory": _whole(128, 10_240),
    "timeout": _whole(1, 900),
    "storage": _whole(512, 10_240),
    "concurrency": _whole(0, 1_000_000),
    "layers": _list_of(_ARN, "the ARN of a layer version"),
    "environment": _text_table,
    "allow": _list_of(_ANY, '"service:Action arn"'),
}
_TEXT_TABLES: Final = ("buckets", "topics", "connections", "environment", "secrets", "parameters", "tags")
_TABLES: Final[dict[str, dict[str, tuple[str, Check]]]] = {
    "logging": {
        "level": ("level", _one_of(LEVELS)),
        "execution_data": ("execution_data", _flag),
        "retention": ("retention", _one_of(RETENTIONS)),
    },
    "tracing": {"enabled": ("tracing", _flag)},
    "encryption": {"key": ("kms_key", _matching(_ARN, "the ARN of a KMS key"))},
    "vpc": {
        "subnets": ("subnets", _list_of(r"subnet-[0-9a-z]+", "a subnet's id")),
        "security_groups": ("security_groups", _list_of(r"sg-[0-9a-z]+", "a security group's id")),
    },
    "roles": {
        "permissions_boundary": ("boundary", _matching(_ARN, "the ARN of a managed policy")),
        "path": ("role_path", _matching(r"/|/[!-~]{1,510}/", "a path that begins and ends with /")),
    },
    "schedules": {
        "enabled": ("schedules", _flag),
        "window": ("window", _whole(0, 1440)),
        "retries": ("retries", _whole(0, 185)),
        "max_age": ("max_age", _whole(60, 86_400)),
    },
    "page": {
        "enabled": ("page", _flag),
        "actions": (
            "page_actions",
            _list_of("|".join(ACTIONS), f"one of {', '.join(map(repr, ACTIONS))}"),
        ),
    },
    "package": {"bucket": ("package_bucket", _matching(r"[a-z0-9.-]{3,63}", "the name of a bucket"))},
    "account": {
        "id": ("account", _matching(r"\d{12}", "the twelve digits of the account, as a text")),
        "region": ("region", _matching(r"[a-z]{2}(-[a-z]+)+-\d", "a Region such as `eu-central-1`")),
    },
    "defaults": {
        name: (name, check)
        for name, check in _TASK.items()
        if name in ("memory", "timeout", "storage", "layers")
    },
}
"""Table, key: the field of `Stage`, and what the value must be."""


class _Reader:
    """Reads tables and collects what is wrong with them."""

    def __init__(self, text: str, path: str) -> None:
        self.lines = text.splitlines()
        self.path = path
        self.problems: list[Diagnostic] = []

    def texts(self, table: str, content: Any) -> dict[str, str]:
        if not isinstance(content, dict):
            self._problem(table, None, f"`{table}` must be a table", f"write [{table}] on a line of its own")
            return {}
        for key, value in content.items():
            if not isinstance(value, str):
                self._problem(table, key, f"{key} must be a text", f'write {key} = "{value}"')
            elif table == "environment" and key.startswith(("AWS_", "LADLE_")):
                self._problem(
                    table, key, f"{key} cannot be set", "AWS_ belongs to Lambda and LADLE_ to Ladle"
                )
            elif table == "connections" and not CONNECTION.fullmatch(value):
                self._problem(
                    table, key, f"{key} is {value!r}", "write the ARN: arn:aws:events:…:connection/NAME/ID"
                )
            elif table == "tags" and key.startswith(("aws:", "ladle:")):
                self._problem(table, key, f"the tag {key} cannot be set", "aws: and ladle: are reserved")
        return dict(content)

    def table(self, table: str, content: Any, known: Mapping[str, tuple[str, Check]]) -> dict[str, Any]:
        if not isinstance(content, dict):
            self._problem(table, None, f"`{table}` must be a table", f"write [{table}] on a line of its own")
            return {}
        found: dict[str, Any] = {}
        for key, value in content.items():
            if key not in known:
                self.unknown("key", key, known, table)
                continue
            target, check = known[key]
            if wanted := check(value):
                self._problem(table, key, f"{key} is {value!r}", wanted)
            else:
                found[target] = tuple(value) if isinstance(value, list) else value
        return found

    def functions(self, content: Any) -> dict[str, FunctionSettings]:
        known = {key: (key, check) for key, check in _TASK.items()}
        found: dict[str, FunctionSettings] = {}
        for task, settings in content.items() if isinstance(content, dict) else ():
            found[task] = FunctionSettings(**self.table(f"tasks.{task}", settings, known))
        if not isinstance(content, dict):
            self._problem("tasks", None, "`tasks` must hold a table per task", "write [tasks.load_day]")
        return found

    def subscriptions(self, content: Any) -> dict[str, tuple[tuple[str, str], ...]]:
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        hint = 'write a list such as ["email:ops@example.org", "sqs:arn:aws:sqs:…", "https://…"]'
        if not isinstance(content, dict):
            self._problem("subscriptions", None, "`subscriptions` must be a table", "write [subscriptions]")
            return {}
        for topic, given in content.items():
            pairs: list[tuple[str, str]] = []
            for text in given if isinstance(given, list) else [given]:
                protocol, colon, endpoint = text.partition(":") if isinstance(text, str) else ("", "", "")
                if protocol not in PROTOCOLS or not colon or not endpoint:
                    self._problem("subscriptions", topic, f"{text!r} is no subscription", hint)
                else:
                    pairs.append((protocol, text if protocol.startswith("http") else endpoint))
            found[topic] = tuple(pairs)
        return found

    def unknown(self, kind: str, name: str, known: Iterable[str], table: str = "") -> None:
        names = list(known)
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names) or 'none'}"
        where = f" in [{table}]" if table else ""
        self._problem(table or name, name if table else None, f"there is no {kind} `{name}`{where}", hint)

    def _problem(self, table: str, key: str | None, message: str, hint: str) -> None:
        line = self._line(table, key)
        text = self.lines[line - 1] if self.lines else ""
        start = len(text) - len(text.lstrip()) + 1
        end = max(len(text.rstrip()) + 1, start + 1)
        self.problems.append(Diagnostic("L011", Span(self.path, line, start, line, end), message, hint))

    def _line(self, table: str, key: str | None) -> int:
        """Where a table, or a key of it, stands; TOML's parser does not say."""
        # A key stands within its table, a table written as a key before any header.
        holder, wanted = (table, key) if key is not None else ("", table)
        current, first = "", 1
        for number, text in enumerate(self.lines, 1):
            header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", text)
            if header is not None:
                current = header[1].replace('"', "").replace(" ", "")
                if current == table:
                    first = number
                    if key is None:
                        return number
            elif current == holder and re.match(rf'\s*"?{re.escape(wanted)}"?\s*[.=]', text):
                return number
        return first
