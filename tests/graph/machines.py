"""State machines that the drawing tests draw, and a strategy that makes more."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st


def task(**more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", **more}


DAY: dict[str, Any] = {
    "Comment": "Delay report of one day",
    "QueryLanguage": "JSONata",
    "StartAt": "load_day",
    "States": {
        "load_day": task(Next="both", Catch=[{"ErrorEquals": ["BadFile"], "Next": "quarantine"}]),
        "quarantine": task(Next="raise"),
        "raise": {"Type": "Fail", "Error": "BadFile"},
        "publish": task(End=True),
        "if not found": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $count($found) = 0 %}", "Next": "return"}],
            "Default": "sleep",
        },
        "sleep": {"Type": "Wait", "Seconds": 60, "Next": "again"},
        "again": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $n < 3 %}", "Next": "load_day"}],
            "Default": "publish",
        },
        "return": {"Type": "Succeed"},
        "both": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "weather", "States": {"weather": task(Next="wind"), "wind": task(End=True)}},
                {
                    "StartAt": "delays",
                    "States": {
                        "delays": {
                            "Type": "Map",
                            "MaxConcurrency": 4,
                            "ItemProcessor": {"StartAt": "delay", "States": {"delay": task(End=True)}},
                            "End": True,
                        }
                    },
                },
            ],
            "Next": "if not found",
        },
    },
}


@st.composite
def machines(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """Any block: states that lead anywhere, also in circles, also nowhere; nested Maps and Parallels."""
    counter = iter(range(10_000))
    return _block(draw, depth, counter)


def _block(draw: st.DrawFn, depth: int, counter: Any) -> dict[str, Any]:
    names = [f"s{next(counter)}" for _ in range(draw(st.integers(1, 6)))]
    targets = st.sampled_from(names)
    kinds = ["Task", "Wait", "Pass", "Choice", "Succeed", "Fail"] + (["Map", "Parallel"] if depth else [])
    states: dict[str, Any] = {}
    for name in names:
        kind = draw(st.sampled_from(kinds))
        state: dict[str, Any] = {"Type": kind}
        if kind == "Choice":
            rules = draw(st.lists(targets, min_size=1, max_size=3))
            state["Choices"] = [
                {"Condition": f"{{% $x = '<\"{i}&' %}}", "Next": t} for i, t in enumerate(rules)
            ]
            state["Default"] = draw(targets)
        elif kind not in ("Succeed", "Fail"):
            if draw(st.booleans()):
                state["Next"] = draw(targets)
            else:
                state["End"] = True
        if kind in ("Task", "Map", "Parallel"):
            state["Catch"] = [{"ErrorEquals": ["E"], "Next": t} for t in draw(st.lists(targets, max_size=2))]
        if kind == "Map":
            state["ItemProcessor"] = _block(draw, depth - 1, counter)
        if kind == "Parallel":
            state["Branches"] = [_block(draw, depth - 1, counter) for _ in range(draw(st.integers(1, 3)))]
        states[name] = state
    return {"StartAt": names[0], "States": states}
