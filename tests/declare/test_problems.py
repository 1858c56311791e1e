"""What is wrong with a declaration: all of it at once, with its place and what to write instead."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ladle import At, Cron, Rate, Retry, S3Upload, TaskToken, task, workflow
from ladle.declare import Declared
from ladle.declare.problems import CODES
from ladle.errors import DiagnosticError, LadleError

if TYPE_CHECKING:
    from decimal import Decimal

HERE = Path(__file__)


@dataclass
class Day:
    date: date
    flights: int


def found(declared: Declared[..., Any]) -> list[tuple[str, str, str]]:
    """The problems without their places."""
    return [(problem.code, problem.message, problem.hint) for problem in declared.problems]


@task
def good(day: Day, note: str | None = None) -> list[Day]:
    return [day] if note else []


@task
def unannotated(day, n: int = 1) -> None: ...  # type: ignore[no-untyped-def]


@task
def starred(*days: Day, **more: int) -> None: ...


@task
def positional(day: int, /) -> None: ...


@task
def unsupported(days: set[Day]) -> frozenset[int]: ...  # type: ignore[empty-body]


@task
def shapeless(value: object) -> None: ...


@task
def bad_default(n: int = "one", days: list[int] = []) -> None: ...  # type: ignore[assignment]  # noqa: B006


@task
def silent(n: int): ...  # type: ignore[no-untyped-def]


@task
def unresolved(price: Decimal) -> None: ...


@task
def misspelt(when: datetime.dat) -> None: ...  # type: ignore[name-defined]


@task
async def later(n: int) -> None: ...


@task
def yielding(n: int) -> Iterator[int]:
    yield n


@task
def reserved(ladle: str) -> None: ...


@task
def token_last(n: int, token: TaskToken[int]) -> None: ...


@task
def bare_token(token: TaskToken) -> None: ...  # type: ignore[type-arg]


@pytest.mark.parametrize(
    ("declared", "problems"),
    [
        (good, []),
        (
            unannotated,
            [
                (
                    "D101",
                    "`day` has no type: what `unannotated` takes is checked",
                    "write `day: str`, or what it is",
                )
            ],
        ),
        (
            starred,
            [
                (
                    "D102",
                    "`*days`: `starred` must name each of its parameters",
                    "write the parameters one by one, or one parameter that is a list",
                ),
                (
                    "D102",
                    "`**more`: `starred` must name each of its parameters",
                    "write the parameters one by one, or one parameter that is a dict",
                ),
            ],
        ),
        (
            positional,
            [("D102", "`day` has no name for callers", "leave out the `/`: arguments travel by name")],
        ),
        (
            unsupported,
            [
                (
                    "D103",
                    "the type of `days` cannot travel: `set[Day]` has no form in JSON",
                    "write `list[Day]`",
                ),
                (
                    "D103",
                    "the type of the result of `unsupported` cannot travel: "
                    "`frozenset[int]` has no form in JSON",
                    "write `list[int]`",
                ),
            ],
        ),
        (
            shapeless,
            [
                (
                    "D103",
                    "`value: object` says nothing about the value",
                    "write `value: Any` for any JSON value",
                )
            ],
        ),
        (
            bad_default,
            [
                (
                    "D104",
                    "the default of `n` does not have its type: expected int, got str ('one')",
                    "change the default or the annotation",
                )
            ],
        ),
        (
            silent,
            [
                (
                    "D105",
                    "`silent` does not say what it returns",
                    "write `-> None` when it returns nothing, otherwise the type of what it returns",
                )
            ],
        ),
        (
            unresolved,
            [
                (
                    "D106",
                    "an annotation of `unresolved` names `Decimal`, which is not there at run time",
                    "import it outside `if TYPE_CHECKING:`, "
                    "and define classes at the top level of their module",
                )
            ],
        ),
        (
            misspelt,
            [
                (
                    "D106",
                    "an annotation of `misspelt` cannot be evaluated: "
                    "module 'datetime' has no attribute 'dat'",
                    "write types as Python names them",
                )
            ],
        ),
        (later, [("D107", "`later` is an `async def`", "write `def`: calls overlap without it")]),
        (
            reserved,
            [
                (
                    "D108",
                    "the name `ladle` carries what Ladle passes beside the arguments",
                    "give the parameter another name",
                )
            ],
        ),
        (
            token_last,
            [
                (
                    "D109",
                    "a task token must be the first parameter",
                    "write it first: `def token_last(token: TaskToken[…], …)`",
                )
            ],
        ),
        (
            bare_token,
            [
                (
                    "D109",
                    "a task token must say what answers it",
                    "write `TaskToken[R]` with the type R of the answer",
                )
            ],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Declared) else "",
)
def test_signatures(declared: Declared[..., Any], problems: list[tuple[str, str, str]]) -> None:
    """Every parameter and result must be able to travel."""
    assert found(declared) == problems


def test_a_generator_is_no_task() -> None:
    """It would return before it had done anything."""
    assert (
        "D107",
        "`yielding` is a generator",
        "return a list: a result travels as one JSON value",
    ) in found(yielding)


def test_a_lambda_is_no_task() -> None:
    """It has neither name nor types."""
    assert task(lambda: 1).problems[0].code in ("D105", "D107")


def test_problems_have_the_place_of_what_is_wrong() -> None:
    """The parameter, the annotation of the result, the option of the decorator."""
    lines = HERE.read_text().splitlines()

    def excerpt(problem: Any) -> str:
        span = problem.span
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]

    assert [excerpt(problem) for problem in unsupported.problems] == ["days: set[Day]", "frozenset[int]"]
    assert [excerpt(problem) for problem in starred.problems] == ["days: Day", "more: int"]
    assert [excerpt(problem) for problem in silent.problems] == ["silent"]
    assert [excerpt(problem) for problem in costly.problems] == ["memory=9", "timeout=0"]
    assert unsupported.problems[0].span.path.endswith("tests/declare/test_problems.py")


@task(
    memory=9,
    timeout=0,
)
def costly() -> None: ...


class Odd:
    pass


@pytest.mark.parametrize(
    ("options", "code", "message", "hint"),
    [
        (
            {"timeout": 901},
            "D120",
            "`timeout` is 901",
            "write whole seconds from 1 to 900, the longest that Lambda runs",
        ),
        (
            {"timeout": True},
            "D120",
            "`timeout` is True",
            "write whole seconds from 1 to 900, the longest that Lambda runs",
        ),
        ({"storage": 256}, "D120", "`storage` is 256", "write MB from 512 to 10,240"),
        (
            {"concurrency": 0},
            "D120",
            "`concurrency` is 0",
            "write how many calls may run at once, at least 1",
        ),
        (
            {"layers": ["numpy"]},
            "D120",
            "`layers` is 'numpy'",
            "write ARNs of layer versions, arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION",
        ),
        ({"memory": 64}, "D120", "`memory` is 64", "write MB from 128 to 10,240"),
        ({"expect": 0}, "D120", "`expect` is 0", "write the seconds it usually takes, more than 0"),
        ({"step": 1}, "D120", "`step` is 1", "write True or False"),
        (
            {"heartbeat": 5},
            "D120",
            "`heartbeat` is 5",
            "give the task a TaskToken, or leave `heartbeat` out: Lambda tasks send none",
        ),
        (
            {"name": "two words"},
            "D120",
            "the name 'two words' cannot be used",
            "write at most 64 of A-Z a-z 0-9 _ -, beginning with a letter",
        ),
        (
            {"environment": {"N": 1}},
            "D120",
            "`environment` is {'N': 1}",
            "environment variables are text: write both as strings",
        ),
        (
            {"environment": {"AWS_REGION": "x"}},
            "D120",
            "`environment` is {'AWS_REGION': 'x'}",
            "give it another name: AWS_ belongs to Lambda and LADLE_ to Ladle",
        ),
        ({"retry": 3}, "D121", "`retry` holds 3", "write Retry(…), or a list of them"),
        (
            {"retry": Retry(on=[])},
            "D121",
            "Retry: `on` is empty, so nothing would be retried",
            "name exception classes, or leave it out",
        ),
        (
            {"retry": Retry(on=[Odd])},  # type: ignore[list-item]
            "D121",
            f"Retry: `on` holds {Odd!r}, which is no exception class",
            "write the class itself",
        ),
        (
            {"retry": Retry(on=KeyboardInterrupt)},
            "D121",
            "Retry: `on` holds KeyboardInterrupt, which ends a program",
            "name errors",
        ),
        (
            {"retry": Retry(attempts=-1)},
            "D121",
            "Retry: `attempts` is -1",
            "write a whole number from 0 to 99,999,999",
        ),
        (
            {"retry": Retry(interval=0.5)},  # type: ignore[arg-type]
            "D121",
            "Retry: `interval` is 0.5",
            "write whole seconds, at least 1",
        ),
        ({"retry": Retry(backoff=0.5)}, "D121", "Retry: `backoff` is 0.5", "write a number of at least 1.0"),
        (
            {"retry": Retry(backoff=float("nan"))},
            "D121",
            "Retry: `backoff` is nan",
            "write a number of at least 1.0",
        ),
        (
            {"retry": Retry(interval=5, max_delay=5)},
            "D121",
            "Retry: `max_delay` is 5, no more than the first wait",
            "write more than `interval`, which is 5",
        ),
        (
            {"retry": Retry(jitter="full")},  # type: ignore[arg-type]
            "D121",
            "Retry: `jitter` is 'full'",
            "write True or False",
        ),
    ],
)
def test_options_of_a_task(options: dict[str, Any], code: str, message: str, hint: str) -> None:
    """A value that AWS would refuse is found when the workflow is checked."""
    assert found(task(**options)(good.function)) == [(code, message, hint)]


def test_a_token_may_wait_longer_than_lambda_runs() -> None:
    """Its timeout is the answer's, and its heartbeat must come sooner."""

    def ask(token: TaskToken[int]) -> None: ...

    ask.__annotations__.update(token=TaskToken[int], **{"return": None})
    assert task(timeout=3 * 24 * 3600, heartbeat=3600)(ask).problems == ()
    assert [p.hint for p in task(timeout=60, heartbeat=60)(ask).problems] == [
        "write less than `timeout`, which is 60"
    ]


def flow(function: Callable[..., Any], on: Any, **options: Any) -> list[tuple[str, str, str]]:
    """The problems of a workflow with such triggers."""
    return found(workflow(on=on, **options)(function))


def by_upload(bucket: str, key: str, size: int, version_id: str | None, dry: bool = False) -> None: ...


def by_schedule(scheduled_for: date, region: str) -> None: ...


def narrow(version_id: str, size: str) -> None: ...


def test_a_trigger_fills_parameters_by_name() -> None:
    """Those without a default must be offered."""
    assert flow(by_upload, S3Upload("landing", prefix="flights/", suffix=".csv")) == []
    assert flow(by_upload, [Rate("1 day")]) == [
        (
            "D131",
            f"Rate cannot fill `{name}`",
            "it offers scheduled_for: give the parameter a default, or a value in `input`",
        )
        for name in ("bucket", "key", "size", "version_id")
    ]


def test_a_trigger_and_a_parameter_agree_on_the_type() -> None:
    """What an upload gives may be None, and a schedule's time is no date."""
    assert flow(narrow, S3Upload("landing")) == [
        (
            "D132",
            "S3Upload fills `version_id` with another type: expected str, got None",
            "write `version_id: str | None`",
        ),
        ("D132", "S3Upload fills `size` with another type: expected str, got int (1)", "write `size: int`"),
    ]
    assert sorted(flow(by_schedule, Cron("0 6 * * ? *", input={"region": 5, "dry": True}))) == [
        ("D132", "Cron fills `region` with another type: expected str, got int (5)", "change one of them"),
        (
            "D132",
            "Cron fills `scheduled_for` with another type: "
            "expected a date like 2013-01-31, got str ('2013-01-31T06:00:00Z')",
            "write `scheduled_for: datetime`",
        ),
        ("D132", "`input` names `dry`, which `by_schedule` does not take", "it has scheduled_for, region"),
    ]


@pytest.mark.parametrize(
    ("trigger", "message", "hint"),
    [
        (
            S3Upload(""),
            "S3Upload(''): the bucket is empty",
            "write its logical name, which infra/<stage>.toml turns into a bucket",
        ),
        (
            S3Upload("s3://landing"),
            "S3Upload('s3://landing'): 's3://landing' is no bucket's name",
            "write the bucket alone, and the folder in `prefix`",
        ),
        (S3Upload("a", prefix="/x"), "S3Upload('a'): no key begins with '/x'", "write 'x'"),
        (
            S3Upload("a", suffix="*.csv"),
            "S3Upload('a'): `suffix` is literal text, not the pattern '*.csv'",
            "write '.csv'",
        ),
        (Rate("5 minute"), "Rate('5 minute'): write `5 minutes`", "write `5 minutes`"),
        (
            At("2026-13-01T00:00:00"),
            "At('2026-13-01T00:00:00'): month must be in 1..12",
            "write a time such as `2026-12-24T18:00:00`",
        ),
        (
            Cron("0 6 * * ? *", timezone="Berlin"),
            "Cron('0 6 * * ? *'): 'Berlin' is no IANA time zone",
            "write one such as `Europe/Berlin` or `UTC`",
        ),
        (Cron(6), "Cron(6): `expression` is 6", "write a text, in quotes"),  # type: ignore[arg-type]
        (Rate(0), "Rate(0): `expression` is 0", "write a text, in quotes"),  # type: ignore[arg-type]
        (S3Upload(3), "S3Upload(3): `bucket` is 3", "write a text, in quotes"),  # type: ignore[arg-type]
        (
            Rate("1 day", input=[1]),  # type: ignore[arg-type]
            "Rate('1 day'): `input` is [1]",
            "write a dict: the values of parameters by name",
        ),
        ("daily", "'daily': this is no trigger", "write S3Upload(…), Cron(…), Rate(…) or At(…)"),
    ],
)
def test_triggers_that_aws_would_refuse(trigger: Any, message: str, hint: str) -> None:
    """Found before anything is deployed."""
    assert ("D130", message, hint) in flow(lambda_free, [trigger])


def lambda_free() -> None: ...


MORNING = Cron("0 6 * * ? *", timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout": 0}, "`timeout` is 0"),
        ({"timeout": 301, "type": "EXPRESS"}, "`timeout` is 301"),
        ({"type": "FAST"}, "`type` is 'FAST'"),
        ({"alerts": " "}, "`alerts` is ' '"),
        ({"alerts": "ops", "on": MORNING, "deadline": "7:00"}, "`deadline` is '7:00'"),
        ({"alerts": "ops", "on": MORNING, "deadline": "24:00"}, "`deadline` is '24:00'"),
        ({"alerts": "ops", "on": MORNING, "deadline": 7}, "`deadline` is 7"),
        ({"on": MORNING, "deadline": "07:00"}, "`deadline` is '07:00'"),
        ({"alerts": "ops", "deadline": "07:00"}, "`deadline` is '07:00'"),
        ({"alerts": "ops", "on": Rate("1 hour"), "deadline": "07:00"}, "`deadline` is '07:00'"),
        (
            {"alerts": "ops", "on": MORNING, "deadline": "07:00", "type": "EXPRESS", "timeout": 60},
            "`deadline` is '07:00'",
        ),
        ({"name": ""}, "the name '' cannot be used"),
    ],
)
def test_options_of_a_workflow(options: dict[str, Any], message: str) -> None:
    """Timeouts, type, alerts, deadline and name are checked."""
    assert [problem[1] for problem in flow(lambda_free, **{"on": (), **options})] == [message]


@pytest.mark.parametrize("on", [MORNING, At("2026-12-24T18:00:00"), [Rate("1 hour"), MORNING]])
def test_a_deadline_needs_a_schedule_whose_times_are_known(on: Any) -> None:
    """Any time of day will do."""
    assert flow(lambda_free, on, alerts="ops", deadline="23:59") == []


def test_using_a_wrong_declaration_says_all_that_is_wrong() -> None:
    """At the first call that needs its types."""
    with pytest.raises(DiagnosticError) as caught:
        _ = unsupported.door
    assert caught.value.diagnostics == unsupported.problems


@pytest.mark.parametrize("decorator", [task, workflow])
def test_only_functions_can_be_declared(decorator: Any) -> None:
    """A class, a value or a task is refused at once."""
    for wrong in (int, 5, good):
        with pytest.raises(LadleError, match="goes on a function"):
            decorator(wrong) if wrong != 5 else decorator()(5)


def test_every_code_is_explained_in_the_docs() -> None:
    """Under its title, with what to do."""
    text = (HERE.parents[2] / "docs" / "errors" / "declarations.md").read_text()
    sections = dict(re.findall(r"^## (D\d{3}) (.+)$", text, re.MULTILINE))
    assert sections == CODES
    for section in text.split("\n## ")[1:]:
        assert "\nRemedy: " in section, section.partition("\n")[0]
