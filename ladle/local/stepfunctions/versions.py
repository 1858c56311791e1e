"""Versions of state machines, and aliases that route to them."""

from __future__ import annotations

import json
from typing import Any

from ladle.engine import Machine
from ladle.local.stepfunctions.checks import check_arn, unqualified
from ladle.local.stepfunctions.errors import ApiError, invalid_arn, no_machine, no_resource
from ladle.local.stepfunctions.paging import page
from ladle.local.stepfunctions.world import Alias, Desk, Origin, StoredMachine, Version

__all__ = [
    "create_state_machine_alias",
    "delete_state_machine_alias",
    "delete_state_machine_version",
    "describe_state_machine_alias",
    "list_state_machine_aliases",
    "list_state_machine_versions",
    "publish",
    "publish_state_machine_version",
    "update_state_machine_alias",
]


def publish(desk: Desk, stored: StoredMachine, description: str | None) -> Version:
    """The version of a machine as it stands: the last one, if nothing has changed since."""
    for version in stored.versions.values():
        if version.revision == stored.revision:
            return version
    stored.published += 1
    arn = f"{stored.arn}:{stored.published}"
    machine = _copy(stored.machine, arn)
    world = desk.world
    version = Version(
        arn,
        stored.published,
        stored.revision,
        description,
        world.now(),
        machine,
        stored.role,
        dict(stored.settings),
    )
    stored.versions[version.number] = version
    world.engine.register(machine)
    world.origins[machine] = Origin(stored, stored.revision, version.settings, version)
    return version


def _copy(machine: Machine, arn: str) -> Machine:
    """The same machine under another ARN. Its executions are named after the machine all the same."""
    return Machine(
        name=machine.name,
        type=machine.type,
        region=machine.region,
        account=machine.account,
        role_arn=machine.role_arn,
        definition=machine.definition,
        definition_text=machine.definition_text,
        first=machine.first,
        states=machine.states,
        arn=arn,
    )


def publish_state_machine_version(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """PublishStateMachineVersion. Publishing an unchanged machine again gives the same version."""
    check_arn(request["stateMachineArn"], "stateMachine")
    stored = desk.world.machine(request["stateMachineArn"])
    revision = request.get("revisionId")
    if revision is not None and revision != stored.revision:
        raise ApiError(
            "ConflictException",
            f"Failed to publish the State Machine version for revision {revision}."
            f" The current State Machine revision is {stored.revision}.",
        )
    version = publish(desk, stored, request.get("description"))
    return {"stateMachineVersionArn": version.arn, "creationDate": version.created}


def list_state_machine_versions(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ListStateMachineVersions, newest first."""
    arn = request["stateMachineArn"]
    check_arn(arn, "stateMachine")
    stored = desk.world.machines.get(arn)
    if stored is None:
        raise invalid_arn(arn)
    newest = sorted(stored.versions.values(), key=lambda version: -version.number)
    items, more = page(newest, request, f"versions of {arn}")
    return {
        "stateMachineVersions": [{"stateMachineVersionArn": v.arn, "creationDate": v.created} for v in items],
        **more,
    }


def delete_state_machine_version(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteStateMachineVersion. An alias that routes to the version keeps it."""
    arn = request["stateMachineVersionArn"]
    check_arn(arn, "stateMachine")
    base, number = unqualified(arn)
    stored = desk.world.machines.get(base)
    if stored is None or number is None or not number.isdecimal() or int(number) not in stored.versions:
        return {}
    names = [
        alias.name
        for alias in stored.aliases.values()
        if any(route["stateMachineVersionArn"] == arn for route in alias.routing)
    ]
    if names:
        raise ApiError(
            "ConflictException",
            "Version to be deleted must not be referenced by an alias."
            f" Current list of aliases referencing this version: [{', '.join(names)}]",
        )
    del stored.versions[int(number)]
    desk.world.engine.unregister(arn)
    return {}


# Aliases --------------------------------------------------------------------------------------------------


def _checked_routing(desk: Desk, routing: list[dict[str, Any]]) -> StoredMachine:
    """The machine that a routing configuration is of."""
    arns = [route["stateMachineVersionArn"] for route in routing]
    listed = f"[{', '.join(arns)}]"
    if len(set(arns)) < len(arns):
        raise ApiError(
            "ValidationException",
            f"Routing configuration must contain distinct state machine version ARNs. Received: {listed}",
        )
    weights = [route["weight"] for route in routing]
    if sum(weights) != 100:
        raise ApiError(
            "ValidationException",
            f"Sum of routing configuration weights must equal 100. Received: {json.dumps(weights)}",
        )
    owners = set()
    for arn in arns:
        base, number = unqualified(arn)
        stored = desk.world.machines.get(base)
        if stored is None or number is None or not number.isdecimal() or int(number) not in stored.versions:
            raise ApiError(
                "ValidationException",
                f"Routing configuration must contain state machine version ARNs. Received: {listed}",
            )
        owners.add(base)
    if len(owners) > 1:
        raise ApiError(
            "ValidationException",
            f"Routing configuration must contain versions of one state machine. Received: {listed}",
        )
    return desk.world.machine(owners.pop())


def _alias(desk: Desk, arn: str) -> tuple[StoredMachine, Alias]:
    check_arn(arn, "stateMachine")
    base, name = unqualified(arn)
    if name is None or name.isdecimal():
        raise invalid_arn(arn)
    stored = desk.world.machines.get(base)
    if stored is None or name not in stored.aliases:
        raise no_resource(arn)
    return stored, stored.aliases[name]


def _route(desk: Desk, stored: StoredMachine, alias: Alias) -> None:
    """Let tasks start executions through the alias. They take the version that has the most weight."""
    most = max(alias.routing, key=lambda route: int(route["weight"]))
    version = stored.versions[int(most["stateMachineVersionArn"].rpartition(":")[2])]
    machine = _copy(version.machine, alias.arn)
    desk.world.engine.register(machine)
    desk.world.origins[machine] = Origin(stored, version.revision, version.settings, version)


def create_state_machine_alias(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """CreateStateMachineAlias. Creating the same alias again changes nothing."""
    name, routing = request["name"], request["routingConfiguration"]
    description = request.get("description")
    stored = _checked_routing(desk, routing)
    alias = stored.aliases.get(name)
    if alias is None:
        now = desk.world.now()
        alias = Alias(f"{stored.arn}:{name}", name, description, routing, now, now)
        stored.aliases[name] = alias
        _route(desk, stored, alias)
    elif (alias.routing, alias.description) != (routing, description):
        raise ApiError(
            "ConflictException",
            "Failed to create alias because an alias with the same name and a different routing"
            " configuration already exists.",
        )
    return {"stateMachineAliasArn": alias.arn, "creationDate": alias.created}


def update_state_machine_alias(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateStateMachineAlias."""
    routing, description = request.get("routingConfiguration"), request.get("description")
    if routing is None and description is None:
        raise ApiError(
            "MissingRequiredParameter", "Either the description or the RoutingConfiguration must be specified"
        )
    stored, alias = _alias(desk, request["stateMachineAliasArn"])
    if routing is not None:
        if _checked_routing(desk, routing) is not stored:
            raise ApiError("ValidationException", "An alias routes to versions of its own state machine only")
        alias.routing = routing
        _route(desk, stored, alias)
    if description is not None:
        alias.description = description
    alias.updated = desk.world.now()
    return {"updateDate": alias.updated}


def describe_state_machine_alias(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeStateMachineAlias."""
    _, alias = _alias(desk, request["stateMachineAliasArn"])
    answer = {
        "stateMachineAliasArn": alias.arn,
        "name": alias.name,
        "routingConfiguration": alias.routing,
        "creationDate": alias.created,
        "updateDate": alias.updated,
    }
    return answer if alias.description is None else {**answer, "description": alias.description}


def delete_state_machine_alias(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteStateMachineAlias."""
    stored, alias = _alias(desk, request["stateMachineAliasArn"])
    del stored.aliases[alias.name]
    desk.world.engine.unregister(alias.arn)
    return {}


def list_state_machine_aliases(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ListStateMachineAliases, of a machine or of one version, in the order of creation."""
    arn = request["stateMachineArn"]
    check_arn(arn, "stateMachine")
    base, number = unqualified(arn)
    stored = desk.world.machines.get(base)
    if stored is None:
        raise no_machine(arn)
    found = [
        alias
        for alias in stored.aliases.values()
        if number is None or any(route["stateMachineVersionArn"] == arn for route in alias.routing)
    ]
    items, more = page(found, request, f"aliases of {arn}")
    return {
        "stateMachineAliases": [
            {"stateMachineAliasArn": alias.arn, "creationDate": alias.created} for alias in items
        ],
        **more,
    }
