"""What fails fails, also where nobody reads its value."""

from ladle import workflow


@workflow
def unread_failure(text: str, strict: bool) -> int:
    if strict:
        pass
    else:
        checked = int(text)
    return 1
