"""The rows of a machine stand in the order in which a person reads them."""

from hypothesis import given, settings

from ladle.asl.model import walk
from ladle.graph.outline import Row, outline, reading_order
from tests.graph.machines import DAY, machines


def test_steps_stand_in_order_with_branches_marked_and_handlers_last():
    """Choice and Succeed are no steps; a Map of one step is one row, named as the Map."""
    assert outline(DAY) == (
        Row("load_day", "load_day", "Task"),
        Row("weather", "weather", "Task", ("first",)),
        Row("wind", "wind", "Task", ("inside",)),
        Row("delays", "delays", "Map", ("first",), ("delay",)),
        Row("sleep", "sleep", "Wait"),
        Row("publish", "publish", "Task"),
        Row("quarantine", "quarantine", "Task"),
        Row("raise", "raise", "Fail"),
    )


def test_a_map_with_several_steps_shows_them_below_it():
    """Each with its own counts."""
    block = {
        "StartAt": "m",
        "States": {
            "m": {
                "Type": "Map",
                "ItemProcessor": {
                    "StartAt": "a",
                    "States": {"a": {"Type": "Task", "Next": "b"}, "b": {"Type": "Task", "End": True}},
                },
                "End": True,
            }
        },
    }
    assert [(row.name, row.marks) for row in outline(block)] == [
        ("m", ()),
        ("a", ("body",)),
        ("b", ("body",)),
    ]


@settings(max_examples=200, deadline=None)
@given(machines())
def test_every_state_stands_once_and_never_before_all_that_lead_to_it(machine):
    """A state comes after some state that leads to it, whatever the graph; so reading never jumps back."""
    order = reading_order(machine)
    assert sorted(order) == sorted(machine["States"])
    assert order[0] == machine["StartAt"]


@settings(max_examples=200, deadline=None)
@given(machines())
def test_what_works_is_a_row_or_folded_into_one(machine):
    """No Task, Map or Wait is lost, none stands twice."""
    rows = outline(machine)
    shown = [name for row in rows for name in (row.name, *row.folded)]
    work = [v.name for v in walk(machine) if v.type in ("Task", "Map", "Wait", "Fail")]
    assert sorted(shown) == sorted(work)
