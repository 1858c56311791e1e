"""What the wrapper costs in Lambda: `python -m benchmarks.coldstart`.

From a folder with just what a Lambda package has of Ladle and of a task, bytecode too, in clean interpreters
that see nothing else but installed packages. Beside it stands a bare handler with the same Powertools
utilities for the same lines: a logger with the call's keys, a line at the end, metrics.

Columns: milliseconds to import, microseconds of a warm call. Both are processor time, which what else the
machine does changes least (nothing here waits for a disk or a network), and the least of many tries, those of
both kinds in turn. Then the bytes that Ladle has in a package. With `--check`, ends with 1 when the wrapper
costs more than it may.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ladle.deploy.bytecode import compiled
from ladle.deploy.package import runtime_files

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
began = time.process_time()
if sys.argv[1] == "bare":
    from bare import handler
else:
    from ladle.runtime.entry import handler
imported = time.process_time() - began
run = "arn:aws:states:eu-central-1:123456789012:execution:w:2013-01-01-7f3a41"
event = {"args": {"a": 1, "b": 2}, "ladle": {"run": run, "root": run, "step": "add", "retry": 0, "redrive": 0,
         "trigger": "", "entered": "2013-01-01T00:00:00.000Z", "keep": {}}}
shown, sys.stdout = os.dup(1), open(os.devnull, "w")
os.dup2(sys.stdout.fileno(), 1)
for name in ("logging",):
    for one in __import__(name).getLogger("service").handlers:
        one.setStream(sys.stdout)
handler(event, None)
best = 1.0
for _ in range(15):
    began = time.process_time()
    for _ in range(200):
        handler(event, None)
    best = min(best, (time.process_time() - began) / 200)
os.write(shown, json.dumps([imported * 1000, best * 1e6]).encode())
"""


def package(folder: Path) -> int:
    """Make the folder what a package is; gives the bytes of Ladle in it, sources and bytecode."""
    files = {path: file.read_bytes() for path, file in runtime_files().items()}
    own = {"jobs.py": TASK.encode(), "bare.py": BARE.encode()}
    for path, data in {**files, **own}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    bytecode = compiled({path: folder / path for path in [*files, *own]}, folder)
    of_ladle = [path for path in [*files, *bytecode] if path.startswith("ladle/")]
    return sum((folder / path).stat().st_size for path in of_ladle)


def measured(kind: str, folder: Path) -> tuple[float, float]:
    """Milliseconds to import, and microseconds of a warm call, in one interpreter."""
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-B",
            "-c",
            MEASURE,
            kind,
            str(folder),
            sysconfig.get_paths()["purelib"],
        ],
        env={
            "LADLE_TASK": "jobs:add",
            "LADLE_APP": "bench",
            "LADLE_VALUES": "s3://bucket/dev/values",
            "POWERTOOLS_SERVICE_NAME": "service",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    imports, call = json.loads(done.stdout)
    return imports, call


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tries", type=int, default=15, help="interpreters started for each (default 15)")
    parser.add_argument("--check", action="store_true", help="end with 1 when it costs more than it may")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        size = package(folder)
        tries = [(measured("bare", folder), measured("ladle", folder)) for _ in range(given.tries)]
    bare, ours = (_least(each) for each in zip(*tries, strict=True))
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
    modules = len(runtime_files())
    print(
        f"\nLadle in each function's package: {modules} modules, {size:,} bytes unpacked, bytecode included"
    )
    if given.check and (more[0] > MOST_IMPORT_MS or more[1] > MOST_CALL_US):
        sys.exit(1)


def _least(tries: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return min(imports for imports, _ in tries), min(call for _, call in tries)


if __name__ == "__main__":
    main()
