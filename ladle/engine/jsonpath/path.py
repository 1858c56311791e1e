"""JSONPath as Step Functions reads it: parsed once, compiled to closures.

The dialect is that of Jayway's JsonPath (https://github.com/json-path/JsonPath), which the error texts
of Step Functions show to be underneath, with two roots of its own: `$$`, the context object, and
`$name`, a variable. A *definite* path (names, single indexes) gives one value or fails; any other gives
a list, empty where nothing matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, TypeAlias

from ladle.engine.jsonpath.functions import FUNCTIONS
from ladle.engine.jsonpath.steps import (
    Descend,
    Filter,
    Function,
    Indexes,
    Names,
    Slice,
    Step,
    Wildcard,
    bracketed,
    dotted,
    is_definite,
    parse_steps,
)
from ladle.engine.jsonpath.text import InvalidPath, Scanner, compact
from ladle.engine.scope import JSON, MISSING, Scope, context_getter

__all__ = ["CompiledPath", "InvalidPath", "PathNotFound", "parse_path", "split_root"]


class PathNotFound(Exception):
    """A definite path that leads nowhere. The message is Jayway's: what is missing, and where."""


MAX_FOUND: Final = 1_000_000
"""Values that a path may select on its way: `..` after `..` selects the same ones again and again."""

Find: TypeAlias = Callable[[JSON], JSON]
Read: TypeAlias = Callable[[Scope], JSON]


@dataclass(frozen=True, slots=True)
class CompiledPath:
    """A path ready to run.

    `text` is the source; `root` is "$", "$$" or a variable's name; `definite` tells whether it gives one
    value. `find(document)` gives the value under the root's value, `read(scope)` finds the root's value too;
    both raise PathNotFound, where `get(scope)` gives MISSING. `reference` holds the steps of a reference
    path (names and single indexes only), else None.
    """

    text: str
    root: str
    definite: bool
    find: Find
    read: Read
    get: Read
    reference: tuple[str | int, ...] | None

    def base(self, scope: Scope) -> JSON:
        """Return what the root stands for: the document, the context object, or a variable (or MISSING)."""
        if self.root == "$":
            return scope.document
        if self.root == "$$":
            return scope.context
        return scope.variables.get(self.root, MISSING)


def _reader(root: str, steps: tuple[Step, ...], find: Find) -> Read:
    """Return what reads a path out of a scope."""
    if root == "$":
        return lambda scope: find(scope.document)
    if root == "$$":
        return _context_reader(steps, find)

    def read_variable(scope: Scope) -> JSON:
        base = scope.variables.get(root, MISSING)
        if base is MISSING:
            raise PathNotFound(f"The variable ${root} is not set")
        return find(base)

    return read_variable


def _getter(root: str, reference: tuple[str | int, ...] | None, read: Read) -> Read:
    """Return what reads a path and gives MISSING where it leads nowhere; short paths without detours."""
    if root == "$" and reference == ():
        return attrgetter("document")
    if root == "$" and reference is not None and len(reference) == 1 and isinstance(reference[0], str):
        only = reference[0]

        def get_field(scope: Scope) -> JSON:
            document = scope.document
            return document.get(only, MISSING) if type(document) is dict else MISSING

        return get_field
    if root != "$$" and root != "$" and reference == ():
        return lambda scope: scope.variables.get(root, MISSING)

    def get(scope: Scope) -> JSON:
        try:
            return read(scope)
        except PathNotFound:
            return MISSING

    return get


def _context_reader(steps: tuple[Step, ...], find: Find) -> Read:
    """Read from the context object, building no more of it than the path needs."""
    reference = _reference(steps) or ()
    get, taken = context_getter(tuple(step for step in reference if isinstance(step, str)))
    if not taken or not all(isinstance(step, str) for step in reference[:taken]):
        return lambda scope: find(scope.context)
    rest = _find(steps[taken:])

    def read(scope: Scope) -> JSON:
        value = get(scope)
        return find(scope.context) if value is MISSING else rest(value)

    return read


def split_root(text: str) -> tuple[str, int]:
    """Return the root of a path ("$", "$$" or a variable's name) and where its steps begin.

    Raises InvalidPath for a text that does not begin with `$`.
    """
    if not text.startswith("$"):
        raise InvalidPath(text, 0, "a path begins with $, $$ or $variable")
    if text.startswith("$$"):
        return "$$", 2
    end = 1
    while end < len(text) and text[end] not in ".[":
        end += 1
    name = text[1:end]
    if name and not name.isidentifier():
        raise InvalidPath(text, 1, f"{name!r} is not a variable's name")
    return name or "$", end


def parse_path(text: str) -> CompiledPath:
    """Parse and compile `text`. Raises InvalidPath with the place and the reason."""
    root, start = split_root(text)
    steps = tuple(parse_steps(Scanner(text, start), _relative_path))
    definite = all(is_definite(step, last=index == len(steps) - 1) for index, step in enumerate(steps))
    find = _find(steps)
    read = _reader(root, steps, find)
    reference = _reference(steps)
    return CompiledPath(text, root, definite, find, read, _getter(root, reference, read), reference)


def _find(steps: tuple[Step, ...]) -> Find:
    reference = _reference(steps)
    if reference is not None and all(isinstance(step, str) for step in reference):
        return _names_only(tuple(step for step in reference if isinstance(step, str)))
    if not all(is_definite(step, last=index == len(steps) - 1) for index, step in enumerate(steps)):
        return _indefinite(steps)
    return _definite(steps) if reference is None else _one_place(reference, _definite(steps))


def _reference(steps: tuple[Step, ...]) -> tuple[str | int, ...] | None:
    flat: list[str | int] = []
    for step in steps:
        if isinstance(step, Names) and len(step.names) == 1:
            flat.append(step.names[0])
        elif isinstance(step, Indexes) and len(step.indexes) == 1:
            flat.append(step.indexes[0])
        else:
            return None
    return tuple(flat)


def _relative_path(scan: Scanner) -> Callable[[JSON, JSON], JSON]:
    """Parse `@.a.b` or `$.a.b` inside a filter: (item, root) to the value, MISSING where there is none."""
    from_root = scan.accept("$")
    if not from_root:
        scan.expect("@")
    steps: list[Step] = []
    while scan.peek() in (".", "["):
        if scan.accept(".."):
            steps.append(Descend())
            if scan.peek() != "[":
                steps.append(dotted(scan))
        elif scan.accept("."):
            name = scan.name()
            steps.append(Function(name) if name in FUNCTIONS and scan.accept("()") else Names((name,)))
        else:
            steps.append(bracketed(scan, _relative_path))
    fixed = tuple(steps)
    if all(is_definite(step, last=False) for step in fixed):
        find = _definite(fixed)
    else:
        find = _indefinite(fixed)

    def read(item: JSON, root: JSON) -> JSON:
        try:
            return find(root if from_root else item)
        except PathNotFound:
            return MISSING

    return read


# --- definite paths


def _names_only(names: tuple[str, ...]) -> Find:
    if not names:
        return lambda document: document

    if len(names) == 1:
        only = names[0]

        def find_one(document: JSON) -> JSON:
            if type(document) is dict:
                value = document.get(only, MISSING)
                if value is not MISSING:
                    return value
            raise _not_found(document, (only,))

        return find_one

    def find(document: JSON) -> JSON:
        value = document
        for name in names:
            if type(value) is not dict or name not in value:
                raise _not_found(document, names)
            value = value[name]
        return value

    return find


def _one_place(steps: tuple[str | int, ...], explain: Find) -> Find:
    """Follow names and indexes; where that fails, `explain` takes the same way and says why."""

    def find(document: JSON) -> JSON:
        value = document
        for step in steps:
            if isinstance(step, str):
                if type(value) is not dict or step not in value:
                    return explain(document)
                value = value[step]
            elif type(value) is list and -len(value) <= step < len(value):
                value = value[step]
            else:
                return explain(document)
        return value

    return find


def _not_found(document: JSON, names: tuple[str, ...]) -> PathNotFound:
    """Say in Jayway's words why `names` lead nowhere in `document`."""
    value, walked = document, "$"
    for position, name in enumerate(names):
        if type(value) is not dict:
            return _not_an_object(Names((name,)), walked, value)
        walked += f"['{name}']"
        if name not in value:
            if position == len(names) - 1:
                return PathNotFound(f"No results for path: {walked}")
            return PathNotFound(f"Missing property in path {walked}")
        value = value[name]
    raise AssertionError(f"{names} is there")


_JAVA_NODES: Final = {
    dict: "Object",
    list: "Array",
    str: "Text",
    bool: "Boolean",
    int: "Int",
    float: "Double",
    type(None): "Null",
}


def _not_an_object(step: Step, walked: str, value: JSON) -> PathNotFound:
    node = f"com.fasterxml.jackson.databind.node.{_JAVA_NODES[type(value)]}Node"
    return PathNotFound(
        f"Expected to find an object with property {step} in path {walked} but found '{node}'."
        " This is not a json object according to the JsonProvider:"
        " 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'."
    )


def _not_an_array(step: Step, walked: str, value: JSON) -> str:
    if value is None:
        return f"The path {walked} is null"
    return f"Filter: {step} can only be applied to arrays. Current context is: {compact(value)}"


def _definite(steps: tuple[Step, ...]) -> Find:
    whole = "$" + "".join(map(str, steps))

    def find(document: JSON) -> JSON:
        value, walked = document, "$"
        for position, step in enumerate(steps):
            last = position == len(steps) - 1
            if isinstance(step, Names):
                if type(value) is not dict:
                    raise _not_an_object(step, walked, value)
                if len(step.names) > 1:
                    return {name: value[name] for name in step.names if name in value}
                walked += str(step)
                if step.names[0] not in value:
                    raise PathNotFound(
                        f"No results for path: {whole}" if last else f"Missing property in path {walked}"
                    )
                value = value[step.names[0]]
            elif isinstance(step, Indexes):
                if type(value) is not list:
                    raise PathNotFound(_not_an_array(step, walked, value))
                try:
                    value = value[step.indexes[0]]
                except IndexError:
                    raise PathNotFound(f"No results for path: {whole}") from None
                walked += str(step)
            elif isinstance(step, Function):
                value = FUNCTIONS[step.name](value)
                if value is MISSING:
                    raise PathNotFound(f"No results for path: {whole}")
        return value

    return find


# --- paths that select any number of values


Select: TypeAlias = Callable[[list[JSON], JSON], list[JSON]]
"""One step over all values found so far (and the root, which filters may refer to)."""


def _indefinite(steps: tuple[Step, ...]) -> Find:
    function = steps[-1] if isinstance(steps[-1], Function) else None
    selectors = tuple(_selector(step) for step in (steps[:-1] if function else steps))

    def find(document: JSON) -> JSON:
        found = [document]
        for select in selectors:
            found = select(found, document)
            if len(found) > MAX_FOUND:
                raise PathNotFound(f"The path selects more than {MAX_FOUND} values")
        return FUNCTIONS[function.name](found) if function else found

    return find


def _selector(step: Step) -> Select:
    match step:
        case Names((name,)):
            return lambda found, _root: [v[name] for v in found if type(v) is dict and name in v]
        case Names(names):
            return lambda found, _root: [
                v[name] for v in found if type(v) is dict for name in names if name in v
            ]
        case Indexes(indexes):
            return lambda found, _root: [
                v[i] for v in found if type(v) is list for i in indexes if -len(v) <= i < len(v)
            ]
        case Slice(start, stop):
            return lambda found, _root: [item for v in found if type(v) is list for item in v[start:stop]]
        case Wildcard():
            return lambda found, _root: [child for v in found for child in _children(v)]
        case Descend():
            return lambda found, _root: [inner for v in found for inner in _descendants(v)]
        case Filter(accept):
            return lambda found, root: [item for v in found for item in _candidates(v) if accept(item, root)]
        case Function(name):
            apply = FUNCTIONS[name]
            return lambda found, _root: [result for v in found if (result := apply(v)) is not MISSING]


def _candidates(value: JSON) -> list[JSON]:
    """Return what a filter judges: the items of a list, or an object as a whole."""
    if type(value) is list:
        return value
    return [value] if type(value) is dict else []


def _children(value: JSON) -> Iterable[JSON]:
    if type(value) is dict:
        return value.values()
    return value if type(value) is list else ()


def _descendants(value: JSON) -> Iterator[JSON]:
    """Yield `value` and all containers in it, outermost first."""
    pending = [value]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed([child for child in _children(current) if type(child) in (dict, list)]))
