"""Each of a table's records is read, and sent to a queue, one after the other."""

from ladle import task, workflow


@task
def seed_table() -> list[str]: ...


@task
def read_record(id: str) -> str: ...


@task
def send_message(text: str) -> None: ...


@workflow
def transfer_records() -> None:
    for id in seed_table():
        text = read_record(id)
        send_message(text)
