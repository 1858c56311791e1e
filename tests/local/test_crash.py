"""A process that dies in the middle of a run leaves a readable store; the run is marked as interrupted."""

import os
import signal
import subprocess
import sys

from ladle.local.owner import Owner, is_alive
from ladle.local.store import Store

RUNNING = """
import sys, time
from pathlib import Path
from ladle.local.store import Store
store = Store(Path(sys.argv[1]))
store.begin(id="day-7f3a41", workflow="daily", arn="a", input={}, created=1, started=1, definition="{}")
store.append([("day-7f3a41", [{"id": 1, "type": "ExecutionStarted", "timestamp": 1, "previousEventId": 0}])])
print("ready", flush=True)
time.sleep(60)
"""


def running(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNING, str(folder)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_killed_process_leaves_its_run_interrupted(tmp_path):
    """`kill -9` in the middle: what was written is there, and nobody takes the run for a running one."""
    process = running(tmp_path)
    with Store(tmp_path) as store:
        assert store.find("day-7f3a41").status == "RUNNING"
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Store(tmp_path) as store:
        record = store.find("day-7f3a41")
        assert (record.status, record.cause) == ("INTERRUPTED", "The process that drove this run went away.")
        assert [event["type"] for event in store.events("day-7f3a41")] == ["ExecutionStarted"]
        assert store.counts() == {"daily": {"INTERRUPTED": 1}}
    assert list((tmp_path / "owners").iterdir()) == []


def test_a_live_process_keeps_its_runs(tmp_path):
    """Opening the store elsewhere changes nothing about a run that goes on."""
    process = running(tmp_path)
    try:
        for _ in range(2):
            with Store(tmp_path) as store:
                assert store.find("day-7f3a41").status == "RUNNING"
    finally:
        process.kill()
        process.wait()


def test_an_owner_is_alive_until_it_is_closed(tmp_path):
    """The lock, not the process id, tells."""
    owner = Owner(tmp_path)
    assert is_alive(tmp_path, owner.name)
    owner.close()
    assert not is_alive(tmp_path, owner.name)
    assert not is_alive(tmp_path, "1-never")
