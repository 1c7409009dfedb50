"""Examples of the rules of the graph (G1 to G26) and of what people write (V), in the house, which demands the most."""

from bpmn_builder import diagram, files
from rule_parts import Example

SETS = {"A": {"answer": ["yes", "no"], "late": "boolean"}}
HOST = {
    "steps": {"remind"},
    "lanes": {"Clerk"},
    "service_levels": {"two_days"},
    "names": lambda element: SETS.get(element.id, {}),
}
LINE = "start S\n user A @Clerk\n end E\n"
CHOICE = f"{LINE} xor G\n user B @Clerk\n S -> A -> G\n B -> E\n"
OTHER = "start QS\n user QA @Clerk\n end QE\n QS -> QA -> QE"
RING = "user B @Clerk\n and F\n S -> A -> F\n F -> E\n F -> B -> {}"
ASIDE = "user Z @Clerk\n S -> A -> E\n Z -> E"
INSIDE = "sub Z {{\n start B\n {}\n B -> C\n }}\n S -> A -> Z -> E"
WAITING = "{} F\n and G\n S -> F -> A -> G\n G -> F\n G -> E"


def _house(element: str, broken: str, sound: str, **others: str) -> Example:
    """An example in the house; `others`: further processes beside P."""
    return Example(element, files(P=broken, **others), files(P=sound, **others), "house", HOST)


def _line(broken: str, sound: str, element: str = "A") -> Example:
    """Two lines, as they stand behind the usual start, task and end."""
    return _house(element, LINE + broken, LINE + sound)


def _called(process: str) -> str:
    return f"start S\n call A process={process} @Clerk\n end E\n S -> A -> E"


def _beside(event: str) -> str:
    """An event at the task, and what it leads to."""
    return f"{LINE} boundary T on=A {event}\n end ET\n S -> A -> E\n T -> ET"


def _step(words: str) -> str:
    return f"start S\n {words}\n user A @Clerk\n end E\n S -> V -> A -> E"


def _racing(second: str) -> str:
    return f"{LINE} race R\n catch X message=m\n {second}\n S -> A -> R\n R -> X -> E\n R -> Y -> E"


def _without(part: str, element: str = "A") -> Example:
    """A drawing that lacks a part of its file."""
    drawn = diagram("P", LINE + "S -> A -> E").decode()
    assert part in drawn
    return Example(element, drawn.replace(part, "", 1).encode(), drawn.encode(), "house", HOST)


def _inside(broken: str, sound: str) -> Example:
    """Two things inside the task that the modeler did not draw."""
    drawn = diagram("P", LINE + "S -> A -> E").decode()
    sides = [
        drawn.replace('name="Name of A">', f'name="Name of A">{each}').encode() for each in (broken, sound)
    ]
    return Example("A", *sides, "house", HOST)


TWICE = "start QS\n user {} @Clerk\n end QE\n QS -> {} -> QE"

EXAMPLES = {
    "G1": _without(' id="F0_P_"', "S"),
    "G2": Example(
        "A",
        files(P=LINE + "S -> A -> E", Q=TWICE.format("A", "A")),
        files(P=LINE + "S -> A -> E", Q=TWICE.format("A2", "A2")),
        "house",
        HOST,
    ),
    "G3": _house("T", _beside("message=m").replace("on=A", "on=E"), _beside("message=m")),
    "G4": _line(ASIDE, ASIDE + "\n boundary T on=A message=m\n T -> Z", "Z"),
    "G5": _house("B", LINE + RING.format("B"), LINE + RING.format("E")),
    "G6": _line(
        "start S2\n S -> A -> E\n S2 -> A",
        "on Z {\n start S2 message=m\n end E2\n S2 -> E2\n }\n S -> A -> E",
        "P",
    ),
    "G7": _line(INSIDE.format("user C @Clerk"), INSIDE.format("end C"), "Z"),
    "G8": _line(
        "user B @Clerk\n S -> A -> E\n A -> B -> E",
        "and F\n user B @Clerk\n S -> A -> F\n F -> E\n F -> B -> E",
    ),
    "G9": _line(
        "S -> A\n A -> E if late",
        "xor G\n user B @Clerk\n S -> A -> G\n G -> E if late\n G -> B -> E",
        "F1_P_",
    ),
    "G10": _house("A", _called("nobody"), _called("Q"), Q=OTHER),
    "G11": _house("A", _called("P"), _called("Q"), Q=OTHER),
    "G12": _house(
        "E",
        LINE.replace("end E", "end E signal=m cancel=yes") + "S -> A -> E",
        LINE.replace("end E", "end E signal=m message=m") + "S -> A -> E",
    ),
    "G15": _line(
        "xor G\n S -> A -> G\n G -> S if late\n G -> E",
        "xor M\n xor G\n S -> M -> A -> G\n G -> M if late\n G -> E",
        "S",
    ),
    "G16": _house("Y", _racing("user Y @Clerk"), _racing("receive Y message=n")),
    "G17": _house(
        "E",
        LINE.replace("end E", "end E outcome='all done'") + "S -> A -> E",
        LINE.replace("end E", "end E outcome=all_done") + "S -> A -> E",
    ),
    "G18": _line(WAITING.format("and"), WAITING.format("xor"), "F"),
    "G20": _inside("<bpmn:dataInputAssociation/>", "<bpmn:auditing/>"),
    "G25": _house(
        "A",
        LINE.replace("user A", "user A each=names") + "S -> A -> E",
        LINE.replace("user A", "user A times=3") + "S -> A -> E",
    ),
    "G26": _house(
        "A",
        LINE.replace("user A", "user A takes=0") + "S -> A -> E",
        LINE.replace("user A", "user A takes=1") + "S -> A -> E",
    ),
    "V1": _house(
        "End",
        "start S\n user A @Clerk\n end End\n S -> A -> End",
        "start S\n user A @Clerk\n end Ende\n S -> A -> Ende",
    ),
    "V2": _house("T", _beside("timer=P2D"), _beside("timer='\"P2D\"'")),
    "V3": _house(
        "G", CHOICE + "G -> E if late\n G -> B if not late", CHOICE + "G -> E if late\n G -> B else"
    ),
    "V4": _house("A", LINE.replace("Clerk", "Clerks") + "S -> A -> E", LINE + "S -> A -> E"),
    "V5": _house(
        "F3_P_", CHOICE + "G -> E if answer = 'yes'\n G -> B", CHOICE + "G -> E if answer == 'yes'\n G -> B"
    ),
    "V6": _house("V", _step("task V"), _step("manual V @Clerk")),
    "V7": _house("V", _step("service V step=remnid"), _step("service V step=remind")),
    "V8": _house(
        "F3_P_", CHOICE + "G -> E if anwser == 'yes'\n G -> B", CHOICE + "G -> E if answer == 'yes'\n G -> B"
    ),
    "V11": _without('<bpmndi:BPMNShape id="S_A" bpmnElement="A"/>'),
    "V14": _house(
        "F3_P_", CHOICE + "G -> E if answer == 'yess'\n G -> B", CHOICE + "G -> E if answer == 'yes'\n G -> B"
    ),
}
