"""Edits of a diagram's text: what was meant changes, every other byte stays; random edits leave a sound diagram."""

import random
import re
from itertools import combinations
from pathlib import Path

import pytest

from engine import check
from engine.door import BPMN
from engine.drawing import Drawing
from engine.editing import (
    CannotEdit,
    set_condition,
    set_help,
    set_name,
    set_properties,
    set_step,
    set_timer,
)
from engine.layout import plane_of
from engine.reading import read
from engine.rewiring import (
    NewStep,
    add_lane,
    add_step,
    lane_names,
    move_to_lane,
    remove_step,
    simple_neighbours,
    swap_steps,
)
from engine.sheet import Sheet

BUNDLE = Path(__file__).parents[3] / "bpmn" / "opt_in_5512pro"
DIAGRAMS = {path.name: path.read_bytes() for path in sorted(BUNDLE.glob("*.bpmn"))}
REQUEST = DIAGRAMS["opt_in_request.bpmn"]
PLAIN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"><process id="p" isExecutable="true">
<startEvent id="s"/><serviceTask id="a"/><exclusiveGateway id="g" default="f3"/><endEvent id="e"/><endEvent id="x"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="g"/>
<sequenceFlow id="f3" sourceRef="g" targetRef="e"/><sequenceFlow id="f4" sourceRef="g" targetRef="x"/>
</process></definitions>"""
"""Without prefixes, lanes, extensions or a drawing, as another tool may write it."""


def difference(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """What is between the beginning and the end that two texts share."""
    start = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


def drawing(content: bytes) -> Drawing:
    """A diagram as it is read."""
    return read({"x.bpmn": content})


def test_a_changed_text_is_the_only_difference():
    asked = "T6_AskClientToContactSupervisor"
    edits = [
        (set_name(REQUEST, asked, "Write & <ask>"), b"Write &amp; &lt;ask&gt;"),
        (set_properties(REQUEST, asked, {"due": "offer_due"}), b"offer_due"),
        (set_help(REQUEST, asked, "One.\n\nTwo & three."), b"One.\n\nTwo &amp; three."),
        (set_step(REQUEST, "S_RemindSupervisor", "remind_undecided"), b"undecided"),
        (set_condition(REQUEST, "Flow_G5_reached", "a < 3 and b"), b"a &lt; 3 and b"),
        (set_timer(REQUEST, "TM_EscalatePm", 'duration("P2D")'), b'duration("P2D")'),
    ]
    for changed, new in edits:
        _, inserted = difference(REQUEST, changed)
        assert inserted in new or new in inserted
        assert len(inserted) <= len(new) + 4
        assert drawing(changed).problems == []


def test_what_is_written_as_it_was_leaves_every_byte():
    asked = next(node for node in drawing(REQUEST).nodes if node.id == "T6_AskClientToContactSupervisor")
    element = asked.element
    same = set_name(REQUEST, asked.id, element.name)
    same = set_properties(same, asked.id, dict(element.properties))
    same = set_help(same, asked.id, element.documentation)
    same = move_to_lane(same, asked.id, element.lane or "")
    same = set_condition(same, "Flow_G5_not_reached", "")
    assert set_timer(same, "TM_EscalatePm", 'service_level("supervisor_escalate_pm")') == REQUEST


@pytest.mark.parametrize("content", [PLAIN, PLAIN.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + PLAIN])
def test_a_diagram_of_another_tool_is_edited_too(content: bytes):
    told = set_help(set_step(set_properties(content, "a", {"due": "soon"}), "a", "count"), "a", "Help.")
    told = set_condition(told, "f4", 'x == "1"')
    told, new = add_step(told, "f2", NewStep("userTask", "¿Qué más? 1", "", "Help.", {"form": "x.json"}))
    assert new == "QueMas1"
    nodes = {node.id: node for node in drawing(told).nodes}
    assert (nodes["a"].element.step, nodes["a"].element.documentation) == ("count", "Help.")
    assert dict(nodes["a"].element.properties) == {"due": "soon"}
    assert dict(nodes[new].element.properties) == {"form": "x.json"}
    conditions = {flow.id: flow.condition and flow.condition.text for flow in drawing(told).flows}
    assert conditions["f4"] == 'x == "1"'
    without = remove_step(told, new)
    assert [flow.target for flow in drawing(without).flows if flow.id == "f2"] == ["g"]
    assert remove_step(add_step(content, "f1", NewStep("userTask", "n", ""))[0], "N") == content


REFUSED = [
    (lambda: set_condition(PLAIN, "f1", "x"), "ways out of a decision"),
    (lambda: set_condition(PLAIN, "f3", "x"), "no other condition holds"),
    (lambda: set_timer(PLAIN, "a", "x"), "has no time"),
    (lambda: set_step(PLAIN, "g", "x"), "automatic step"),
    (lambda: set_name(PLAIN, "nobody", "x"), "no element"),
    (lambda: set_name(PLAIN, "a", "\0"), "character"),
    (lambda: set_help(b"<a", "a", "x"), "not well-formed"),
    (lambda: remove_step(PLAIN, "g"), "no simple step"),
    (lambda: remove_step(REQUEST, "T10_ConfirmVisible1"), "no element"),
    (lambda: remove_step(REQUEST, "T7_RecordContactAndVerifyWish"), "interrupt"),
    (lambda: swap_steps(PLAIN, "a", "g"), "no simple step|do not follow"),
    (lambda: swap_steps(REQUEST, "S_NoteContact", "S_NotifyUnreachable"), "do not follow"),
    (lambda: move_to_lane(REQUEST, "TM_EscalatePm", "System"), "goes with the step"),
    (lambda: move_to_lane(REQUEST, "S_NoteContact", "Nobody"), "no lane"),
    (lambda: add_lane(PLAIN, "a", "System"), "no lanes"),
]


@pytest.mark.parametrize(("edit", "reason"), REFUSED)
def test_what_has_no_place_is_refused(edit, reason):
    with pytest.raises(CannotEdit, match=reason) as refused:
        edit()
    assert refused.value.reason
    assert refused.value.mend


def lines_by_id(content: bytes) -> dict[str, bytes]:
    """The start tag of each BPMN element."""
    tags = [tag for tag in Sheet(content).tags if tag.id and tag.space == BPMN]
    return {tag.id or "": content[tag.start : tag.end] for tag in tags}


def test_two_neighbours_trade_places_and_nothing_else_moves():
    content, (first, second) = (
        DIAGRAMS["opt_out_again.bpmn"],
        ("SY_ReducePartnerViews", "SY_NotifyAccessEnded"),
    )
    swapped = swap_steps(content, first, second)
    before, after = lines_by_id(content), lines_by_id(swapped)
    flows = {flow.id for flow in drawing(content).flows if {flow.source, flow.target} & {first, second}}
    assert {name for name in before if before[name] != after[name]} == flows
    shapes, moved = (plane_of(Sheet(each), first) for each in (content, swapped))
    assert shapes
    assert moved
    assert (moved.shapes[first].box, moved.shapes[second].box) == (
        shapes.shapes[second].box,
        shapes.shapes[first].box,
    )
    assert {name: line.points for name, line in moved.lines.items()} == {
        name: line.points for name, line in shapes.lines.items()
    }
    assert swap_steps(swapped, second, first) == content


def test_a_lane_that_was_not_drawn_is_drawn_under_the_others():
    task = "T12_OfferEsdWioaStaff"
    moved = move_to_lane(add_lane(REQUEST, task, "Program manager"), task, "Program manager")
    assert "Program manager" in lane_names(moved, task)
    assert [node.element.lane for node in drawing(moved).nodes if node.id == task] == ["Program manager"]
    layout = plane_of(Sheet(moved), task)
    assert layout
    assert layout.shapes["Lane_ProgramManager"].box.holds(layout.shapes[task].box)
    assert add_lane(moved, task, "Program manager") == moved


def random_edit(chance: random.Random, files: dict[str, bytes]) -> str:
    """One edit of one diagram, made in `files`; what it was."""
    name = chance.choice(sorted(files))
    drawn = read({name: files[name]})
    nodes, flows = list(drawn.nodes), list(drawn.flows)
    lane = chance.choice(lane_names(files[name], nodes[0].id))
    kind = chance.choice(["add", "lane", "swap", "remove", "name"])
    if kind == "add":
        taken = {node.id for node in read(files).nodes}
        new = NewStep("manualTask", "Call the client", lane)
        files[name], _ = add_step(files[name], chance.choice(flows).id, new, taken)
    elif kind == "lane":
        task = chance.choice([node for node in nodes if node.kind == "userTask"])
        files[name] = move_to_lane(files[name], task.id, lane)
    elif kind == "name":
        files[name] = set_name(files[name], chance.choice(nodes).id, f"Step {chance.random()}")
    elif simple := simple_neighbours(files[name]):
        step, (_, after) = chance.choice(sorted(simple.items()))
        if kind == "swap" and after:
            files[name] = swap_steps(files[name], step, after)
        elif kind == "remove":
            files[name] = remove_step(files[name], step)
    return kind


@pytest.mark.parametrize("seed", range(8))
def test_random_edits_leave_a_sound_diagram(seed):
    chance, files = random.Random(seed), dict(DIAGRAMS)
    made = [random_edit(chance, files) for _ in range(8)]
    errors = [problem for problem in check(files, "opt_in_5512pro", lanes=None) if not problem.warning]
    assert errors == [], made
    for name, content in files.items():
        assert overlapping(content) <= overlapping(DIAGRAMS[name]), (name, made)


def overlapping(content: bytes) -> set[tuple[str, str]]:
    """Shapes that lie on each other and are not on each other's border."""
    layout = plane_of(Sheet(content), next(drawing(content).nodes).id)
    assert layout
    shapes = [shape for shape in layout.shapes.values() if not shape.holds]
    return {
        (a.element, b.element)
        for a, b in combinations(shapes, 2)
        if a.box.meets(b.box) and a.host != b.element and b.host != a.element and a.host != b.host
    }


@pytest.mark.parametrize("seed", range(12))
def test_what_was_added_and_taken_away_again_leaves_the_same_process(seed):
    chance = random.Random(seed)
    name = chance.choice(sorted(DIAGRAMS))
    content = DIAGRAMS[name]
    flow = chance.choice(list(drawing(content).flows))
    lane = chance.choice(lane_names(content, flow.source))
    added, new = add_step(content, flow.id, NewStep("serviceTask", "Added", lane, step="count"))
    before, after = lines_by_id(content), lines_by_id(added)
    assert {each for each in before if before[each] != after[each]} == {flow.id}
    assert after.keys() - before.keys() == {new, f"Flow_{new}"}
    assert drawing(remove_step(added, new)).scopes == drawing(content).scopes


def test_ids_are_readable_and_taken_once():
    first, one = add_step(PLAIN, "f1", NewStep("userTask", "Call the client's partner", ""))
    second, two = add_step(first, "f1", NewStep("userTask", "Call the client's partner", ""))
    _, three = add_step(second, "f1", NewStep("userTask", "123", ""), taken={"NewStep"})
    assert (one, two, three) == ("CallTheClientsPartner", "CallTheClientsPartner_2", "NewStep_2")
    assert not re.search(rb'id="(\w+)".*id="\1"', second)
