"""State machines: create, update, delete, describe, list; validation of definitions."""

from __future__ import annotations

from typing import Any, Final

from ladle.asl import aws_diagnostics, aws_message, has_errors, validate, variable_references
from ladle.engine import InvalidDefinition, Machine, compile_machine
from ladle.jsonata import JsonataError, compile_expression
from ladle.local.stepfunctions.checks import check_arn, check_name, logging_of, unqualified
from ladle.local.stepfunctions.errors import ApiError, no_machine
from ladle.local.stepfunctions.paging import page
from ladle.local.stepfunctions.versions import publish
from ladle.local.stepfunctions.world import Desk, Origin, StoredMachine, Version

__all__ = [
    "checked_definition",
    "create_state_machine",
    "delete_state_machine",
    "describe_state_machine",
    "described",
    "list_state_machines",
    "update_state_machine",
    "validate_state_machine_definition",
]

OWN_KEY: Final = {"type": "AWS_OWNED_KEY"}
DIAGNOSTICS: Final = 100
"""How many diagnostics ValidateStateMachineDefinition gives at most."""


def check_expression(expression: str) -> tuple[str, int] | None:
    """What is wrong with the syntax of a JSONata expression, and where; see `ladle.asl.ExpressionChecker`."""
    try:
        compile_expression(expression)
    except JsonataError as error:
        if error.code:  # without a code it parses, and is refused for what it reads
            return error.message, error.position or 0
    return None


def checked_definition(definition: str, kind: str, *, but: str = "") -> None:
    """Refuse a definition that AWS refuses; `but` is a code of `ladle.asl` that does not count."""
    found = validate(definition, type=kind, check_expression=check_expression)
    found = tuple(item for item in found if item.code != but)
    if has_errors(found):
        raise ApiError("InvalidDefinition", aws_message(found))


def _compiled(desk: Desk, definition: str, name: str, kind: str, role: str) -> Machine:
    try:
        return compile_machine(
            definition, name=name, type=kind, region=desk.region, account=desk.account, role_arn=role
        )
    except InvalidDefinition as error:
        raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{error}'") from None


def _settings(request: dict[str, Any]) -> dict[str, Any]:
    """Logging, tracing and encryption, in full."""
    return {
        "loggingConfiguration": logging_of(request.get("loggingConfiguration")),
        "tracingConfiguration": request.get("tracingConfiguration") or {"enabled": False},
        "encryptionConfiguration": request.get("encryptionConfiguration") or dict(OWN_KEY),
    }


def create_state_machine(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """CreateStateMachine. Creating the same machine again changes nothing; role and tags do not count."""
    world = desk.world
    name, definition, role = request["name"], request["definition"], request["roleArn"]
    kind = request.get("type") or "STANDARD"
    if request.get("versionDescription") and not request.get("publish"):
        raise ApiError("ValidationException", "Version description can only be set when publish is true")
    check_name(name)
    check_role(role)
    settings = _settings(request)
    arn = desk.arn("stateMachine", name)
    stored = world.machines.get(arn)
    if stored is not None:
        same = (stored.machine.definition_text, stored.type, stored.settings)
        if same != (definition, kind, settings):
            raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
    else:
        checked_definition(definition, kind)
        stored = add_machine(desk, name, definition, kind, role, settings)
        world.tags[arn] = {tag["key"]: tag.get("value", "") for tag in request.get("tags") or ()}
    answer = {"stateMachineArn": arn, "creationDate": stored.created}
    if request.get("publish"):
        answer["stateMachineVersionArn"] = publish(desk, stored, request.get("versionDescription")).arn
    return answer


def add_machine(
    desk: Desk, name: str, definition: str, kind: str, role: str, settings: dict[str, Any] | None = None
) -> StoredMachine:
    """Compile a definition that passed and keep it."""
    world = desk.world
    machine = _compiled(desk, definition, name, kind, role)
    now = world.now()
    stored = StoredMachine(
        desk.arn("stateMachine", name), name, kind, role, machine, settings or _settings({}), now, now
    )
    world.machines[stored.arn] = stored
    _install(desk, stored)
    return stored


def _install(desk: Desk, stored: StoredMachine) -> None:
    """Make the machine as it stands what new executions run."""
    desk.world.engine.register(stored.machine)
    desk.world.origins[stored.machine] = Origin(stored, stored.revision, stored.settings)


def check_role(role: str) -> None:
    """Refuse what is no ARN of a role."""
    if not role.startswith("arn:") or ":role/" not in role:
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{role}'")


def update_state_machine(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateStateMachine. Executions under way keep the definition that they started with."""
    arn = request["stateMachineArn"]
    check_arn(arn, "stateMachine")
    stored = desk.world.machine(arn)
    given = (
        "definition",
        "roleArn",
        "loggingConfiguration",
        "tracingConfiguration",
        "encryptionConfiguration",
    )
    if not any(request.get(name) is not None for name in given):
        raise ApiError(
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration"
            " must be specified",
        )
    if request.get("versionDescription") and not request.get("publish"):
        raise ApiError("ValidationException", "Version description can only be set when publish is true")
    settings = dict(stored.settings)
    if request.get("loggingConfiguration") is not None:
        settings["loggingConfiguration"] = logging_of(request["loggingConfiguration"])
    for name in ("tracingConfiguration", "encryptionConfiguration"):
        if request.get(name) is not None:
            settings[name] = request[name]
    role = request.get("roleArn") or stored.role
    check_role(role)
    definition = request.get("definition") or stored.machine.definition_text
    if definition != stored.machine.definition_text:
        checked_definition(definition, stored.type)
    answer = change_machine(desk, stored, definition, role, settings)
    if request.get("publish"):
        answer["stateMachineVersionArn"] = publish(desk, stored, request.get("versionDescription")).arn
    return answer


def change_machine(
    desk: Desk, stored: StoredMachine, definition: str, role: str, settings: dict[str, Any]
) -> dict[str, Any]:
    """Give a machine a new revision, if anything differs."""
    world = desk.world
    stored.updated = world.now()
    answer: dict[str, Any] = {"updateDate": stored.updated}
    if (definition, role, settings) != (stored.machine.definition_text, stored.role, stored.settings):
        stored.machine = _compiled(desk, definition, stored.name, stored.type, role)
        stored.role, stored.settings = role, settings
        stored.revision = answer["revisionId"] = world.unique()
        _install(desk, stored)
    return answer


def delete_state_machine(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteStateMachine, with its versions and aliases. Its running executions are stopped."""
    arn = request["stateMachineArn"]
    check_arn(arn, "stateMachine")
    stored = desk.world.machines.get(arn)
    if stored is not None and stored.adopted:
        desk.world.disowned.add(arn)
    remove_machine(desk, arn)
    return {}


def remove_machine(desk: Desk, arn: str) -> None:
    """Forget a machine; nothing happens when there is none."""
    world = desk.world
    stored = world.machines.pop(arn, None)
    if stored is None:
        return
    versions = [version.arn for version in stored.versions.values()]
    aliases = [alias.arn for alias in stored.aliases.values()]
    for gone in (arn, *versions, *aliases):
        world.engine.unregister(gone)
        world.tags.pop(gone, None)
    for execution in list(world.engine.executions.values()):
        origin = world.origins.get(execution.machine)
        if execution.status == "RUNNING" and origin is not None and origin.stored is stored:
            world.engine.stop(execution)


def described(
    stored: StoredMachine, version: Version | None, machine: Machine, settings: dict[str, Any]
) -> dict[str, Any]:
    """What DescribeStateMachine and DescribeStateMachineForExecution have in common."""
    answer = {
        "stateMachineArn": stored.arn if version is None else version.arn,
        "name": stored.name,
        "definition": machine.definition_text,
        "roleArn": machine.role_arn,
        **settings,
    }
    references = variable_references(machine.definition)
    if references:
        answer["variableReferences"] = references
    return answer


def describe_state_machine(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeStateMachine, for a machine, a version or an alias (which shows its first version)."""
    arn = request["stateMachineArn"]
    check_arn(arn, "stateMachine")
    base, qualifier = unqualified(arn)
    stored = desk.world.machines.get(base)
    if stored is None:
        raise no_machine(arn)
    version = None
    if qualifier is not None:
        alias = stored.aliases.get(qualifier)
        number = alias.routing[0]["stateMachineVersionArn"].rpartition(":")[2] if alias else qualifier
        version = stored.versions.get(int(number)) if number.isdecimal() else None
        if version is None:
            raise no_machine(arn)
    machine = stored.machine if version is None else version.machine
    answer = described(stored, version, machine, stored.settings if version is None else version.settings)
    answer |= {
        "type": stored.type,
        "status": "ACTIVE",
        "creationDate": stored.created if version is None else version.created,
    }
    revision = stored.revision if version is None else version.revision
    if revision != "INITIAL":
        answer["revisionId"] = revision
    if version is not None and version.description is not None:
        answer["description"] = version.description
    if request.get("includedData") == "METADATA_ONLY":
        answer["definition"] = "{}"
    return answer


def list_state_machines(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ListStateMachines, by name."""
    here = desk.arn("stateMachine", "")
    found = sorted(
        (stored for arn, stored in desk.world.machines.items() if arn.startswith(here)),
        key=lambda stored: stored.name,
    )
    items, more = page(found, request, "machines")
    return {
        "stateMachines": [
            {"stateMachineArn": s.arn, "name": s.name, "type": s.type, "creationDate": s.created}
            for s in items
        ],
        **more,
    }


def validate_state_machine_definition(_desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ValidateStateMachineDefinition."""
    found = validate(
        request["definition"], type=request.get("type") or "STANDARD", check_expression=check_expression
    )
    diagnostics = aws_diagnostics(found, warnings=request.get("severity") == "WARNING")
    most = request.get("maxResults") or DIAGNOSTICS
    return {
        "result": "FAIL" if has_errors(found) else "OK",
        "diagnostics": diagnostics[:most],
        "truncated": len(diagnostics) > most,
    }
