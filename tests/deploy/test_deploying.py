"""The whole of `chalice deploy`, against an AWS in memory."""

from __future__ import annotations

from tests.deploy.conftest import Deployment


def test_a_stage_is_deployed(deployment: Deployment) -> None:
    """Every task is a function, every workflow a machine."""
    result = deployment.chalice("deploy", "--stage", "dev")
    print(result.output)
    machines = deployment.client("stepfunctions").list_state_machines()["stateMachines"]
    assert [each["name"] for each in machines] == [
        "nyc-flights-dev-daily_delays",
        "nyc-flights-dev-monthly_report",
    ]
