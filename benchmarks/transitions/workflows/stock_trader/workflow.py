"""A share is bought or sold by its price, and the transaction recorded."""

from dataclasses import dataclass

from ladle import task, workflow


@dataclass(frozen=True)
class Deal:
    id: str
    kind: str
    price: int


@task
def check_price() -> int: ...


@task
def sell(price: int) -> Deal: ...


@task
def buy(price: int) -> Deal: ...


@task
def record(deal: Deal) -> str: ...


@workflow
def stock_trader() -> str:
    price = check_price()
    if price > 50:
        deal = sell(price)
    else:
        deal = buy(price)
    return record(deal)
