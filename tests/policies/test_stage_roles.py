"""The roles of a whole stage: one for each resource, for the right service, and no wildcard too many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ladle.deploy.assemble import Assembly, assemble
from ladle.deploy.policies import FORCED_WILDCARDS
from ladle.deploy.policies.statements import INLINE
from ladle.deploy.policies.trust import SERVICES
from ladle.deploy.resources import LambdaFunction, Ref, Resource, Role, Schedule, StateMachine
from ladle.deploy.stage import load_stage
from ladle.project import Project
from tests.policies.iam import ROOT
from tests.policies.test_machine_policies import needs


@pytest.fixture(scope="module", params=["dev", "prod"])
def assembly(request: pytest.FixtureRequest) -> Assembly:
    """The sample project at a stage."""
    return assemble(Project.load(Path(ROOT)), load_stage(Path(ROOT), request.param), "nyc-flights")


def of(assembly: Assembly, kind: type[Any]) -> list[Any]:
    """The resources of one kind."""
    return [each for each in assembly.resources if isinstance(each, kind)]


def role_of(assembly: Assembly, ref: Ref) -> Role:
    """The role that a resource names."""
    [found] = [each for each in of(assembly, Role) if each.key == ref.key]
    return found  # type: ignore[no-any-return]


def statements(role: Role) -> list[dict[str, Any]]:
    """Everything that a role's own policies say."""
    return [each for document in role.documents.values() for each in document["Statement"]]


def test_no_wildcard_is_there_that_aws_does_not_force(assembly: Assembly) -> None:
    """Neither for all resources nor for all actions."""
    for role in of(assembly, Role):
        for each in statements(role):
            assert not [action for action in each["Action"] if "*" in action], role.name
            if "*" in each["Resource"]:
                assert set(each["Action"]) <= FORCED_WILDCARDS.keys(), role.name
            assert all(found == "*" or found.startswith("arn:") for found in each["Resource"]), role.name


@pytest.mark.parametrize(("kind", "what"), [("function", LambdaFunction), ("machine", StateMachine)])
def test_each_function_and_machine_has_a_role_of_its_own(
    assembly: Assembly, kind: str, what: type[Resource]
) -> None:
    """Which the right service may assume."""
    roles = [role_of(assembly, each.role) for each in of(assembly, what)]
    assert len({role.name for role in roles}) == len(roles) > 0
    for role in roles:
        assert role.trust["Statement"][0]["Principal"] == {"Service": SERVICES[kind]}


def test_schedules_assume_a_role_that_invokes_their_function_only(assembly: Assembly) -> None:
    """One for each function that schedules call."""
    for schedule in of(assembly, Schedule):
        role = role_of(assembly, schedule.role)
        assert role.trust["Statement"][0]["Principal"] == {"Service": SERVICES["schedule"]}
        [function] = [each for each in of(assembly, LambdaFunction) if each.key == schedule.target.key]
        found = {action: each["Resource"] for each in statements(role) for action in each["Action"]}
        assert set(found) == {"lambda:InvokeFunction", "sqs:SendMessage"}
        assert found["lambda:InvokeFunction"] == [function.arn]


def test_a_machine_may_do_what_its_deployed_definition_does(assembly: Assembly) -> None:
    """And write its log."""
    for machine in of(assembly, StateMachine):
        role = role_of(assembly, machine.role)
        found = {
            (action, resource)
            for each in statements(role)
            for action in each["Action"]
            for resource in each["Resource"]
            if resource != "*"
        }
        assert found == needs(json.loads(machine.text))


def test_each_role_is_within_the_limit(assembly: Assembly) -> None:
    """Of all its inline policies together."""
    for role in of(assembly, Role):
        text = "".join(json.dumps(document, separators=(",", ":")) for document in role.documents.values())
        assert 0 < len(text) <= INLINE, role.name
