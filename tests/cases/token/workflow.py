"""The value of a call that waits for a token is what answers it."""

from ladle import TaskToken, task, workflow


@task(timeout=600)
def ask(token: TaskToken[bool], question: str) -> None:
    pass


@task
def publish(text: str) -> str:
    return text.upper()


@workflow
def approval(text: str) -> str:
    if not ask(text + "?"):
        return "refused"
    return publish(text)
