"""What Step Functions takes away from JSONata, found before anything runs.

`?:` and `??` came after the JSONata 2.0 that AWS runs; `$eval` is not there; and an expression has no
input of its own, so `$`, `$$` and bare field names at the top level are refused
(https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html).
"""

from __future__ import annotations

from ladle.jsonata.lexer import Kind, Token
from ladle.jsonata.values import JsonataError

__all__ = ["check_tokens", "names_called", "refuse_input"]


def check_tokens(tokens: list[Token]) -> None:
    """Raise JsonataError for operators and functions that Step Functions does not have."""
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPERATOR and token.text in ("?:", "??"):
            second = token.text[1]
            raise JsonataError(
                "S0211",
                f'The symbol "{second}" cannot be used as a unary operator'
                f" (Step Functions has no `{token.text}`: write a condition, `$exists(a) ? a : b`)",
                token.position + 1,
            )
        if token.kind is Kind.VARIABLE and token.text == "eval" and _is_called(tokens, index):
            raise JsonataError(
                "", "Step Functions has no $eval: use $parse to read a JSON text", token.position
            )


def _is_called(tokens: list[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].text == "("


def names_called(tokens: list[Token]) -> frozenset[str]:
    """Return the names after `$` that occur in the expression, called or not."""
    return frozenset(token.text for token in tokens if token.kind is Kind.VARIABLE and token.text)


def refuse_input(tokens: list[Token], reads_input: bool) -> None:
    """Raise JsonataError for an expression that reads an input of its own.

    `reads_input` is jlens's finding; calls of functions unknown to it count as reading the input, so
    the tokens must also show something that could: `$`, `$$`, `%`, `*`, `**` or a bare name.
    """
    if not reads_input:
        return
    for token in tokens:
        bare_name = token.kind is Kind.NAME and token.text not in ("true", "false", "null", "function")
        if bare_name or (token.kind is Kind.VARIABLE and token.text in ("", "$")):
            sign = "$" if token.kind is Kind.VARIABLE else ""
            raise JsonataError(
                "",
                f"`{sign}{token.text}` at the top level of an expression refers to an input that Step Functions"
                " does not give: use $states.input, $states.result or a variable",
                token.position,
            )
