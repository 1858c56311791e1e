"""The generator of `java.util.Random`, which seeded random functions of Step Functions turn out to use.

Linear congruential, 48 bits (D. Knuth, The Art of Computer Programming, volume 2, section 3.2.1), as the
Java documentation specifies it.
"""

from __future__ import annotations

from typing import Final

__all__ = ["JavaRandom"]

_MULTIPLIER: Final = 0x5DEECE66D
_INCREMENT: Final = 0xB
_MASK: Final = (1 << 48) - 1


class JavaRandom:
    """Numbers drawn from a seed.

    >>> JavaRandom(42).next_double()
    0.7275636800328681
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def _next(self, bits: int) -> int:
        self._state = (self._state * _MULTIPLIER + _INCREMENT) & _MASK
        return self._state >> (48 - bits)

    def next_double(self) -> float:
        """Return a number from 0 (inclusive) to 1 (exclusive)."""
        return float((self._next(26) << 27) + self._next(27)) / (1 << 53)

    def next_int(self, bound: int) -> int:
        """Return an integer from 0 (inclusive) to `bound` (exclusive), at most 2^31 - 1."""
        if bound & -bound == bound:
            return (bound * self._next(31)) >> 31
        while True:
            bits = self._next(31)
            value = bits % bound
            if bits - value + (bound - 1) < 1 << 31:
                return value
