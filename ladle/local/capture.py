"""What tasks print and log, kept apart call by call although many run at once in one process.

While a :class:`Capture` is installed, `sys.stdout` and `sys.stderr` are :class:`RoutedStream` objects: text
written in the context of a task call goes to that call's :class:`Output`, everything else to the stream
behind (or, while a live display owns the terminal, to a buffer of strays). Log records take the same way.
"""

from __future__ import annotations

import contextvars
import io
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Final, TextIO

from ladle.local.environment import layered

__all__ = ["Capture", "Output", "RoutedStream", "output_of_call"]

HEAD_CHARACTERS: Final = 64 * 1024
TAIL_CHARACTERS: Final = 192 * 1024
"""Of a longer output, the beginning and the end are kept: a task may print a gigabyte."""

QUIET_LOGGERS: Final = ("boto3", "botocore", "moto", "responses", "s3transfer", "urllib3", "werkzeug")
"""Libraries whose INFO records say nothing about the task."""

_current: contextvars.ContextVar[Output | None] = contextvars.ContextVar("ladle_output", default=None)


def _owner() -> Output | None:
    """Whose text is written here: the call's of this context, or of the context that started this thread."""
    output = _current.get()
    return output if output is not None else getattr(threading.current_thread(), "ladle_output", None)


class Output:
    """The text of one call, bounded. Written to from the call's own thread and those that it starts.

    `environment` are the variables that the call has for itself.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.environment = environment
        self._head: list[str] = []
        self._room = HEAD_CHARACTERS
        self._tail: deque[str] = deque()
        self._tail_length = 0
        self._lock = threading.Lock()
        self.dropped = 0

    def write(self, text: str) -> None:
        """Add text."""
        with self._lock:
            if self._room:
                self._head.append(text[: self._room])
                text = text[self._room :]
                self._room -= len(self._head[-1])
            if not text:
                return
            if len(text) > TAIL_CHARACTERS:
                self.dropped += len(text) - TAIL_CHARACTERS
                text = text[-TAIL_CHARACTERS:]
            self._tail.append(text)
            self._tail_length += len(text)
            while self._tail_length > TAIL_CHARACTERS:
                over = self._tail_length - TAIL_CHARACTERS
                first = self._tail.popleft()
                self.dropped += min(over, len(first))
                self._tail_length -= min(over, len(first))
                if len(first) > over:
                    self._tail.appendleft(first[over:])

    def __bool__(self) -> bool:
        return bool(self._head)

    @property
    def text(self) -> str:
        """What was kept; a line says where something is missing."""
        gap = f"\n… {self.dropped:,} characters left out …\n" if self.dropped else ""
        return "".join(self._head) + gap + "".join(self._tail)


@contextmanager
def output_of_call(output: Output) -> Iterator[None]:
    """Send what this context prints and logs to `output`."""
    token = _current.set(output)
    try:
        yield
    finally:
        _current.reset(token)


class RoutedStream(io.TextIOBase):
    """Stands for `sys.stdout` or `sys.stderr`."""

    def __init__(self, behind: TextIO) -> None:
        self.behind = behind
        self.strays: Output | None = None

    def write(self, text: str, /) -> int:
        """Write to whom it belongs."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        output = _owner()
        if output is None:
            output = self.strays
        if output is None:
            return self.behind.write(text)
        output.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream behind, unless it is closed: the garbage collector flushes, too."""
        if not self.behind.closed:
            self.behind.flush()

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """A task's output is never a terminal."""
        return _owner() is None and self.strays is None and self.behind.isatty()

    def fileno(self) -> int:
        """The descriptor behind: what child processes write is not captured."""
        return self.behind.fileno()

    @property
    def buffer(self) -> _Bytes:
        """For code that writes bytes to `sys.stdout.buffer`."""
        return _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream behind."""
        return self.behind.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """How the stream behind treats what it cannot encode."""
        return self.behind.errors


class _Bytes(io.RawIOBase):
    def __init__(self, stream: RoutedStream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        data = bytes(data)
        self._stream.write(data.decode(self._stream.encoding or "utf-8", "replace"))
        return len(data)

    def flush(self) -> None:
        self._stream.flush()


class _LogHandler(logging.Handler):
    """Writes records of task calls to their output; records of nobody's are left to Python's last resort."""

    def emit(self, record: logging.LogRecord) -> None:
        output = _owner()
        if output is not None:
            if record.levelno < logging.WARNING and record.name.partition(".")[0] in QUIET_LOGGERS:
                return
            output.write(self.format(record) + "\n")
        elif record.levelno >= logging.WARNING and logging.lastResort is not None:
            logging.lastResort.handle(record)


def _inheriting(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    """`Thread.start`, for threads that write where the context that starts them does.

    Context variables do not reach new threads before Python 3.14, and there only by choice.
    """

    def started(thread: threading.Thread) -> None:
        thread.ladle_output = _owner()  # type: ignore[attr-defined]
        start(thread)

    return started


class Capture:
    """Routes the streams and the root logger for as long as it is entered. Entering twice is harmless."""

    def __init__(self) -> None:
        self.stdout: TextIO = sys.stdout
        self.stderr: TextIO = sys.stderr
        self._streams: list[RoutedStream] = []
        self._handler: logging.Handler | None = None
        self._level = logging.NOTSET
        self._start = threading.Thread.start
        self._layers: AbstractContextManager[None] | None = None

    def __enter__(self) -> Capture:
        if isinstance(sys.stdout, RoutedStream) and isinstance(sys.stderr, RoutedStream):
            self.stdout, self.stderr = sys.stdout.behind, sys.stderr.behind  # an outer capture is at work
            return self
        self.stdout, self.stderr = sys.stdout, sys.stderr
        self._streams = [RoutedStream(sys.stdout), RoutedStream(sys.stderr)]
        sys.stdout, sys.stderr = self._streams
        self._layers = layered(lambda: owner.environment if (owner := _owner()) is not None else None)
        self._layers.__enter__()
        self._start = threading.Thread.start
        threading.Thread.start = _inheriting(self._start)  # type: ignore[method-assign, assignment]
        root = logging.getLogger()
        self._level = root.level
        if not root.handlers:  # else somebody set logging up, and their handlers write to the routed streams
            self._handler = _LogHandler()
            self._handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
            root.addHandler(self._handler)
            root.setLevel(logging.INFO)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._streams:
            return
        root = logging.getLogger()
        if self._handler is not None:
            root.removeHandler(self._handler)
            root.setLevel(self._level)
            self._handler = None
        threading.Thread.start = self._start  # type: ignore[method-assign]
        if self._layers is not None:
            self._layers.__exit__(None, None, None)
            self._layers = None
        sys.stdout, sys.stderr = self.stdout, self.stderr
        self._streams = []

    @contextmanager
    def strays_to(self, output: Output) -> Iterator[None]:
        """Keep also what is printed outside of any call in `output`: a live display owns the terminal."""
        streams = [s for s in (sys.stdout, sys.stderr) if isinstance(s, RoutedStream)]
        for stream in streams:
            stream.strays = output
        try:
            yield
        finally:
            for stream in streams:
                stream.strays = None
