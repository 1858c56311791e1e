from ladle import Failed, after, at_once, attempt, each, in_order, retry, workflow
from tests.fuzz.found.tasks import *


@workflow
def main(n: int, xs: list[int]) -> int:
    v1 = 0
    while v1 < 2 and (flag(n)):
        v1 += 1
        v2 = retry(on=[Other], attempts=1)(whole)(n % 5)
        break
    for v3 in xs:
        v4 = mix((v3 if v3 > v1 else v1), n + 8)
        with after(n):
            v5 = v1 % 5
        break
    v6 = min(7, n)
    v7 = careful(6)
    v8 = twice(min(n, v6))
    with at_once():
        note((v1 if v1 > n else n))
    note(v6 - v6)
    v9 = risky((4 if 4 > v6 else v6))
    return v6 + v7 + v8 + v9
