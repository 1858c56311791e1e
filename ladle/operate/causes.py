"""What a failure really was: the same for runs here, for runs on AWS and for alerts."""

from ladle.runtime.causes import Failure, failure_of

__all__ = ["Failure", "failure_of"]
