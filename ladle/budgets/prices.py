"""What AWS asks for, in US dollars: a table with its Region and date, and nothing else in code.

Figures are list prices of US East (N. Virginia), without free tiers and volume discounts, so a bill is at
most what they give. Sources: the pricing pages of AWS Step Functions and AWS Lambda (x86).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ladle.operate.records import DOLLARS_PER_TRANSITION

__all__ = ["PRICES", "Prices"]


@dataclass(frozen=True, slots=True)
class Prices:
    """List prices of one Region.

    `transition` is of a Standard machine; `express_request` and `express_gb_second` of an Express one, whose
    memory is billed in steps of 64 MB and whose time in steps of 100 ms; `call` and `gb_second` of Lambda.
    """

    region: str
    as_of: str
    sources: tuple[str, ...]
    transition: float
    express_request: float
    express_gb_second: float
    call: float
    gb_second: float

    def express(self, seconds: float, memory: int = 64) -> float:
        """One Express run of that many seconds, which uses that many MB."""
        billed = math.ceil(round(seconds * 10, 6)) / 10
        return self.express_request + self.express_gb_second * billed * math.ceil(memory / 64) * 64 / 1024

    def function(self, seconds: float, memory: int) -> float:
        """One call of a function that has that many MB."""
        billed = math.ceil(round(seconds * 1000, 6)) / 1000
        return self.call + self.gb_second * billed * memory / 1024


PRICES: Final = Prices(
    region="us-east-1",
    as_of="2026-11",
    sources=("https://aws.amazon.com/step-functions/pricing/", "https://aws.amazon.com/lambda/pricing/"),
    transition=DOLLARS_PER_TRANSITION,
    express_request=1.00 / 1_000_000,
    express_gb_second=0.00001667,
    call=0.20 / 1_000_000,
    gb_second=0.0000166667,
)
"""The prices that `ladle cost` and `ladle check --budgets` reckon with."""
