"""Running a recorded run again, here: the workflow for real, with the results that its tasks gave then."""

from ladle.local.replay.cases import SUFFIX, Case, case_of, read_case, run_case
from ladle.local.replay.code import definitions_at, definitions_of
from ladle.local.replay.compare import Difference
from ladle.local.replay.live import go_on
from ladle.local.replay.play import Replayed, replay

__all__ = [
    "SUFFIX",
    "Case",
    "Difference",
    "Replayed",
    "case_of",
    "definitions_at",
    "definitions_of",
    "go_on",
    "read_case",
    "replay",
    "run_case",
]
