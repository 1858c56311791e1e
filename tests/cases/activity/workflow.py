"""Activities: called like tasks, retried as they say, their failures caught, their results checked."""

from dataclasses import dataclass

from ladle import Retry, activity, attempt, task, workflow

NO_MOTO = "it has no work for workers (GetActivityTask)"

TRIES: list[str] = []


class Unreadable(Exception):
    pass


class Torn(Unreadable):
    pass


@dataclass
class Plate:
    id: str
    stars: int


def reset() -> None:
    TRIES.clear()


@activity(timeout=7200, heartbeat=60, retry=Retry(on=[ConnectionError], attempts=2))
def measure(plate: str, gain: float = 1.0) -> Plate:
    """Find the stars of a plate."""
    TRIES.append(plate)
    if plate == "flaky" and len(TRIES) < 2:
        raise ConnectionResetError("the telescope hung up")
    if plate == "torn":
        raise Torn(f'{plate} is "torn"')
    return Plate(plate, int(len(plate) * gain))


@activity
def archive(plate: Plate) -> None:
    """Put a plate away."""


@task
def report(stars: int) -> str:
    return f"{stars} stars"


@workflow
def main(plates: list[str], gain: float) -> str:
    try:
        first = measure.options(timeout=600, heartbeat=5)(plates[0], gain)
    except Unreadable as error:
        return f"unreadable: {error}"
    archive(first)
    found = [measure(plate) for plate in plates]
    tried = attempt(measure, "torn")
    return f"{report(first.stars + sum(plate.stars for plate in found))}, {isinstance(tried, Plate)}"
