"""The data of an application are checked at once; a doubt goes to a person."""

from ladle import TaskToken, task, workflow


class Doubtful(Exception): ...


@task
def check_name(name: str) -> str: ...


@task
def check_address(address: str) -> str: ...


@task
def assess(name: str, address: str) -> int: ...


@task(timeout=86400)
def review(answer: TaskToken[bool], name: str) -> None: ...


@task
def approve(name: str) -> str: ...


@task
def reject(name: str) -> str: ...


@workflow
def loan_application(name: str, address: str) -> str:
    try:
        known = check_name(name)
        place = check_address(address)
    except Doubtful:
        approved = review(name)
    else:
        approved = assess(known, place) > 700
    if approved:
        return approve(name)
    return reject(name)
