"""Deploying to an AWS that fails: however often it stops half-way, the next one goes on with it."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import boto3

from tests.deploy.conftest import REGION, Deployment, copied, empty_account
from tests.load.faults import faults

SEEDS = range(int(os.environ.get("DEPLOYS", "1")))


def names(stage: str) -> Counter[str]:
    """What there is in the account, by kind and name."""
    found: Counter[str] = Counter()

    def count(service: str, operation: str, listed: str, name: str) -> None:
        for page in boto3.client(service, region_name=REGION).get_paginator(operation).paginate():
            found.update(f"{service} {each[name]}" for each in page[listed] if stage in each[name])

    count("lambda", "list_functions", "Functions", "FunctionName")
    count("stepfunctions", "list_state_machines", "stateMachines", "name")
    count("iam", "list_roles", "Roles", "RoleName")
    count("scheduler", "list_schedules", "Schedules", "Name")
    count("sns", "list_topics", "Topics", "TopicArn")
    count("events", "list_rules", "Rules", "Name")
    return found


def deployed(deployment: Deployment) -> int:
    """Deploy until it succeeds; how often that took."""
    for attempt in range(1, 40):
        if deployment.chalice("deploy", "--stage", "dev", fails=True).exit_code == 0:
            return attempt
    raise AssertionError("forty deploys failed")


def test_a_deploy_goes_on_where_it_stopped(tmp_path: Any) -> None:
    """The account ends as after a deploy without a fault, nothing is left to change, and deleting, with
    faults, too, leaves nothing."""
    with copied(tmp_path / "calm") as root, empty_account():
        calm = Deployment(root)
        assert deployed(calm) == 1
        wanted = names("dev")
    attempts = 0
    for seed in SEEDS:
        with copied(tmp_path / str(seed)) as root, empty_account():
            deployment = Deployment(root)
            with faults(0.2, seed=seed) as found:
                attempts += deployed(deployment)
                assert found.counts["unanswered"] > 5
            assert names("dev") == wanted
            with faults(0.2, seed=100 + seed):
                for _ in range(40):
                    if deployment.chalice("delete", "--stage", "dev", fails=True).exit_code == 0:
                        break
            assert not +names("dev")
    assert attempts > len(SEEDS), "no deploy stopped half-way: there are too few faults"
