"""A loop whose iterations share nothing is a Map; a name that it sets may stand around it, too."""

from dataclasses import dataclass

from ladle import task, workflow


@dataclass
class File:
    key: str
    rows: int = 1


@task
def load(key: str) -> int:
    """Load a file."""
    return len(key)


@workflow
def loop_name_again(keys: list[str], known: dict[str, int], key: str) -> str:
    rows = known[key]
    for each_key in keys:
        rows = int(each_key)
        load(f"{rows}")
    match File(key):
        case File(name, count):
            return f"{name} {count}"
        case File(rows=1):
            return f"{rows}"
    return key
