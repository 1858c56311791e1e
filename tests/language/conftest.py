"""The fixture that reads workflows written in tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.written import Language


@pytest.fixture
def language(tmp_path: Path) -> Language:
    return Language(tmp_path)
