"""The page `docs/what-runs.md` says of each construct whether it runs, and whether the house takes it: it is so."""

import re
from pathlib import Path

import pytest
from bpmn_builder import files

import engine

PAGE = (Path(__file__).parents[3] / "docs" / "what-runs.md").read_text()
ROW = re.compile(
    r"\| ([^|]+) \| [^|]+ \| [^|]+ \| (runs|refused [A-Z0-9, ]+) \| (takes it|refuses it: [A-Z0-9, ]+) \|"
)
TASK = "user A @Clerk\n end E\n"
BESIDE = "start S\n" + TASK + "user H @Clerk\n end EH\n S -> A -> E\n B -> H -> EH\n"
INSIDE = "start S\n sub Z {\n start SZ\n user B @Clerk\n end EZ\n SZ -> B -> EZ\n"
HANDLED = (
    "start S\n" + TASK + "S -> A -> E\n on Z {{\n start SZ {}\n user H @Clerk\n end EZ\n SZ -> H -> EZ\n }}\n"
)
SPLIT = "start S\n user B @Clerk\n user C @Clerk\n" + TASK


def gateway(kind: str, condition: str = "", default: str = "", **options: str) -> str:
    """A split and a join around two tasks."""
    return f"{SPLIT} {kind} F\n {kind} J\n S -> F\n F -> B{condition}\n F -> C{default}\n B -> J\n C -> J\n J -> A -> E"


EXAMPLES = {
    "plain start event": "start S\n" + TASK + "S -> A -> E",
    "several start events, message, signal, timer or conditional start": "start S\n start M message=m\n"
    + TASK
    + "S -> A -> E\n M -> A",
    "no start event": "user A @Clerk\n end E\n A -> E",
    "no end event": "start S\n user A @Clerk\n S -> A",
    "end event: message, signal": "start S\n user A @Clerk\n end E message=m\n S -> A -> E",
    "end event: error, escalation": "start S\n user A @Clerk\n end E error=x\n S -> A -> E",
    "end event: terminate": "start S\n user A @Clerk\n terminate E\n S -> A -> E",
    "user task, manual task": "start S\n manual M @Clerk\n" + TASK + "S -> M -> A -> E",
    "task without a type": "start S\n task T\n" + TASK + "S -> T -> A -> E",
    "service task with a step": "start S\n service V step=count\n" + TASK + "S -> V -> A -> E",
    "service task without a step": "start S\n service V\n" + TASK + "S -> V -> A -> E",
    "script task": 'start S\n script P does="a = 1"\n' + TASK + "S -> P -> A -> E",
    "business rule task without a decision table": "start S\n rule D\n" + TASK + "S -> D -> A -> E",
    "send task, receive task": "start S\n send N message=m\n receive W message=n\n"
    + TASK
    + "S -> N -> W -> A -> E",
    "call activity": {
        "main": "start S\n call K process=k @Clerk\n end E\n S -> K -> E",
        "k": "start T\n user A @Clerk\n end EK\n T -> A -> EK",
    },
    "call activity of a process that is not there": "start S\n call K process=k @Clerk\n end E\n S -> K -> E",
    "embedded sub-process": INSIDE + "}\n" + TASK + "S -> Z -> A -> E",
    "event sub-process: message, signal, timer, conditional": HANDLED.format("message=m interrupting=no"),
    "event sub-process: error, escalation": HANDLED.format("error=x"),
    "event sub-process: compensation": INSIDE
    + "on V {\n start SV compensate=all\n user H @Clerk\n end EV\n SV -> H -> EV\n }\n }\n"
    + TASK
    + "throw T compensate=Z\n S -> Z -> T -> A -> E",
    "transaction, cancel end, cancel boundary": "start S\n transaction Z {\n start SZ\n user B @Clerk\n "
    "end EZ cancel=yes\n SZ -> B -> EZ\n }\n"
    "boundary C on=Z cancel=yes\n" + TASK + "S -> Z -> A -> E\n C -> A",
    "ad-hoc sub-process": "start S\n adhoc Z {\n user B @Clerk\n user C @Clerk\n }\n"
    + TASK
    + "S -> Z -> A -> E",
    "standard loop": "start S\n user B while='x < 3' most=5 @Clerk\n" + TASK + "S -> B -> A -> E",
    "multi-instance by a number": "start S\n user B times=3 sequential=yes @Clerk\n"
    + TASK
    + "S -> B -> A -> E",
    "multi-instance over a list": "start S\n user B each=names item=name @Clerk\n"
    + TASK
    + "S -> B -> A -> E",
    "startQuantity, completionQuantity": "start S\n user B sends=2 @Clerk\n user A takes=2 @Clerk\n end E\n"
    "S -> B -> A -> E",
    "exclusive gateway": gateway("xor", " if x > 1"),
    "exclusive gateway without default flow": gateway("xor", " if x > 1", " if x < 2"),
    "parallel gateway": gateway("and"),
    "inclusive gateway": gateway("or", " if x > 1", " else"),
    "event-based gateway": "start S\n race R\n catch M message=m\n catch T timer='\"PT1H\"'\n"
    + TASK
    + "S -> R\n R -> M -> A\n R -> T -> A\n A -> E",
    "event-based gateway that leads to a task": "start S\n race R\n catch M message=m\n"
    + TASK
    + "S -> R\n R -> M -> A\n R -> A\n A -> E",
    "complex gateway": SPLIT
    + "and F\n complex J when='activationCount > 1'\n S -> F\n F -> B -> J\n F -> C -> J\n J -> A -> E",
    "several flows out of an activity": SPLIT + "and J\n S -> B\n B -> J\n B -> C -> J\n J -> A -> E",
    "conditional flow out of an activity": SPLIT + "S -> B\n B -> C if x > 1\n B -> A else\n C -> A\n A -> E",
    "catch event: message, signal, timer": "start S\n catch M message=m\n" + TASK + "S -> M -> A -> E",
    "catch event: conditional": "start S\n catch M condition='x > 1'\n" + TASK + "S -> M -> A -> E",
    "catch event with several definitions, parallel multiple": "start S\n catch M message=m,n all=yes\n"
    + TASK
    + "S -> M -> A -> E",
    "parallel multiple with a timer": "start S\n catch M message=m timer='\"PT1H\"' all=yes\n"
    + TASK
    + "S -> M -> A -> E",
    "throw event: none, message, signal, escalation": "start S\n throw N message=m\n"
    + TASK
    + "S -> N -> A -> E",
    "throw event: compensation, compensation boundary, handler": "start S\n user B @Clerk\n boundary U on=B compensate=H\n"
    "user H handler=yes @Clerk\n throw T compensate=all\n" + TASK + "S -> B -> T -> A -> E",
    "links": "start S\n throw K link=x\n catch L link=x\n" + TASK + "S -> K\n L -> A -> E",
    "a link to nowhere": "start S\n" + TASK + "and F\n throw K link=x\n S -> F\n F -> K\n F -> A -> E",
    "boundary event: message, signal, timer, interrupting or not": BESIDE
    + "boundary B on=A message=m interrupting=no",
    "boundary event: error, escalation": BESIDE + "boundary B on=A error=x",
    "boundary event: conditional": BESIDE + "boundary B on=A condition='x > 1'",
    "timer cycle, not interrupting": BESIDE + "boundary B on=A cycle='\"R3/PT1H\"' interrupting=no",
    "timer cycle, interrupting": BESIDE + "boundary B on=A cycle='\"R3/PT1H\"'",
    "cancel end outside of a transaction": "start S\n user A @Clerk\n end E cancel=yes\n S -> A -> E",
    "choreography": "start S\n choreography C\n" + TASK + "S -> C -> A -> E",
}


def bundle(example) -> dict[str, bytes]:
    return files(**({"main": example} if isinstance(example, str) else example))


def refusals(example, rules: str) -> list[str]:
    """The codes of the rules that refuse an example."""
    problems = engine.check(bundle(example), "main", rules=rules)
    return sorted({problem.rule for problem in problems if not problem.warning})


def rows() -> dict[str, tuple[str, str]]:
    """What the page says of each construct: by the standard, and in the house."""
    return {name: (standard, house) for name, standard, house in ROW.findall(PAGE)}


def test_the_page_has_a_row_for_each_example():
    assert sorted(rows()) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_the_page_says_of_a_construct_is_so(name):
    said, house = rows()[name]
    refused, in_house = (refusals(EXAMPLES[name], rules) for rules in ("standard", "house"))
    assert said == ("refused " + ", ".join(refused) if refused else "runs")
    assert house == ("refuses it: " + ", ".join(in_house) if in_house else "takes it")


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_runs_can_be_started(name):
    if not refusals(EXAMPLES[name], "standard"):
        definition = engine.load(bundle(EXAMPLES[name]), "main", rules="standard")
        instance = engine.Instance.start(
            definition, {"x": 2, "names": ["SAMPLE"]}, lambda element, data: None
        )
        assert instance.open_work()
