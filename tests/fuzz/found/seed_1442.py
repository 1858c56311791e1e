from ladle import Failed, after, at_once, attempt, each, in_order, retry, workflow
from tests.fuzz.found.tasks import *


@workflow
def main(n: int, xs: list[int]) -> int:
    if 0 > 10:
        raise Other("raised")
    v1 = 0
    while v1 < 2 and (flag(4)):
        v1 += 1
        if n % 3 == 0:
            v2 = [mix(min(v3, v3), n) for v3 in many(n - n) if v3 > 2]
            v4 = sum(v2) % 13
            try:
                v5 = risky((v4 if v4 > 9 else 9))
                v6 = v4
            finally:
                note(min(v4, v4))
                v7 = 11 if 11 > v4 else v4
        else:
            v8 = [mix(0 % 5, 9 - 6) for v9 in many(n + n) if v9 > 2]
            v10 = sum(v8) % 13
        break
    v11 = min(v1, n)
    v12 = [mix(4 - v13, (2 if 2 > v13 else v13)) for v13 in [v11 + n, n - v1] if flag(v13)]
    v14 = sum(v12) % 13
    with after(v14):
        v14 = mix(min(v11, 11), min(v14, v11))
    v15 = mix(2 - 9, v11 + v14)
    v16 = mix(mix(11 % 5, 1), mix(v15 - v11, 2))
    v17 = attempt(risky, min(v11, v11))
    v18 = -1 if isinstance(v17, Failed) else v17
    return v14 + v15 + v16 + v18
