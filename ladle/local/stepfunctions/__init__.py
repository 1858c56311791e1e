"""The Step Functions API on Ladle's engine, in process: `StepFunctions` is the service, `open_door` puts it
behind moto's endpoint, so that boto3 reaches it."""

from ladle.local.stepfunctions.api import StepFunctions
from ladle.local.stepfunctions.door import open_door
from ladle.local.stepfunctions.errors import ApiError

__all__ = ["ApiError", "StepFunctions", "open_door"]
