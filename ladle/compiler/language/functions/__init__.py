"""Python's built-in functions and those of its library, as far as they are exact: a module a subject."""

from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language.copies import COPIES
from ladle.compiler.language.functions.chance import CHANCE
from ladle.compiler.language.functions.dates import DATES
from ladle.compiler.language.functions.documents import DOCUMENTS
from ladle.compiler.language.functions.encodings import ENCODINGS
from ladle.compiler.language.functions.formats import FORMATS
from ladle.compiler.language.functions.lists import LISTS
from ladle.compiler.language.functions.ordered import ORDERED
from ladle.compiler.language.functions.regexes import REGEXES
from ladle.compiler.language.functions.scalars import SCALARS
from ladle.compiler.language.functions.sums import SUMS
from ladle.compiler.language.functions.taking import FunctionReader
from ladle.compiler.language.functions.times import TIMES

__all__ = ["FUNCTIONS"]

FUNCTIONS: Final[Mapping[Any, FunctionReader]] = {
    **SCALARS,
    **LISTS,
    **SUMS,
    **ORDERED,
    **DATES,
    **TIMES,
    **ENCODINGS,
    **CHANCE,
    **REGEXES,
    **DOCUMENTS,
    **COPIES,
    **FORMATS,
}
"""What reads a call of each function."""
