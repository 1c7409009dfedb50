"""What completing a task would bring is found out without doing it, and is what then happens."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from tests.desk import AVERY, BASIL, CASEY, DEVON, JORDAN, TAMSIN, Clock, Desk, answers
from tests.integration.acting import actor, browser, stored
from workflows.errors import DuplicateCase
from workflows.queries.preview import Preview, preview

ESD_PEOPLE = ("Casey", "Morgan", "Devon", "Robin", "Kim")


def would(desk: Desk, who: str, number: str, label: str, **different: object) -> Preview:
    return preview(actor(who), desk.task(who, number, label)["id"], answers(label, **different))


def test_what_is_foretold_happens_and_foretelling_changes_nothing(desk: Desk, database: Engine) -> None:
    number = desk.open()
    way = [(AVERY, label) for label in ("T2", "T3", "T4", "T5", "T6")]
    way += [(CASEY, label) for label in ("T7", "RO1", "RO2", "RO3", "RO4")]
    for who, label in [*way, (AVERY, "T10"), (AVERY, "T11")]:
        before = stored(database)
        foretold = would(desk, who, number, label)
        assert stored(database) == before, label
        kinds, open_ = desk.kinds(number), desk.labels(who, number)
        desk.do(who, number, label)
        new = desk.kinds(number)[len(kinds) :]
        assert [mail.kind for mail in foretold.mails] == list(dict.fromkeys(new)), label
        opened = {t["name"]: t for t in desk.tasks(who, number) if t["element"].split("_")[0] not in open_}
        assert {task.name for task in foretold.tasks} >= set(opened), label
        assert foretold.sentence, label
    assert desk.outcome(number) == ("closed", "opted_in")
    assert foretold.sentence == "The case is closed: opted in."


def test_if_nobody_does_anything(desk: Desk, clock: Clock) -> None:
    """Each reminder comes at the moment that was foretold, and no other comes between."""
    number = desk.open()
    for label in ("T2", "T3", "T4", "T5"):
        desk.do(AVERY, number, label)
    desk.do(AVERY, number, "T6")
    foretold = would(desk, CASEY, number, "T7", decision="undecided")
    desk.do(CASEY, number, "T7", decision="undecided")
    said, seen = len(desk.kinds(number)), []
    for _ in range(14):
        clock.move(hours=24)
        new = desk.messages(number)[said:]
        seen += [(message["to"], datetime.fromisoformat(message["queued_at"])) for message in new]
        said += len(new)
    told = [(name, one.at) for one in foretold.later for name in one.to]
    assert {name for name, _ in told} == {name for name, _ in seen} > {"Casey Thistledown (SAMPLE)"}
    first = {name: min(at for who, at in seen if who == name) for name, _ in told}
    for name, at in first.items():
        expected = min(when for who, when in told if who == name)
        assert 0 <= (at - expected).total_seconds() <= 24 * 3600, name


def test_a_partner_learns_of_employment_securitys_people_and_answers_nothing(desk: Desk) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    sent = would(desk, AVERY, number, "T5")
    assert [mail.words for mail in sent.mails] == ["Employment Security is told of the request"]
    assert [task.name for task in sent.tasks] == ["Ask the client to call the supervisor"]
    assert not [name for name in ESD_PEOPLE if name in str(sent)]
    seen = []
    for client, response in ((TAMSIN, "accepted"), (BASIL, "declined")):
        case = desk.to_decision(AVERY, decision="remain_opted_out", **client)
        desk.do(CASEY, case, "T12", offer_response=response)
        seen.append(would(desk, AVERY, case, "T14"))
    assert seen[0].sentence == seen[1].sentence == "The case is closed: remains opted out."
    assert [(one.tasks, one.mails, one.later) for one in seen] == [([], [], [])] * 2
    accepted = desk.to_decision(
        AVERY, decision="remain_opted_out", client_first_name="Sol", client_last_name="N"
    )
    assert DEVON.split(".")[0] not in str(would(desk, CASEY, accepted, "T12")).lower()


def test_a_duplicate_is_told_before_anything_is_sent(desk: Desk) -> None:
    known = desk.to_request(AVERY)
    number = desk.open(JORDAN, "WSC")
    for label in ("T2", "T3", "T4"):
        desk.do(JORDAN, number, label)
    with pytest.raises(DuplicateCase, match=known):
        would(desk, JORDAN, number, "T5")
    task, client = desk.task(JORDAN, number, "T5")["id"], browser(desk, JORDAN)
    form = {name: value if value is not True else "true" for name, value in answers("T5").items()}
    page = client.post(f"/tasks/{task}", data={"action": "check", **form}, follow_redirects=True)
    assert (page.status_code, "Error:" in page.text, known in page.text) == (409, True, True)
    assert 'value="Pennywhistle"' in page.text
    assert would(desk, JORDAN, number, "T5", close_if_duplicate=True).sentence.startswith(
        "The case is closed"
    )
