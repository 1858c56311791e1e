"""What a task declares is what its function may do; names of the stage are resolved."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.deploy.policies import Statement, task_statements, trust_policy
from ladle.deploy.policies.trust import SERVICES
from ladle.errors import LadleError

NAMES = {"landing": "landing-prod", "ops": "arn:aws:sns:eu-central-1:123456789012:ops"}


def resolve(name: str) -> str:
    """The stage's names."""
    if name not in NAMES:
        raise LadleError(f"no {name}")
    return NAMES[name]


def statement(allow: Any) -> Statement:
    """The statement of one declaration."""
    [found] = task_statements([allow], resolve, "task 'load_day'")
    return found


@pytest.mark.parametrize(
    ("allow", "expected"),
    [
        (
            "s3:GetObject arn:aws:s3:::${landing}/*",
            Statement(("s3:GetObject",), ("arn:aws:s3:::landing-prod/*",)),
        ),
        (
            "s3:GetObject,s3:PutObject arn:${AWS::Partition}:s3:::${landing}/x",
            Statement(("s3:GetObject", "s3:PutObject"), ("arn:${AWS::Partition}:s3:::landing-prod/x",)),
        ),
        ("sns:Publish ${ops}", Statement(("sns:Publish",), (NAMES["ops"],))),
        ("states:SendTaskSuccess *", Statement(("states:SendTaskSuccess",), ("*",))),
        (
            {
                "Action": "s3:ListBucket",
                "Resource": "arn:aws:s3:::${landing}",
                "Condition": {"Bool": {"a": "b"}},
            },
            Statement(("s3:ListBucket",), ("arn:aws:s3:::landing-prod",), {"Bool": {"a": "b"}}),
        ),
        (
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:a", "arn:b"]},
            Statement(("s3:GetObject",), ("arn:a", "arn:b")),
        ),
    ],
)
def test_declarations(allow: Any, expected: Statement) -> None:
    """As a text, or as IAM has it."""
    assert statement(allow) == expected


@pytest.mark.parametrize(
    ("allow", "message"),
    [
        ("s3:GetObject", "write actions, a blank and an ARN"),
        ("s3:GetObject *", "s3:GetObject takes an ARN: name the resource instead of `\\*`"),
        ("s3:* arn:aws:s3:::b", "s3:\\* is everything that the service can do"),
        ("* arn:aws:s3:::b", "'\\*' is no action"),
        ("GetObject arn:aws:s3:::b", "'GetObject' is no action"),
        ("s3:GetObject bucket", "'bucket' is no ARN"),
        ("s3:GetObject arn:aws:s3:::${lading}", "no lading"),
        ({"Action": "s3:GetObject"}, "write Action, Resource"),
        ({"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:a"}, "write Action, Resource"),
        ({"NotAction": "s3:GetObject", "Action": "a:B", "Resource": "arn:a"}, "write Action, Resource"),
        (7, "write a text"),
    ],
)
def test_what_is_too_much_or_no_permission_is_refused(allow: Any, message: str) -> None:
    """Naming the task."""
    with pytest.raises(LadleError, match=message) as caught:
        statement(allow)
    assert "load_day" in str(caught.value) or "lading" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "service"),
    [
        ("function", "lambda.amazonaws.com"),
        ("machine", "states.amazonaws.com"),
        ("schedule", "scheduler.amazonaws.com"),
        ("rule", "events.amazonaws.com"),
    ],
)
def test_a_role_trusts_the_one_service_that_acts_for_its_kind(kind: str, service: str) -> None:
    """Emulators accept any, AWS does not."""
    policy = trust_policy(kind)
    [found] = policy["Statement"]
    assert (policy["Version"], found["Effect"], found["Action"]) == ("2012-10-17", "Allow", "sts:AssumeRole")
    assert found["Principal"] == {"Service": service}
    if kind != "function":
        assert found["Condition"]["StringEquals"] == {"aws:SourceAccount": "${AWS::AccountId}"}


def test_every_kind_with_a_role_is_known() -> None:
    """A kind that is not is an error, not a role that trusts Lambda."""
    assert len(SERVICES) == 4
    with pytest.raises(KeyError):
        trust_policy("queue")
