"""The outbox and what leaves the building (domain 5.1; scenarios 12, 39, 40), against a real mail server."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from notifications import sink
from notifications.mailer import Message, SmtpMailer
from tests.desk import AVERY, CASEY, MARLO, NOOR, PAT, REMY, Clock, Desk
from workflows.commands import housekeeping, messages, recovery, undelivered
from workflows.commands.people import change_person
from workflows.db import transaction
from workflows.mail_words import compose
from workflows.outbox import MESSAGES, OutboxMessage
from workflows.people import Person
from workflows.queries.sentences import MESSAGE_WORDS
from workflows.setup_links import new_link
from workflows.work import Work


def newest(folder: Path, message: OutboxMessage) -> list[sink.Received]:
    """What the mail server has received of one message."""
    return [mail for mail in sink.read(folder) if mail.message_id == message.message_id]


def rows(**where: object) -> list[OutboxMessage]:
    with transaction() as db:
        query = select(OutboxMessage).order_by(OutboxMessage.id)
        return [row for row in db.scalars(query) if all(getattr(row, k) == v for k, v in where.items())]


def test_12_the_mail_to_the_supervisor_holds_number_and_link_only(
    desk: Desk, mail_sink: tuple[Path, str]
) -> None:
    folder, url = mail_sink
    number = desk.to_request(reason="Wants help with a welding course.")
    assert desk.send_mail(url) == 1
    (mail,) = newest(folder, rows(kind="notify_supervisor")[0])
    whole = (folder / f"{mail.id}.eml").read_text("utf-8") + mail.text
    assert mail.subject.startswith(f"Opt-in request {number}:")
    assert f"/cases/{number}" in mail.text
    for fact in ("Marlo", "Pennywhistle", "welding", "555"):
        assert fact not in whole


def test_12_no_mail_of_a_whole_case_tells_of_the_client(desk: Desk, mail_sink: tuple[Path, str]) -> None:
    folder, url = mail_sink
    before = {mail.id for mail in sink.read(folder)}
    desk.to_opted_in(reason="Wants help with a welding course.")
    desk.send_mail(url)
    mails = [mail for mail in sink.read(folder) if mail.id not in before]
    assert len(mails) >= 2
    for mail in mails:
        whole = (folder / f"{mail.id}.eml").read_text("utf-8") + mail.text
        assert not [word for word in (*MARLO.values(), "welding", "555-0101") if word in whole]


def test_the_remaining_client_is_not_asked_for_a_reason_in_the_notice(
    desk: Desk, mail_sink: tuple[Path, str]
) -> None:
    folder, url = mail_sink
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    desk.send_mail(url)
    (mail,) = newest(folder, rows(kind="notify_partner_remains_opted_out")[0])
    assert "in no way affects" in mail.text and "accept" not in mail.text.lower()


def test_a_message_is_sent_once_with_its_fixed_id(desk: Desk, mail_sink: tuple[Path, str]) -> None:
    folder, url = mail_sink
    desk.to_request()
    assert [desk.send_mail(url) for _ in range(3)] == [1, 0, 0]
    (row,) = rows(kind="notify_supervisor")
    assert (row.state, len(newest(folder, row))) == ("sent", 1)


def test_39_a_refused_address_is_given_up_and_told(desk: Desk) -> None:
    number = desk.to_request()
    with sink.running(sink.Keeper(Path("/nonexistent"), refuse_recipients="casey")) as url:
        desk.send_mail(url)
    assert desk.messages(number)[0]["state"] == "failed"
    assert [row.kind for row in rows(state="waiting")] == ["mail_undeliverable"]
    assert desk.labels(CASEY, number) == {"T7"}, "the case goes on"
    assert "message_failed" in desk.history(CASEY, number)


def test_39_a_failed_message_is_sent_again_by_hand(desk: Desk, mail_sink: tuple[Path, str]) -> None:
    from tests.integration.test_agreements import actor

    folder, url = mail_sink
    desk.to_request()
    with sink.running(sink.Keeper(Path("/nonexistent"), refuse_recipients="casey")) as refusing:
        desk.send_mail(refusing)
    (row,) = rows(state="failed")
    undelivered.send_again(actor(PAT), row.id)
    desk.send_mail(url)
    assert len(newest(folder, row)) == 1


def test_40_a_mail_server_that_is_away_loses_nothing(
    desk: Desk, clock: Clock, mail_sink: tuple[Path, str]
) -> None:
    folder, url = mail_sink
    number = desk.to_request()
    for _ in range(12):
        assert desk.send_mail("smtp://127.0.0.1:9") == 0
        clock.move(hours=1)
    assert desk.messages(number)[0]["state"] == "waiting", (
        "a server that is away does not use up the attempts"
    )
    desk.send_mail(url)
    assert len(newest(folder, rows(kind="notify_supervisor")[0])) == 1


def test_a_sender_that_died_leaves_a_lease_that_runs_out(
    desk: Desk, clock: Clock, mail_sink: tuple[Path, str]
) -> None:
    folder, url = mail_sink
    desk.to_request()
    (row,) = rows(kind="notify_supervisor")
    assert messages.take_leases([row.id], "of one who died")
    assert desk.send_mail(url) == 0
    clock.move(seconds=31)
    desk.send_mail(url)
    assert len(newest(folder, row)) == 1


def test_a_sender_whose_lease_was_taken_over_writes_nothing(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    (row,) = rows(kind="notify_supervisor")
    messages.take_leases([row.id], "slow")
    clock.move(seconds=31)
    assert messages.take_leases([row.id], "quick")
    messages.sent(row.id, "slow", "subject")
    assert rows(kind="notify_supervisor")[0].state == "waiting"
    messages.sent(row.id, "quick", "subject")
    assert rows(kind="notify_supervisor")[0].state == "sent"


def test_retries_wait_longer_each_time(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    waits = []
    for attempt in range(3):
        (row,) = rows(kind="notify_supervisor")
        messages.take_leases([row.id], f"lease {attempt}")
        from workflows.people import SYSTEM

        messages.failed(SYSTEM, row.id, f"lease {attempt}", "busy", final=False, counts=True)
        (row,) = rows(kind="notify_supervisor")
        waits.append(row.next_attempt_at)
        clock.move(hours=1)
    lengths = [wait - start for wait, start in zip(waits, _hours(waits[0]), strict=False)]
    assert lengths == sorted(lengths)


def _hours(first: object) -> list[object]:
    from datetime import UTC, datetime

    start = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    return [start + timedelta(hours=n) for n in range(3)]


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_kind_of_message_can_be_written(desk: Desk, kind: str) -> None:
    """Each kind fills its templates from what a real case and agreement hold."""
    from workflows import clock as clock_
    from workflows import outbox
    from workflows.cases import case_numbered
    from workflows.mail_words import compose
    from workflows.people import SYSTEM, person_named

    number = desk.to_request()
    assert kind in MESSAGE_WORDS
    with transaction() as db:
        work = Work(db, SYSTEM, clock_.now())
        person = person_named(db, CASEY)
        assert person
        about = {"agreement": 1} if kind.startswith("agreement") else {}
        about |= {"message": 1} if kind == "mail_undeliverable" else {}
        about |= {"person": person.id} if kind == "approval_wanted" else {}
        about |= {"absence": _absence(work, person)} if kind == "substitute_named" else {}
        about |= {"setup": _link(work, person)} if kind == "account_set_up" else {}
        case = None if about else case_numbered(db, number, lock=True)
        (row,) = outbox.queue(work, kind, case, [person], round=99, **about)
    mail = compose(row.id)
    assert (number in mail.subject) or about
    assert "{{" not in mail.text and "{sor." not in mail.text and mail.text.strip() and mail.html.strip()
    assert mail.to == "casey.thistledown@esd.example"


def _absence(work: Work, person: Person) -> int:
    """An absence that somebody stands in for."""
    from workflows.absences import Absence
    from workflows.people import person_named

    away, today = person_named(work.db, NOOR), work.now.date()
    assert away
    row = Absence(
        person_id=away.id, substitute_id=person.id, first_day=today, last_day=today,
        entered_by_id=person.id, entered_at=work.now,
    )  # fmt: skip
    work.db.add(row)
    work.db.flush()
    return row.id


def _link(work: Work, person: Person) -> int:
    link = new_link(person, work.now)
    work.db.add(link)
    work.db.flush()
    return link.id


class Server:
    """A mail server that takes everything; something may happen while it has a message in hand."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.taken: list[Message] = []
        self._meanwhile = meanwhile

    def send(self, message: Message) -> None:
        self.taken.append(message)
        self._meanwhile()


def deliver(server: Server) -> int:
    return messages.deliver(messages.waiting_ids(1000), server)


def test_a_sender_whose_lease_was_taken_over_sends_nothing(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.to_request()
    (row,) = rows(kind="notify_supervisor")
    usual = messages.compose

    def slowly(message_id: int) -> Message:
        clock.move(seconds=31)
        assert messages.take_leases([message_id], "quick")
        return usual(message_id)

    monkeypatch.setattr(messages, "compose", slowly)
    server = Server()
    assert deliver(server) == 0 and not server.taken
    assert rows(id=row.id)[0].lease == "quick"


def test_a_mail_sent_while_its_case_was_busy_is_in_the_history_once(desk: Desk, database: Engine) -> None:
    number = desk.to_request()
    with database.connect() as other:
        server = Server(lambda: other.execute(text('SELECT 1 FROM "case" FOR NO KEY UPDATE')))
        assert deliver(server) == 1
        assert desk.messages(number)[0]["state"] == "sent"
        other.rollback()
    for _ in range(2):
        housekeeping.put_away()
    assert desk.history(CASEY, number).count("message_sent") == 1


def test_a_message_that_waits_for_somebody_who_left_reaches_a_colleague(desk: Desk) -> None:
    from tests.integration.test_agreements import actor

    number = desk.to_decision()
    desk.record_edit(number)
    change_person(actor(PAT), AVERY, {"active": False})
    server = Server()
    for _ in range(2):
        deliver(server)
    told = [m.to for m in server.taken if "change made" in m.subject]
    assert told == ["jordan.mapleshade@fwp.example"], "cleared, unlike the only colleague of the office"
    assert NOOR not in told[0]


def test_one_message_that_goes_wrong_does_not_stop_the_others(desk: Desk) -> None:
    desk.to_request()
    desk.to_request(REMY, "WSJ", client_first_name="Tamsin", client_last_name="Orrery")

    def breaks_once() -> None:
        if len(server.taken) == 1:
            raise RuntimeError("a fault of ours")

    server = Server(breaks_once)
    assert deliver(server) >= 1
    assert {row.state for row in rows(kind="notify_supervisor")} == {"sent", "waiting"}


def test_what_a_dead_sender_had_sent_and_not_written_is_read_in_the_journal(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few at once are taken and written down; what became of those in hand is found out when the lease has run out."""
    for first, last in (("Tamsin", "Orrery"), ("Odell", "Brightwater"), ("Juno", "Farrow")):
        desk.to_request(client_first_name=first, client_last_name=last)
    with monkeypatch.context() as dies:
        dies.setattr(messages, "say_sent", lambda *_: 1 / 0)
        dead = Server()
        messages.deliver(messages.waiting_ids(2), dead)
    others, again = Server(), Server()
    deliver(others)
    assert recovery.recover() == 0, "the sender may still live"
    clock._traveller.shift(timedelta(minutes=4))
    assert recovery.recover() == 2
    deliver(again)
    assert [len(server.taken) for server in (dead, others, again)] == [2, 1, 0]
    assert {row.state for row in rows()} == {"sent"} and all(row.lease is None for row in rows())


def test_a_connection_that_was_cut_off_is_not_used_again(
    desk: Desk, mail_sink: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that is stopped in the middle leaves an answer in the line, which is none of the next message's."""
    folder, url = mail_sink
    desk.to_request()
    usual = smtplib.SMTP.data

    def stopped(connection: smtplib.SMTP, message: bytes) -> tuple[int, bytes]:
        monkeypatch.setattr(smtplib.SMTP, "data", usual)
        connection.putcmd("data")
        raise RuntimeError("the job is stopped")

    monkeypatch.setattr(smtplib.SMTP, "data", stopped)
    (row,) = rows(kind="notify_supervisor")
    with SmtpMailer(url) as mailer:
        with pytest.raises(RuntimeError):
            mailer.send(compose(row.id))
        mailer.send(compose(row.id))
    assert len(newest(folder, row)) == 1


def test_an_undeliverable_mail_is_told_to_the_administrators_of_its_area(desk: Desk) -> None:
    from workflows.organisations import Agency, Area
    from workflows.people import Person

    desk.to_request()
    with transaction() as db:
        pat = db.scalar(select(Person).where(Person.username == PAT))
        assert pat
        db.add(Area(code="TST", name="SAMPLE area"))
        db.flush()
        db.add(Agency(code="TSA", name="SAMPLE agency", area_code="TST"))
        db.flush()
        pat.agency_code, pat.area_code = "TSA", "TST"
    with sink.running(sink.Keeper(Path("/nonexistent"), refuse_recipients="casey")) as url:
        desk.send_mail(url)
    assert rows(kind="mail_undeliverable") == []


def test_the_case_managers_mail_is_not_shown_to_others(desk: Desk) -> None:
    number = desk.to_request()
    assert desk.kinds(number, AVERY) == [], "what goes to the supervisors is not the partner's"


def test_a_message_that_nobody_can_get_is_written_down(desk: Desk, clock: Clock) -> None:
    from tests.integration.acting import change

    change("robin.alderspire", active=False)
    change("kim.otterbrook", active=False)
    number = desk.to_request()
    clock.move(days=5)
    assert "message_without_recipient" in desk.history(CASEY, number)
    assert "escalate_to_program_manager" not in desk.kinds(number)
