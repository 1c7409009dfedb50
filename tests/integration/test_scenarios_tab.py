"""The Scenarios tab: what comes out otherwise is told and followed, a walk is kept, a case is made a scenario of."""

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.desk import AVERY, CASEY, ROBIN, Desk
from tests.integration.acting import actor, browser
from workflows import clauses, scenarios
from workflows.bundle_proofs import proofs
from workflows.commands.drafts import begin_draft, change_draft
from workflows.queries.drafts import draft_view

REQUEST = "opt_in_request.bpmn"


@pytest.fixture
def draft(desk: Desk) -> int:
    """A draft of the sample area."""
    return begin_draft(actor(ROBIN))


@pytest.fixture
def robin(desk: Desk) -> FlaskClient:
    """The program manager's browser."""
    return browser(desk, ROBIN)


def text(robin: FlaskClient, path: str) -> str:
    answer = robin.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def post(robin: FlaskClient, draft: int, path: str, status: int = 302, **data: str) -> str:
    """A form of the editor, with the version of the draft that the page was made from."""
    version = draft_view(actor(ROBIN), draft).row_version
    answer = robin.post(f"/processes/drafts/{draft}{path}", data={"row_version": str(version), **data})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.headers.get("Location", "") or answer.get_data(as_text=True)


def rename_step(draft: int, old: str, new: str) -> None:
    """Put another step in the place of one: the id is another, its form stays."""
    view = draft_view(actor(ROBIN), draft)
    diagram = re.sub(rf"\b{old}\b(?!\.json)", new, view.files[REQUEST])
    trace = view.files["trace.toml"].replace(old, new)
    change_draft(actor(ROBIN), draft, {REQUEST: diagram, "trace.toml": trace}, view.row_version)


def test_scenarios_that_differ_are_told_and_follow_a_change_that_is_meant(robin, draft):
    home = f"/processes/drafts/{draft}/scenarios"
    assert "All 45 scenarios come out as expected." in text(robin, home)
    rename_step(draft, "T6_AskClientToContactSupervisor", "NewTask_1")
    page = text(robin, home)
    assert "scenarios come out otherwise than expected." in page
    assert "“Ask the client to call the supervisor” was to come next" not in page, "what is gone has no name"
    assert "the step “T6” was expected, but “Ask the client to call the supervisor” opened." in text(
        robin, f"{home}/opted_in"
    )
    post(robin, draft, "/scenarios/follow")
    assert "All 45 scenarios come out as expected." in text(robin, home)
    assert [
        problem for problem in proofs(draft_view(actor(ROBIN), draft).bundle) if not problem.warning
    ] == []
    followed = scenarios.read(draft_view(actor(ROBIN), draft).files, "scenarios/opted_in.json")
    assert followed.moves[5].target == "NewTask_1"


def test_a_walk_is_played_with_the_real_forms_and_kept_without_a_word_that_was_typed(robin, draft):
    walk = f"/processes/drafts/{draft}/walk"
    post(robin, draft, "/walk", process="opt_in_5512pro")
    first = text(robin, f"{walk}/tasks/T1_QuickSearchOwnOffice")
    assert "Number of clients found in your office" in first
    refused = post(
        robin,
        draft,
        "/walk/tasks/T1_QuickSearchOwnOffice",
        422,
        search_key="name",
        office="WSK",
        total_own="many",
    )
    assert "Enter the number of clients found" in refused
    usual = json.loads(draft_view(actor(ROBIN), draft).files[scenarios.USUAL])["answers"]
    for step, different in [
        ("T1_QuickSearchOwnOffice", {}), ("T2_SearchAllWorkSource", {}), ("T3_VerifyAccount", {"account": "not_sure"}),
        ("T4_RunOptOutLookup", {}), ("T5_WriteRequest", {"client_first_name": "Zebulon", "reason": "Canary words."}),
    ]:  # fmt: skip
        answers = {**usual[step], **different}
        post(
            robin,
            draft,
            f"/walk/tasks/{step}",
            **{name: str(value).lower() if value is True else str(value) for name, value in answers.items()},
        )
    assert "Opt-in request …: waits for a supervisor" in text(robin, walk)
    post(robin, draft, "/walk/happen", kind="fire", target="TM_RemindSupervisor")
    post(robin, draft, "/walk/happen", kind="receive", target="opted_in_elsewhere")
    post(robin, draft, "/walk/back")
    post(robin, draft, "/walk/keep", 409, name="Too early")
    post(robin, draft, "/walk/happen", kind="receive", target="client_withdrew")
    assert "Withdrawn" in text(robin, walk)
    post(robin, draft, "/walk/keep", 422, name=" ")
    where = post(robin, draft, "/walk/keep", name="Withdraws after a reminder")
    assert where.endswith("/scenarios/withdraws_after_a_reminder")
    kept = draft_view(actor(ROBIN), draft).files["scenarios/withdraws_after_a_reminder.json"]
    assert "Zebulon" not in kept and "Canary" not in kept
    told = scenarios.read({"scenarios/x.json": kept}, "scenarios/x.json")
    assert [move.data for move in told.moves if move.data] == [{"account": "not_sure"}]
    assert told.expected.notices == ("notify_supervisor", "remind_supervisor", "notify_partner_withdrawn")
    assert proofs(draft_view(actor(ROBIN), draft).bundle) == []
    assert "You have not begun" in robin.post(f"{walk}/back").get_data(as_text=True)


def test_a_scenario_is_renamed_expects_another_end_and_is_removed(robin, draft):
    where = "/scenarios/withdrawn_while_waiting"
    post(robin, draft, where, 422, name="", outcome="nowhere", action="save")
    post(robin, draft, where, name="Calls it off", outcome="opted_in", action="save")
    page = text(robin, f"/processes/drafts/{draft}{where}")
    assert "The case was expected to end as “Opted in”, but it ended as “Withdrawn”." in page
    post(robin, draft, where, action="follow")
    assert proofs(draft_view(actor(ROBIN), draft).bundle) == []
    post(robin, draft, f"{where}/remove")
    assert robin.get(f"/processes/drafts/{draft}{where}").status_code == 404


def test_a_clause_is_given_other_steps_or_a_reason_and_is_open_with_neither(robin, draft):
    where = f"/processes/drafts/{draft}/trace"
    assert "Every clause is carried out" in text(robin, where)
    place = 1 + [clause.number for clause in clauses.read(draft_view(actor(ROBIN), draft).files)].index(
        "5512PRO 7g"
    )
    page = text(robin, f"{where}/{place}")
    assert re.search(r'value="T12_OfferEsdWioaStaff" checked', page)
    post(robin, draft, f"/trace/{place}")
    assert "1 clause is carried out by nothing." in text(robin, where)
    assert [problem.rule for problem in proofs(draft_view(actor(ROBIN), draft).bundle)] == ["P4"]
    post(robin, draft, f"/trace/{place}", 422, waiver="x" * 501)
    post(robin, draft, f"/trace/{place}", waiver="Said in “person”.\nSAMPLE")
    assert "None does, because: Said in “person”. SAMPLE" in text(robin, where)
    stale = robin.post(f"{where}/{place}", data={"row_version": "1", "waiver": "Typed in vain"})
    assert stale.status_code == 409 and "Typed in vain" in stale.get_data(as_text=True)
    post(robin, draft, f"/trace/{place}", elements="T12_OfferEsdWioaStaff")
    assert proofs(draft_view(actor(ROBIN), draft).bundle) == []
    assert robin.get(f"{where}/99").status_code == 404


def test_the_procedure_is_written_from_the_diagrams(robin, draft):
    for path in ("/processes/opt_in_5512pro/1/procedure", f"/processes/drafts/{draft}/procedure"):
        page = text(robin, path)
        for words in (
            "1.3 Search in your own office", "Step 1 of 5512PRO", "While it is open, after 1 business day, “First reminder",
            "If “yes”: the case ends as “Found in your own office”.", "Opt-in request …: waits for a supervisor",
            "all of part 3, “Opt-in request”", "Number of clients found in your office", "5512PRO 7g",
        ):  # fmt: skip
            assert words in page, words
    view = draft_view(actor(ROBIN), draft)
    change_draft(
        actor(ROBIN), draft, {REQUEST: view.files[REQUEST].replace("serviceTask", "task")}, view.row_version
    )
    assert robin.get(f"/processes/drafts/{draft}/procedure").status_code == 409
    assert "Nothing can be played" in text(robin, f"/processes/drafts/{draft}/scenarios")
    assert "trace" in text(robin, f"/processes/drafts/{draft}/trace")


def test_a_scenario_is_made_of_a_case_that_nobody_can_tell_and_holds_no_fact(desk, robin, draft):
    asked = {"outcome": "withdrawn"}
    names = ["Zebulon", "Quillon", "Marigold"]
    for place, name in enumerate(names):
        if place == 2:
            post(robin, draft, "/scenarios/like", **asked)
            assert "at least 3" in text(robin, f"/processes/drafts/{draft}/scenarios")
        number = desk.to_request(
            AVERY, client_first_name=name, reason="Canary words of a client.", phone=f"360-555-016{place}"
        )
        desk.do(CASEY, number, "T7", contact_result="no_answer", identity_verified=None, identity_method=None,
                spoke_through=None, notification_points=None, decision=None, esd_note="Canary note.")  # fmt: skip
        assert desk.call(CASEY, "POST", f"/cases/{number}/withdraw").status_code in (200, 204)
    where = post(robin, draft, "/scenarios/like", **asked)
    key = where.rsplit("/", 1)[1]
    view = draft_view(actor(ROBIN), draft)
    kept = view.files[f"scenarios/{key}.json"]
    assert not any(word in kept for word in [*names, "Canary", "555-016", "OLY-"])
    told = scenarios.read(view.files, f"scenarios/{key}.json")
    assert [move.target for move in told.moves][-2:] == ["T7_RecordContactAndVerifyWish", "client_withdrew"]
    assert told.moves[-2].data["contact_result"] == "no_answer"
    assert proofs(view.bundle) == []
