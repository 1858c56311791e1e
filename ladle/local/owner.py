"""Which process drives a run, in a way that survives `kill -9`.

A process that runs workflows holds an operating-system lock on a file of its own under `.ladle/owners/`
for as long as it lives. The system drops the lock when the process ends, however it ends: a run in the
state RUNNING whose owner's file can be locked by somebody else has been interrupted. Process ids alone
would not do: they are used again, and mean nothing across containers that share a folder.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import IO

__all__ = ["Owner", "is_alive"]


class Owner:
    """This process's claim on the runs that it drives; `name` is what the store keeps."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._path = folder / self.name
        self._file: IO[bytes] | None = self._path.open("wb")
        if not _lock(self._file):  # a fresh name: only a broken file system gets here
            raise OSError(f"cannot lock {self._path}")

    def close(self) -> None:
        """Give the claim up."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._path.unlink(missing_ok=True)


def is_alive(folder: Path, name: str) -> bool:
    """Whether the process behind an owner's name still runs. Removes the file of one that does not."""
    path = folder / name
    try:
        with path.open("r+b") as file:
            if not _lock(file):
                return True
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    return False


if os.name == "nt":  # pragma: no cover - exercised on Windows only
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
