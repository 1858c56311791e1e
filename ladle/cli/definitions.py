"""State machines as files: where a workflow's machine is written, and how a definition is judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladle.errors import Diagnostic, LadleError

if TYPE_CHECKING:
    from ladle.compiler import Compiled
    from ladle.declare import Declared, Workflow

__all__ = ["Written", "compiled_file", "judged", "read_definition", "source_file", "written"]


def source_file(declared: Declared[..., Any], root: Path) -> str:
    """The file that a task or workflow is declared in, as it is shown: from the project's root."""
    path = Path(declared.place.path).absolute()  # a declaration gives it from the current folder
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def compiled_file(workflow: Workflow[..., Any], root: Path) -> Path:
    """Where `ladle compile` writes a workflow's machine: `NAME.asl.json` beside its module."""
    return (root / source_file(workflow, root)).parent / f"{workflow.name}.asl.json"


@dataclass(frozen=True, slots=True)
class Written:
    """A machine's file: its text now, and what is there."""

    path: Path
    text: str
    before: str | None

    @property
    def state(self) -> str:
        """missing, stale or current."""
        if self.before is None:
            return "missing"
        return "current" if self.before == self.text else "stale"


def written(compiled: Compiled, workflow: Workflow[..., Any], root: Path) -> Written:
    """What compiling a workflow gives, beside what its file has."""
    path = compiled_file(workflow, root)
    before = path.read_bytes().decode("utf-8", "replace") if path.is_file() else None
    return Written(path, compiled.text, before)


def judged(text: str, path: str, machine_type: str = "STANDARD") -> tuple[Diagnostic, ...]:
    """Everything wrong with a definition's text; `path` is what the file is called."""
    from ladle.asl import validate
    from ladle.compiler.written import parses

    return validate(text, type=machine_type, path=path, check_expression=parses)


def read_definition(path: Path) -> str:
    """The text of a definition's file. Raises `LadleError` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LadleError(f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise LadleError(f"{path} cannot be read: {error}") from None


def hand_made(
    root: Path, workflows: Iterable[Workflow[..., Any]], loops: Iterable[Workflow[..., Any]]
) -> list[Path]:
    """The `*.asl.json` files of the project that no workflow compiles to, or names as its definition.

    `loops` are the machines of the workflows' split loops.
    """
    from ladle.compiler.written import definition_file

    compiled = {
        (compiled_file(each, root) if each.definition is None else definition_file(each)).resolve()
        for each in (*workflows, *loops)
    }
    return sorted(p for p in (root / "statemachines").rglob("*.asl.json") if p.resolve() not in compiled)
