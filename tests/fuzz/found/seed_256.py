from ladle import Failed, after, at_once, attempt, each, in_order, retry, workflow
from tests.fuzz.found.tasks import *


@workflow
def main(n: int, xs: list[int]) -> int:
    if flag(n):
        v1 = twice(2 % 5)
        n = risky(0 + n)
    if 1 > 10:
        raise Other("raised")
    try:
        v2 = risky(n + n)
        with in_order():
            v3 = risky(n + 9)
        v4 = checked(v3)
        return min(4, n)
    except (Worse, Other):
        v5 = mix((10 if 10 > 3 else 3), n - n)
    v6 = min(9, n)
    v7 = attempt(risky, n + n)
    v8 = -1 if isinstance(v7, Failed) else v7
    v9 = [twice(n + 10) for v10 in many(v8 + n) if flag(v10)]
    v11 = sum(v9) % 13
    if v11 % 3 == 0:
        v12 = mix(11 + v6, n)
    with after(v8):
        v13 = 0
        while v13 < 2 and (flag(2)):
            v13 += 1
            v14 = [careful(4 % 5) for v15 in many((0 if 0 > 3 else 3)) if flag(v15)]
            v16 = sum(v14) % 13
            try:
                v17 = risky(n % 5)
                v18 = min(v11, v6)
            except Worse:
                v19 = 11 + 3
            continue
        v20 = [mix(3, 4 % 5) for v21 in [v6 - 6, (v11 if v11 > 9 else 9)]]
        v22 = sum(v20) % 13
    return v8 + v11 + v13 + v22
