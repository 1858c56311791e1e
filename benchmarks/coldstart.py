"""What the wrapper costs in Lambda: `python -m benchmarks.coldstart`.

From a folder with just what a Lambda package has of Ladle, in clean interpreters that see nothing else but
installed packages. Beside it stands a bare handler with the same Powertools utilities for the same lines:
a logger with the call's keys, a line at the end, metrics. Columns: milliseconds to import (best of several
interpreters), microseconds of a warm call (best of several rounds). Then the bytes that Ladle has in a
package. With `--check`, ends with 1 when the wrapper costs more than it may.
"""

from __future__ import annotations

import argparse
import compileall
import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ladle.deploy.package import runtime_modules

MOST_IMPORT_MS: Final = 15.0
MOST_CALL_US: Final = 60.0

TASK: Final = '''
from ladle import task

@task
def add(a: int, b: int) -> int:
    """Adds."""
    return a + b
'''

BARE: Final = """
import json, os
from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics(namespace="bare")

def handler(event, context):
    call = event["ladle"]
    logger.clear_state()
    logger.append_keys(run=call["run"], step=call["step"], attempt=call["retry"] + 1, workflow="w")
    result = event["args"]["a"] + event["args"]["b"]
    for name, unit in (("duration", "Milliseconds"), ("attempts", "Count"), ("failures", "Count"),
                       ("payload", "Bytes")):
        metrics.add_metric(name=name, unit=unit, value=1)
    metrics.add_dimension(name="task", value="add")
    metrics.add_metadata(key="run", value=call["run"])
    logger.info("task succeeded", extra={"task": "add", "seconds": 0.001})
    metrics.flush_metrics()
    return result
"""

MEASURE: Final = """
import json, os, sys, time
sys.path[:0] = sys.argv[2:]
began = time.perf_counter()
if sys.argv[1] == "bare":
    from bare import handler
else:
    from ladle.runtime.entry import handler
imported = time.perf_counter() - began
run = "arn:aws:states:eu-central-1:123456789012:execution:w:2013-01-01-7f3a41"
event = {"args": {"a": 1, "b": 2}, "ladle": {"run": run, "root": run, "step": "add", "retry": 0, "redrive": 0,
         "entered": "2013-01-01T00:00:00.000Z"}}
shown, sys.stdout = os.dup(1), open(os.devnull, "w")
os.dup2(sys.stdout.fileno(), 1)
for name in ("logging",):
    for one in __import__(name).getLogger("service").handlers:
        one.setStream(sys.stdout)
handler(event, None)
best = 1.0
for _ in range(15):
    began = time.perf_counter()
    for _ in range(200):
        handler(event, None)
    best = min(best, (time.perf_counter() - began) / 200)
os.write(shown, json.dumps([imported * 1000, best * 1e6, sorted(sys.modules)]).encode())
"""


def package(folder: Path) -> int:
    """Make the folder what a package is; gives the bytes of Ladle in it."""
    size = 0
    for name, file in runtime_modules().items():
        inside = name.replace(".", "/") + ("/__init__.py" if file.name == "__init__.py" else ".py")
        (folder / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / inside)
        size += file.stat().st_size
    (folder / "jobs.py").write_text(TASK, encoding="utf-8")
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    compileall.compile_dir(folder, quiet=2)
    return size


def measured(kind: str, folder: Path, tries: int) -> tuple[float, float]:
    """Milliseconds to import, and microseconds of a warm call."""
    site = sysconfig.get_paths()["purelib"]
    found: list[list[Any]] = []
    for _ in range(tries):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", MEASURE, kind, str(folder), site],
            env={"LADLE_TASK": "jobs:add", "LADLE_APP": "bench", "POWERTOOLS_SERVICE_NAME": "service"},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
    return min(each[0] for each in found), min(each[1] for each in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tries", type=int, default=7, help="interpreters started for each (default 7)")
    parser.add_argument("--check", action="store_true", help="end with 1 when it costs more than it may")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        size = package(folder)
        bare = measured("bare", folder, given.tries)
        ours = measured("ladle", folder, given.tries)
    print("| | import | warm call |")
    print("|---|---|---|")
    for label, (imports, call) in (
        ("bare handler with Powertools", bare),
        ("the same as a Ladle task", ours),
    ):
        print(f"| {label} | {imports:.1f} ms | {call:.0f} µs |")
    more = ours[0] - bare[0], ours[1] - bare[1]
    print(f"| more | {more[0]:+.1f} ms | {more[1]:+.0f} µs |")
    print(f"| may be | {MOST_IMPORT_MS:.0f} ms | {MOST_CALL_US:.0f} µs |")
    print(f"\nLadle in each function's package: {len(runtime_modules())} modules, {size:,} bytes unpacked")
    if given.check and (more[0] > MOST_IMPORT_MS or more[1] > MOST_CALL_US):
        sys.exit(1)


if __name__ == "__main__":
    main()
