"""Plain execution: a workflow called as the Python function it is.

Time is virtual, every argument and result passes the wire as it would in the cloud, and declared retries
apply. What cannot be had in one thread is not pretended: calls that would overlap follow each other in source
order.
"""

from ladle.plain.clock import VirtualClock
from ladle.plain.execution import PlainExecution, Session, call, pass_time
from ladle.plain.record import CallRecord

__all__ = ["CallRecord", "PlainExecution", "Session", "VirtualClock", "call", "pass_time"]
