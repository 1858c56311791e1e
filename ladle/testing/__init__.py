"""What tests of workflows use: `plain_run` runs one as plain Python and keeps its calls, `mock_stepfunctions`
lets boto3's Step Functions run on the engine, `work_off` is a worker for activities there."""

from ladle.plain import CallRecord, pass_time
from ladle.testing.activities import work_off
from ladle.testing.plain import PlainRun, plain_run
from ladle.testing.stepfunctions import mock_stepfunctions

__all__ = ["CallRecord", "PlainRun", "mock_stepfunctions", "pass_time", "plain_run", "work_off"]
