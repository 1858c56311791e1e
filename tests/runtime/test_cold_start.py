"""What a Lambda function loads before its first call: as little as there can be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from benchmarks.coldstart import package

ROOT = Path(__file__).parents[2]
OTHERS = [
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "chalice",
    "click",
    "jlens",
    "moto",
    "pydantic",
    "rich",
]
ROOMS = [
    "asl",
    "cli",
    "compiler",
    "deploy",
    "engine",
    "jsonata",
    "local",
    "operate",
    "plain",
    "project",
    "testing",
]
HEAVY = {*OTHERS, *(f"ladle.{room}" for room in ROOMS)}


LOADED = {
    "ladle",
    "ladle.declare",
    "ladle.declare.checks",
    "ladle.declare.declared",
    "ladle.declare.execution",
    "ladle.declare.options",
    "ladle.declare.reading",
    "ladle.declare.retries",
    "ladle.declare.secrets",
    "ladle.declare.small",
    "ladle.declare.tasks",
    "ladle.declare.tokens",
    "ladle.errors",
    "ladle.runtime",
    "ladle.runtime.aws",
    "ladle.runtime.entry",
    "ladle.runtime.envelope",
    "ladle.runtime.failures",
    "ladle.runtime.invocation",
    "ladle.runtime.logs",
    "ladle.runtime.measures",
    "ladle.runtime.observation",
    "ladle.runtime.traces",
    "ladle.runtime.values",
    "ladle.value",
    "ladle.wire",
    "ladle.wire.annotations",
    "ladle.wire.codec",
    "ladle.wire.doors",
    "ladle.wire.errors",
    "ladle.wire.schema",
    "ladle.wire.shapes",
    "ladle.wire.unions",
}
"""What the handler of a plain task loads, besides what a bare one with Powertools does: nothing else may."""


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import ladle",
        "import ladle.runtime",
        "import ladle.wire",
        "import ladle\n@ladle.task\ndef f(n: int) -> int: return n\n"
        "import ladle.runtime as r; assert r.invoke(f, {'args': {'n': 1}}) == 1",
    ],
)
def test_nothing_heavy_is_loaded(statement: str) -> None:
    """Neither by the import nor by a first call."""
    assert sorted(loaded_by(statement) & HEAVY) == []


def test_a_task_file_loads_no_triggers_and_no_codec() -> None:
    """They come with their first use."""
    assert not {name for name in loaded_by("from ladle import Retry, task") if name.startswith("ladle.wire")}


def test_the_entry_imports_the_task_beforehand(tmp_path: Path) -> None:
    """While Lambda initialises: the task's module, the codec, the task's types, the logger."""
    (tmp_path / "jobs.py").write_text("import ladle\n@ladle.task\ndef double(n: int) -> int: return 2 * n\n")
    code = (
        "import sys, ladle.runtime.entry as e\n"
        "assert {'jobs', 'ladle.wire', 'aws_lambda_powertools'} <= set(sys.modules)\n"
        "print(e.handler({'args': {'n': 4}}, None))"
    )
    environment = {**os.environ, "LADLE_TASK": "jobs:double", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "8"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a task, a bare handler, and what a package has of Ladle."""
    folder = tmp_path_factory.mktemp("package")
    package(folder)
    return folder


def in_package(folder: Path, code: str, **environment: str) -> list[str]:
    """What a fresh interpreter prints, as JSON, that sees only the package and what is installed."""
    path = [str(folder), sysconfig.get_paths()["purelib"]]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", f"import json, sys\nsys.path[:0] = {path}\n{code}"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


MODULES = "print(json.dumps(sorted(sys.modules)))"


def test_the_wrapper_loads_nothing_but_its_own_few_modules(packed: Path) -> None:
    """Beside a bare handler with the same Powertools: each module costs, the least of them 0.07 ms."""
    bare = set(in_package(packed, f"import bare\n{MODULES}")) - {"bare"}
    ours = set(in_package(packed, f"import ladle.runtime.entry\n{MODULES}", LADLE_TASK="jobs:add"))
    assert sorted(ours - bare - LOADED) == ["jobs"]
    assert sorted(LOADED - ours) == [], "no longer loaded: take it off the list"


def test_no_class_of_them_is_a_dataclass(packed: Path) -> None:
    """Each would compile its methods at every cold start, for a third of a millisecond: `ladle.value`."""
    code = (
        "import ladle.runtime.entry\n"
        "print(json.dumps([f'{name}.{found}' for name, module in sys.modules.items()\n"
        "    if name.startswith('ladle') for found, value in vars(module).items()\n"
        "    if hasattr(value, '__dataclass_fields__')]))"
    )
    assert in_package(packed, code, LADLE_TASK="jobs:add") == []


def test_a_call_loads_no_more(packed: Path) -> None:
    """What is optional waits for its first use: stored values, traces, the task's own metrics, pools."""
    event = {"args": {"a": 1, "b": 2}, "ladle": {"run": "r", "root": "r", "step": "s", "keep": {}}}
    code = (
        "from ladle.runtime.entry import handler\nbefore = set(sys.modules)\n"
        f"assert handler({event}, None) == 3\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    values = {"LADLE_TASK": "jobs:add", "LADLE_VALUES": "s3://bucket/values"}
    assert in_package(packed, code, **values) == []


def test_a_traced_call_loads_no_sdk(packed: Path) -> None:
    """A datagram to X-Ray's daemon needs a socket, and nothing of AWS or Powertools besides."""
    event = {"args": {"a": 1, "b": 2}, "ladle": {"run": "r", "root": "r", "step": "s"}}
    code = (
        "from ladle.runtime.entry import handler\nbefore = set(sys.modules)\n"
        f"assert handler({event}, None) == 3\n"
        "print(json.dumps(sorted({n.partition('.')[0] for n in set(sys.modules) - before})))"
    )
    traced = {
        "LADLE_TASK": "jobs:add",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    }
    found = in_package(packed, code, **traced)
    assert "socket" in found
    assert set(found) <= {"socket", "_socket", "array", "select", "selectors"}


def test_the_benchmark_runs() -> None:
    """As documented, from the repository's root."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.coldstart", "--tries", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "| the same as a Ladle task |" in done.stdout
