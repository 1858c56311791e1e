"""Which variables each state reads: DescribeStateMachine's `variableReferences`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ladle.asl.model import walk
from ladle.asl.sites import assigned_names, assigns, sites, variables_read

__all__ = ["variable_references"]


def variable_references(definition: Mapping[str, Any]) -> dict[str, list[str]]:
    """State name to the variables its own fields read, sorted; states that read none are left out."""
    found: dict[str, list[str]] = {}
    visits = list(walk(definition))
    assigned = {name for visit in visits for _, value in assigns(visit) for name in assigned_names(value)}
    for visit in visits:
        names = {read.name for site in sites(visit) for read in variables_read(site, assigned)}
        if names:
            found[visit.name] = sorted(names)
    return found
