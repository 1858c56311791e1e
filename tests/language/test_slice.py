"""The sentences of the language that every pipeline uses, source in and form out."""

from __future__ import annotations

from tests.language.written import Language


def test_a_call_bound_to_a_name_sets_it(language: Language) -> None:
    """No variable stands between a call and the name that it is assigned to."""
    assert language.form("day = load(key)\nnote(day.note or 'none')") == (
        "day = load(key=key)\n"
        'step note(text=(day.note if bool.and(bool.not(is_none(day.note)), truth.str(day.note)) else "none"))'
    )


def test_calls_are_lifted_in_pythons_order(language: Language) -> None:
    """Arguments come before the call that takes them."""
    assert language.form("total = size(name(key)) + size('b')\nnote(str(total))") == (
        "name = name(key=key)\n"
        "size = size(key=name)\n"
        'size.1 = size(key="b")\n'
        "total = int.add(size, size.1)\n"
        "step note(text=str.of_int(total))"
    )


def test_defaults_are_filled_in_order_of_the_signature(language: Language) -> None:
    assert language.form("m = count(exact=True, key=key)\nnote(str(m))").startswith(
        "m = count(key=key, limit=10, exact=true)"
    )


def test_a_result_nobody_reads_makes_a_step(language: Language) -> None:
    assert language.form("x = load(key)\nload('b')") == 'step load(key=key)\nstep load(key="b")'


def test_webs_of_a_name_are_variables_of_their_own(language: Language) -> None:
    """Unrelated uses of one name do not wait for each other."""
    assert language.form("x = load(key)\ndelays(x, 'AA')\nx = size(key)\nnote(str(x))") == (
        'x = load(key=key)\nstep delays(day=x, carrier="AA")\nx.1 = size(key=key)\nstep '
        "note(text=str.of_int(x.1))"
    )


def test_definitions_that_meet_are_one_variable(language: Language) -> None:
    assert language.form("if n > 1:\n    x = size(key)\nelse:\n    x = 0\nnote(str(x))") == (
        "if num.gt(n, 1):\n  x = size(key=key)\nelse:\n  x = 0\nstep note(text=str.of_int(x))"
    )


def test_a_comprehension_with_a_call_is_a_map(language: Language) -> None:
    assert language.form(
        "day = load(key)\nfound = [delays(day, c) for c in day.carriers if c != '??']\nnote(str(len(found)))"
    ) == (
        "day = load(key=key)\n"
        'found = map c in day.carriers if ne(c, "??"):\n'
        "  delays = delays(day=day, carrier=c)\n"
        "  gives delays\n"
        "step note(text=str.of_int(list.len(found)))"
    )


def test_a_comprehension_without_a_call_is_an_expression(language: Language) -> None:
    assert language.form("xs = [c.upper() for c in names(key) if c]\nnote(', '.join(xs))") == (
        "names = names(key=key)\n"
        "xs = [str.upper(c) for c in names if truth.str(c)]\n"
        'step note(text=str.join(", ", xs))'
    )


def test_try_raise_and_the_text_of_an_error(language: Language) -> None:
    """`except Base` takes the known subclasses too; `raise` alone raises the caught error again."""
    assert language.form(
        """
        try:
            day = load(key)
        except BadFile as error:
            note(str(error))
            raise
        delays(day, 'AA')
        """
    ) == (
        "try:\n"
        "  day = load(key=key)\n"
        "except BadFile, WorseFile as error:\n"
        "  step note(text=text(error))\n"
        "  raise error\n"
        'step delays(day=day, carrier="AA")'
    )
