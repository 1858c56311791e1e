"""A draw is made once, where its call stands; what is made of it is within its range."""

import random
import uuid

from ladle import sleep, task, workflow


@task
def told(within: bool, same: bool, other: bool) -> bool:
    return within and same and not other


@workflow
def chance(sides: int, names: list[str]) -> list[bool]:
    token = str(uuid.uuid4())
    first = random.randint(1, sides)
    x = random.random()
    again = [x, x]
    sleep(5)
    other = uuid.uuid4()
    name = random.choice(names)
    some = [random.randrange(n + 1) <= n for n in range(3)]
    a = told(1 <= first <= sides, again[0] == again[1], token == str(other))
    b = told(0 <= x < 1, name in names, len(other.hex) != 32)
    c = told(2.0 <= random.uniform(2, 3) <= 3.0, all(some), f"{other}" != str(other))
    if random.random() < 2:
        return [a, b, c]
    return []
