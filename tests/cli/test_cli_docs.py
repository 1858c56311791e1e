"""`ladle docs`: pages about the workflows, made from the code, and whether they are up to date."""

import json

import pytest

import ladle.cli.workflow_pages as pages


def test_a_page_tells_what_a_workflow_does(ladle, project):
    """Start, steps, retries, handlers, costs, and the graph."""
    assert ladle("docs").exit_code == 0
    page = (project / "docs" / "workflows" / "count.md").read_text()
    assert page.startswith("# count\n\nCounts the letters of a text.\n")
    assert "| starts | an upload to `landing`: `texts/….txt` |" in page
    assert "```mermaid\nflowchart TD" in page
    assert "| `words_of` | words_of | 1 min | 512 MB |" in page
    assert "| `words_of` |  | `BadFile`: `keep` |" in page
    assert "| state transitions | 3 + 1·length |" in page
    waiting = (project / "docs" / "workflows" / "wait_long.md").read_text()
    assert "| `patient` | `Late`: 3 times, after 10 min, then 2 times as long each |  |" in waiting
    assert "| time limit | 7 d |" in waiting
    nested = (project / "docs" / "workflows" / "outer.md").read_text()
    assert "a run of [count](count.md)" in nested


def test_pages_are_the_same_each_time(ladle, project):
    """Nothing in them depends on when or where they are made."""
    ladle("docs")
    before = {path.name: path.read_bytes() for path in (project / "docs" / "workflows").iterdir()}
    done = ladle("docs", "--json")
    assert {each["state"] for each in json.loads(done.output)} == {"unchanged"}
    assert {path.name: path.read_bytes() for path in (project / "docs" / "workflows").iterdir()} == before


def test_what_is_not_up_to_date_is_told_and_nothing_written(ladle, project):
    """For the gate: a missing, an old and a left-over page."""
    assert ladle("docs", "--check").exit_code == 1
    assert not (project / "docs").exists()
    ladle("docs")
    assert ladle("docs", "--check").exit_code == 0
    folder = project / "docs" / "workflows"
    (folder / "count.md").write_text("old")
    index = folder / "README.md"
    index.write_text(index.read_text() + "| [gone](gone.md) | | |\n")
    (folder / "gone.md").write_text("a workflow that was")
    (folder / "mine.md").write_text("not Ladle's")
    done = ladle("docs", "--check", "--json")
    states = {each["path"].rpartition("/")[2]: each["state"] for each in json.loads(done.output)}
    assert done.exit_code == 1
    assert (states["count.md"], states["gone.md"], "mine.md" in states) == ("stale", "left over", False)
    assert ladle("docs").exit_code == 0
    assert not (folder / "gone.md").exists()
    assert (folder / "mine.md").read_text() == "not Ladle's"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (90, "1 min 30 s"), (90_000, "1 d 1 h"), (0.5, "0.5 s")]
)
def test_durations_in_words(seconds, words):
    """As a person says them."""
    assert pages._long(seconds) == words
