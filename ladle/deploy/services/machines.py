"""Step Functions state machines."""

from __future__ import annotations

from typing import Any, Final

from ladle.deploy.resources import StateMachine
from ladle.deploy.services.base import Aws, Found, Values, gone, pairs, patient
from ladle.operate.resume import resumer_of

__all__ = ["Machines", "running"]

_LATER: Final = ("AccessDeniedException", "StateMachineDeleting", "InvalidArn", "ConflictException")
"""What Step Functions answers while a role is not known yet, or a machine of that name still goes away."""


class Machines:
    """State machines. The type never changes: such a machine is replaced."""

    def read(self, aws: Aws, resource: StateMachine) -> Found | None:
        client, arn = aws.client("stepfunctions"), aws.text(resource.arn)
        found = gone(client.describe_state_machine, stateMachineArn=arn)
        if found is None or found.get("status") == "DELETING":
            return None
        tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
        return Found({"arn": arn, "name": resource.name}, {each["key"]: each["value"] for each in tags})

    def create(self, aws: Aws, resource: StateMachine) -> Values:
        made = patient(
            aws,
            aws.client("stepfunctions").create_state_machine,
            _LATER,
            name=resource.name,
            type=resource.type,
            tags=pairs(resource.tags, "key", "value"),
            **self._form(resource),
        )
        return {"arn": made["stateMachineArn"], "name": resource.name}

    def update(self, aws: Aws, resource: StateMachine, values: Values) -> Values:
        client, arn = aws.client("stepfunctions"), values["arn"]
        patient(aws, client.update_state_machine, _LATER, stateMachineArn=arn, **self._form(resource))
        client.tag_resource(resourceArn=arn, tags=pairs(resource.tags, "key", "value"))
        return {"arn": arn, "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        for arn in (values["arn"], resumer_of(values["arn"])):  # the second where a run was ever resumed
            gone(aws.client("stepfunctions").delete_state_machine, stateMachineArn=arn)

    def _form(self, resource: StateMachine) -> dict[str, Any]:
        logging: dict[str, Any] = {"level": resource.level, "includeExecutionData": resource.execution_data}
        if resource.level != "OFF":
            group = f"{resource.log_group}:*"
            logging["destinations"] = [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]
        form: dict[str, Any] = {
            "definition": resource.text,
            "roleArn": resource.role,
            "loggingConfiguration": logging,
            "tracingConfiguration": {"enabled": resource.tracing},
        }
        if resource.kms_key:
            form["encryptionConfiguration"] = {
                "type": "CUSTOMER_MANAGED_KMS_KEY",
                "kmsKeyId": resource.kms_key,
            }
        return form


def running(aws: Aws, values: Values) -> int:
    """How many runs of a machine are open (at most a thousand are counted)."""
    found = gone(
        aws.client("stepfunctions").list_executions,
        stateMachineArn=values["arn"],
        statusFilter="RUNNING",
        maxResults=1000,
    )
    return len(found["executions"]) if found else 0
