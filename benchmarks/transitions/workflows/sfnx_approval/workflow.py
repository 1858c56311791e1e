"""A person decides about a release within a day; then it is deployed."""

from dataclasses import dataclass

from ladle import TaskToken, task, workflow


class Rejected(Exception): ...


@dataclass(frozen=True)
class Decision:
    approved: bool
    comment: str


@dataclass(frozen=True)
class Outcome:
    version: str
    deployed: bool
    reason: str


@task(timeout=86400)
def ask(answer: TaskToken[Decision], version: str) -> None: ...


@task
def deploy(version: str) -> None: ...


@workflow
def sfnx_approval(version: str) -> Outcome:
    try:
        decision = ask(version)
    except TimeoutError:
        return Outcome(version, False, "no answer")
    if not decision.approved:
        raise Rejected(decision.comment)
    deploy(version)
    return Outcome(version, True, decision.comment)
