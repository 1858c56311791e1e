"""How heavy a Lambda package is: its size, and what importing it costs a cold start."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ladle.errors import LadleError

__all__ = ["PROVIDED", "Weight", "provide", "weigh"]

PROVIDED: Final = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
"""What Lambda's Python brings along: the AWS SDK and what that needs."""

LARGEST_UNPACKED: Final = 250 * 1024 * 1024
"""The most that a function's code and layers may have, unpacked (Lambda quotas)."""

_IMPORT: Final = """
import sys, time
began = time.perf_counter()
sys.path[:0] = sys.argv[1:]
import ladle.runtime.entry
print(time.perf_counter() - began)
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """Sizes in bytes; `imports` is the time to import each task's module with the runtime, in seconds."""

    zipped: int
    unpacked: int
    files: int
    imports: Mapping[str, float]

    @property
    def fits(self) -> bool:
        """Whether Lambda takes it, unpacked."""
        return self.unpacked <= LARGEST_UNPACKED


def weigh(packages: Iterable[Path], tasks: Mapping[str, str], tries: int = 3) -> Weight:
    """Unpack into an empty folder, and import from there what each function imports.

    `tasks` are the references (`module:name`) by name; of several tasks in one module one is measured. The
    time is the best of `tries`, on this machine. Raises LadleError when a module cannot be imported.
    """
    zipped = unpacked = files = 0
    imports: dict[str, float] = {}
    with TemporaryDirectory() as folder, TemporaryDirectory() as provided:
        provide(Path(provided))
        for path in packages:
            zipped += path.stat().st_size
            with zipfile.ZipFile(path) as archive:
                unpacked += sum(each.file_size for each in archive.infolist())
                files += len(archive.infolist())
                archive.extractall(folder)
        layers = [str(each) for each in Path(folder).glob("python/lib/*/site-packages")]
        for reference in sorted({ref.partition(":")[0]: ref for ref in tasks.values()}.values()):
            times = [_imported([folder, *layers, provided], reference) for _ in range(tries)]
            imports[reference.partition(":")[0]] = min(times)
    return Weight(zipped, unpacked, files, imports)


def provide(folder: Path) -> None:
    """Put into a folder what Lambda's Python brings along, as far as it is installed here."""
    for name in PROVIDED:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin:
            origin = Path(spec.origin)
            target = origin.parent if origin.name == "__init__.py" else origin
            (folder / target.name).symlink_to(target)


def _imported(folders: list[str], reference: str) -> float:
    # -I and -S: nothing that is installed here, so that what the package lacks is missed.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _IMPORT, *folders],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LADLE_TASK": reference},
    )
    if done.returncode:
        raise LadleError(f"{reference} cannot be imported from the package:\n{done.stderr.rstrip()}")
    return float(done.stdout)
