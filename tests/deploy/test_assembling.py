"""A project and a stage as resources: complete, in order, the same every time."""

from __future__ import annotations

import doctest
import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.compiler import compile_workflow
from ladle.deploy import events, names, resources
from ladle.deploy.assemble import Assembly, assemble
from ladle.deploy.changes import made
from ladle.deploy.names import LIMITS, name
from ladle.deploy.resources import (
    EventRule,
    LambdaFunction,
    Ref,
    Role,
    Schedule,
    StateMachine,
    digest,
    references,
)
from ladle.deploy.services import Aws
from ladle.deploy.stage import FunctionSettings, Stage, load_stage
from ladle.deploy.templates import base
from ladle.errors import LadleError
from ladle.project import Project


@pytest.fixture
def loaded(project: Path) -> Project:
    return Project.load(project)


def assembled(loaded: Project, **changes: Any) -> Assembly:
    return assemble(loaded, replace(load_stage(loaded.root, "dev"), **changes), "nyc-flights")


def test_it_is_the_same_every_time(loaded: Project) -> None:
    assert assembled(loaded).resources == assembled(loaded).resources


def test_what_is_referred_to_comes_first(loaded: Project) -> None:
    seen: set[str] = set()
    for resource in assembled(loaded).resources:
        assert {ref.key for ref in references(resource)} <= seen, resource
        seen.add(resource.key)


def test_everything_that_can_have_tags_has_those_of_the_stage(loaded: Project) -> None:
    """Schedules, subscriptions, permissions and the flag of a bucket have none on AWS."""
    without = {"schedule", "subscription", "permission", "bucket_notice"}
    for resource in assembled(loaded, tags={"team": "data"}).resources:
        assert (resource.tags.get("team") == "data") is (resource.kind not in without), resource


def test_the_stage_reaches_every_resource(loaded: Project) -> None:
    """KMS key, VPC, permissions boundary, path, tracing, logging, schedules."""
    key = "arn:aws:kms:eu-central-1:123456789012:key/abc"
    found = assembled(
        loaded,
        kms_key=key,
        subnets=("subnet-1",),
        security_groups=("sg-1",),
        boundary="arn:aws:iam::123456789012:policy/b",
        role_path="/data/",
        tracing=True,
        schedules=False,
    ).resources
    for resource in found:
        assert getattr(resource, "kms_key", key) == key, resource
        if isinstance(resource, Role):
            assert (resource.path, resource.boundary) == ("/data/", "arn:aws:iam::123456789012:policy/b")
            assert "role/data/" in resource.arn
        if isinstance(resource, LambdaFunction):
            assert (resource.subnets, resource.tracing) == (("subnet-1",), True)
        if isinstance(resource, Schedule) and resource.logical == "monthly_report-1":
            assert not resource.enabled


def test_a_stage_overrides_a_task(loaded: Project) -> None:
    """What infra/<stage>.toml says of a task goes before `@task`."""
    given_ = {"load_day": FunctionSettings(memory=2048, environment={"A": "1"})}
    (function,) = [r for r in assembled(loaded, functions=given_).resources if r.key == "function.load_day"]
    assert isinstance(function, LambdaFunction)
    assert (function.memory, function.timeout, function.environment["A"]) == (2048, 60, "1")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"buckets": {}},
            "workflow 'daily_delays' names the bucket 'landing', which infra/dev.toml does not list",
        ),
        ({"topics": {}}, "workflow 'daily_delays' names the topic 'ops', which infra/dev.toml does not list"),
        (
            {"functions": {"load_dya": FunctionSettings()}},
            r"no task 'load_dya'; did you mean \[tasks.load_day\]",
        ),
    ],
)
def test_unknown_names_fail_with_the_file_to_edit(loaded: Project, changes: Any, message: str) -> None:
    with pytest.raises(LadleError, match=message):
        assembled(loaded, **changes)


OUTSIDE = """
from ladle import http, s3, workflow
from functions.flights import load_day


@workflow
def outside() -> int:
    http.post("https://api.example.com/begin", connection="partner", body={})
    keys = [object["Key"] for object in s3.objects("arrivals", "a/") if load_day("landing", object["Key"])]
    return len(keys)
"""
PARTNER = "arn:aws:events:eu-central-1:123456789012:connection/partner/0f1e2d3c"


@pytest.fixture
def outside(project: Path) -> Project:
    """The sample with a workflow that calls a web API and goes over objects of a bucket."""
    (project / "statemachines" / "outside.py").write_text(OUTSIDE)
    return Project.load(project)


def test_a_stage_says_what_connections_and_buckets_of_maps_are(outside: Project) -> None:
    """The definition has the stage's, the committed one names; the role may use just these."""
    buckets = {**load_stage(outside.root, "dev").buckets, "arrivals": "ours-arrivals-dev"}
    found = assembled(outside, connections={"partner": PARTNER}, buckets=buckets)
    (machine,) = [each for each in found.resources if each.key == "machine.outside"]
    (role,) = [each for each in found.resources if each.key == "role.machine-outside"]
    assert isinstance(machine, StateMachine)
    assert isinstance(role, Role)
    text = json.dumps(machine.definition)
    assert f'"ConnectionArn": "{PARTNER}"' in text
    assert '"Bucket": "ours-arrivals-dev"' in text
    policy = json.dumps(list(role.policies.values()))
    assert PARTNER in policy
    assert ":s3:::ours-arrivals-dev" in policy
    committed = compile_workflow(outside.workflow("outside")).text
    assert "${connections.partner}" in committed
    assert "${buckets.arrivals}" in committed


def test_what_a_stage_does_not_list_fails_with_the_file_to_edit(outside: Project) -> None:
    """Before anything is deployed."""
    message = "workflow 'outside' names the bucket 'arrivals', which infra/dev.toml does not list"
    with pytest.raises(LadleError, match=message):
        assembled(outside, connections={"partner": PARTNER})
    message = r"workflow 'outside' names the connection 'partner'.*under \[connections\]:"
    buckets = {**load_stage(outside.root, "dev").buckets, "arrivals": "ours-arrivals-dev"}
    with pytest.raises(LadleError, match=message):
        assembled(outside, buckets=buckets)


def test_an_environment_that_lambda_refuses_is_refused_before(loaded: Project) -> None:
    """With the file to edit."""
    with pytest.raises(
        LadleError, match=r"the environment of 'ask_approval' has 5,\d+ bytes.*infra/dev.toml"
    ):
        assembled(loaded, environment={"LARGE": "x" * 5000})


def test_a_topic_that_exists_is_used_and_not_made(loaded: Project) -> None:
    """Its ARN stands in the stage's file."""
    topic = "arn:aws:sns:eu-central-1:123456789012:central"
    found = assembled(loaded, topics={"ops": topic}, subscriptions={"ops": (("email", "a@example.org"),)})
    kinds = [each.kind for each in found.resources]
    assert "topic" not in kinds
    assert "subscription" in kinds
    assert found.topics["daily_delays"] == topic


def test_an_express_machine_with_alerts_is_refused(project: Path) -> None:
    """AWS tells nobody about its runs."""
    path = project / "statemachines" / "daily_delays.py"
    path.write_text(path.read_text().replace("timeout=6 * 3600", 'timeout=300, type="EXPRESS"'))
    (project / "statemachines" / "monthly_report.py").unlink()
    with pytest.raises(LadleError, match="workflow 'daily_delays' is EXPRESS and has alerts="):
        assembled(Project.load(project))


def test_a_digest_tells_every_change(loaded: Project) -> None:
    """Of any field of any resource, and only a change."""
    one, other = assembled(loaded).resources, assembled(loaded, retention=90).resources
    changed = {a.kind for a, b in zip(one, other, strict=True) if digest(a) != digest(b)}
    assert changed == {"log_group"}


@given(st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=40), st.sampled_from(sorted(LIMITS)))
def test_names_are_legal_and_short_enough(logical: str, stage: str, kind: str) -> None:
    found = name("app", stage, kind, logical)
    assert len(found) <= LIMITS[kind]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", found)


@given(st.text(max_size=100), st.text(max_size=100), st.sampled_from(sorted(LIMITS)))
def test_different_things_have_different_names(one: str, other: str, kind: str) -> None:
    assert (name("app", "dev", kind, one) == name("app", "dev", kind, other)) is (one == other)


# -------------------------------------------------------------------------------------- event patterns


def matches(key: str, alternatives: list[Any]) -> bool:
    """Whether EventBridge lets a key through."""
    for each in alternatives:
        if isinstance(each, str):
            hit = key == each
        elif "prefix" in each:
            hit = key.startswith(each["prefix"])
        elif "suffix" in each:
            hit = key.endswith(each["suffix"])
        else:
            parts = re.split(r"(\\.|\*)", each["wildcard"])
            pattern = "".join(
                ".*" if p == "*" else re.escape(p[1:] if p.startswith("\\") else p) for p in parts
            )
            hit = re.fullmatch(pattern, key, re.DOTALL) is not None
        if hit:
            return True
    return False


SHORT = st.text(alphabet="ab\\/", max_size=4)


@given(SHORT, SHORT, st.text(alphabet="ab\\/", max_size=8))
def test_a_rule_lets_through_what_the_trigger_means(prefix: str, suffix: str, key: str) -> None:
    """Prefix and suffix both, also where they overlap in the key."""
    pattern = events.upload_pattern("bucket", prefix, suffix)["detail"]
    through = "object" not in pattern or matches(key, pattern["object"]["key"])
    assert through is (key.startswith(prefix) and key.endswith(suffix))


def test_several_workflows_on_one_bucket_have_a_rule_each(project: Path) -> None:
    """Also with filters that overlap, which S3's own notifications refuse; the bucket is told once."""
    path = project / "statemachines" / "other.py"
    path.write_text(
        "from functions.flights import quarantine\nfrom ladle import S3Upload, workflow\n\n\n"
        '@workflow(on=[S3Upload("landing", prefix="flights/2013"), S3Upload("landing")])\n'
        "def other(bucket: str, key: str) -> str:\n    return quarantine(bucket, key, 'x')\n"
    )
    found = assembled(Project.load(project)).resources
    rules = [each.logical for each in found if isinstance(each, EventRule) and each.template]
    assert rules == ["daily_delays-1", "other-1", "other-2"]
    assert [each.name for each in found if each.kind == "bucket_notice"] == ["nyc-flights-landing-dev"]


SPLIT = """from functions.flights import quarantine
from ladle import split, workflow


@workflow
def swept(keys: list[str]) -> None:
    with split(every=50):
        for key in keys:
            quarantine("landing", key, "x")
"""


def test_a_split_loop_has_a_machine_of_its_own(project: Path) -> None:
    """With a role for what its turns call, tags, and the right of the workflow's machine to start it."""
    (project / "statemachines" / "swept.py").write_text(SPLIT)
    found = assembled(Project.load(project))
    machines = {each.logical: each for each in found.resources if isinstance(each, StateMachine)}
    loop, owner = machines["swept-for-key"], machines["swept"]
    assert loop.name == "nyc-flights-dev-swept-for-key"
    assert loop.tags["ladle:key"] == "machine.swept-for-key"
    assert owner.calls == (Ref("machine", "swept-for-key"),)
    assert loop.calls == (Ref("function", "quarantine"),)
    assert loop.name in json.dumps(owner.definition)
    roles = {each.logical: json.dumps(each.policies) for each in found.resources if isinstance(each, Role)}
    assert "quarantine" in roles["machine-swept-for-key"]
    assert "quarantine" not in roles["machine-swept"]
    assert loop.name in roles["machine-swept"]


def test_a_machine_may_wait_for_an_express_one(project: Path) -> None:
    """And for that one only."""
    (project / "statemachines" / "swept.py").write_text(
        "from functions.flights import quarantine\nfrom ladle import workflow\n\n\n"
        '@workflow(type="EXPRESS", timeout=60)\ndef quick(key: str) -> str:\n'
        '    return quarantine("landing", key, "x")\n\n\n'
        "@workflow\ndef swept(keys: list[str]) -> list[str]:\n    return [quick(key) for key in keys]\n"
    )
    found = assembled(Project.load(project)).resources
    machines = {each.logical: each for each in found if isinstance(each, StateMachine)}
    assert machines["quick"].type == "EXPRESS"
    assert machines["swept"].calls == (Ref("machine", "quick"),)
    (role,) = [each for each in found if isinstance(each, Role) and each.logical == "machine-swept"]
    allowed = {json.dumps(each["Action"]): each["Resource"] for each in role.policies["ladle"]}
    assert "nyc-flights-dev-quick" in json.dumps(allowed['["states:StartSyncExecution"]'])


def test_a_split_loop_called_like_a_workflow_is_refused(project: Path) -> None:
    other = "@workflow(name='swept-for-key')\ndef other() -> None:\n    quarantine('a', 'b', 'c')\n"
    (project / "statemachines" / "swept.py").write_text(f"{SPLIT}\n\n{other}")
    with pytest.raises(LadleError, match="a split loop has a machine called 'swept-for-key'"):
        assembled(Project.load(project))


def test_a_deadline_is_a_schedule_in_the_zone_of_the_workflows_own(project: Path) -> None:
    """It calls the function that looks whether the scheduled runs have succeeded."""
    path = project / "statemachines" / "monthly_report.py"
    path.write_text(path.read_text().replace('alerts="ops", ', 'alerts="ops", deadline="07:30", '))
    found = {
        each.logical: each
        for each in assembled(Project.load(project)).resources
        if isinstance(each, Schedule)
    }
    schedule = found["monthly_report-deadline-1"]
    assert (schedule.expression, schedule.timezone) == ("cron(30 7 * * ? *)", "America/New_York")
    assert schedule.target == Ref("function", "ladle-deadline")
    assert schedule.input == {
        "workflow": "monthly_report",
        "deadline": "<aws.scheduler.scheduled-time>",
        "timezone": "America/New_York",
    }


def test_a_task_says_what_its_function_has(project: Path) -> None:
    """Storage, reserved concurrency and layers; where the stage says something else, that counts."""
    layer = "arn:aws:lambda:eu-central-1:123456789012:layer:numpy:3"
    path = project / "functions" / "flights.py"
    options = f'@task(storage=2048, concurrency=7, layers=["{layer}"], '
    path.write_text(path.read_text().replace("@task(", options, 1))
    found = [each for each in assembled(Project.load(project)).resources if isinstance(each, LambdaFunction)]
    (own,) = [each for each in found if each.layers]
    assert (own.storage, own.concurrency, own.layers) == (2048, 7, (layer,))
    settings = {own.logical: FunctionSettings(storage=512, concurrency=3, layers=())}
    again = assembled(Project.load(project), functions=settings).resources
    (now,) = [each for each in again if each.key == own.key]
    assert isinstance(now, LambdaFunction)
    assert (now.storage, now.concurrency, now.layers) == (512, 3, ())


def test_a_schedule_says_how_it_is_tried(project: Path) -> None:
    """What it says itself counts before what the stage says of all."""
    path = project / "statemachines" / "monthly_report.py"
    text = path.read_text()
    start = text.index("Cron(")
    end = text.index(")", start)
    path.write_text(f"{text[:end]}, window=15, max_age=600{text[end:]}")
    found = assembled(Project.load(project), window=5, retries=2, max_age=60).resources
    own, *others = [each for each in found if isinstance(each, Schedule) and "monthly" in each.logical]
    assert (own.window, own.retries, own.max_age) == (15, 2, 600)
    assert all((each.window, each.retries, each.max_age) == (5, 2, 60) for each in others)


def test_a_machine_names_the_integrations_of_its_partition(loaded: Project) -> None:
    """China and GovCloud have ARNs of their own."""
    aws = Aws(lambda _: None, "aws-cn", "cn-north-1", "123456789012")
    for resource in made(assembled(loaded), aws):
        if isinstance(resource, StateMachine):
            assert "arn:aws-cn:states:::" in resource.text
            assert "arn:aws:" not in resource.text
            assert "${" not in resource.text


def test_a_pattern_is_never_too_long() -> None:
    """Two hundred machines need several rules."""
    machines = [
        f"arn:aws:states:eu-central-1:123456789012:stateMachine:nyc-flights-prod-w{n}" for n in range(200)
    ]
    batches = events.pattern_batches(machines)
    assert [each for batch in batches for each in batch] == machines
    assert all(len(json.dumps(events.failures_pattern(batch))) <= 2048 for batch in batches)


def test_references_are_values() -> None:
    assert Ref("role", "x").key == "role.x"
    assert Stage("dev", "infra/dev.toml") == Stage("dev", "infra/dev.toml")


@pytest.mark.parametrize("module", [names, resources, base])
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert found.failed == 0
