"""What tasks print and log is kept call by call, and never reaches the terminal."""

import io
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from hypothesis import given
from hypothesis import strategies as st

from ladle.local import capture
from ladle.local.capture import Capture, Output, output_of_call


@contextmanager
def terminal():
    """A stream in the place of the terminal, and logging as a fresh process has it."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []
    root.setLevel(logging.WARNING)
    try:
        with redirect_stdout(stream), redirect_stderr(stream):
            yield stream
    finally:
        root.handlers = handlers
        root.setLevel(level)


def test_calls_that_overlap_keep_their_lines_apart():
    """Each thread's prints go to the call that it runs."""
    outputs = [Output() for _ in range(8)]
    start = threading.Barrier(8)

    def call(number):
        with output_of_call(outputs[number]):
            start.wait()
            for _ in range(50):
                print(f"call {number}")

    with terminal() as screen, Capture():
        threads = [threading.Thread(target=call, args=[n]) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [output.text for output in outputs] == [f"call {n}\n" * 50 for n in range(8)]
    assert screen.getvalue() == ""


def test_logging_goes_with_the_call():
    """INFO of the task's own loggers, WARNING of everybody, and libraries' chatter left out."""
    output = Output()
    with terminal(), Capture(), output_of_call(output):
        logging.getLogger("functions.flights").info("read %d rows", 3)
        logging.getLogger("botocore.credentials").info("found credentials")
        logging.getLogger("botocore").warning("slow")
    assert output.text == "INFO functions.flights: read 3 rows\nWARNING botocore: slow\n"


def test_bytes_and_stderr_are_captured_too():
    """`sys.stdout.buffer` is used by code that writes bytes."""
    output = Output()
    with terminal(), Capture(), output_of_call(output):
        sys.stdout.buffer.write("é".encode())
        print("oh", file=sys.stderr)
    assert output.text == "éoh\n"


def test_threads_that_a_task_starts_write_to_its_output():
    """Also those of a pool, and those that they start."""
    output, other = Output(), Output()

    def deep():
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(print, ["a", "b"]))

    with terminal() as screen, Capture():
        with output_of_call(output):
            thread = threading.Thread(target=deep)
            thread.start()
            thread.join()
        with output_of_call(other):
            print("c")
    assert sorted(output.text.split()) == ["a", "b"]
    assert (other.text, screen.getvalue()) == ("c\n", "")


def test_outside_of_calls_nothing_changes():
    """The command line itself still prints; strays go to a buffer while a live display owns the terminal."""
    strays = Output()
    with terminal() as screen:
        with Capture() as installed:
            print("before")
            with installed.strays_to(strays):
                print("stray")
            print("after")
        assert sys.stdout is screen
    assert screen.getvalue() == "before\nafter\n"
    assert strays.text == "stray\n"


def test_a_capture_within_a_capture_is_the_same():
    """The outer one goes on when the inner one ends."""
    output = Output()
    with terminal(), Capture():
        with Capture():
            pass
        with output_of_call(output):
            print("kept")
    assert output.text == "kept\n"


@given(st.lists(st.text(max_size=40), max_size=60))
def test_a_long_output_keeps_its_beginning_and_its_end(pieces):
    """Whatever the pieces are: head and tail are those of the whole, and what is missing is counted."""
    head, tail = capture.HEAD_CHARACTERS, capture.TAIL_CHARACTERS
    capture.HEAD_CHARACTERS, capture.TAIL_CHARACTERS = 50, 70
    try:
        output = Output()
        for piece in pieces:
            output.write(piece)
    finally:
        capture.HEAD_CHARACTERS, capture.TAIL_CHARACTERS = head, tail
    whole = "".join(pieces)
    if len(whole) <= 120:
        assert (output.text, output.dropped) == (whole, 0)
    else:
        assert output.dropped == len(whole) - 120
        assert output.text.startswith(whole[:50])
        assert output.text.endswith(whole[-70:])


def test_a_gigabyte_of_output_takes_little_memory():
    """Only head and tail are held."""
    output = Output()
    line = "x" * 1_000_000
    for _ in range(1_000):
        output.write(line)
    assert len(output.text) < 300_000
    assert output.dropped == 1_000_000_000 - capture.HEAD_CHARACTERS - capture.TAIL_CHARACTERS


def test_a_stream_whose_terminal_is_gone_can_be_forgotten():
    """Whatever collects it flushes it first, and Python 3.13 reports what fails then."""
    stream = io.StringIO()
    routed = capture.RoutedStream(stream)
    stream.close()
    routed.flush()
    routed.close()
    assert routed.closed
