"""The reference implementation of JSONata, the version that Step Functions documents, as an oracle for tests.

One Node process evaluates all expressions of a test session. The package `jsonata@2.0.6` is installed into
a cache folder when it is first wanted (`LADLE_JSONATA_JS` names another folder that has
`node_modules/jsonata`). Where there is no Node or no registry, `oracle()` raises :class:`Unavailable` with
the reason; tests then skip, visibly.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ladle.jsonata import UNDEFINED

__all__ = ["JsError", "JsonataJs", "Unavailable", "oracle"]

VERSION: Final = "2.0.6"

PROGRAM: Final = r"""
const jsonata = require("jsonata");
const crypto = require("crypto");
// What Step Functions adds.
const added = {
  hash: (text, name) => crypto.createHash(name.replace("-", "").toLowerCase()).update(text).digest("hex"),
  parse: JSON.parse,
  partition: (items, size) => {
    const parts = [];
    for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
    return parts;
  },
  uuid: crypto.randomUUID,
};
const compiled = new Map();
function compile(text) {
  let found = compiled.get(text);
  if (!found) {
    if (compiled.size > 5000) compiled.clear();
    found = jsonata(text);
    for (const [name, value] of Object.entries(added)) found.assign(name, value);
    compiled.set(text, found);
  }
  return found;
}
// What leaves a state: Step Functions writes infinities as texts.
const write = (key, value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
let rest = "", working = Promise.resolve();
async function answer(line) {
  const { text, bindings } = JSON.parse(line);
  let reply;
  try {
    const value = await compile(text).evaluate(undefined, bindings);
    reply = value === undefined ? { undefined: true } : { value };
    if (typeof value === "function" || (value && value._jsonata_lambda)) reply = { undefined: true };
  } catch (error) {
    reply = { code: String(error.code || error.name), message: String(error.message) };
  }
  process.stdout.write(JSON.stringify(reply, write) + "\n");
}
process.stdin.setEncoding("utf8");
process.stdin.on("data", chunk => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) working = working.then(() => answer(line));
});
"""


class Unavailable(Exception):
    """Node or the package cannot be had here."""


class JsError(Exception):
    """The expression failed. `code` is JSONata's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class JsonataJs:
    """A running Node process with jsonata 2.0.6."""

    def __init__(self, folder: Path) -> None:
        node = shutil.which("node")
        if node is None:
            raise Unavailable("node is not installed")
        self._process = subprocess.Popen(
            [node, "--stack-size=4000", "-e", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            text=True,
            encoding="utf-8",
        )
        self._lock = threading.Lock()
        atexit.register(self.close)

    def evaluate(self, text: str, bindings: Mapping[str, Any]) -> Any:
        """Evaluate `text` with the variables bound, and no input. Raises JsError; gives UNDEFINED for no
        value."""
        (reply,) = self.evaluate_all([(text, bindings)])
        if isinstance(reply, JsError):
            raise reply
        return reply

    def evaluate_all(self, jobs: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        """Evaluate many expressions at once; where one fails, its JsError stands for the value."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._lock:
            for text, bindings in jobs:
                stdin.write(json.dumps({"text": text, "bindings": bindings}) + "\n")
            stdin.flush()
            lines = [stdout.readline() for _ in jobs]
        if lines and not lines[-1]:
            raise Unavailable(f"node ended with status {self._process.poll()}")
        return [_value(json.loads(line, parse_int=_number)) for line in lines]

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait(timeout=10)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _value(reply: Any) -> Any:
    if "code" in reply:
        return JsError(reply["code"], reply["message"])
    return UNDEFINED if "undefined" in reply else reply["value"]


def _number(digits: str) -> int | float:
    """A number without a point: past 2**53 the digits are those of a double, padded with zeros."""
    value = int(digits)
    return value if abs(value) <= 2**53 else float(digits)


@functools.cache
def oracle() -> JsonataJs:
    """The oracle of this process. Raises Unavailable, with the reason."""
    return JsonataJs(_folder())


def _folder() -> Path:
    """The folder with `node_modules/jsonata` of the wanted version."""
    given = os.environ.get("LADLE_JSONATA_JS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(given) if given else cache / "ladle" / f"jsonata-{VERSION}"
    if _installed(folder) == VERSION:
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", fresh, f"jsonata@{VERSION}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            raise Unavailable("npm gave no answer in 60 s") from None
        if done.returncode:
            raise Unavailable(f"npm install failed: {done.stderr.strip()[-300:]}")
        if _installed(folder) != VERSION:
            shutil.copytree(fresh, folder, dirs_exist_ok=True)
    return folder


def _installed(folder: Path) -> str:
    manifest = folder / "node_modules" / "jsonata" / "package.json"
    return str(json.loads(manifest.read_text())["version"]) if manifest.exists() else ""
