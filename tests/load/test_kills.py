"""A local process killed at any instant leaves a store that opens, and runs that can be read."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from ladle.local.store import Store
from ladle.operate.records import ENDED

KILLS = int(os.environ.get("KILLS", "8"))

WORKING = """
import sys
from pathlib import Path
from ladle.engine import Engine, TaskSucceeded, compile_machine
from ladle.local.recorder import Recorder
from ladle.local.store import Store
import ladle.local.recorder as recorder

recorder.EVERY_SECONDS = 0.001   # so that a kill meets writing more often than not

class Runner:
    def start(self, call, done):
        done(TaskSucceeded(call.arguments))

machine = compile_machine('''{
  "StartAt": "each",
  "States": {"each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "one", "States": {
    "one": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "End": true}}}}}
}''', name="m")
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    number += 1
    run = f"run-{sys.argv[2]}-{number}"
    keeper = Recorder(store, run, 0, {"kind": "input"})
    engine = Engine(Runner(), listener=keeper)
    engine.run(engine.start(machine, list(range(50)), name=run))
    keeper.close()
"""


def test_a_killed_process_leaves_a_sound_store(tmp_path: Path) -> None:
    """Whatever it was writing: the file is sound, each run is whole or interrupted, each history a beginning
    of the whole, and counts agree with runs."""
    chance = random.Random(1)
    for number in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WORKING, str(tmp_path), str(number)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with sqlite3.connect(next(tmp_path.glob("*.db"))) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Store(tmp_path) as store:
        runs = store.runs(limit=1_000_000)
        assert {run.status for run in runs} <= set(ENDED)
        for run in runs:
            events = list(store.events(run.id))
            assert [event["id"] for event in events] == list(range(1, len(events) + 1))
            if run.status == "SUCCEEDED":
                assert (run.output, events[-1]["type"]) == (list(range(50)), "ExecutionSucceeded")
            store.definition(run.id)
        counted = store.counts().get("m", {})
        assert counted == {
            status: sum(run.status == status for run in runs) for status in {run.status for run in runs}
        }
        assert sum(counted.values()) >= 1
