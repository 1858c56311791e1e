"""`CASES=2000 SEED=7 python -m tests.fuzz`: random workflows, until so many were compared, each with many inputs.
`EXPRESSIONS=50000` compares so many expressions alone instead.

`MOTO=n` runs n inputs of each on moto too (6; 0 for none). `JOBS=n` works in n processes. `SECONDS=n` ends it after
that time. `STORED=1` stores all of every result that the workflow does not read itself, and passes references (see
`ladle.runtime.values`). Prints each disagreement, made small; exits with 1 if there was one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from tests.fuzz.campaign import MOTO, Tally, campaign
from tests.fuzz.dense import Expressed, expression_campaign
from tests.oracles.storing import everything_stored


def main() -> int:
    cases, seed = int(os.environ.get("CASES", "500")), os.environ.get("SEED", "0")
    seconds = float(os.environ.get("SECONDS", "inf"))
    moto, jobs = int(os.environ.get("MOTO", MOTO)), int(os.environ.get("JOBS", "1"))
    warnings.simplefilter("ignore", SyntaxWarning)  # of programs on the way to a smaller one
    tally: Tally | Expressed = Tally()
    shown = 0
    storing = everything_stored() if os.environ.get("STORED") == "1" else nullcontext()
    began = time.monotonic()
    expressions = int(os.environ.get("EXPRESSIONS", "0"))
    tallies: Iterator[Tally | Expressed]
    with tempfile.TemporaryDirectory() as folder, storing:
        if expressions:
            tallies = expression_campaign(seed, expressions, Path(folder))
        else:
            tallies = campaign(seed, cases, Path(folder), moto=moto, jobs=jobs)
        for tally in tallies:
            for case in tally.found[shown:]:
                print(case, flush=True)
            shown = len(tally.found)
            print(tally, file=sys.stderr, flush=True)
            if time.monotonic() - began > seconds:
                break
    print(f"SEED={seed}: {tally} ({time.monotonic() - began:.0f} s)")
    return bool(tally.found)


if __name__ == "__main__":
    sys.exit(main())
