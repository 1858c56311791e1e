"""What travels in the Lambda package: the project's functions, the runtime part of Ladle, generated files.

The compiler and the workflows stay out, and so do `app.py`, Chalice and the page where nothing needs them.
Which modules of Ladle a task needs is read from their imports, beginning at `ladle.runtime`.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ladle.declare import S3Upload
from ladle.deploy.assemble import Assembly
from ladle.deploy.bytecode import compiled
from ladle.wire import json_schema

__all__ = [
    "ERRORS_FILE",
    "MANIFEST",
    "PROJECT_FILE",
    "Contents",
    "contents",
    "runtime_files",
    "runtime_modules",
    "written",
]

PROJECT_FILE: Final = "ladle_project.json"
ERRORS_FILE: Final = "ladle_errors.json"
MANIFEST: Final = "ladle_manifest.json"

FACADE_ONLY: Final = ("ladle.plain.", "ladle.services.")
"""What the facade loads on a developer's machine alone: plain runs of workflows, models of AWS's services."""


PAGE: Final = "ladle.web.chalice"
"""What serves the page in the Chalice app."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a package by their path in it: those that exist, and the text of the generated ones."""

    files: Mapping[str, Path]
    generated: Mapping[str, str]


def contents(assembly: Assembly, *, with_app: bool = False) -> Contents:
    """Everything of the project and of Ladle that goes into the package, in the order of the paths.

    `with_app`: `app.py` travels too, since it has functions of its own, and so what it imports of Ladle does.
    """
    files = {**_project_files(assembly.project.root), **runtime_files()}
    if with_app:
        files |= _app_files(page=assembly.stage.page)
    generated = {
        PROJECT_FILE: _printed(_project_document(assembly)),
        ERRORS_FILE: _printed(list(assembly.errors)),
    }
    hashes = {path: _hash(file.read_bytes()) for path, file in files.items()}
    hashes |= {path: _hash(text.encode()) for path, text in generated.items()}
    generated[MANIFEST] = _printed({"files": dict(sorted(hashes.items()))})
    return Contents(dict(sorted(files.items())), dict(sorted(generated.items())))


def written(found: Contents, folder: Path) -> dict[str, Path]:
    """All files by their path in the package, after writing the generated ones into `folder`.

    These include the bytecode of the Python files. A file is written only when it changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {**found.files, **compiled(found.files, folder / "bytecode")}
    for name, text in found.generated.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
        paths[name] = path
    return dict(sorted(paths.items()))


def _project_files(root: Path) -> dict[str, Path]:
    """All of `functions/`, data files too, without what Python and editors leave there."""
    found: dict[str, Path] = {}
    for path in sorted((root / "functions").rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and path.suffix not in (".pyc", ".pyo"):
            found["/".join(parts)] = path
    return found


def runtime_files() -> dict[str, Path]:
    """The files of Ladle that a package needs, by their path in it."""
    return {_module_path(name, file): file for name, file in runtime_modules().items()}


def _app_files(page: bool) -> dict[str, Path]:
    """What `app.py` imports: `attach`, which does nothing there, and the page where the stage asks for it."""
    found: dict[str, Path] = {}
    for name in ("ladle.deploy", "ladle.deploy.chalice", PAGE.rpartition(".")[0], PAGE):
        file = _file(name)
        if file is not None:
            found[_module_path(name, file)] = file
    if page:
        found |= {_module_path(name, file): file for name, file in _reached([PAGE]).items()}
        assets = (_file(PAGE) or Path()).parent / "assets"
        for path in sorted(assets.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                found[f"ladle/web/assets/{path.relative_to(assets).as_posix()}"] = path
    return found


def _module_path(name: str, file: Path) -> str:
    folder = name.replace(".", "/")
    return f"{folder}/__init__.py" if file.name == "__init__.py" else f"{folder}.py"


def runtime_modules() -> dict[str, Path]:
    """The modules of Ladle that a package needs, by name.

    All of `ladle.runtime` and of `ladle.declare` (whose names the facade loads as they are asked for), and
    what these import.
    """
    waiting = ["ladle"]
    for package in ("ladle.runtime", "ladle.declare"):
        file = _file(package)
        if file is not None:
            waiting += [f"{package}.{each.stem}" for each in sorted(file.parent.glob("[a-z]*.py"))]
    return _reached(waiting)


def _reached(names: Iterable[str]) -> dict[str, Path]:
    """The modules of Ladle that these import, and what those import, by name."""
    waiting = list(names)
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        file = _file(name)
        if name in found or file is None or f"{name}.".startswith(FACADE_ONLY):
            continue
        found[name] = file
        waiting += [name.rpartition(".")[0]] if "." in name else []
        waiting += _imports(name, file)
    return dict(sorted(found.items()))


def _file(name: str) -> Path | None:
    """The file of a module of Ladle; None for a name that is none (an attribute of one)."""
    if name != "ladle" and not name.startswith("ladle."):
        return None
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec is not None and spec.origin else None


def _imports(name: str, file: Path) -> Iterator[str]:
    """What a module imports when it runs, inside functions too: not what it imports for type checkers."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    waiting: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [base])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)


def _project_document(assembly: Assembly) -> dict[str, Any]:
    """What starter and alerts need to know of the workflows, which are not in the package."""
    workflows: dict[str, Any] = {}
    for name, workflow in assembly.project.workflows.items():
        workflows[name] = {
            "machine": assembly.machines[name],
            "type": workflow.type,
            "schema": json_schema(workflow.door.arguments),
            "triggers": [_trigger(assembly, name, each) for each in workflow.triggers],
            "topic": assembly.topics.get(name, ""),
            "timeout": workflow.timeout,
            "deadline": getattr(workflow, "deadline", None) or "",
        }
    return {"app": assembly.app, "stage": assembly.stage.name, "workflows": workflows}


def _trigger(assembly: Assembly, workflow: str, trigger: Any) -> dict[str, Any]:
    kind = type(trigger).__name__
    if isinstance(trigger, S3Upload):
        bucket = assembly.stage.bucket(trigger.bucket, f"workflow {workflow!r}")
        return {"kind": kind, "bucket": bucket, "prefix": trigger.prefix, "suffix": trigger.suffix}
    return {
        "kind": kind,
        "expression": trigger.expression,
        "timezone": trigger.timezone,
        "input": dict(trigger.input),
    }


def _printed(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
