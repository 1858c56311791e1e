"""What Step Functions takes away from JSONata, found before anything runs.

`?:` and `??` came after the JSONata 2.0 that AWS runs, and an expression has no input of its own, so `$`,
`$$` and bare field names at the top level are refused
(https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html).
"""

from __future__ import annotations

from ladle.jsonata.lexer import Kind, Token
from ladle.jsonata.values import JsonataError

__all__ = ["check_tokens", "names_called", "refuse_input"]


def check_tokens(tokens: list[Token]) -> None:
    """Raise JsonataError for operators that Step Functions does not have."""
    for token in tokens:
        if token.kind is Kind.OPERATOR and token.text in ("?:", "??"):
            second = token.text[1]
            raise JsonataError(
                "S0211",
                f'The symbol "{second}" cannot be used as a unary operator'
                f" (Step Functions has no `{token.text}`: write a condition, `$exists(a) ? a : b`)",
                token.position + 1,
            )


def _is_called(tokens: list[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].text == "("


def names_called(tokens: list[Token]) -> frozenset[str]:
    """Return the names after `$` that occur in the expression, called or not."""
    return frozenset(token.text for token in tokens if token.kind is Kind.VARIABLE and token.text)


def refuse_input(tokens: list[Token]) -> None:
    """Raise JsonataError where the expression reads an input of its own: Step Functions gives none.

    Follows the brackets: what stands after `.`, in a predicate, a grouping, an order-by or a transform
    has a context; elsewhere a name, `$`, `$$`, `*`, `**` or `%` would refer to the missing input.
    """
    signature, bodies = _lambdas(tokens)
    given = [False]  # does the innermost bracket have a context?
    bars = 0
    for index, token in enumerate(tokens):
        if index in signature:
            continue
        before = tokens[index - 1] if index else None
        if token.kind is Kind.OPERATOR:
            if token.text in ("(", "[", "{"):
                given.append(given[-1] or (index not in bodies and _opens_context(tokens, index)))
                continue
            if token.text in (")", "]", "}"):
                if len(given) > 1:
                    given.pop()
                continue
            if token.text == "|":
                bars = (bars + 1) % 3
                continue
            free = token.text in ("*", "**", "%") and not _ends_operand(before)
        elif token.kind is Kind.VARIABLE:
            free = token.text in ("", "$")
        else:
            free = token.kind is Kind.NAME and token.text not in _WORDS and not _starts_lambda(tokens, index)
        if free and not _is(before, ".") and not given[-1] and not bars:
            sign = "$" if token.kind is Kind.VARIABLE else ""
            raise JsonataError(
                "",
                f"`{sign}{token.text}` at the top level of an expression refers to an input, which"
                " Step Functions does not give: use $states.input, $states.result or a variable",
                token.position,
            )


_WORDS = frozenset({"true", "false", "null"})


def _is(token: Token | None, operators: str) -> bool:
    return token is not None and token.kind is Kind.OPERATOR and token.text in operators


def _starts_lambda(tokens: list[Token], index: int) -> bool:
    return tokens[index].text in ("function", "λ") and _is_called(tokens, index)


def _lambdas(tokens: list[Token]) -> tuple[set[int], set[int]]:
    """Return the indexes of all tokens in lambdas' signatures, and of the `{` that open their bodies."""
    signature: set[int] = set()
    bodies: set[int] = set()
    for start, token in enumerate(tokens):
        if token.kind is not Kind.NAME or not _starts_lambda(tokens, start):
            continue
        index = start + 1
        while index < len(tokens) and not _is(tokens[index], ")"):
            index += 1
        index += 1
        while index < len(tokens) and not _is(tokens[index], "{"):
            signature.add(index)
            index += 1
        bodies.add(index)
    return signature, bodies


def _ends_operand(token: Token | None) -> bool:
    """Tell whether an operand has just ended, so that a bracket after it is a predicate, group or call."""
    if token is None:
        return False
    return token.kind is not Kind.OPERATOR or token.text in (")", "]", "}")


def _opens_context(tokens: list[Token], index: int) -> bool:
    """Tell whether the bracket at `index` evaluates its inside over the items of what stands before it."""
    before = tokens[index - 1] if index else None
    if _is(before, ".^"):
        return True
    if not _ends_operand(before):
        return False
    if tokens[index].text != "(":
        return True
    return index > 1 and _is(tokens[index - 2], ".")
