"""A person is asked by mail, and what they answer decides."""

from ladle import TaskToken, task, workflow


@task(timeout=3600)
def ask_by_mail(answer: TaskToken[str], release: str) -> None: ...


@task
def promote(release: str) -> str: ...


@workflow
def human_approval(release: str) -> str:
    if ask_by_mail(release) == "approve":
        return promote(release)
    return "rejected"
