"""`infra/<stage>.toml`: everything known, everything else refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladle.deploy.stage import FunctionSettings, Stage, load_stage, read_stage
from ladle.errors import DiagnosticError, LadleError

FULL = """
[buckets]
landing = "landing-prod"
[topics]
ops = "ops-prod"
[subscriptions]
ops = ["email:ops@example.org", "https://example.org/hook", "sqs:arn:aws:sqs:eu-central-1:123456789012:q"]
[environment]
LANDING_BUCKET = "landing-prod"
[tags]
team = "data"
[logging]
level = "ALL"
retention = 90
[tracing]
enabled = true
[encryption]
key = "arn:aws:kms:eu-central-1:123456789012:key/abc"
[vpc]
subnets = ["subnet-1"]
security_groups = ["sg-1"]
[roles]
permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
path = "/data/"
[schedules]
enabled = false
window = 15
[package]
bucket = "artifacts"
[defaults]
storage = 1024
[tasks.load_day]
memory = 1024
concurrency = 2
environment = { A = "1" }
"""


def read(tmp_path: Path, text: str) -> Stage:
    path = tmp_path / "prod.toml"
    path.write_text(text)
    return read_stage("prod", path, "infra/prod.toml")


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(DiagnosticError) as caught:
        read(tmp_path, text)
    return [f"{each} ({each.hint})" for each in caught.value.diagnostics]


def test_everything_that_a_stage_can_say(tmp_path: Path) -> None:
    stage = read(tmp_path, FULL)
    assert stage.subscriptions["ops"] == (
        ("email", "ops@example.org"),
        ("https", "https://example.org/hook"),
        ("sqs", "arn:aws:sqs:eu-central-1:123456789012:q"),
    )
    assert (stage.level, stage.retention, stage.tracing, stage.schedules, stage.window) == (
        "ALL",
        90,
        True,
        False,
        15,
    )
    assert stage.functions["load_day"] == FunctionSettings(memory=1024, concurrency=2, environment={"A": "1"})
    assert stage.defaults.storage == 1024
    assert (stage.subnets, stage.role_path) == (("subnet-1",), "/data/")


def test_an_unknown_key_is_refused_with_its_line(tmp_path: Path) -> None:
    """And with the key that was probably meant."""
    assert problems(tmp_path, '[logging]\nlevel = "ALL"\nretenton = 30\n') == [
        "infra/prod.toml:3:1  L011  there is no key `retenton` in [logging] (did you mean `retention`?)"
    ]


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    """In the order of the file."""
    found = problems(
        tmp_path,
        '[bucket]\nlanding = "x"\n[tasks.load_day]\nmemory = 64\n[topics]\nops = 1\n'
        '[environment]\nAWS_REGION = "x"\n[subscriptions]\noops = ["pigeon:home"]\n',
    )
    assert [each.partition("  ")[0] for each in found] == [
        "infra/prod.toml:1:1",
        "infra/prod.toml:4:1",
        "infra/prod.toml:6:1",
        "infra/prod.toml:8:1",
        "infra/prod.toml:10:1",
        "infra/prod.toml:10:1",
    ]
    assert "did you mean `buckets`?" in found[0]
    assert "write a whole number from 128 to 10,240" in found[1]


def test_a_connection_is_an_arn(tmp_path: Path) -> None:
    """The credentials of `http` calls; a name alone would be found when the machine runs."""
    good = "arn:aws:events:eu-central-1:123456789012:connection/partner/0f1e2d3c"
    assert read(tmp_path, f'[connections]\npartner = "{good}"\n').connections == {"partner": good}
    (found,) = problems(tmp_path, '[connections]\npartner = "partner"\n')
    assert found.startswith("infra/prod.toml:2:1")
    assert "write the ARN: arn:aws:events:" in found


def test_torn_toml_is_shown_with_its_place(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "[buckets]\nlanding = \n")
    assert found.startswith("infra/prod.toml:2:11  L010  not valid TOML")


def test_a_missing_stage_names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "prod.toml").touch()
    with pytest.raises(
        LadleError, match=r"there is no stage 'pord': write infra/pord.toml, or deploy one of prod"
    ):
        load_stage(tmp_path, "pord")


def test_an_unknown_bucket_names_the_file_to_edit() -> None:
    stage = Stage("prod", "infra/prod.toml", buckets={"landing": "x"})
    with pytest.raises(LadleError) as caught:
        stage.bucket("lending", "workflow 'daily'")
    assert str(caught.value) == (
        "workflow 'daily' names the bucket 'lending', which infra/prod.toml does not list "
        "(did you mean 'landing'?). Add it there, under [buckets]:\n    lending = \"…\""
    )
