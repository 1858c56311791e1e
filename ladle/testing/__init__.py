"""What tests of workflows use: `plain_run` runs one as plain Python and keeps its calls."""

from ladle.plain import CallRecord, pass_time
from ladle.testing.plain import PlainRun, plain_run

__all__ = ["CallRecord", "PlainRun", "pass_time", "plain_run"]
