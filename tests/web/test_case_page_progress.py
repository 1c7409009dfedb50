"""What is done, open and to come, and the marks of the diagrams, as each reader may know them."""

import html
import json
import re
from typing import Any

import pytest

from tests.desk import AVERY, BASIL, CASEY, LEE, REMY, TAMSIN, Desk
from tests.integration.acting import browser, page, suspend

CALL = "CA_OptInRequest"


def progress(desk: Desk, number: str, who: str = AVERY) -> dict[str, Any]:
    found: dict[str, Any] = desk.case(who, number)["progress"]
    return found


def marked(desk: Desk, number: str, mark: str, who: str = AVERY) -> set[str]:
    """The labels of the marked tasks; other elements by their id."""
    marks = progress(desk, number, who)["marks"]
    return {
        name if name.startswith(("CA_", "End_", "Start_")) else name.split("_")[0]
        for name, found in marks.items()
        if found == mark
    }


def coming(desk: Desk, number: str, who: str = AVERY) -> list[str]:
    return [step["element"].split("_")[0] for step in progress(desk, number, who)["coming"]]


def test_a_request_that_is_begun(desk: Desk) -> None:
    number = desk.open()
    assert marked(desk, number, "done") == {"Start_NotFound", "T1"}
    assert marked(desk, number, "now") == {"T2"}
    assert coming(desk, number)[:3] == ["T3", "T3b", "T4"] or "T3" in coming(desk, number)
    assert {"T5", "T6", "T7", "RO3", "T11", "T14"} <= set(coming(desk, number))
    assert not {"T1", "T2", "T90", "T91"} & set(coming(desk, number))


def test_the_diagram_where_the_case_stands_opens_first(desk: Desk) -> None:
    number = desk.to_decision()
    seen = page(desk, CASEY, f"/cases/{number}")
    opened = re.findall(r'data-diagram-open="[^"]*/([a-z_0-9]+\.bpmn)[^>]*aria-pressed="true"', seen)
    assert opened == ["esd_record_opt_in.bpmn"]


def test_the_page_carries_the_marks_and_its_diagrams_can_be_read(desk: Desk) -> None:
    number = desk.to_request()
    client = browser(desk, AVERY)
    answer = client.get(f"/cases/{number}")
    seen = answer.get_data(as_text=True)
    marks = json.loads(html.unescape(re.findall(r'data-marks="([^"]*)"', seen)[0]))
    assert marks == progress(desk, number)["marks"]
    addresses = re.findall(r'data-diagram-open="([^"]*)"', seen)
    drawings = [client.get(address) for address in addresses]
    assert addresses and {drawing.status_code for drawing in drawings} == {200}
    texts = "".join(drawing.get_data(as_text=True) for drawing in drawings)
    assert all(f'id="{element}"' in texts for element in marks)


def test_the_diagram_needs_no_exception_from_the_rules_of_all_pages(desk: Desk) -> None:
    number = desk.to_request()
    client = browser(desk, AVERY)
    paths = (f"/cases/{number}", "/cases")
    with_diagram, without = (client.get(path).headers["Content-Security-Policy"] for path in paths)
    assert with_diagram == without and "unsafe" not in with_diagram


def test_the_partner_sees_where_esd_begins_and_esd_where_it_is(desk: Desk) -> None:
    number = desk.to_decision()
    assert marked(desk, number, "now") == {"T7", CALL}
    assert marked(desk, number, "now", CASEY) == {"RO1", "CA_RecordOptIn", CALL}
    assert (progress(desk, number)["with_esd"], progress(desk, number, CASEY)["with_esd"]) == (True, False)


def test_before_it_is_told_no_decision_can_be_read_from_the_progress(desk: Desk) -> None:
    """Nor from how far Employment Security is with it."""
    opted = desk.to_decision(**TAMSIN)
    remained = desk.to_decision(decision="remain_opted_out", **BASIL)
    desk.do(CASEY, opted, "RO1")
    assert progress(desk, opted) == progress(desk, remained)


def test_neither_side_outside_esd_sees_the_answer_to_the_offer(desk: Desk) -> None:
    seen = []
    for response, client in (("accepted", TAMSIN), ("declined", BASIL)):
        number = desk.to_decision(decision="remain_opted_out", **client)
        desk.do(CASEY, number, "T12", offer_response=response)
        seen.append([progress(desk, number, who) for who in (AVERY, LEE)])
        desk.do(AVERY, number, "T14")
        seen[-1] += [progress(desk, number, who) for who in (AVERY, LEE)]
    assert seen[0] == seen[1]
    assert "T13_AssignEsdWioaStaff" not in seen[0][0]["marks"]


def test_an_end_is_marked_when_the_outcome_is_told(desk: Desk) -> None:
    number = desk.to_opted_in()
    assert "End_opted_in" in marked(desk, number, "done")
    assert (marked(desk, number, "now"), coming(desk, number)) == (set(), [])


def test_a_called_process_that_is_called_from_several_places_goes_on_behind_its_own_caller(
    desk: Desk,
) -> None:
    number = desk.to_decision()
    desk.record_edit(number)
    desk.do(AVERY, number, "T10", visible="worksource_only")
    assert marked(desk, number, "now") == {"AS1", "CA_AddSeekerPartner", CALL}
    assert coming(desk, number)[0] == "T11" and "T4" not in coming(desk, number)


def test_a_partner_without_agreement_sees_nothing_of_the_progress(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    assert progress(desk, number, REMY) == {"marks": {}, "diagrams": [], "coming": [], "with_esd": False}
    assert "data-diagram" not in page(desk, REMY, f"/cases/{number}")


@pytest.mark.parametrize("who", [AVERY, CASEY, LEE])
def test_every_mark_is_a_step_that_the_page_lists_or_what_is_around_it(desk: Desk, who: str) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    case = desk.case(who, number)
    listed = {step["element"] for step in case["steps"]} | {task["element"] for task in case["tasks"]}
    tasks = {name for name in case["progress"]["marks"] if re.match(r"(T\d|RO|AS|OO)", name)}
    assert tasks == listed
