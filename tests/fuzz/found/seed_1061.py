from ladle import Failed, after, at_once, attempt, each, in_order, retry, workflow
from tests.fuzz.found.tasks import *


@workflow
def main(n: int, xs: list[int]) -> int:
    v1 = [checked(min(1, 7)) for v2 in [n - 5, 7 - n] if v2 > 2]
    v3 = sum(v1) % 13
    v4 = risky(10 + v3)
    if v3 % 3 == 0:
        if 7 < 6 or v4 > 9:
            v5 = [mix(mix(6 % 5, 1), mix(min(n, v4), 2)) for v6 in xs if flag(v6)]
            v7 = sum(v5) % 13
            return v7 % 5
        v8 = min(n, n)
        return v3 if v3 > v3 else v3
    v9 = mix(v3 + 7, min(v3, v3))
    v10 = min(0, v4)
    v11 = attempt(risky, n + 10)
    v12 = -1 if isinstance(v11, Failed) else v11
    v13 = [mix(v3 - 9, v12 - v4) for v14 in many(4 % 5)]
    v15 = sum(v13) % 13
    v16 = mix((v9 if v9 > v9 else v9), v15 + n)
    return v10 + v12 + v15 + v16
