"""The page's modules are typed in comments, strictly."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def test_the_modules_type_check() -> None:
    """As `tsc` sees them; nothing is built with it."""
    compiler = shutil.which("tsc")
    if compiler is None:
        pytest.skip("no TypeScript: npm install -g typescript")
    project = Path(__file__).with_name("tsconfig.json")
    told = subprocess.run([compiler, "-p", str(project)], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout
