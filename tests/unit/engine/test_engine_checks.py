"""Each rule finds its broken diagram, on the right element and with all its words; the sound one has no problem."""

import re

import pytest
from bpmn_builder import diagram, files

import engine
from engine import validation

SOUND = """
start S
user A @Clerk
boundary T on=A timer='service_level("two_days")' interrupting=no
service V step=remind
end EV
xor G
call K process=other @Clerk
end E outcome=done
terminate X outcome=not_found
S -> A -> G
T -> V -> EV
G -> K if found == "yes"
G -> X
K -> E
"""
OTHER = "start SO\n user O @Clerk\n end EO\n SO -> O -> EO"
HOST = {"steps": {"remind"}, "lanes": {"Clerk"}, "service_levels": {"two_days"}}


def problems(text: str, other: str = OTHER, **change):
    """What is wrong with a bundle."""
    return engine.check(files(main=text, other=other), "main", **{**HOST, **change})


def replaced(before: str, after: str) -> str:
    """The sound diagram with one thing made wrong."""
    assert before in SOUND
    return SOUND.replace(before, after)


def test_a_sound_diagram_has_no_problem():
    assert problems(SOUND) == []


BROKEN = [
    ("V1", "End", replaced("end E outcome", "end End outcome").replace("K -> E", "K -> End")),
    ("V1", "Start", replaced("start S\n", "start Start\n").replace("S -> A", "Start -> A")),
    ("V2", "T", replaced("'service_level(\"two_days\")'", "P2D")),
    ("V2", "T", replaced("two_days", "two_weeks")),
    ("V2", "T", replaced("'service_level(\"two_days\")'", "'\"2 days\"'")),
    ("V2", "T", replaced("'service_level(\"two_days\")'", "17")),
    ("V2", "T", replaced("timer='service_level(\"two_days\")'", "date='\"2026-11-01T10:00:00\"'")),
    ("V2", "T", replaced("'service_level(\"two_days\")'", "'service_level(key)'")),
    ("V3", "G", replaced("G -> X", "G -> X if not found")),
    ("V3", "F6_main_", replaced("G -> X", "G -> X\nG -> E")),
    ("V4", "A", replaced("user A @Clerk", "user A @Somebody")),
    ("V4", "A", replaced("user A @Clerk", "user A")),
    ("V4", "K", replaced("other @Clerk", "other")),
    ("V5", "F4_main_", replaced('found == "yes"', "found == = 1")),
    ("V5", "F4_main_", replaced('found == "yes"', "__import__('os')")),
    ("V5", "V", replaced("service V step=remind", "script V")),
    ("V6", "V", replaced("service V step=remind", "task V")),
    ("V7", "V", replaced("step=remind", "step=nothing")),
    ("V7", "V", replaced(" step=remind", "")),
    ("G3", "T", replaced("on=A", "on=G")),
    ("G3", "F7_main_", replaced("K -> E", "K -> E\nK -> nowhere")),
    ("G4", "Z", replaced("start S\n", "start S\nuser Z @Clerk\n").replace("K -> E", "K -> E\nZ -> E")),
    ("G5", "A", replaced("S -> A -> G", "S -> A")),
    ("G5", "Z", replaced("K -> E", "user Z @Clerk\nuser Z2 @Clerk\nK -> Z\nZ -> Z2\nZ2 -> Z")),
    ("G6", "main", replaced("start S\n", "start S\nstart S2\n").replace("S -> A", "S2 -> A\nS -> A")),
    ("G6", "other", SOUND),
    ("G7", "other", SOUND),
    ("G8", "A", replaced("S -> A -> G", "S -> A -> G\nA -> E")),
    ("G9", "F0_main_", replaced("S -> A -> G", "S -> A if found\nA -> G")),
    ("G10", "K", replaced("process=other", "process=nobody")),
    ("G11", "K", replaced("process=other", "process=main")),
    ("V7", "V", replaced("service V step=remind", "rule V")),
    ("G12", "V", replaced("service V step=remind", "choreography V")),
    ("G12", "S", replaced("start S\n", "start S error=x\n")),
    ("G15", "S", replaced("K -> E", "K -> E\nG -> S if again")),
    ("G15", "E", replaced("K -> E", "K -> E\nE -> X")),
    ("G16", "R", replaced("K -> E", "race R\ncatch C message=m\nK -> R -> C -> E")),
    (
        "G16",
        "Y",
        replaced("K -> E", "race R\ncatch C message=m\nuser Y @Clerk\nK -> R -> C -> E\nR -> Y -> E"),
    ),
    ("G17", "E", replaced("outcome=done", "outcome='all done'")),
    ("G18", "P", replaced("S -> A -> G", "and P\nand Q\nS -> P -> A -> Q\nQ -> P\nQ -> G")),
]
OTHERS = {"G6": OTHER.replace("start SO", "user SO @Clerk"), "G7": OTHER.replace("end EO", "user EO @Clerk")}


@pytest.mark.parametrize(("rule", "element", "text"), BROKEN, ids=[f"{rule}-{e}" for rule, e, _ in BROKEN])
def test_a_broken_rule_is_reported_on_its_element(rule, element, text):
    found = problems(text, OTHERS.get(rule, OTHER) if element == "other" else OTHER)
    hits = [problem for problem in found if problem.rule == rule and problem.element_id == element]
    assert hits, found
    assert all(problem.reason and problem.mend and problem.file for problem in hits)
    with pytest.raises(engine.InvalidDefinition) as refusal:
        engine.load(
            files(main=text, other=OTHERS.get(rule, OTHER) if element == "other" else OTHER), "main", **HOST
        )
    assert hits[0] in refusal.value.problems


def test_the_name_of_the_element_is_told():
    (problem,) = problems(replaced("'service_level(\"two_days\")'", "P2D"))
    assert problem.element_name == "Name of T"
    assert "P2D" in problem.reason


def test_every_problem_is_found_at_once():
    text = (
        replaced("step=remind", "step=nothing")
        .replace("two_days", "never")
        .replace("user A @Clerk", "user A @X")
    )
    assert {problem.rule for problem in problems(text, OTHER.replace("@Clerk", ""))} == {"V2", "V4", "V7"}
    assert len(problems(text, OTHER.replace("@Clerk", ""))) == 4


def test_what_the_host_does_not_name_is_not_checked():
    text = (
        replaced("step=remind", "step=nothing").replace("user A @Clerk", "user A @X").replace("two_days", "x")
    )
    assert problems(text, steps=None, lanes=None, service_levels=None) == []


def raw(before: str, after: str) -> list[engine.Problem]:
    """Problems of a file changed as text."""
    content = diagram(
        "main", "start S\n user A @Clerk\n service V step=v\n end E\n S -> A -> V -> E"
    ).decode()
    assert before in content
    return engine.check({"main.bpmn": content.replace(before, after).encode()}, "main")


def test_a_flow_without_an_id():
    (problem,) = [p for p in raw('<bpmn:sequenceFlow id="F0_main_"', "<bpmn:sequenceFlow") if p.rule == "G1"]
    assert problem.element_id == "S"


def test_an_element_without_an_id():
    assert "G1" in {p.rule for p in raw('<bpmn:userTask id="A"', "<bpmn:userTask")}


@pytest.mark.parametrize("shape", ['bpmnElement="A"', 'bpmnElement="F0_main_"'])
def test_what_has_no_shape_cannot_be_shown(shape):
    assert [(p.rule, p.element_id) for p in raw(shape, "")] == [("V11", shape.split('"')[1])]


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        ("<bpmn:standardLoopCharacteristics/>", "G25"),
        ("<bpmn:multiInstanceLoopCharacteristics/>", "G25"),
        ("<bpmn:ioSpecification/>", "G20"),
        ("<bpmn:dataInputAssociation/>", "G20"),
        ("<bpmn:unknown/>", "G12"),
        (
            "<bpmn:extensionElements><spiffworkflow:messageVariable>x</spiffworkflow:messageVariable>"
            "</bpmn:extensionElements>",
            "G12",
        ),
    ],
)
def test_what_would_be_ignored_is_refused(inside, rule):
    found = raw('name="Name of A">', f'name="Name of A">{inside}')
    assert [(p.rule, p.element_id) for p in found] == [(rule, "A")]


@pytest.mark.parametrize("script", ["preScript", "postScript"])
def test_scripts_around_a_task_are_refused(script):
    inside = f"<bpmn:extensionElements><spiffworkflow:{script}>x = 1</spiffworkflow:{script}></bpmn:extensionElements>"
    assert [(p.rule, p.element_id) for p in raw('name="Name of A">', f'name="Name of A">{inside}')] == [
        ("V5", "A")
    ]


def test_parameters_of_a_step_are_refused():
    inner = '<spiffworkflow:parameters><spiffworkflow:parameter id="p" value="1"/></spiffworkflow:parameters>'
    operator = '<spiffworkflow:serviceTaskOperator id="v" resultVariable=""'
    found = raw(f"{operator}/>", f"{operator}>{inner}</spiffworkflow:serviceTaskOperator>")
    assert [(p.rule, p.element_id) for p in found] == [("G12", "V")]
    assert [p.rule for p in raw('resultVariable=""', 'resultVariable="x"')] == ["G12"]


@pytest.mark.parametrize(
    ("attribute", "rule"),
    [('isForCompensation="true"', "G15"), ('startQuantity="0"', "G26"), ('completionQuantity="0"', "G26")],
)
def test_attributes_that_would_be_misread_are_refused(attribute, rule):
    assert [p.rule for p in raw('name="Name of A"', f'name="Name of A" {attribute}')] == [rule]


def test_ids_are_used_once_in_a_file_and_in_the_bundle():
    assert {p.rule for p in problems(SOUND, OTHER.replace("O @", "A @").replace("-> O", "-> A"))} >= {"G2"}
    assert [(p.rule, p.element_id) for p in raw('laneSet id="Lanes_main"', 'laneSet id="A"')] == [("G2", "A")]


def test_a_process_that_is_not_executable_is_passed_over_but_cannot_be_called():
    bundle = files(main=SOUND, other=OTHER)
    bundle["other.bpmn"] = bundle["other.bpmn"].replace(b'isExecutable="true"', b'isExecutable="false"')
    (problem,) = engine.check(bundle, "main", **HOST)
    assert (problem.rule, problem.element_id) == ("G10", "K")
    assert "not executable" in problem.reason
    assert [p.rule for p in engine.check(bundle, "other", **HOST)] == ["X6", "G10"]
    assert [p.rule for p in engine.check({}, None)] == ["X6"]


GOOD = diagram("main", "start S\n user A @Clerk\n end E\n S -> A -> E")
DOOR = {
    "X1-garbage": b"this is no XML",
    "X1-empty": b"",
    "X1-other": b"<html/>",
    "X1-entity": GOOD.replace(b"Name of A", b"&unknown;"),
    "X2-doctype": GOOD.replace(b"<bpmn:def", b'<!DOCTYPE d [<!ENTITY e "x">]><bpmn:def', 1),
    "X2-entity": GOOD.replace(b"</bpmn:def", b"<!ENTITY e><!-- --></bpmn:def"),
    "X3-instruction": GOOD.replace(b"<bpmn:process", b"<?php x ?><bpmn:process", 1),
    "X3-stylesheet": GOOD.replace(b"<bpmn:def", b'<?xml-stylesheet href="x"?><bpmn:def', 1),
    "X4-large": GOOD + b" " * 1_000_000,
    "X5-latin": GOOD.replace(b"Name of A", b"Name \xe9"),
    "X5-utf16": GOOD.decode().encode("utf-16")[:-1],
    "X5-declared": GOOD.replace(b'"UTF-8"', b'"UTF-7"'),
}


@pytest.mark.parametrize("name", DOOR)
def test_a_file_that_is_refused_at_the_door(name):
    found = engine.check({"main.bpmn": DOOR[name], "good.bpmn": GOOD}, "main")
    assert [(p.file, p.rule) for p in found] == [("main.bpmn", name.split("-")[0])]


def test_comments_a_byte_order_mark_and_character_data_are_let_in():
    text = diagram(
        "main", "start S\nuser A @Clerk\nxor G\nend E\nS -> A -> G\nG -> A if n < 3\nG -> E"
    ).decode()
    text = text.replace("n &lt; 3", "<![CDATA[n < 3]]>").replace(
        "<bpmn:process", "<!-- hello --><bpmn:process", 1
    )
    assert "CDATA" in text
    assert engine.check({"main.bpmn": b"\xef\xbb\xbf" + text.encode()}, "main") == []


def test_each_rule_names_its_codes_and_each_code_has_a_broken_diagram():
    documented = set()
    for rule in validation.STANDARD + validation.READ + validation.HOUSE:
        codes = re.findall(r"\b([VGX][0-9]+):", rule.__doc__ or "")
        assert codes, rule
        documented |= set(codes)
    tried = {rule for rule, _, _ in BROKEN} | {"V11", "G1", "G2"}
    assert tried <= documented


def test_elements_carry_what_is_drawn():
    text = SOUND.replace(
        "user A @Clerk", "user A formJsonSchemaFilename=A.json due=two_days doc='Ask first.' @Clerk"
    )
    definition = engine.load(files(main=text, other=OTHER), "main", **HOST)
    task = definition.elements["A"]
    assert (task.id, task.name, task.kind, task.process_id, task.lane) == (
        "A",
        "Name of A",
        "userTask",
        "main",
        "Clerk",
    )
    assert task.documentation == "Ask first."
    assert task.properties == {"formJsonSchemaFilename": "A.json", "due": "two_days"}
    assert definition.elements["V"].step == "remind"
    assert definition.elements["T"].attached_to == "A"
    assert definition.elements["O"].process_id == "other"
    assert definition.process_names == {"main": "Process main", "other": "Process other"}


def test_an_element_inside_an_embedded_sub_process_has_its_own_lane_else_the_sub_processs():
    text = """
    start S
    sub Z {
    start SZ
    user A @Clerk
    user B
    end EZ
    SZ -> A -> B -> EZ
    } @Boss
    end E
    S -> Z -> E
    """.replace("sub Z {", "sub Z @Boss {").replace("} @Boss", "}")
    definition = engine.load(files(main=text), "main")
    assert (definition.elements["A"].lane, definition.elements["B"].lane) == ("Clerk", "Boss")
    assert definition.elements["A"].process_id == "main"


def test_a_bundle_that_would_take_long_to_check_is_refused_at_once():
    events = "\n".join(f"throw A{n}" for n in range(1501))
    assert [problem.rule for problem in engine.check(files(main=f"start S\n{events}"), "main")] == ["X7"]


def test_a_line_of_a_thousand_elements_is_parsed_and_runs():
    names = [f"A{n}" for n in range(1000)]
    text = "start S\nend E outcome=done\n" + "\n".join(f"throw {name}" for name in names)
    definition = engine.load(files(main=f"{text}\n{' -> '.join(['S', *names, 'E'])}"), "main")
    assert engine.Instance.start(definition, {}, lambda element, data: None).outcome == "done"
