"""A choice, a wait, two things worked out: every kind of state, and no call."""

from ladle import sleep, workflow


class NotHelloWorld(Exception): ...


@workflow
def sfnx_hello_world(hello: bool, seconds: int) -> str:
    checkpoints = 0
    if not hello:
        raise NotHelloWorld("not a hello world")
    sleep(seconds)
    checkpoints += 1
    first = f"waited {seconds} seconds"
    second = f"passed {checkpoints} checkpoints"
    return f"{first} and {second}"
