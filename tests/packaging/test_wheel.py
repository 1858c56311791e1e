"""The wheel installs into an empty environment, and works outside of the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCAFFOLD = ROOT / "ladle" / "cli" / "scaffold"


def run(*command: str | Path, folder: Path) -> str:
    """A command's output; fails with all that it said."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the repository."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, folder=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """With the scaffold of new projects, the pages of the error codes, and the files of the page."""
    names = zipfile.ZipFile(wheel).namelist()
    held = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    expected = {
        f"ladle/cli/scaffold/{path.relative_to(SCAFFOLD).as_posix()}" for path in SCAFFOLD.rglob("*.txt")
    }
    expected |= {f"ladle/cli/errors/{path.name}" for path in (ROOT / "docs" / "errors").glob("*.md")}
    expected |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "ladle").rglob("*.py")}
    expected |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "ladle").rglob("py.typed")}
    assets = ROOT / "ladle" / "web" / "assets"
    expected |= {path.relative_to(ROOT).as_posix() for path in assets.rglob("*") if path.is_file()}
    assert "ladle/web/assets/index.html" in expected
    assert expected - held == set()
    assert {name.split("/")[0] for name in held} == {"ladle"}


@pytest.mark.slow
def test_a_project_begun_with_the_installed_wheel_runs(wheel: Path, tmp_path: Path) -> None:
    """Made, checked, compiled, run and tested, as its README says."""
    environment = tmp_path / "venv"
    run(sys.executable, "-m", "venv", environment, folder=tmp_path)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    pip = (binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, f"{wheel}[dev]", "pytest", folder=tmp_path)
    ladle = binaries / "ladle"
    where = run(binaries / "python", "-c", "import ladle; print(ladle.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(environment)
    run(ladle, "new", "demo", folder=tmp_path)
    demo = tmp_path / "demo"
    assert "no problems in 1 workflow" in run(ladle, "check", folder=demo)
    run(ladle, "compile", folder=demo)
    run(ladle, "compile", "--check", folder=demo)
    shown = run(ladle, "run", "word_count", "--event", "s3://landing/texts/rose.txt", folder=demo)
    assert "s3://reports/texts/rose.json" in shown
    assert "An argument is missing" in run(ladle, "explain", "L203", folder=demo)
    assert "2 passed" in run(binaries / "pytest", folder=demo)
