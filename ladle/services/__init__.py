"""AWS services as Step Functions names and types them, read from botocore's models.

Which services and actions there are, what an action takes and gives, which errors it has: `models` finds
them, `types` puts their shapes into those of the wire, `calls` says which integration a call of an action is.
Nothing here makes a call, and nothing here is loaded in Lambda.
"""

from __future__ import annotations

from ladle.services.calls import Integration, Unknown, integration_of
from ladle.services.models import (
    Service,
    actions_of,
    base_error,
    errors_of,
    nearest_name,
    service_named,
    service_of_prefix,
)
from ladle.services.types import AwsRecord

__all__ = [
    "AwsRecord",
    "Integration",
    "Service",
    "Unknown",
    "actions_of",
    "base_error",
    "errors_of",
    "integration_of",
    "nearest_name",
    "service_named",
    "service_of_prefix",
]
