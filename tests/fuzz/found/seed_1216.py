from ladle import Failed, after, at_once, attempt, each, in_order, retry, workflow
from tests.fuzz.found.tasks import *


@workflow
def main(n: int, xs: list[int]) -> int:
    v1 = [checked(v2 % 5) for v2 in xs if v2 > 2]
    v3 = sum(v1) % 13
    v4 = attempt(risky, n + v3)
    v5 = -1 if isinstance(v4, Failed) else v4
    v6 = [risky((v7 if v7 > v5 else v5)) for v7 in xs]
    v8 = sum(v6) % 13
    v9 = [checked(3 % 5) for v10 in many(min(n, v3)) if v10 > 2]
    v11 = sum(v9) % 13
    if 7 > v3:
        v12 = risky((v5 if v5 > 1 else 1))
        v13 = mix(mix(n + n, 1), mix(v8, 2))
    else:
        v14 = mix(min(n, 3), v11 % 5)
    v15 = attempt(risky, 8 - v3)
    v16 = -1 if isinstance(v15, Failed) else v15
    if v16 % 3 == 0:
        v17 = careful(v5)
        return v5 % 5
    v18 = twice(3 - v8)
    return v8 + v11 + v16 + v18
