"""Running a recorded run again, here: the workflow for real, with the results that its tasks gave then."""

from ladle.local.replay.compare import Difference
from ladle.local.replay.play import Replayed, machine_of, replay

__all__ = ["Difference", "Replayed", "machine_of", "replay"]
