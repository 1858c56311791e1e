"""A project on disk: its workflows, its tasks, and what differs between its stages.

The root is the folder that has `statemachines/`. Loading imports every module of `statemachines/` and of
`functions/`; a module that cannot be imported is a diagnostic with its place, like any other problem.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
import re
import sys
import tomllib
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

from ladle import declare
from ladle.declare import Activity, Task, Workflow
from ladle.declare.declared import Declared
from ladle.errors import Diagnostic, LadleError, Span

__all__ = ["CODES", "Project", "Stage", "find_root", "read_stage", "stage_of"]

PACKAGES: Final = ("functions", "statemachines")

CODES: Final[Mapping[str, str]] = {
    "L001": "a module is not valid Python",
    "L002": "importing a module fails",
    "L003": "two tasks, or two workflows, have one name",
    "L004": "the machine of a workflow cannot be read",
    "L005": "a machine names no task or workflow of the project",
}
"""The codes of a project's problems; `docs/errors/project.md` explains them."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What `infra/<stage>.toml` says. Buckets, topics and connections map logical names to real
    ones.

    `files` (the table `[local.files]`) maps a bucket's logical name to the folder that fills it locally;
    `secrets` and `parameters` (`[local.secrets]`, `[local.parameters]`) are their texts in local runs.
    """

    name: str
    buckets: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    connections: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    def bucket(self, name: str) -> str:
        """The real name of a bucket; a name that the stage does not list is taken as it is."""
        return self.buckets.get(name, name)


@dataclass(frozen=True, slots=True)
class Project:
    """A loaded project.

    `diagnostics` are the problems of loading; what they are about is missing from the rest.
    """

    root: Path
    workflows: Mapping[str, Workflow[..., Any]]
    tasks: Mapping[str, Task[..., Any]]
    diagnostics: tuple[Diagnostic, ...] = ()
    activities: Mapping[str, Activity[..., Any]] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path | None = None) -> Project:
        """Find the root (at `root`, the current folder, or above), import its modules, collect declarations.

        Raises `LadleError` when there is no project.
        """
        folder = find_root(root)
        _make_importable(folder)
        diagnostics: list[Diagnostic] = []
        modules = [
            m for m in (_import(folder, name, diagnostics) for name in _modules(folder)) if m is not None
        ]
        # A task and an activity of one name would be one `${name}`.
        callees = _declared(folder, modules, Task, "task", diagnostics, _inlined(modules))
        activities = {name: each for name, each in callees.items() if isinstance(each, Activity)}
        tasks = {name: each for name, each in callees.items() if name not in activities}
        workflows = _declared(folder, modules, Workflow, "workflow", diagnostics)
        # A workflow's own problems are found with those of its body; a task has no body to read.
        diagnostics += [_shown(folder, problem) for task in callees.values() for problem in task.problems]
        diagnostics += _pools(folder, tasks.values())
        problems = tuple(sorted(diagnostics, key=lambda d: (d.span, d.code)))
        return cls(folder, workflows, tasks, problems, activities)

    @property
    def known(self) -> Mapping[str, Declared[..., Any]]:
        """Tasks, activities and workflows by name: what `${name}` in a machine written by hand stands for."""
        return {**self.tasks, **self.activities, **self.workflows}

    def stage(self, name: str = "local") -> Stage:
        """The settings of a stage; see `stage_of`."""
        return stage_of(self.root, name)

    def workflow(self, name: str) -> Workflow[..., Any]:
        """The workflow of that name. Raises `LadleError` with the nearest name when there is none."""
        found = self.workflows.get(name)
        if found is None:
            raise LadleError(_unknown("workflow", name, self.workflows))
        return found


def find_root(start: Path | None = None) -> Path:
    """The project's folder: `start` or the nearest folder above it that has `statemachines/`.

    Raises `LadleError` when there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "statemachines").is_dir():
            return folder
    raise LadleError(
        f"{start} is not in a Ladle project: neither it nor a folder above it has `statemachines/`. "
        "Begin one with: ladle new NAME"
    )


def stage_of(root: Path, name: str = "local") -> Stage:
    """The settings of a stage. A missing `infra/local.toml` means no settings; any other file must exist.

    Raises `LadleError` for a stage that there is not, and for a file that cannot be understood.
    """
    path = root / "infra" / f"{name}.toml"
    if not path.is_file():
        if name == "local":
            return Stage(name)
        known = sorted(p.stem for p in (root / "infra").glob("*.toml"))
        raise LadleError(f"there is no stage {name!r}: infra/ has {', '.join(known) or 'no *.toml'}")
    return read_stage(name, path)


def read_stage(name: str, path: Path) -> Stage:
    """Read one stage file. Unknown tables and values of the wrong type are refused, naming them."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LadleError(f"{path}: not valid TOML: {error}") from None
    local = data.get("local", {})
    if not isinstance(local, dict):
        raise LadleError(f"{path}: `local` must be a table")
    return Stage(
        name,
        buckets=_texts(path, "buckets", data.get("buckets", {})),
        topics=_texts(path, "topics", data.get("topics", {})),
        connections=_texts(path, "connections", data.get("connections", {})),
        environment=_texts(path, "environment", data.get("environment", {})),
        files=_texts(path, "local.files", local.get("files", {})),
        secrets=_texts(path, "local.secrets", local.get("secrets", {})),
        parameters=_texts(path, "local.parameters", local.get("parameters", {})),
    )


def _texts(path: Path, table: str, value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise LadleError(f"{path}: [{table}] must be a table of texts")
    for name, text in value.items():
        if not isinstance(text, str):
            raise LadleError(f'{path}: [{table}] {name} must be a text, as in {name} = "{text}"')
    return dict(value)


def _unknown(kind: str, name: str, known: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    if near:
        return f"there is no {kind} {name!r}; did you mean {near[0]!r}?"
    if not known:
        return f"there is no {kind} {name!r}: the project has none"
    return f"there is no {kind} {name!r}; the project has {', '.join(sorted(known))}"


# ------------------------------------------------------------------------------------------------- importing


def _make_importable(root: Path) -> None:
    """Put the root first on `sys.path`, and forget modules of the same names from another project."""
    text = str(root)
    if text in sys.path:
        sys.path.remove(text)
    sys.path.insert(0, text)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in PACKAGES and not _lies_in(module, root):
            del sys.modules[name]
    importlib.invalidate_caches()
    for name in PACKAGES:
        folder = root / name
        if name not in sys.modules and folder.is_dir() and not (folder / "__init__.py").exists():
            # A package without __init__.py gives way to any regular package of its name further down the
            # path; the project's own folder is meant, so the package is made here.
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [str(folder)]
            sys.modules[name] = module_from_spec(spec)


def _lies_in(module: ModuleType, root: Path) -> bool:
    places = [module.__file__] if getattr(module, "__file__", None) else list(getattr(module, "__path__", ()))
    return any(Path(place).resolve().is_relative_to(root) for place in places if place)


def _modules(root: Path) -> Iterator[str]:
    """The dotted names of the project's modules, in a stable order; packages before what is in them."""
    for package in PACKAGES:
        paths = sorted(
            (root / package).rglob("*.py"), key=lambda p: (p.parent.as_posix(), p.stem != "__init__", p)
        )
        for path in paths:
            parts = path.relative_to(root).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
            if all(part.isidentifier() for part in parts):
                yield ".".join(parts)


def _import(root: Path, name: str, diagnostics: list[Diagnostic]) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        found = _syntax_problem(root, _file_of(root, name), error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any failure of the user's module is a finding
        found = _import_problem(root, name, error)
    if found not in diagnostics:  # a module that several import fails the same way for each
        diagnostics.append(found)
    return None


def _syntax_problem(root: Path, file: str, error: SyntaxError) -> Diagnostic:
    line, column = error.lineno or 1, error.offset or 1
    end_line = error.end_lineno or line
    end_column = error.end_offset or column + 1
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    span = Span(_relative(root, error.filename or file), line, column, end_line, end_column)
    return Diagnostic("L001", span, f"not valid Python: {error.msg}")


def _import_problem(root: Path, name: str, error: BaseException) -> Diagnostic:
    """Where in the project's own files the import went wrong: the innermost frame that lies in it."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if (frame.lineno and not frame.filename.startswith("<"))
        and Path(frame.filename).is_relative_to(root)
        and Path(frame.filename).relative_to(root).parts[0] in PACKAGES
    ]
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    hint = ""
    if isinstance(error, ModuleNotFoundError) and error.name:
        hint = f"install what provides {error.name!r} and name it in requirements.txt, or correct the import"
        if error.name.partition(".")[0] in PACKAGES:
            hint = "correct the import: the project has no such module"
    elif isinstance(error, ImportError):
        hint = _meant_import(error)
    elif isinstance(error, TypeError):
        hint = _meant_option(error)
    if not own:
        span = Span(_relative(root, _file_of(root, name)), 1, 1, 1, 2)
        return Diagnostic("L002", span, f"importing it fails: {what}", hint)
    frame = own[-1]
    line = frame.lineno or 1
    start = (frame.colno or 0) + 1
    end_line = frame.end_lineno or line
    end = (frame.end_colno or start) + 1
    if end_line == line and end <= start:
        end = start + 1
    span = Span(_relative(root, frame.filename), line, start, end_line, end)
    return Diagnostic("L002", span, f"importing the module fails here: {what}", hint)


def _file_of(root: Path, name: str) -> str:
    path = root.joinpath(*name.split("."))
    return str(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


def _meant_import(error: ImportError) -> str:
    """The name that was probably meant by one that a module has not."""
    found = re.match(r"cannot import name '(\w+)'", str(error))
    names = [each for each in dir(sys.modules.get(error.name or "")) if not each.startswith("_")]
    near = difflib.get_close_matches(found[1], names, n=1) if found else []
    return f"did you mean `{near[0]}`?" if near else ""


def _meant_option(error: TypeError) -> str:
    """What the declaration takes that was given an unknown option."""
    found = re.match(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'", str(error))
    kind = getattr(declare, found[1], None) if found else None
    if found is None or kind is None:
        return ""
    names = [each for each in inspect.signature(kind.__init__).parameters if each not in ("self", "function")]
    near = difflib.get_close_matches(found[2], names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"it takes {', '.join(names)}"


def _relative(root: Path, filename: str) -> str:
    path = Path(filename)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


# ------------------------------------------------------------------------------------------------- collecting


def _inlined(modules: Iterable[ModuleType]) -> Iterator[declare.Task[..., Any]]:
    """Each function that a module hands to `inline`, as its task: no module holds it as one."""
    for module in modules:
        names = vars(module)
        if not any(isinstance(value, Declared) for value in names.values()):
            continue  # what calls tasks knows some
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            call = node if isinstance(node, ast.Call) and len(node.args) == 1 else None
            if call is None or _object(call.func, names) is not declare.inline:
                continue
            target = _object(call.args[0], names)
            if isinstance(target, FunctionType) and target.__qualname__ == target.__name__ != "<lambda>":
                yield declare.inline(target)


def _object(node: ast.expr, names: dict[str, Any]) -> Any:
    """What a name or dotted name of a module stands for; None for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_object(node.value, names), node.attr, None)
    return None


def _declared(
    root: Path,
    modules: list[ModuleType],
    kind: type[Any],
    word: str,
    diagnostics: list[Diagnostic],
    others: Iterable[Any] = (),
) -> dict[str, Any]:
    """What the modules declare, by name. An import is the same object; two of one name are a problem."""
    found: dict[str, Any] = {}
    for value in (*(value for module in modules for value in vars(module).values()), *others):
        if not isinstance(value, kind):
            continue
        other = found.setdefault(value.name, value)
        if other is not value:
            place = _place(root, value)
            problem = Diagnostic(
                "L003",
                place,
                f"there are two {word}s named {value.name!r}: the other is at {_place(root, other)}",
                f"rename one, or give it a name of its own: @{value.kind}(name=…)",
            )
            if problem not in diagnostics:
                diagnostics.append(problem)
    return dict(sorted(found.items()))


def _pools(root: Path, tasks: Iterable[Task[..., Any]]) -> Iterator[Diagnostic]:
    """Pools of one name are one pool, so they have the same numbers."""
    found: dict[Any, tuple[Any, Task[..., Any]]] = {}
    for task in tasks:
        for pool in task.pools:
            other, user = found.setdefault(getattr(pool, "name", pool), (pool, task))
            if other != pool:
                yield Diagnostic(
                    "D150",
                    _place(root, task),
                    f"{pool!r} is another size of the pool of {user.name!r}, {other!r}",
                    "give both the same numbers, best by one name that both import; or name one differently",
                )


def _shown(root: Path, problem: Diagnostic) -> Diagnostic:
    """A declaration's problem with its path from the project's root, wherever the command was called."""
    path = str(Path(problem.span.path).absolute())
    return replace(problem, span=replace(problem.span, path=_relative(root, path)))


def _place(root: Path, declared: Any) -> Span:
    place: Span = declared.place
    return replace(place, path=_relative(root, place.path))
