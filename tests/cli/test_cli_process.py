"""The command as a process: terminals, pipes, signals, start-up time."""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from ladle.local.store import Store

LADLE = [sys.executable, "-m", "ladle"]
SLOW = """
    import time
    from ladle import task, workflow

    @task
    def slow(seconds: float) -> None:
        print("begun", flush=True)
        time.sleep(seconds)

    @workflow
    def long(seconds: float) -> None:
        slow(seconds)
"""


@pytest.fixture
def environment():
    """The user's environment without what would colour the output, and with the repository importable."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    return {**kept, "PYTHONPATH": root, "TERM": "xterm"}


def on_a_terminal(words, environment):
    """Run on a pseudo-terminal; gives the exit code and all that was shown."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*LADLE, *words], stdin=slave, stdout=slave, stderr=slave, env=environment, close_fds=True
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(master)
    return process.wait(), shown.decode()


def test_help_is_quick_and_lists_every_command(environment):
    """No command is imported for it."""
    began = time.perf_counter()
    result = subprocess.run([*LADLE, "--help"], capture_output=True, text=True, env=environment, check=True)
    assert time.perf_counter() - began < 1
    for word in ("run", "check", "compile", "graph", "show", "explain", "new"):
        assert f"\n  {word} " in result.stdout


def test_help_imports_nothing_heavy(environment):
    """Neither boto3 nor rich, neither compiler nor engine."""
    code = (
        "import sys; sys.argv = ['ladle', '--help']\n"
        "from ladle.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'boto3', 'rich', 'moto', 'jlens'}),"
        " [m for m in sys.modules if m.startswith(('ladle.engine', 'ladle.compiler'))], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stderr.strip() == "[] []"


@pytest.mark.usefixtures("project")
def test_logging_and_prints_of_a_failed_task_are_shown(environment):
    """As the task's own lines, under its traceback."""
    result = subprocess.run(
        [*LADLE, "run", "count", "--event", "s3://landing/texts/bad.txt"],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert result.returncode == 1
    assert "  │ reading texts/bad.txt\n  │ INFO functions.work: from landing\n" in result.stdout
    assert result.stderr == ""
    assert "\x1b" not in result.stdout


@pytest.mark.usefixtures("project")
def test_on_a_terminal_the_tree_redraws_itself_in_colour(environment):
    """And the last picture stays."""
    code, shown = on_a_terminal(["run", "count", "--event", "s3://landing/texts/rose.txt"], environment)
    assert code == 0
    assert "\x1b[32m✓\x1b[0m words_of" in shown
    assert "reading texts" not in shown
    assert "\x1b[?25h" in shown  # the cursor is back


@pytest.mark.usefixtures("project")
def test_no_color_is_respected(environment):
    """The tree still redraws; nothing is coloured."""
    code, shown = on_a_terminal(
        ["run", "count", "--event", "s3://landing/texts/rose.txt"], {**environment, "NO_COLOR": "1"}
    )
    assert code == 0
    assert "✓ words_of" in shown
    assert "\x1b[32m" not in shown


@pytest.mark.usefixtures("project")
def test_an_encoding_without_the_signs_gets_ascii(environment):
    """Nothing is lost, nothing fails."""
    result = subprocess.run(
        [*LADLE, "run", "count", "--event", "s3://landing/texts/rose.txt"],
        capture_output=True,
        env={**environment, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert result.returncode == 0, result.stderr
    assert b"v words_of" in result.stdout


@pytest.mark.usefixtures("project")
def test_a_person_at_the_terminal_is_asked(environment):
    """What is typed is checked like any other answer, and asked for again when it is wrong."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*LADLE, "run", "decide", "question=now"], stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    shown = b""
    replies = [b"maybe\n", b"3\n", b"true\n"]
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
        if shown.count(b"!Error: cause): ") > 3 - len(replies):
            os.write(master, replies.pop(0))
    assert process.wait() == 0
    os.close(master)
    text = shown.decode()
    assert "waits for an answer (bool)" in text
    assert "not JSON" in text
    assert "expected bool, got int (3)" in text
    assert '"yes"' in text


def slow_run(project, environment, seconds):
    (project / "statemachines" / "slow.py").write_text(__import__("textwrap").dedent(SLOW))
    process = subprocess.Popen(
        [*LADLE, "run", "long", f"seconds={seconds}", "--name", "slow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    for _ in range(400):
        if (project / ".ladle" / "runs.db").exists():
            with Store(project / ".ladle") as store:
                if store.exists("slow") and store.find("slow").events >= 4:
                    return process
        time.sleep(0.025)
    process.kill()
    raise AssertionError(process.communicate())


def test_the_keyboard_stops_a_run_which_is_marked(project, environment):
    """Exit code 130; the store says what happened."""
    process = slow_run(project, environment, 60)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, (out, err)
    assert "Traceback" not in err
    with Store(project / ".ladle") as store:
        record = store.find("slow")
    assert (record.status, record.cause) == ("INTERRUPTED", "Stopped from the keyboard.")


def test_a_killed_run_is_marked_and_can_be_read(project, environment):
    """`kill -9` while a task runs."""
    process = slow_run(project, environment, 60)
    process.kill()
    process.communicate()
    shown = subprocess.run([*LADLE, "show", "slow"], capture_output=True, text=True, env=environment)
    assert shown.returncode == 0, shown.stderr
    assert "interrupted" in shown.stdout
    listed = subprocess.run([*LADLE, "runs", "--json"], capture_output=True, text=True, env=environment)
    assert [r["status"] for r in json.loads(listed.stdout)] == ["INTERRUPTED"]


@pytest.mark.usefixtures("project")
def test_a_reader_that_goes_away_is_no_error(environment):
    """`ladle run … | head -1`."""
    command = f"{sys.executable} -m ladle run count bucket=landing key=texts/rose.txt | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment)
    assert result.stdout.startswith("count  run ")
    assert "Traceback" not in result.stderr
