"""The charges of a day are totalled per currency."""

from dataclasses import dataclass

from ladle import task, workflow


@dataclass(frozen=True)
class Charge:
    currency: str
    amount: int


@dataclass(frozen=True)
class Totals:
    date: str
    charges: int
    euros: int
    dollars: int


@task
def load_charges(date: str) -> list[Charge]: ...


@workflow
def sfnx_settle(date: str) -> Totals:
    charges = load_charges(date)
    if not charges:
        return Totals(date, 0, 0, 0)
    euros = sum(charge.amount for charge in charges if charge.currency == "EUR")
    dollars = sum(charge.amount for charge in charges if charge.currency == "USD")
    return Totals(date, len(charges), euros, dollars)
