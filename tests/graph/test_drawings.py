"""Drawings hold every state and every transition, and are well-formed whatever the names are."""

import re
from xml.etree import ElementTree

from hypothesis import given, settings

from ladle.asl.model import walk
from ladle.graph import chart_of, mermaid, svg
from ladle.graph.chart import Chart
from ladle.graph.layout import Picture, lay_out
from tests.graph.machines import DAY, machines

SVG = "{http://www.w3.org/2000/svg}"


def edges(chart: Chart) -> int:
    return len(chart.edges) + sum(edges(block) for node in chart.nodes for block in node.blocks)


def test_mermaid_draws_branches_as_boxes_and_handlers_dashed():
    """What GitHub shows in a review."""
    text = mermaid(DAY)
    assert text.startswith("flowchart TD\n")
    assert '  n1["load_day"]\n' in text
    assert re.search(r'subgraph n\d+\["delays · for each item, 4 at once"\]', text)
    assert re.search(r'n1 -\.->\|"BadFile"\| n\d+', text)
    assert re.search(r'n\d+ -->\|"yes"\| n\d+', text)  # the state asks: `if not found`
    assert re.search(r'n\d+ -->\|"\$n #lt; 3"\| n\d+', text)


@settings(max_examples=100, deadline=None)
@given(machines())
def test_mermaid_holds_every_state_and_transition(machine):
    """One node or subgraph a state, one arrow a transition (and those of start and end)."""
    text = mermaid(machine)
    ids = re.findall(r"^ *(?:subgraph )?(n\d+)[\[({]", text, re.M)
    assert len(ids) == len(set(ids)) == len(list(walk(machine)))
    arrows = [line for line in text.splitlines() if re.match(r" +n\d+ -", line) and "finish" not in line]
    assert len(arrows) == edges(chart_of(machine))


def test_svg_holds_every_state_with_its_title():
    """A picture that can be looked at without any script."""
    root = ElementTree.fromstring(svg(DAY, {"load_day": "failed"}))
    shown = {group.get("data-state"): group.get("class") for group in root.iter(f"{SVG}g")}
    assert set(shown) == {visit.name for visit in walk(DAY)}
    assert shown["load_day"] == "state Task failed"
    assert root.find(f"{SVG}title").text == "Delay report of one day"


@settings(max_examples=100, deadline=None)
@given(machines())
def test_svg_is_well_formed_whatever_the_machine(machine):
    """Expressions with quotes, brackets and ampersands stand in it as text."""
    root = ElementTree.fromstring(svg(machine))
    assert {g.get("data-state") for g in root.iter(f"{SVG}g")} == {v.name for v in walk(machine)}


def pictures(picture: Picture):
    yield picture
    for box in picture.boxes:
        for _, _, inner in box.inner:
            yield from pictures(inner)


@settings(max_examples=150, deadline=None)
@given(machines())
def test_boxes_never_overlap_and_stay_within_their_picture(machine):
    """Neither beside nor below each other; what is inside a box fits into it."""
    for picture in pictures(lay_out(chart_of(machine))):
        boxes = picture.boxes
        for number, a in enumerate(boxes):
            assert a.x >= -0.01
            assert a.x + a.width <= picture.width + 0.01
            assert a.y + a.height <= picture.height + 0.01
            for dx, dy, inner in a.inner:
                assert dx + inner.width <= a.width + 0.01
                assert dy + inner.height <= a.height + 0.01
            for b in boxes[number + 1 :]:
                apart = a.x + a.width <= b.x or b.x + b.width <= a.x
                assert apart or a.y + a.height <= b.y or b.y + b.height <= a.y


@settings(max_examples=100, deadline=None)
@given(machines())
def test_transitions_lead_down_except_those_that_close_a_loop(machine):
    """So that the eye follows the run from top to bottom."""
    for picture in pictures(lay_out(chart_of(machine))):
        for line in picture.lines:
            if not line.edge.back:
                ys = [y for _, y in line.points]
                assert ys == sorted(ys)


def test_drawing_is_deterministic():
    """A committed drawing changes when the machine does, and not otherwise."""
    assert svg(DAY) == svg(DAY)
    assert mermaid(DAY) == mermaid(DAY)
