"""Regular expressions: `$contains`, `$match`, `$replace` and `$split` with the pattern written anew."""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, error, fn, objects, quote
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.emit.expressions.text import ASTRAL, regex
from ladle.compiler.language.form import Const, Op
from ladle.compiler.language.operations.regexes import DIGITS, Regex, template, translated

__all__ = ["RULES", "is_found"]


def _escaped(char: str) -> str:
    return char if char == "-" else f"\\u{ord(char):04x}"


_BEYOND: Final = regex(r"[^\u0000-\u007f]")
_DIGITS: Final = regex(rf"[{''.join(map(_escaped, DIGITS[:-3]))}\ud800-\udfff]|[^\u0000-\uffff]")
_NO_ASCII: Final = error("UnicodeError", "a pattern's classes beyond ASCII")
_ASTRAL: Final = error("UnicodeError", "a pattern on text beyond U+FFFF")
_BACKSLASH: Final = error("ValueError", "a backslash in what re.sub puts in")


def _constant(op: Op, place: int) -> str | int:
    value = op.operands[place]
    assert isinstance(value, Const)
    assert isinstance(value.value, str | int)
    return value.value


def _pattern(op: Op) -> Regex:
    return translated(str(_constant(op, 1)), int(_constant(op, 2)))


def _guarded(found: Regex, text: Piece, body: Piece) -> Piece:
    """`body`, stopped for a text on which Python and the evaluator may differ."""
    if found.ascii or found.digits:
        doubtful = _BEYOND if found.ascii else _DIGITS
        return condition(call("contains", text, doubtful), _NO_ASCII, body)
    return condition(call("contains", text, ASTRAL), _ASTRAL, body) if found.bmp else body


def _literal(found: Regex, source: str) -> Piece:
    return Piece(f"/{source}/{found.flag}")


def _anchored(found: Regex, how: str) -> str:
    """The source of a search, or of a match at the beginning, or of all of the text."""
    if how == "search":
        return found.source
    return f"^{found.enclosed}" + "$" * (how == "fullmatch")


def is_found(printer: Printer, op: Op, sought: bool) -> Piece:
    """Whether a pattern is found, or whether it is not."""
    found, how = _pattern(op), str(_constant(op, 3))
    text, bindings = printer.shared(op.operands[0], "s")
    test = call("contains", text, _literal(found, _anchored(found, how)))
    return block(bindings, _guarded(found, text, test if sought else call("not", test)))


def _found(printer: Printer, op: Op) -> Piece:
    """The groups of the first match, as an object.

    Evaluators look for the next match at once, and fail where it is empty. So a pattern that may match
    nothing is made to take the whole text, of which a group is what it matches.
    """
    found, how = _pattern(op), str(_constant(op, 3))
    text, bindings = printer.shared(op.operands[0], "s")
    whole = found.empty and how != "fullmatch"
    if whole:
        before = "^" if how == "match" else r"^[\s\S]*?"
        matched = call("match", text, _literal(found, rf"{before}({found.source})[\s\S]*$"))
    else:
        matched = call(
            "match", text, _literal(found, _anchored(found, how)), *(["1"] if how == "search" else [])
        )
    match, more = printer.named(matched, "m")
    entries = [("g0", _group(match, 0) if whole else Piece(f"{match.text}.match", 80))]
    for group in found.groups:
        piece = _group(match, group.number - (not whole))
        entries.append((group.key, piece if group.sure else _or_null(piece)))
    body = condition(call("exists", match), objects(entries), Piece("null"))
    return block(bindings, _guarded(found, text, block(more, body)))


def _group(match: Piece, place: int) -> Piece:
    return Piece(f"{match.text}.groups[{place}]", 80)


def _or_null(group: Piece) -> Piece:
    return condition(call("exists", group), group, Piece("null"))


def _found_all(printer: Printer, op: Op) -> Piece:
    found = _pattern(op)
    text, bindings = printer.shared(op.operands[0], "s")
    matches = call("match", text, _literal(found, found.source))
    if len(found.groups) > 1:
        made, match = printer.fresh("found"), printer.fresh("m")
        groups = ", ".join(_group(Piece(match), group.number - 1).text for group in found.groups)
        step = call("append", made, f"[[{groups}]]")
        result = call("reduce", f"[{matches.text}]", fn((made, match), step), "[]")
    else:
        result = Piece(f"[{matches.text}.{'groups[0]' if found.groups else 'match'}]")
    return block(bindings, _guarded(found, text, result))


def _split(printer: Printer, op: Op) -> Piece:
    found = _pattern(op)
    text, bindings = printer.shared(op.operands[0], "s")
    return block(bindings, _guarded(found, text, call("split", text, _literal(found, found.source))))


def _replaced(printer: Printer, op: Op) -> Piece:
    found = _pattern(op)
    text, bindings = printer.shared(op.operands[0], "s")
    parts = template(str(_constant(op, 3)), found)
    if all(isinstance(part, str) for part in parts):
        new = Piece(quote("".join(map(str, parts)).replace("$", "$$")))
    else:
        match = Piece(printer.fresh("m"))
        pieces = [Piece(quote(part)) if isinstance(part, str) else _part(match, part) for part in parts]
        new = fn((match.text,), pieces[0] if len(pieces) == 1 else binary("&", *pieces))
    return block(bindings, _guarded(found, text, _replace(op, text, found, new)))


def _part(match: Piece, number: int) -> Piece:
    return _group(match, number - 1) if number else Piece(f"{match.text}.match", 80)


def _replaced_by(printer: Printer, op: Op) -> Piece:
    found = _pattern(op)
    text, bindings = printer.shared(op.operands[0], "s")
    new, more = printer.shared(op.operands[3], "new")
    result = _replace(op, text, found, fn((printer.fresh("m"),), new))
    guarded = condition(call("contains", new, quote("\\")), _BACKSLASH, result)
    return block((*bindings, *more), _guarded(found, text, guarded))


def _replace(op: Op, text: Piece, found: Regex, new: Piece) -> Piece:
    count = int(_constant(op, 4))
    return call("replace", text, _literal(found, found.source), new, *([str(count)] if count else []))


RULES: Final[dict[str, Rule]] = {
    "re.found": _found,
    "re.all": _found_all,
    "re.split": _split,
    "re.replaced": _replaced,
    "re.replaced_by": _replaced_by,
}
