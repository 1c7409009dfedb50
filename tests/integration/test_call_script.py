"""The call script beside the talk with the client (5512PRO 6): identity first, then the four points, then the choice."""

import json

import pytest
from lxml import html

from tests.desk import AVERY, CASEY, DEVON, LEE, MARLO, Desk
from tests.integration.acting import browser, give, page
from workflows.settings import PROJECT


def script(desk: Desk, who: str, task: str) -> html.HtmlElement | None:
    found = html.fromstring(page(desk, who, f"/tasks/{task}"))
    return next(iter(found.xpath("//*[@id='call-script']")), None)


def talk(desk: Desk) -> tuple[str, str]:
    number = desk.to_request()
    return number, str(desk.task(CASEY, number, "T7")["id"])


def test_it_leads_through_the_talk_in_the_order_of_the_form(desk: Desk) -> None:
    _, task = talk(desk)
    found = script(desk, CASEY, task)
    assert found is not None
    parts = [item.text_content() for item in found.xpath("./ol/li")]
    words = ("Who is it", "interpreter", "Identity", "four points", "choice", "Say it back")
    assert len(parts) == len(words)
    assert all(word in part for word, part in zip(words, parts, strict=True))
    before_identity = " ".join(parts[:2])
    for revealing in ("shar", "record", "partner"):
        assert revealing not in before_identity, "nothing is told before it is clear who listens"
    file = PROJECT / "bpmn" / "opt_in_5512pro" / "forms" / "T7_RecordContactAndVerifyWish.json"
    fields = list(json.loads(file.read_text("utf-8"))["properties"])
    asked = ("identity_verified", "notification_points", "decision")
    assert sorted(asked, key=fields.index) == list(asked)


def test_the_four_points_are_the_notices_own(desk: Desk) -> None:
    _, task = talk(desk)
    found = script(desk, CASEY, task)
    assert found is not None
    points = [item.text_content() for item in found.xpath(".//ul/li")]
    said = (
        "data-sharing agreement",
        "only to deliver services",
        "is not shared",
        "in no way affects your eligibility",
    )
    assert len(points) == 4
    assert all(word in point for word, point in zip(said, points, strict=True))


def test_both_choices_weigh_the_same(desk: Desk) -> None:
    _, task = talk(desk)
    found = script(desk, CASEY, task)
    assert found is not None
    share, keep = (p.text_content() for p in found.xpath(".//*[@class='desk-choices']/p"))
    assert keep.replace("is not", "is").replace("cannot", "can") == share
    assert len(found.xpath(".//*[@class='desk-choices']//strong")) == 2


def test_it_names_nobody(desk: Desk) -> None:
    _, task = talk(desk)
    found = script(desk, CASEY, task)
    assert found is not None
    for fact in MARLO.values():
        assert fact not in found.text_content()


def test_it_stands_beside_that_talk_alone_and_for_those_who_lead_it(desk: Desk) -> None:
    number, task = talk(desk)
    assert script(desk, AVERY, str(desk.task(AVERY, number, "T6")["id"])) is None
    assert "call-script" not in page(desk, LEE, f"/tasks/{task}"), "an auditor reads, and calls nobody"
    assert browser(desk, AVERY).get(f"/tasks/{task}").status_code == 403
    give(desk, number, "T7", DEVON)
    assert script(desk, DEVON, task) is not None
    assert script(desk, CASEY, task) is None, "it is Devon's talk now"


@pytest.mark.parametrize("label", ["RO1", "RO2"])
def test_later_tasks_have_none(desk: Desk, label: str) -> None:
    number = desk.to_decision()
    if label == "RO2":
        desk.do(CASEY, number, "RO1")
    assert script(desk, CASEY, str(desk.task(CASEY, number, label)["id"])) is None
