from ladle import Failed, after, at_once, attempt, each, in_order, retry, workflow
from tests.fuzz.found.tasks import *


@workflow
def main(n: int, xs: list[int]) -> int:
    v1 = mix(mix(min(n, n), 1), mix(n + n, 2))
    try:
        v2 = risky(v1 - v1)
        v1 = twice(n)
        return min(n, n)
    except (Worse, Other):
        for v3 in xs:
            v4 = mix(v3 % 5, v3 % 5)
            v5 = mix((v1 if v1 > 10 else 10), v3)
    finally:
        note(n)
        v6 = v1 + v1
    try:
        v7 = risky(min(n, 6))
        v8 = mix(11, min(n, 9))
    except Worse:
        n = mix((n if n > 2 else 2), 8)
        return v1
    finally:
        note((v1 if v1 > n else n))
    v9 = v1
    if 5 > 10:
        raise Other("raised")
    try:
        v10 = risky(11)
        v11 = mix(10 % 5, min(n, 4))
        return v11 + 1
    except Bad:
        with at_once():
            with at_once():
                v12 = v1 - v9
    finally:
        note(v1 % 5)
        note(v9 % 5)
    v13 = attempt(risky, 3)
    v14 = -1 if isinstance(v13, Failed) else v13
    note(v9)
    return n + v1 + v9 + v14
