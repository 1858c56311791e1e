from ladle import Failed, after, at_once, attempt, each, in_order, retry, workflow
from tests.fuzz.found.tasks import *


@workflow
def main(n: int, xs: list[int]) -> int:
    v1 = mix(min(n, n), min(7, n))
    v2 = mix(v1 - v1, 10 + v1)
    with in_order():
        v3 = [mix(mix(n, 1), mix(v2, 2)) for v4 in xs if v4 > 2]
        v5 = sum(v3) % 13
        v6 = mix(1, 3 + n)
    if v5 % 3 == 0:
        if n > 10:
            raise Other("raised")
        v7 = v6 - v5
    v8 = careful(1 - 10)
    v9 = mix(min(v5, v5), v6 + v6)
    v10 = 0
    while v10 < 2 and (v5 % 3 == 0):
        v10 += 1
        v6 = mix(mix(n + v1, 1), mix(v2 - 8, 2))
        v11 = 0
        while v11 < 2 and (flag(v1)):
            v11 += 1
            v12 = 0
            while v12 < 2 and (flag(n)):
                v12 += 1
                v13 = v5 - 9
    v14 = mix(mix(v6 % 5, 1), mix(v5 + v8, 2))
    return v8 + v9 + v10 + v14
