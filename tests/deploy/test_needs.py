"""What a task's function may do because of what its declaration asks."""

from __future__ import annotations

from ladle import Parameter, Pool, Secret, task
from ladle.deploy import needs
from ladle.deploy.resources import Table
from ladle.deploy.stage import Stage

CLAIMS = Table(logical="ladle-claims", name="app-prod-claims", hash_key="id", expires="expires")
STAGE = Stage("prod", "infra/prod.toml", secrets={"stripe": "prod/stripe"})


@task
def plain() -> None: ...


@task(idempotent=True, pool=Pool("till", 2))
def charge(key: str = Secret("stripe"), url: str = Parameter("/till/url")) -> None: ...


def test_a_task_that_asks_for_nothing_gets_nothing() -> None:
    """Neither permission nor variable."""
    assert needs.of(plain, STAGE, CLAIMS) == ((), {})


def test_a_task_reaches_its_own_documents_and_exactly_its_secrets() -> None:
    """Not the claims of alerts, no other pool, no other secret."""
    statements, variables = needs.of(charge, STAGE, CLAIMS)
    table, secret, parameter = statements
    assert table.actions == ("dynamodb:GetItem", "dynamodb:PutItem")
    assert table.condition == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["call/*", "pool/till"]}}
    assert secret.resources == (
        "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:prod/stripe-??????",
    )
    assert parameter.resources == (
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/till/url",
    )
    assert variables == {
        "LADLE_CLAIMS": "app-prod-claims",
        "LADLE_SOURCES": '{"secret":{"stripe":"prod/stripe"}}',
    }
