"""Bytecode beside the sources of a package, so that a cold start does not compile them.

Lambda's file system is read-only: Python would compile every module that it imports at every cold start, and
keep nothing.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

__all__ = ["compiled"]

_CHECKED: Final = (0b11).to_bytes(4, "little")
"""The flags of bytecode that Python compares with the hash of the source before it uses it (PEP 552)."""

_COMPILE: Final = """
import json, py_compile, sys
for source, target, path in json.load(sys.stdin):
    try:
        # With assertions, however the deployment itself is run.
        py_compile.compile(source, target, path, doraise=True, optimize=0,
                           invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    except py_compile.PyCompileError:
        pass
"""
"""Run in an interpreter of its own: which strings another program has at hand changes the bytes."""


def compiled(files: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """The bytecode of the Python files among these, by its path in the package, after writing it to `folder`.

    `files` are by their path in the package. The bytecode is for the Python that runs here, which is the one
    that Chalice deploys to; any other takes the source, and so does this one where the source was edited
    since. What cannot be compiled has none: its error belongs to whoever imports it. The same files give the
    same bytes, so if any is out of date, all are written again.
    """
    sources = {path: file for path, file in files.items() if path.endswith(".py")}
    targets = {path: folder / _inside(path) for path in sources}
    if not all(_is_of(targets[path], file) for path, file in sources.items()):
        wanted = [(str(file), str(targets[path]), path) for path, file in sources.items()]
        for target in targets.values():
            target.unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", _COMPILE], input=json.dumps(wanted), text=True, check=True
        )
    return {_inside(path): target for path, target in targets.items() if target.is_file()}


def _inside(path: str) -> str:
    """Where Python looks for a module's bytecode (PEP 3147), beside the module."""
    place = PurePosixPath(path)
    return str(place.parent / "__pycache__" / f"{place.stem}.{sys.implementation.cache_tag}.pyc")


def _is_of(target: Path, source: Path) -> bool:
    """Whether the bytecode is there, and was made from what is in the source now."""
    if not target.is_file():
        return False
    head = importlib.util.MAGIC_NUMBER + _CHECKED + importlib.util.source_hash(source.read_bytes())
    return target.read_bytes().startswith(head)
