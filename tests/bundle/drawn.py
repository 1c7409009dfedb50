"""Sound processes that somebody draws beside the shipped ones, one construct each, and how each is played to its end.

Drawn as lines of text (`tests/unit/engine/bpmn_builder.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bpmn_builder import diagram
from dmn_builder import NAMESPACE, table
from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
Told = tuple[str, Mapping[str, object]]

_PARTS = {
    "FIND": "formJsonSchemaFilename=RO1_FindClient.json due=eto_edit_due @ESD staff",
    "STAFF": "@ESD staff",
    "MANAGER": "@Partner case manager",
}
WAYS = (
    f'<definitions xmlns="{NAMESPACE}" id="ways" name="ways" namespace="https://opt-in-desk.example/dmn">'
    "<decision id='way' name='way'>{}</decision></definitions>"
).format(
    table([("found_in", "string")], ["searched_well"], [['"not_found"', "false"], ["-", "true"]], "FIRST")
)


@dataclass(frozen=True)
class Drawn:
    """A process, and what happens: `A` completes, `!T` fires, `<m` receives, `~s` signals; the answers after `A`."""

    name: str
    text: str
    moves: tuple[str | Told, ...]
    outcome: str | None = "done"

    @property
    def process(self) -> str:
        """The id of the process."""
        return self.name.replace(" ", "_").replace(",", "")

    @property
    def file(self) -> str:
        """The diagram's name in the bundle."""
        return f"{self.process}.bpmn"

    @property
    def content(self) -> str:
        """The diagram."""
        text = self.text
        for part, words in _PARTS.items():
            text = text.replace(part, words)
        return _with_own_ids(diagram(self.process, text), self.process)

    def named(self, element: str) -> str:
        """The id that an element of the lines has in the diagram; one that is not in the lines keeps its own."""
        return (
            f"{self.process}.{element}" if f" {element} " in f" {' '.join(self.text.split())} " else element
        )


def _with_own_ids(content: bytes, process: str) -> str:
    """The diagram with ids that no other diagram of the bundle has."""
    root = etree.fromstring(content)
    known = {xml.get("id") for xml in root.iterfind(f".//{BPMN}process//{BPMN}*[@id]")}
    for xml in root.iter("{*}*"):
        for name, value in xml.attrib.items():
            if name != "name" and value in known:
                xml.set(name, f"{process}.{value}")
        if xml.tag == f"{BPMN}flowNodeRef":
            xml.text = f"{process}.{xml.text}"
    return etree.tostring(root, encoding="unicode")


NOT_FOUND: Told = ("A", {"found_in": "not_found"})
OWN: Told = ("A", {"found_in": "own_office"})
END = "end E outcome=done\n"
ASIDE = (
    "start S\n manual A STAFF\n end E outcome=done\n manual H STAFF\n end EH\n S -> A -> E\n B -> H -> EH\n"
)
INSIDE = "sub Z {\n start SZ\n manual A STAFF\n end EZ\n SZ -> A -> EZ\n }\n"

DRAWN = [
    Drawn("two ways at once", "start S\n and F\n and J\n manual A STAFF\n manual B MANAGER\n" + END
          + "S -> F\n F -> A -> J\n F -> B -> J\n J -> E", ("B", "A")),
    Drawn("a decision with its default", "start S\n user A FIND\n xor G\n manual B STAFF\n xor J\n" + END
          + 'S -> A -> G\n G -> B if found_in == "not_found"\n G -> J\n B -> J\n J -> E', (NOT_FOUND, "B")),
    Drawn("one way or more", "start S\n user A FIND\n or G\n manual B STAFF\n manual C STAFF\n or J\n" + END
          + 'S -> A -> G\n G -> B if found_in == "not_found"\n G -> C if found_in != "own_office"\n G -> J else\n'
          + "B -> J\n C -> J\n J -> E", (NOT_FOUND, "B", "C")),
    Drawn("a way back", "start S\n xor J\n user A FIND\n xor G\n" + END
          + 'S -> J -> A -> G\n G -> J if found_in == "not_found"\n G -> E', (NOT_FOUND, NOT_FOUND, OWN)),
    Drawn("a part of its own", "start S\n" + INSIDE + END + "S -> Z -> E", ("A",)),
    Drawn("a part in a part", "start S\n sub Y {\n start SY\n" + INSIDE + "end EY\n SY -> Z -> EY\n }\n" + END
          + "S -> Y -> E", ("A",)),
    Drawn("a part that begins beside", "start S\n manual A STAFF\n" + END + "S -> A -> E\n"
          "on Z {\n start SZ message=client_asks interrupting=no\n manual H STAFF\n end EZ\n SZ -> H -> EZ\n }",
          ("<client_asks", "H", "A")),
    Drawn("a part that begins instead", "start S\n manual A STAFF\n end EA\n S -> A -> EA\n"
          'on Z {\n start SZ timer=\'"P3D"\' interrupting=yes\n manual H STAFF\n end EZ\n SZ -> H -> EZ\n }',
          ("!SZ", "H"), None),
    Drawn("a reminder in days", ASIDE + 'boundary B on=A timer=\'"P2D"\' interrupting=no', ("!B", "H", "A")),
    Drawn("a reminder three times", ASIDE + 'boundary B on=A cycle=\'"R3/PT10H"\' interrupting=no',
          ("!B", "H", "!B", "H", "A")),
    Drawn("a reminder of the list of times", ASIDE
          + "boundary B on=A timer='service_level(\"cm_last_try_window\")' interrupting=no", ("A",)),
    Drawn("a time that ends a step", "start S\n manual A STAFF\n end EA\n S -> A -> EA\n" + END
          + 'boundary B on=A timer=\'"PT36H"\'\n B -> E', ("!B",)),
    Drawn("whatever comes first", 'start S\n race R\n catch M message=papers\n catch T timer=\'"PT1H"\'\n end EM\n' + END
          + "S -> R\n R -> M -> EM\n R -> T -> E", ("!T",)),
    Drawn("a step again and again", "start S\n user A while='found_in == \"not_found\"' most=5 FIND\n" + END
          + "S -> A -> E", (NOT_FOUND, OWN)),
    Drawn("three times in turn", "start S\n manual A times=3 sequential=yes STAFF\n" + END + "S -> A -> E",
          ("A", "A", "A")),
    Drawn("three at once until one is done", "start S\n manual A times=3 until='numberOfCompletedInstances == 1' STAFF\n"
          + END + "S -> A -> E", ("A",)),
    Drawn("a link", "start S\n manual A STAFF\n throw K link=x\n catch L link=x\n manual B STAFF\n" + END
          + "S -> A -> K\n L -> B -> E", ("A", "B")),
    Drawn("an end that ends all", "start S\n and F\n manual A STAFF\n manual B STAFF\n end EB\n terminate E outcome=done\n"
          "S -> F\n F -> A -> E\n F -> B -> EB", ("A",)),
    Drawn("a decision table", "start S\n user A FIND\n rule D decision=way\n xor G\n manual B STAFF\n xor J\n" + END
          + "S -> A -> D -> G\n G -> B if not searched_well\n G -> J\n B -> J\n J -> E", (NOT_FOUND, "B")),
    Drawn("a call of the shipped procedure", "start S\n call C process=add_seeker_to_office STAFF\n" + END
          + "S -> C -> E", (("AS1_AddSeekerToOffice", {"result": "added"}),)),
    Drawn("a message there and back", "start S\n send N message=asked\n receive W message=answered\n" + END
          + "S -> N -> W -> E", ("<answered",)),
    Drawn("an error that is caught", "start S\n sub Z {\n start SZ\n manual A STAFF\n end EZ error=lost\n SZ -> A -> EZ\n"
          "}\n boundary B on=Z error=lost\n end EN\n" + END + "S -> Z -> EN\n B -> E", ("A",)),
    Drawn("an escalation beside", "start S\n sub Z {\n start SZ\n throw T escalation=late\n manual A STAFF\n end EZ\n"
          " SZ -> T -> A -> EZ\n }\n boundary B on=Z escalation=late interrupting=no\n manual H MANAGER\n end EH\n" + END
          + "S -> Z -> E\n B -> H -> EH", ("H", "A")),
    Drawn("a part that is called off", "start S\n transaction Z {\n start SZ\n manual A STAFF\n end EZ cancel=yes\n"
          " SZ -> A -> EZ\n }\n boundary B on=Z cancel=yes\n end EN\n" + END + "S -> Z -> EN\n B -> E", ("A",)),
    Drawn("a step that is undone", "start S\n manual A STAFF\n boundary U on=A compensate=H\n manual H handler=yes STAFF\n"
          "throw T compensate=all\n" + END + "S -> A -> T -> E", ("A", "H")),
    Drawn("a condition that comes true", "start S\n user A FIND\n catch C condition='found_in == \"own_office\"'\n" + END
          + "S -> A -> C -> E", (OWN,)),
    Drawn("a signal to the other way", "start S\n and F\n and J\n manual A STAFF\n throw T signal=go\n catch C signal=go\n"
          + END + "S -> F\n F -> A -> T -> J\n F -> C -> J\n J -> E", ("A",)),
    Drawn("a count that ends a round", "start S\n xor J\n manual A STAFF\n service V step=count counter=rounds\n xor G\n"
          + END + "S -> J -> A -> V -> G\n G -> J if rounds < 2\n G -> E", ("A", "A")),
    Drawn("one of two is enough", "start S\n and F\n manual A STAFF\n manual B STAFF\n"
          "complex J when='activationCount >= 1'\n terminate E outcome=done\n S -> F\n F -> A -> J\n F -> B -> J\n J -> E",
          ("B",)),
]  # fmt: skip
