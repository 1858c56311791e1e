"""What is in a queue is stored and told, all at once."""

from dataclasses import dataclass

from ladle import task, workflow


@dataclass(frozen=True)
class Message:
    id: str
    text: str


@task
def read_queue() -> list[Message]: ...


@task
def store(message: Message) -> None: ...


@task
def remove(id: str) -> None: ...


@task
def publish(text: str) -> str: ...


def process(message: Message) -> str:
    store(message)
    remove(message.id)
    return publish(message.text)


@workflow
def queue_messages() -> list[str]:
    messages = read_queue()
    if not messages:
        return []
    return [process(message) for message in messages]
