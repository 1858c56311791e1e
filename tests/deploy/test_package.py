"""What travels to Lambda: all that a task needs, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ladle.deploy.assemble import assemble
from ladle.deploy.chalice.building import build
from ladle.deploy.package import contents, runtime_modules
from ladle.deploy.stage import load_stage
from ladle.deploy.weighing import provide, weigh
from ladle.errors import LadleError
from ladle.project import Project
from tests.deploy.conftest import ROOT, Deployment

INVOKE = """
import json, sys
sys.path[:0] = sys.argv[1:3]
before = set(sys.modules)
from importlib import import_module
module, _, name = sys.argv[3].rpartition(".")
handler = getattr(import_module(module), name)
try:
    answer = {"result": handler(json.loads(sys.argv[4]), None)}
except Exception as error:
    answer = {"error": type(error).__name__, "message": str(error)}
print(json.dumps({**answer, "modules": sorted(set(sys.modules) - before)}))
"""


def unpacked(package: Path, folder: Path) -> tuple[Path, Path]:
    """The package in an empty folder, and beside it what Lambda's Python brings along."""
    zipfile.ZipFile(package).extractall(folder / "task")
    (folder / "sdk").mkdir()
    provide(folder / "sdk")
    return folder / "task", folder / "sdk"


def invoked(folders: tuple[Path, Path], handler: str, event: Any, **environment: str) -> dict[str, Any]:
    """What a handler answers in a Python that sees only these folders and the standard library."""
    place = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-central-1", **environment}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", INVOKE, *map(str, folders), handler, json.dumps(event)],
        cwd=folders[0],
        env=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # before it: what it logged
    return answer


def test_every_function_runs_from_the_package_alone(deployment: Deployment, tmp_path: Path) -> None:
    """In an empty folder: each handler is imported and invoked, and loads nothing it should not."""
    built = build(deployment.root, "dev")
    folders = unpacked(built.path, tmp_path)
    functions = [each for each in built.assembly.resources if each.kind == "function"]
    assert len(functions) > 9
    for function in functions:
        answer = invoked(folders, function.handler, {"args": {}}, **function.environment)
        loaded = {name.partition(".")[0] for name in answer["modules"]}
        assert not loaded & {"chalice", "app", "statemachines", "moto", "jlens", "click"}, function.name
        rooms = {name.split(".")[1] for name in answer["modules"] if name.startswith("ladle.")}
        assert rooms <= {"declare", "errors", "runtime", "value", "wire"}, function.name
        # The event is wrong on purpose: each handler says so in its own words, after it has loaded its task.
        assert answer["error"] != "ImportError", answer
        if function.handler == "ladle.runtime.entry.handler":
            assert "WireError" in answer["message"], answer
            assert function.environment["LADLE_TASK"].partition(":")[0] in answer["modules"]
        else:
            assert answer["error"] == "LadleError", answer


def test_a_task_gives_its_result_from_the_package_alone(deployment: Deployment, tmp_path: Path) -> None:
    """A whole call: arguments decoded, the task called, its result encoded."""
    folders = unpacked(build(deployment.root, "dev").path, tmp_path)
    event = {
        "args": {"scheduled_for": "2013-02-01T06:00:00Z", "last_day": 2},
        "ladle": {"run": "arn:x", "step": "s"},
    }
    answer = invoked(
        folders,
        "ladle.runtime.entry.handler",
        event,
        LADLE_TASK="functions.months:days_before",
        LANDING_BUCKET="b",
    )
    assert answer["result"]["files"], answer


def test_the_project_file_says_what_starts_what(deployment: Deployment) -> None:
    """The starter knows the workflows from a generated file: types of the input, triggers, machine, topic."""
    with zipfile.ZipFile(build(deployment.root, "dev").path) as archive:
        document = json.loads(archive.read("ladle_project.json"))
    daily = document["workflows"]["daily_delays"]
    assert daily["machine"] == "nyc-flights-dev-daily_delays"
    assert daily["schema"]["required"] == ["bucket", "key"]
    assert daily["triggers"] == [
        {"kind": "S3Upload", "bucket": "nyc-flights-landing-dev", "prefix": "flights/", "suffix": ".csv"}
    ]
    assert daily["topic"].endswith(":nyc-flights-ops-dev")


@pytest.mark.parametrize("layered", [False, True])
def test_every_change_makes_a_new_package(deployment: Deployment, layered: bool) -> None:
    """Of a file's text, of its name alone, and of a data file; with `automatic_layer` and without."""
    if layered:
        config = deployment.root / ".chalice" / "config.json"
        config.write_text(json.dumps({**json.loads(config.read_text()), "automatic_layer": True}))
    seen = [build(deployment.root, "dev").path.name]
    data = deployment.root / "functions" / "rates.csv"
    data.write_text("EUR,1.0\n")
    seen.append(build(deployment.root, "dev").path.name)
    data.rename(data.with_name("renamed.csv"))
    seen.append(build(deployment.root, "dev").path.name)
    deployment.edit("functions/storage.py", "import csv", "import csv  # changed")
    found = build(deployment.root, "dev").path
    seen.append(found.name)
    assert len(set(seen)) == 4
    names = zipfile.ZipFile(found).namelist()
    assert "functions/renamed.csv" in names
    assert "functions/rates.csv" not in names
    data.with_name("renamed.csv").unlink()
    (deployment.root / "functions" / "__pycache__").mkdir(exist_ok=True)
    (deployment.root / "functions" / "__pycache__" / "x.pyc").write_bytes(b"x")
    deployment.edit("functions/storage.py", "import csv  # changed", "import csv")
    assert build(deployment.root, "dev").path.name == seen[0]


def wheel(folder: Path, name: str, version: str, files: dict[str, bytes], requires: str = "") -> None:
    """A wheel made by hand."""
    info = f"{name}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        archive.writestr(f"{info}/METADATA", head + needs)
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


@pytest.mark.parametrize("layered", [False, True])
def test_a_project_that_installs_ladle_from_its_wheel(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layered: bool
) -> None:
    """pip brings the whole of Ladle: what a task needs of it is packed once, and nothing else of it."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    own = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in (ROOT / "ladle").rglob("*.py")
        if "__pycache__" not in path.parts
    }
    wheel(wheels, "ladle", "0.1.0", own, "aws-lambda-powertools")
    silent = b"class Logger:\n    def __getattr__(self, name):\n        return lambda *_, **__: None\n"
    wheel(wheels, "aws_lambda_powertools", "3.20.0", {"aws_lambda_powertools/__init__.py": silent})
    (deployment.root / "requirements.txt").write_text("ladle==0.1.0\n")
    config = deployment.root / ".chalice" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "automatic_layer": layered}))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    built = build(deployment.root, "dev")
    names = [name for path in (built.path, built.layer) if path for name in zipfile.ZipFile(path).namelist()]
    assert len(names) == len(set(names))
    prefix = f"python/lib/python3.{sys.version_info.minor}/site-packages/" if layered else ""
    assert f"{prefix}aws_lambda_powertools/__init__.py" in names
    shipped = {name for name in names if "ladle/" in name and name.endswith(".py")}
    assert shipped == {path for path in contents(built.assembly).files if path.startswith("ladle/")}
    folders = unpacked(built.path, tmp_path)
    answer = invoked(
        folders, "ladle.runtime.entry.handler", {"args": {}}, LADLE_TASK="functions.flights:load_day"
    )
    assert "WireError" in answer["message"]


def test_the_runtime_is_a_small_part_of_ladle() -> None:
    """No room of the compiler, the engine or the command line is reachable from it."""
    rooms = {name.split(".")[1] for name in runtime_modules() if "." in name}
    assert rooms == {"declare", "errors", "runtime", "value", "wire"}


def test_the_contents_are_the_same_every_time(project: Path) -> None:
    """Byte for byte: what is generated has no time and no order of a set in it."""
    loaded = Project.load(project)
    found = [contents(assemble(loaded, load_stage(project, "dev"), "nyc-flights")) for _ in range(2)]
    assert found[0] == found[1]
    assert list(found[0].files) == sorted(found[0].files)


def test_the_package_stays_small(deployment: Deployment) -> None:
    """What Ladle adds to a project's own files and requirements, about half of it bytecode."""
    built = build(deployment.root, "dev")
    tasks = {each.name: f"{each.module}:{each.name}" for each in built.assembly.project.tasks.values()}
    weight = weigh([built.path], tasks, tries=1)
    assert weight.zipped < 450_000
    assert weight.unpacked < 950_000
    assert set(weight.imports) == {"functions.flights", "functions.months", "functions.reports"}


def test_what_the_package_lacks_is_found(deployment: Deployment) -> None:
    """A module that is installed here, and that no requirement brings to Lambda."""
    deployment.edit("functions/storage.py", "import csv", "import csv\nimport chalice")
    built = build(deployment.root, "dev")
    with pytest.raises(LadleError, match=r"functions\.flights:load_day cannot be imported from the package"):
        weigh([built.path], {"load_day": "functions.flights:load_day"}, tries=1)
