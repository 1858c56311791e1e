"""A project with runs, and the page over it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ladle.local.session import LocalSession
from ladle.local.store import Store
from ladle.web.answer import Page
from ladle.web.ends import End
from ladle.web.facts import facts_of, task_facts
from ladle.web.http import Request, Response

HERE = Path(__file__).parent


def helper(name: str) -> Any:
    """A module beside the tests, whatever the import mode."""
    spec = importlib.util.spec_from_file_location(f"web_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def of_a_project(name: str) -> bool:
    """Whether a module is one of a project, which other tests have of their own."""
    return name.partition(".")[0] in ("functions", "statemachines")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The project, its store, and a run of each kind by a name for it."""
    root = helper("projects").write(tmp_path_factory.mktemp("web"))
    runs: dict[str, str] = {}
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if of_a_project(name)}
    with LocalSession.open(root) as session:
        for name, workflow, n in (
            ("good", "sums", 5),
            ("bad", "sums", 12),
            ("caught", "careful", 9),
            ("nested", "outer", 9),
        ):
            runs[name] = session.run(session.project.workflow(workflow), {"n": n}).id
        project = session.project
    for name in [name for name in sys.modules if of_a_project(name)]:
        del sys.modules[name]
    sys.modules.update(before)
    with Store(root / ".ladle") as store:
        yield SimpleNamespace(root=root, store=store, runs=runs, project=project)


@pytest.fixture
def end(made: SimpleNamespace) -> End:
    """The runs of the project, as the page gets them; nothing is kept from another test."""
    facts = facts_of(made.project.workflows.values(), made.root)
    return End("local", "demo", made.store, facts, task_facts(made.project.tasks.values(), made.root))


@pytest.fixture
def get(end: End) -> Callable[..., Any]:
    """Ask for the JSON of an address, and hold that it was given."""
    import json
    from urllib.parse import parse_qsl, urlsplit

    page = Page({"local": lambda: end}, "local")

    def ask(address: str) -> Any:
        split = urlsplit(address)
        response: Response = page.answer(Request("GET", split.path, dict(parse_qsl(split.query))))
        assert response.status == 200, response.body
        return json.loads(response.body)

    return ask
