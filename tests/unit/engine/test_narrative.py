"""A process told in order: every element once, decisions with their ways, ways back, what nothing leads to."""

from pathlib import Path

import pytest

from engine.narrative import Line, Way, ahead, tales

BUNDLE = Path(__file__).parents[3] / "bpmn" / "opt_in_5512pro"
DIAGRAMS = {path.name: path.read_bytes() for path in sorted(BUNDLE.glob("*.bpmn"))}
HEAD = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"><process id="p" isExecutable="true">'


def drawn(*flows: str, more: str = "") -> bytes:
    """A process of `a>b` flows; the first letter of an id says what it is."""
    kinds = {"s": "startEvent", "e": "endEvent", "t": "userTask", "g": "exclusiveGateway"}
    nodes = dict.fromkeys(end for flow in flows for end in flow.split(">"))
    parts = [f'<{kinds[node[0]]} id="{node}" name="{node}"/>' for node in nodes if node[0] in kinds]
    parts += [
        '<sequenceFlow id="{0}-{1}" sourceRef="{0}" targetRef="{1}"/>'.format(*f.split(">")) for f in flows
    ]
    return HEAD + ("".join(parts) + more).encode() + b"</process></definitions>"


def told(lines: tuple[Line, ...]) -> list[object]:
    """The lines as ids; a line with ways is a pair of its id and them."""
    return [
        (line.node.id, [way_of(way) for way in line.ways]) if line.ways else line.node.id for line in lines
    ]


def way_of(way: Way) -> list[object]:
    """A way as its lines and what comes then."""
    then = (
        "below"
        if way.goes_on
        else f"{'back' if way.back else 'on'} {way.leads_to.id}"
        if way.leads_to
        else "ends"
    )
    return [*told(way.lines), then]


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        (["s>t1", "t1>e"], ["s", "t1", "e"]),
        (["s>g", "g>t1", "g>t2", "t1>t3", "t2>t3", "t3>e"],
         ["s", ("g", [["t1", "below"], ["t2", "below"]]), "t3", "e"]),
        (["s>g", "g>e1", "g>t1", "t1>t2", "t2>t3", "t3>e2"],
         ["s", ("g", [["e1", "ends"], ["below"]]), "t1", "t2", "t3", "e2"]),
        (["s>t1", "t1>g", "g>t1", "g>e"], ["s", "t1", ("g", [["back t1"], ["e", "ends"]])]),
    ],
)  # fmt: skip
def test_ways_are_told_where_they_belong(flows, expected):
    assert told(tales({"x.bpmn": drawn(*flows)})["p"].lines) == expected


def test_an_endless_loop_and_what_nothing_leads_to_are_told():
    tale = tales({"x.bpmn": drawn("s>t1", "t1>t2", "t2>t1", "t8>t9")})["p"]
    assert told(tale.lines) == ["s", "t1", "t2"]
    assert tale.leads_to
    assert tale.leads_to.id == "t1"
    assert [told(group) for group in tale.apart] == [["t8", "t9"]]


def test_an_event_on_a_step_and_a_part_of_the_process_are_told_with_it():
    more = (
        '<boundaryEvent id="b" attachedToRef="t1"><timerEventDefinition/></boundaryEvent>'
        '<sequenceFlow id="b-t2" sourceRef="b" targetRef="t2"/>'
        '<subProcess id="part"><startEvent id="i"/><sequenceFlow id="x" sourceRef="i" targetRef="j"/>'
        '<endEvent id="j"/></subProcess><sequenceFlow id="y" sourceRef="t1" targetRef="part"/>'
        '<sequenceFlow id="z" sourceRef="part" targetRef="e"/>'
    )
    tale = tales({"x.bpmn": drawn("s>t1", "t2>e", more=more)})["p"]
    assert told(tale.lines) == ["s", ("t1", [["t2", "on e"]]), "part", "e"]
    assert [line.node.id for line in tale.lines[2].inside] == ["i", "j"]
    assert [line.node.id for line in tale.every()] == ["s", "t1", "t2", "part", "i", "j", "e"]


def test_every_element_of_the_procedure_is_told_once():
    for tale in tales(DIAGRAMS).values():
        lines = [line.node.id for line in tale.every()]
        events = [way.event.id for line in tale.every() for way in line.ways if way.event]
        silent = {node.id for node in tale.scope.nodes if ahead(tale.scope, node) is not node}
        assert sorted([*lines, *events]) == sorted({node.id for node in tale.scope.nodes} - silent)
        assert tale.apart == ()


def test_a_deep_diagram_is_told_without_end_of_breath():
    flows = [f"g{n}>{'t' if way else 'e'}{n}" for n in range(1500) for way in (0, 1)]
    flows += [f"t{n}>g{n + 1}" for n in range(1499)]
    tale = tales({"x.bpmn": drawn("s>g0", *flows)})["p"]
    assert len(list(tale.every())) == 1 + 3 * 1500
