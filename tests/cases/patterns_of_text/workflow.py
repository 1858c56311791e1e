"""Text by patterns: `format`, `%`, `repr`, `f"{name=}"`; lists of one length gone over together."""

from enum import Enum

from ladle import workflow

WIDTH = 6


class Level(str, Enum):  # noqa: UP042 - reads in one way and prints in another
    INFO = "info"
    DEBUG = "debug"


@workflow
def patterns_of_text(
    s: str, n: int, x: float, flag: bool, note: str | None, names: list[str], sizes: list[int]
) -> list[str]:
    pair = (s, n)
    level = Level.INFO if flag else Level.DEBUG
    try:
        both = ["%s:%d" % each for each in zip(names, sizes, strict=True)]  # noqa: UP031
    except ValueError as error:
        both = [str(error)]
    return [
        "{} has {}".format(s, n),  # noqa: UP032
        "{a!r:>12}|{b:05d}|{a}".format(a=s, b=n),  # noqa: UP032
        "{1}{{}}{0:.2f}".format(x, flag),  # noqa: UP030, UP032
        "%s=%s" % pair,  # noqa: UP031
        "%-6s|%6s|%.2s|" % (s, note, s),  # noqa: UP031
        "%d %5d %-5d| %05d %+d % d %x %#X" % (x, n, n, n, n, n, abs(n), abs(n)),  # noqa: UP031
        "%.1f%% of %08.3f and %d" % (x, x, flag),  # noqa: UP031
        "%(a)s %(b)r" % {"a": level, "b": n},  # noqa: UP031
        f"{n=} {flag=!s} {s!r}",
        f"{s:>{WIDTH}}|{n:0{WIDTH}d}",
        format(n, "+,d") + format(x, ".1f") + repr(flag) + repr(note if note is None else n),
        *both,
    ]
