"""A trip is booked as a whole, or what was booked of it is cancelled."""

from ladle import task, workflow


class NotReserved(Exception): ...


@task
def reserve_flight(trip: str) -> str: ...


@task
def reserve_car(trip: str) -> str: ...


@task
def charge(trip: str) -> str: ...


@task
def cancel_flight(flight: str) -> None: ...


@task
def cancel_car(car: str) -> None: ...


@task
def tell(text: str) -> None: ...


@workflow
def travel_saga(trip: str) -> str:
    try:
        flight = reserve_flight(trip)
        try:
            car = reserve_car(trip)
            try:
                payment = charge(trip)
            except NotReserved:
                cancel_car(car)
                raise
        except NotReserved:
            cancel_flight(flight)
            raise
    except NotReserved:
        tell("the trip could not be booked")
        raise NotReserved("the trip could not be booked") from None
    tell("the trip is booked")
    return payment
