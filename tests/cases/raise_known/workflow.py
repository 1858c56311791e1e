"""An error that is raised again goes straight to the handler that is known to take it."""

from ladle import task, workflow


class NotBooked(Exception): ...


class Odd(Exception): ...


@task
def book(what: str) -> str:
    if what == "full":
        raise NotBooked(what)
    if what == "odd":
        raise Odd(what)
    return f"{what} booked"


@task
def cancel(what: str) -> str:
    return f"{what} cancelled"


@task
def tell(text: str) -> str:
    return text


@workflow
def raise_known(flight: str, car: str) -> str:
    try:
        first = book(flight)
        try:
            second = book(car)
        except NotBooked:
            cancel(first)
            raise
    except NotBooked as error:
        return tell(f"not booked: {error}")
    except Odd as error:
        return tell(f"odd: {error}")
    return tell(f"{first}, {second}")
