"""The engines that are compared, and how to get them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / ".ladle" / "peers"


@dataclass(frozen=True)
class Peer:
    """One engine. `packages` are installed into a folder of their own; none means Ladle's own environment."""

    name: str
    adapter: str
    languages: tuple[str, ...] = ("jsonpath", "jsonata")
    style: str = "optimized"
    packages: tuple[str, ...] = ()
    node: bool = False
    note: str = ""

    @property
    def home(self) -> Path:
        return PEERS / self.name

    @property
    def installed(self) -> bool:
        if self.node:
            return (self.home / "node_modules" / "node" / "bin" / "node").exists()
        return not self.packages or (self.home / "bin" / "python").exists()

    @property
    def command(self) -> list[str]:
        """What starts the worker: it reads a job as JSON and prints the answer."""
        folder = Path(__file__).parent
        if self.node:
            node = self.home / "node_modules" / "node" / "bin" / "node"
            return [str(node), str(folder / "adapters" / f"{self.adapter}.mjs")]
        python = str(self.home / "bin" / "python") if self.packages else sys.executable
        return [python, str(folder / "worker.py")]

    def install(self) -> None:
        """Puts the peer's packages into its folder under `.ladle/peers`."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.node:
            subprocess.run(["npm", "init", "--yes"], cwd=self.home, check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["npm", "install", "--silent", *self.packages], cwd=self.home, check=True)
        elif self.packages:
            subprocess.run([sys.executable, "-m", "venv", str(self.home)], check=True)
            pip = [str(self.home / "bin" / "python"), "-m", "pip", "install", "--quiet"]
            subprocess.run([*pip, *self.packages], check=True)


PEERS_BY_NAME = {
    peer.name: peer
    for peer in (
        Peer("ladle", "ladle", note="full history"),
        Peer(
            "moto", "moto_sfn", note="given a JSONata evaluator and functions in process; polled each 20 ms"
        ),
        Peer(
            "ministack",
            "ministack_server",
            packages=("ministack[full]==1.5.33", "boto3"),
            note="a server of its own, waits scaled to 0; polled each 20 ms",
        ),
        Peer(
            "sfnx",
            "sfnx_testing",
            languages=("jsonata",),
            packages=("sfnx==3.1.0", "jsonata-python==0.7.1"),
            note="sfnx.testing: no history",
        ),
        Peer(
            "alsf",
            "alsf",
            languages=("jsonpath",),
            style="direct",
            packages=("aws-local-stepfunctions@3.0.0", "node@22"),
            node=True,
            note="aws-local-stepfunctions on Node.js: no history, JSONPath only, waits overridden",
        ),
    )
}
