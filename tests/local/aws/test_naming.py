"""Services, members and exceptions are spelled as Step Functions spells them."""

from __future__ import annotations

import doctest

import pytest

from ladle.local.aws import functions
from ladle.services import naming
from ladle.services.naming import botocore_service, exception, pascal


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("MD5OfMessageBody", "Md5OfMessageBody"),
        ("ETag", "ETag"),
        ("stateMachineArn", "StateMachineArn"),
        ("Secrets Manager", "SecretsManager"),
        ("SFN", "Sfn"),
        ("S3", "S3"),
        ("EC2", "Ec2"),
        ("KMS", "Kms"),
    ],
)
def test_the_second_sdk_s_camel_case(name: str, spelled: str) -> None:
    """Acronyms count as words."""
    assert pascal(name) == spelled


def test_exceptions() -> None:
    """Every error is an Exception."""
    assert exception("NoSuchBucket") == "NoSuchBucketException"
    assert exception("DBInstanceNotFoundFault") == "DBInstanceNotFoundException"
    assert exception("ConditionalCheckFailedException") == "ConditionalCheckFailedException"


def test_every_renamed_service_exists() -> None:
    """The table of renamed services leads to services that botocore has."""
    import botocore.session

    available = tuple(botocore.session.get_session().get_available_services())
    assert all(found in available for found in naming._RENAMED.values())
    assert botocore_service("sfn", available) == "stepfunctions"
    assert botocore_service("cognitoidentityprovider", available) == "cognito-idp"
    assert botocore_service("emrserverless", available) == "emr-serverless"
    assert botocore_service("nosuchservice", available) is None
    assert all(optimized.service in available for optimized in naming.OPTIMIZED.values())


def test_the_examples_in_the_docstrings_hold() -> None:
    """Run as they stand."""
    for module in (naming, functions):
        assert doctest.testmod(module).failed == 0
