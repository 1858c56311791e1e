"""Machines that CloudFormation makes in moto come into being past the API: they are taken over here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ladle.local.stepfunctions.machines import add_machine, change_machine, checked_definition, remove_machine
from ladle.local.stepfunctions.world import Desk

__all__ = ["adopt"]


def adopt(desk: Desk, found: Sequence[Any]) -> None:
    """Make the machines of an account and region those that moto has besides ours.

    `found` are moto's machines: `arn`, `name`, `definition`, `roleArn`, `type`. Raises ApiError for a
    definition that AWS refuses.
    """
    world = desk.world
    here = desk.arn("stateMachine", "")
    arns = {machine.arn for machine in found}
    for arn, stored in list(world.machines.items()):
        if stored.adopted and arn.startswith(here) and arn not in arns:
            remove_machine(desk, arn)
    world.disowned &= arns
    for machine in found:
        known = world.machines.get(machine.arn)
        if known is None and machine.arn in world.disowned:
            continue  # deleted through the API, while its stack still has it
        if known is None:
            checked_definition(machine.definition, machine.type)
            added = add_machine(desk, machine.name, machine.definition, machine.type, machine.roleArn)
            added.adopted = True
        elif known.adopted and known.machine.definition_text != machine.definition:
            checked_definition(machine.definition, known.type)
            change_machine(desk, known, machine.definition, machine.roleArn, known.settings)
