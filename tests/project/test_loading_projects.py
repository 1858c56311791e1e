"""A project is found, imported and read; what is wrong with it is told with its place."""

import sys
import textwrap

import pytest

from ladle.errors import LadleError
from ladle.project import Project, find_root, stage_of


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write files and load them; the interpreter forgets them afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = dict(sys.modules)

    def load(**files):
        for name, text in files.items():
            target = tmp_path / (name.replace("__", "/") + ".py")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(text))
        (tmp_path / "statemachines").mkdir(exist_ok=True)
        return Project.load(tmp_path)

    yield load
    for name in set(sys.modules) - set(before):
        if name.partition(".")[0] in ("functions", "statemachines"):
            del sys.modules[name]
    sys.modules.update(before)


def test_tasks_and_workflows_are_collected_by_name(project):
    """Whatever module they are in, and however often they are imported."""
    found = project(
        functions__a="from ladle import task\n@task\ndef load() -> int: return 1\n",
        functions__deep__b="from ladle import task\n@task(name='store')\ndef save(n: int) -> None: ...\n",
        statemachines__flow="""
            from functions.a import load
            from ladle import workflow
            @workflow
            def daily() -> int:
                return load()
        """,
    )
    assert list(found.tasks) == ["load", "store"]
    assert list(found.workflows) == ["daily"]
    assert found.diagnostics == ()


def test_a_tasks_own_problems_are_the_projects(project):
    """A task has no body to read: what is wrong with its declaration is found here, wherever one stands."""
    found = project(functions__a="from ladle import task\n@task(memory=3)\ndef load(key) -> set[int]: ...\n")
    assert [(d.code, d.span.path, d.span.line, d.span.column) for d in found.diagnostics] == [
        ("D120", "functions/a.py", 2, 7),
        ("D101", "functions/a.py", 3, 10),
        ("D103", "functions/a.py", 3, 18),
    ]


def test_a_syntax_error_has_its_place_and_leaves_the_rest(project):
    """The other modules are read all the same."""
    found = project(
        functions__good="from ladle import task\n@task\ndef load() -> int: return 1\n",
        functions__torn="x = 1\ndef f(:\n",
    )
    (problem,) = found.diagnostics
    assert (problem.code, problem.span.path, problem.span.line, problem.span.column) == (
        "L001",
        "functions/torn.py",
        2,
        7,
    )
    assert list(found.tasks) == ["load"]


def test_a_failing_import_is_told_where_it_failed_once(project):
    """A module that two others import fails the same way for each: one problem, at its line."""
    found = project(
        functions__base="import os\n\nTABLE = open('/nowhere/at/all')\n",
        functions__one="import functions.base\n",
        functions__two="import functions.base\n",
    )
    (problem,) = found.diagnostics
    assert (problem.code, str(problem.span)) == ("L002", "functions/base.py:3:9")
    assert "FileNotFoundError" in problem.message


def test_a_missing_package_is_named_with_the_remedy(project):
    """requirements.txt is what Lambda gets."""
    (problem,) = project(functions__a="import nosuchpackage\n").diagnostics
    assert "nosuchpackage" in problem.message
    assert "requirements.txt" in problem.hint


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("from ladle import wrkflow\n", "did you mean `workflow`?"),
        ("from ladle import task\n@task(retries=3)\ndef f() -> int: ...\n", "did you mean `retry`?"),
        ("import functions.nothing\n", "correct the import: the project has no such module"),
    ],
)
def test_a_misspelled_name_gets_the_one_that_was_meant(project, source, hint):
    """In imports, and among the options of a declaration."""
    (problem,) = project(functions__a=source).diagnostics
    assert (problem.code, problem.hint) == ("L002", hint)


def test_a_file_that_is_no_text_is_named(project):
    """Python's own message has no file for it."""
    (problem,) = project(functions__a="x = '\0'\n").diagnostics
    assert (problem.code, problem.span.path) == ("L001", "functions/a.py")


def test_a_module_that_leaves_the_process_does_not(project):
    """`sys.exit()` at the top of a script is a finding, not the end of the command."""
    (problem,) = project(functions__a="import sys\nsys.exit(3)\n").diagnostics
    assert (problem.code, problem.span.line) == ("L002", 2)


def test_two_of_one_name_are_a_problem(project):
    """Each is a Lambda function of that name."""
    found = project(
        functions__a="from ladle import task\n@task\ndef load() -> int: return 1\n",
        functions__b="from ladle import task\n@task\ndef load() -> int: return 2\n",
    )
    (problem,) = found.diagnostics
    assert (problem.code, problem.span.path) == ("L003", "functions/b.py")
    assert "functions/a.py" in problem.message


def test_a_project_gives_way_to_the_next_in_one_process(project, tmp_path):
    """Modules of the same names from another folder are forgotten."""
    project(functions__a="from ladle import task\n@task\ndef first() -> int: return 1\n")
    other = tmp_path / "other"
    (other / "statemachines").mkdir(parents=True)
    (other / "functions").mkdir()
    (other / "functions" / "a.py").write_text(
        "from ladle import task\n@task\ndef second() -> int: return 1\n"
    )
    assert list(Project.load(other).tasks) == ["second"]


def test_the_root_is_found_from_below(tmp_path):
    """As git finds its own."""
    below = tmp_path / "functions" / "deep"
    below.mkdir(parents=True)
    (tmp_path / "statemachines").mkdir()
    assert find_root(below) == tmp_path


def test_outside_of_a_project_it_says_how_to_begin_one(tmp_path):
    """The remedy is a command."""
    with pytest.raises(LadleError, match="ladle new NAME"):
        find_root(tmp_path)


def test_a_stage_file_is_read(tmp_path):
    """Logical names, environment, folders for local runs."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "local.toml").write_text(
        '[buckets]\nlanding = "l"\n[environment]\nX = "1"\n[local.files]\nlanding = "data"\n'
    )
    stage = stage_of(tmp_path)
    assert (stage.bucket("landing"), stage.bucket("other"), stage.environment, stage.files) == (
        "l",
        "other",
        {"X": "1"},
        {"landing": "data"},
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[buckets", "not valid TOML"),
        ("[buckets]\nlanding = 3\n", r"\[buckets\] landing must be a text"),
        ("buckets = 3\n", r"\[buckets\] must be a table"),
    ],
)
def test_a_wrong_stage_file_is_refused_naming_the_value(tmp_path, text, said):
    """Never half read."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "local.toml").write_text(text)
    with pytest.raises(LadleError, match=said):
        stage_of(tmp_path)


def test_a_stage_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    """Only `local` may be missing: a project without buckets needs no file."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "prod.toml").write_text("")
    assert stage_of(tmp_path, "local").buckets == {}
    with pytest.raises(LadleError, match="no stage 'dev': infra/ has prod"):
        stage_of(tmp_path, "dev")


def test_an_unknown_workflow_is_answered_with_the_nearest(project):
    """Typing errors are the common case."""
    found = project(
        statemachines__f="from ladle import workflow\n@workflow\ndef daily_delays() -> None: ...\n"
    )
    with pytest.raises(LadleError, match="did you mean 'daily_delays'"):
        found.workflow("daily_delay")


def test_small_tasks_are_found_where_they_are_called(project):
    """`inline(f)(x)` makes a task of a plain function; no module holds it as one."""
    found = project(
        functions__a="""
            def shown(x: float) -> str: return f"{x}"
            def unused(x: float) -> str: return f"{x}"
        """,
        statemachines__flow="""
            from functions import a
            import ladle
            from ladle import workflow

            def helper(x: float) -> str:
                return ladle.inline(a.shown)(x)

            @workflow
            def daily(x: float) -> str:
                return helper(x)
        """,
    )
    assert list(found.tasks) == ["shown"]
    assert found.tasks["shown"].module == "functions.a"
    assert found.tasks["shown"].memory == 128
    assert found.diagnostics == ()


def test_a_small_task_and_a_task_of_one_name_are_a_problem(project):
    """Two Lambda functions cannot share a name."""
    found = project(
        functions__a="from ladle import task\n@task\ndef shown(x: float) -> str: return ''\n",
        functions__b="def shown(x: float) -> str: return f'{x}'\n",
        statemachines__flow="""
            from functions import b
            from ladle import inline, workflow

            @workflow
            def daily(x: float) -> str:
                return inline(b.shown)(x)
        """,
    )
    assert [problem.code for problem in found.diagnostics] == ["L003"]
