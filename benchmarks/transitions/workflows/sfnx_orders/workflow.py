"""Each item of an order is reserved, then the order is charged."""

from dataclasses import dataclass

from ladle import task, workflow


class Missing(Exception): ...


class OutOfStock(Exception): ...


@dataclass(frozen=True)
class Item:
    sku: str
    quantity: int


@task
def reserve(sku: str, quantity: int) -> None: ...


@task
def charge(order: str, items: list[Item]) -> str: ...


@workflow(timeout=300)
def sfnx_orders(order: str, items: list[Item]) -> dict[str, str]:
    for item in items:
        try:
            reserve(item.sku, item.quantity)
        except Missing:
            raise OutOfStock(f"{item.sku} is out of stock") from None
    receipt = charge(order, items)
    return {"order": order, "receipt": receipt}
