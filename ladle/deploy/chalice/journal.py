"""The record of a deploy, written as the plan goes.

Chalice writes `.chalice/deployed/<stage>.json` after the whole plan ran: a deploy that fails half-way is
forgotten, and a deletion that fails once fails ever after. The journal keeps the same file true after each
step, so that the next deploy picks up where this one stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Journal"]


class Journal:
    """The record file of one stage, by the name of each resource."""

    def __init__(self, path: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self.path = path
        self.entries: dict[str, dict[str, Any]] = {name: dict(entry) for name, entry in entries.items()}

    @classmethod
    def of(cls, config: Any) -> Journal:
        """The journal of a Chalice configuration's stage, with what the last deploy recorded."""
        path = Path(config.project_dir) / ".chalice" / "deployed" / f"{config.chalice_stage}.json"
        deployed = config.deployed_resources(config.chalice_stage)
        names = deployed.resource_names() if deployed is not None else []
        return cls(path, {name: deployed.resource_values(name) for name in names})

    def note(self, entry: Mapping[str, Any]) -> None:
        """A resource is now as `entry` says, which has its `name`."""
        if self.entries.get(entry["name"]) != entry:
            self.entries[entry["name"]] = dict(entry)
            self._write()

    def drop(self, name: str) -> None:
        """A resource is gone."""
        if self.entries.pop(name, None) is not None:
            self._write()

    def _write(self) -> None:
        document = {"resources": list(self.entries.values()), "schema_version": "2.0", "backend": "api"}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".json.tmp")
        beside.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        os.replace(beside, self.path)
