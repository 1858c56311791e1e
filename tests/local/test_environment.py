"""Environment variables: the stage's for all, a task's own for its calls alone."""

import os
import threading

from ladle.local.capture import Capture, Output, output_of_call
from ladle.local.environment import shared


def test_shared_variables_are_set_and_taken_back():
    """Those of the stage."""
    with shared({"LADLE_TEST": "1"}):
        assert os.environ["LADLE_TEST"] == "1"
    assert "LADLE_TEST" not in os.environ


def test_each_call_reads_its_own_variables():
    """Two tasks may give one name different values; by every way of reading, in threads that they start."""
    read: dict[str, list[object]] = {}
    both = threading.Barrier(2)

    def look(name: str) -> None:
        read[name] = [
            os.environ["LADLE_TEST"],
            os.getenv("LADLE_TEST"),
            os.environ.get("LADLE_TEST"),
            "LADLE_TEST" in os.environ,
            dict(os.environ)["LADLE_TEST"],
            os.environ["LADLE_SHARED"],
        ]

    def call(name: str) -> None:
        with output_of_call(Output({"LADLE_TEST": name})):
            both.wait()
            inner = threading.Thread(target=look, args=[name])
            inner.start()
            inner.join()

    with Capture(), shared({"LADLE_SHARED": "s", "LADLE_TEST": "shared"}):
        threads = [threading.Thread(target=call, args=[name]) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert os.environ["LADLE_TEST"] == "shared"
    for name in "ab":
        assert read[name] == [name, name, name, True, name, "s"]
    assert "LADLE_TEST" not in os.environ


def test_what_a_task_sets_is_seen_as_before():
    """Writes go to the process, as they always do."""
    with Capture(), output_of_call(Output({"LADLE_TEST": "own"})):
        os.environ["LADLE_OTHER"] = "1"
        assert os.environ["LADLE_OTHER"] == "1"
        del os.environ["LADLE_OTHER"]
        assert "LADLE_OTHER" not in os.environ
