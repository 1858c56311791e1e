"""A term is coded by lookup, or by an agent where that fails; how sure it is decides who sees it."""

from dataclasses import dataclass

from ladle import task, workflow


class LookupFailed(Exception): ...


@dataclass(frozen=True)
class Direct:
    blocked: bool
    matched: bool
    code: str


@dataclass(frozen=True)
class Coded:
    code: str
    score: float
    rationale: str


@task
def check_direct(term: str) -> Direct: ...


@task
def ask_agent(text: str) -> Coded: ...


@task
def write_back(record: str, status: str, code: str | None) -> str: ...


@task
def leave_open(record: str, failure: str | None, rationale: str | None) -> str: ...


@workflow
def sfnx_coding_agent(record: str, term: str, study: str) -> str:
    failure: str | None = None
    rationale: str | None = None
    code: str | None = None
    try:
        direct = check_direct(term)
        if direct.blocked:
            status = "open"
        elif direct.matched:
            status = "autocoded"
            code = direct.code
        else:
            coded = ask_agent(f"Code {term} for {study}.")
            code = coded.code
            rationale = coded.rationale
            if coded.score >= 0.9:
                status = "autocoded"
            elif coded.score >= 0.7:
                status = "approval_required"
            else:
                status = "open"
    except LookupFailed:
        failure = "LookupFailed"
        status = "open"
    if status != "open":
        try:
            return write_back(record, status, code)
        except LookupFailed:
            failure = "LookupFailed"
    return leave_open(record, failure, rationale)
