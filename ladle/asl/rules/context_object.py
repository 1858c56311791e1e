"""The context object (`$$`, `$states.context`): which of its fields exist where."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ladle.asl.integrations import CALL, PLACEHOLDER, parse_resource
from ladle.asl.intrinsics import IntrinsicError, parse_intrinsic, paths_of
from ladle.asl.model import Visit
from ladle.asl.paths import PathError, parse_path
from ladle.asl.problems import Problem
from ladle.asl.queries import OPEN, expression_in, scan_query
from ladle.asl.rules.context import Context
from ladle.asl.sites import Form, Site, sites

__all__ = ["check_context_object"]

_FIELDS = {
    "Execution": frozenset({"Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"}),
    "State": frozenset({"EnteredTime", "Name", "RetryCount"}),
    "StateMachine": frozenset({"Id", "Name"}),
    "Task": frozenset({"Token"}),
    "Map": frozenset({"Item"}),
}
"""The developer guide's "Accessing execution data from the Context object"."""


def check_context_object(context: Context) -> Iterator[Problem]:
    """Names that exist; Task only where a task waits, Map only in or inside a Map."""
    for visit in context.visits:
        for site in sites(visit):
            for path, within in _context_paths(site):
                yield from _path(path, within, site, visit)


def _context_paths(site: Site) -> Iterator[tuple[tuple[str, ...], tuple[int, int] | None]]:
    """The context fields that an expression reads, as names from the context object's root."""
    if site.form is Form.QUERY:
        expression = expression_in(site.text)
        for read in scan_query(expression).variables if expression is not None else ():
            if read.name == "states" and read.path[:1] == ("context",):
                yield read.path[1:], (read.start + len(OPEN), read.end + len(OPEN))
        return
    try:
        whole = site.text.startswith("$")
        paths = [parse_path(site.text)] if whole else list(paths_of(parse_intrinsic(site.text)))
    except (PathError, IntrinsicError):
        return  # reported for what it is
    for path in paths:
        if path.root == "$$":
            names: list[str] = []
            for step in path.steps:
                if not isinstance(step, str):
                    break
                names.append(step)
            yield tuple(names), None


def _path(
    path: tuple[str, ...], within: tuple[int, int] | None, site: Site, visit: Visit
) -> Iterator[Problem]:
    if not path:
        return
    name = path[0]
    if name not in _FIELDS or (len(path) > 1 and path[1] not in _FIELDS[name]):
        wrong, known = (name, list(_FIELDS)) if name not in _FIELDS else (path[1], sorted(_FIELDS[name]))
        close = get_close_matches(wrong, known, 1, 0.6)
        yield Problem(
            "A915",
            site.pointer,
            f"the context object has no field {'.'.join(path[:2])!r}",
            f"did you mean {close[0]!r}?" if close else f"there is {', '.join(known)}",
            within=within,
        )
    elif name == "Task" and not _has_token(visit):
        yield Problem(
            "A915",
            site.pointer,
            "there is a task token only in a Task that waits (.sync, .waitForTaskToken)",
            "append .waitForTaskToken to Resource",
            within=within,
        )
    elif name == "Map" and visit.type != "Map" and not _inside_map(visit):
        yield Problem(
            "A915",
            site.pointer,
            "the context object has Map only in a Map and inside it",
            "read it in a Map's ItemSelector",
            within=within,
        )


def _has_token(visit: Visit) -> bool:
    """Recorded: a task that waits for a job (.sync) has a token too."""
    resource = visit.state.get("Resource")
    if not isinstance(resource, str):
        return False
    return parse_resource(resource).pattern != CALL or PLACEHOLDER.search(resource) is not None


def _inside_map(visit: Visit) -> bool:
    owner = visit.scope.owner
    while owner is not None and owner.type != "Map":
        owner = owner.scope.owner
    return owner is not None
