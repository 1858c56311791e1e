"""The house: imports flow one way, every module says what it is, and each heavy library has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ARROWS: dict[str, str] = {
    # What everything stands on.
    "errors": "",
    "value": "",
    "wire": "errors value",
    "declare": "wire errors value",
    "plain": "local declare services wire errors",
    "facade": "declare plain services",
    # What travels to Lambda.
    "runtime": "declare wire errors value",
    # State machines, whoever wrote them.
    "asl": "errors",
    "services": "asl wire errors",
    "jsonata": "errors",
    "engine": "asl jsonata errors",
    "graph": "asl errors",
    # From a state machine to Python source.
    "importing": "asl jsonata errors",
    # From Python source to a state machine.
    "compiler.language": "declare services asl wire errors",
    "compiler.plan": "compiler.language declare wire errors",
    "compiler.emit": "compiler.plan compiler.language asl jsonata declare wire errors",
    "compiler.written": "asl jsonata declare wire errors",
    "compiler.handled": "compiler.language asl errors",
    "compiler.lints": "compiler.language declare wire errors",
    "compiler.profile": "declare errors",
    "compiler": (
        "compiler.profile compiler.written compiler.emit compiler.plan compiler.lints compiler.language "
        "asl declare wire errors"
    ),
    # A project, and its runs here and on AWS.
    "project": "declare wire errors",
    "operate": "graph runtime asl declare wire errors",
    "local": (
        "operate project compiler compiler.handled compiler.language engine"
        " runtime asl jsonata services declare wire errors"
    ),
    "deploy": "services project compiler compiler.handled operate asl declare wire errors",
    "budgets": "local operate runtime compiler compiler.language compiler.plan asl declare wire errors",
    # Faces: nothing imports them but the command.
    "testing": "plain local operate project compiler engine runtime asl declare wire errors",
    # Neither compiler nor engine nor store: the page travels to Lambda when a stage asks for it.
    "web": "operate graph runtime asl declare wire errors",
    "cli": (
        "web testing deploy budgets local importing operate graph project compiler compiler.written "
        "compiler.profile compiler.language compiler.lints compiler.plan engine plain jsonata asl declare "
        "wire errors"
    ),
    "__main__": "cli",
}
"""Which rooms a room may import. Everything else is an arrow that points back."""

DOORS: dict[str, str] = {
    "jlens": "jsonata",
    "chalice": "deploy web",
    "moto": "local testing",
    "boto3": "local operate deploy runtime",
    "botocore": "local operate deploy services runtime",
    "click": "cli",
    "rich": "cli",
    "werkzeug": "web",
    "aws_lambda_powertools": "runtime",
    "pydantic": "",
}
"""Which rooms may import a library that is heavy, changes often, or may not be installed."""


def modules() -> dict[str, Path]:
    """Every module of the framework, by its full name."""
    found: dict[str, Path] = {}
    for path in sorted((ROOT / "ladle").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def room_of(module: str) -> str:
    """The room a module stands in."""
    parts = module.split(".")[1:]
    if not parts:
        return "facade"
    return ".".join(parts[:2]) if parts[0] == "compiler" and len(parts) > 1 else parts[0]


def imports(module: str) -> Iterator[str]:
    """What a module imports, wherever in it: for typing only and inside functions too."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [base])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in MODULES else base


def allowed(room: str) -> set[str]:
    """The rooms that a room may import, itself included."""
    return {room, *ARROWS[room].split()}


@pytest.mark.parametrize("module", MODULES)
def test_imports_flow_one_way(module: str) -> None:
    """No module imports a room that its own does not stand on."""
    room = room_of(module)
    assert room in ARROWS, f"{module}: a new room needs a line in ARROWS"
    wrong = {
        name
        for name in imports(module)
        if (name == "ladle" or name.startswith("ladle.")) and room_of(name) not in allowed(room)
    }
    assert not wrong, f"{module} imports {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("module", MODULES)
def test_each_heavy_library_has_its_door(module: str) -> None:
    """So that it can be replaced, and is not loaded where it is not needed."""
    room = room_of(module).partition(".")[0]
    wrong = {
        library
        for name in imports(module)
        if (library := name.partition(".")[0]) in DOORS and room not in DOORS[library].split()
    }
    assert not wrong, f"{module} imports {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is(module: str) -> None:
    """In a docstring that begins with a sentence of one line or two."""
    document = ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))
    assert document, f"{module} has no docstring"
    assert document.strip().partition("\n\n")[0].rstrip().endswith((".", "?", "!")), module


def test_the_table_has_no_circle() -> None:
    """The rooms can be put in an order in which every arrow points back to what came before."""
    left = {room: set(names.split()) for room, names in ARROWS.items()}
    while left:
        free = [room for room, names in left.items() if not names & left.keys()]
        assert free, f"these rooms import each other: {', '.join(left)}"
        for room in free:
            del left[room]


def test_a_wrong_arrow_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one inside a function, relative, or behind `TYPE_CHECKING`."""
    source = tmp_path / "fake.py"
    source.write_text('"""Fake."""\ndef f() -> None:\n    from ..engine import clock\n    import ladle.cli\n')
    monkeypatch.setitem(MODULES, "ladle.wire.fake", source)
    assert {room_of(name) for name in imports("ladle.wire.fake")} == {"engine", "cli"}
    with pytest.raises(AssertionError, match=r"ladle\.wire\.fake imports ladle\.cli, ladle\.engine"):
        test_imports_flow_one_way("ladle.wire.fake")
