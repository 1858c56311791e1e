"""A package carries bytecode: on Lambda's read-only file system every cold start would compile it again."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from ladle.deploy.bytecode import compiled
from tests.deploy.conftest import Deployment
from tests.deploy.test_package import build, unpacked

TAG = sys.implementation.cache_tag

IMPORTED = """
import importlib.machinery as machinery, json, os, sys
seen = []
class Loader(machinery.SourceFileLoader):
    def source_to_code(self, data, path, **options):
        seen.append(os.path.relpath(path))
        return super().source_to_code(data, path, **options)
hook = machinery.FileFinder.path_hook((Loader, machinery.SOURCE_SUFFIXES))
sys.path_hooks.insert(0, hook)
sys.path[:0] = sys.argv[1:3]
import functions.months, ladle.runtime.entry, ladle.runtime.starter, ladle.runtime.alerts
print(json.dumps([seen, functions.months.days_before.function.__code__.co_filename]))
"""
"""Imports what a package has, and tells which files had to be compiled for it."""


def imported(folder: Path) -> list[str]:
    """The files that Python compiles when it imports from an unpacked package, on a read-only file system."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", IMPORTED, str(folder / "task"), str(folder / "sdk")],
        cwd=folder / "task",
        capture_output=True,
        text=True,
        check=True,
    )
    seen, filename = json.loads(done.stdout)
    assert filename == str(folder / "task" / "functions" / "months.py")  # tracebacks name where it really is
    return [path for path in seen if not path.startswith("..")]


def test_nothing_of_a_package_is_compiled_at_a_cold_start(deployment: Deployment, tmp_path: Path) -> None:
    """Neither Ladle nor the project's functions: their bytecode travels."""
    package = build(deployment.root, "dev").path
    names = zipfile.ZipFile(package).namelist()
    sources = [name for name in names if name.startswith(("ladle/", "functions/")) and name.endswith(".py")]
    assert len(sources) > 60
    for name in sources:
        folder, _, module = name.removesuffix(".py").rpartition("/")
        assert f"{folder}/__pycache__/{module}.{TAG}.pyc" in names
    unpacked(package, tmp_path)
    assert imported(tmp_path) == []


def test_an_edited_source_counts(deployment: Deployment, tmp_path: Path) -> None:
    """Somebody who edits a function in Lambda's console gets what is written there."""
    unpacked(build(deployment.root, "dev").path, tmp_path)
    source = tmp_path / "task" / "functions" / "months.py"
    source.write_text(source.read_text() + "\nEDITED = True\n")
    assert imported(tmp_path) == ["functions/months.py"]


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    """Otherwise every deployment would be a new package. Also after a change that was taken back."""
    source = tmp_path / "functions" / "jobs.py"
    source.parent.mkdir()
    files = {"functions/jobs.py": source, "functions/codecs.py": Path(json.codecs.__file__)}
    seen: list[dict[str, bytes]] = []
    for text in ("WORDS = {'a', 'b', 'c d'}\n", "WORDS = 'c d' in ('e',)\n", "WORDS = {'a', 'b', 'c d'}\n"):
        source.write_text(text)
        found = compiled(files, tmp_path / "bytecode")
        seen.append({path: file.read_bytes() for path, file in found.items()})
    assert list(seen[0]) == [f"functions/__pycache__/{name}.{TAG}.pyc" for name in ("jobs", "codecs")]
    assert seen[0] == seen[2]
    assert seen[0] != seen[1]
    assert {path: file.read_bytes() for path, file in compiled(files, tmp_path / "other").items()} == seen[0]
    assert str(tmp_path).encode() not in b"".join(seen[0].values()), "names this machine's folders"


def test_what_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    """A deployment without a change compiles nothing."""
    source = tmp_path / "jobs.py"
    source.write_text("N = 1\n")
    [target] = compiled({"jobs.py": source}, tmp_path / "bytecode").values()
    before = target.stat().st_mtime_ns
    assert list(compiled({"jobs.py": source}, tmp_path / "bytecode")) == [f"__pycache__/jobs.{TAG}.pyc"]
    assert target.stat().st_mtime_ns == before


def test_what_cannot_be_compiled_travels_as_it_is(tmp_path: Path) -> None:
    """A template that is no Python, for instance; what was compiled of it before does not travel any more."""
    source = tmp_path / "template.py"
    source.write_text("N = 1\n")
    assert len(compiled({"functions/template.py": source}, tmp_path / "bytecode")) == 1
    source.write_text("N = {{ n }}}\n")
    assert compiled({"functions/template.py": source}, tmp_path / "bytecode") == {}


def test_other_files_have_no_bytecode(tmp_path: Path) -> None:
    """Data travels as it is."""
    (tmp_path / "rates.csv").write_text("EUR,1.0\n")
    assert compiled({"functions/rates.csv": tmp_path / "rates.csv"}, tmp_path / "bytecode") == {}
