"""Mail that came back, mail of which nobody knows, and the thread of a case (domain 5.1, N12, scenario 39)."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from notifications.mailbox import ImapMailbox, MailboxUnavailable
from notifications.mailer import MailUncertain, Message
from tasks.bounces import poll as poll_job
from tests.certificates import certificate, context
from tests.desk import AVERY, CASEY, PAT, ROBIN, Clock, Desk
from tests.imap import Kept, serving
from tests.integration.acting import Recorder, actor, browser, deliver, page
from web.console import main
from workflows.bounces import BounceMailbox
from workflows.cases import case_numbered
from workflows.commands import bounces, messages, recovery, undelivered
from workflows.commands.bounces import take
from workflows.db import transaction
from workflows.errors import NotNow
from workflows.invariants import violations
from workflows.outbox import OutboxMessage, queue
from workflows.people import SYSTEM, person_named
from workflows.queries.health import health
from workflows.queries.proofs import proof_pack
from workflows.settings import settings
from workflows.work import Work

REPORT = """From: MAILER-DAEMON@mx.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b
Message-ID: <{n}@mx.example>

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; somebody@esd.example
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""
AWAY = b"Subject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday."


def report(message_id: str, n: int = 1, action: str = "failed", status: str = "5.1.1") -> bytes:
    """What a mail server reports of a message."""
    return REPORT.format(message_id=message_id, n=n, action=action, status=status).encode()


def row_of(kind: str = "notify_supervisor") -> OutboxMessage:
    with transaction() as db:
        query = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
        return next(iter(db.scalars(query)))


def test_39_a_mail_that_came_back_is_undeliverable_and_told_once(desk: Desk) -> None:
    number = desk.to_request()
    deliver(Recorder())
    sent = row_of()
    assert take(report(sent.message_id, action="delayed", status="4.4.1")) == "delayed"
    came_back = report(sent.message_id, 2)
    assert [take(came_back), take(came_back), take(report(sent.message_id, 3))] == [
        "undeliverable", "known", "nothing",
    ]  # fmt: skip
    assert take(report("<somebody-elses@desk.example>")) == "not_ours"
    row = row_of()
    assert (row.state, row.error) == ("undeliverable", "The mail came back: the address is not known.")
    assert [row_of("mail_undeliverable").state, row_of("your_mail_undeliverable").state] == ["waiting", "app"]
    (told,) = [one for one in desk.get(AVERY, "/inbox")["items"] if "could not be delivered" in one["words"]]
    assert (told["case"], told["message"]) == (number, "N12")
    assert desk.labels(CASEY, number) == {"T7"}, "the case goes on"
    told = [item.words for item in proof_pack(actor(CASEY), number).items if item.key == "supervisor_told"]
    assert told == ["Written, and not delivered by mail."]
    assert "message_undeliverable" in desk.history(CASEY, number)
    states = {one["kind"]: one["state"] for one in desk.messages(number)}
    assert states["notify_supervisor"] == "undeliverable"
    shown = page(desk, PAT, f"/admin/outbox/{row.id}")
    assert "the address is not known" in shown and "Send again" in shown and "It arrived" not in shown
    undelivered.send_again(actor(PAT), row.id)
    taken = Recorder()
    deliver(taken)
    assert row.message_id in [message.message_id for message in taken.taken]
    assert not list(violations())


def test_39_a_mail_that_came_back_for_now_is_sent_again_up_to_five_times(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    waits = []
    for n in range(5):
        deliver(Recorder())
        row = row_of()
        assert (row.state, row.attempts) == ("sent", n + 1)
        outcome = take(report(row.message_id, n, status="4.4.7"))
        if outcome == "again":
            waits.append((row_of().next_attempt_at - datetime.now(UTC)).total_seconds() / 3600)
            clock.move(hours=16)
    assert (outcome, row_of().state) == ("undeliverable", "undeliverable")
    assert [round(wait) for wait in waits] == sorted(round(wait) for wait in waits) and len(waits) == 4
    assert 0.8 <= waits[0] <= 1.2


class Killed(BaseException):
    """The sender is killed."""


class Dies:
    """A mail server that has a message in hand when the sender is killed, or the connection breaks."""

    def __init__(self, how: BaseException) -> None:
        self.how = how
        self.seen: list[str] = []

    def send(self, message: Message) -> None:
        self.seen.append(message.message_id)
        raise self.how


def hand_over_and_lose(how: BaseException) -> list[str]:
    """A sender hands over what waits, and nobody knows whether it was taken; what it had begun with."""
    server = Dies(how)
    with suppress(Killed):
        messages.deliver(messages.waiting_ids(1), server)
    return server.seen


def test_a_mail_of_which_nobody_knows_goes_out_once_more_and_then_waits_for_people(
    desk: Desk, clock: Clock
) -> None:
    number = desk.to_request()
    seen = []
    for how in (MailUncertain("The connection broke."), Killed(), Killed()):
        seen += hand_over_and_lose(how)
        clock._traveller.shift(240)
        recovery.recover()
    assert len(seen) == 2 and len(set(seen)) == 1, "once more under the same Message-ID, and no third time"
    row = row_of()
    assert (row.state, row.lease) == ("unknown", None)
    assert not list(violations())
    assert "Of 1 message nobody knows" in page(desk, PAT, "/problems")
    assert [sign.tone for sign in health(actor(PAT)) if sign.what == "Mail of which nobody knows"] == ["warn"]
    assert [one["id"] for one in desk.get(ROBIN, "/outbox?state=unknown")["items"]] == [row.id]
    answer = browser(desk, ROBIN).post(f"/admin/outbox/{row.id}/arrived", follow_redirects=True)
    assert "It is noted that the message arrived." in answer.text
    assert row_of().state == "sent" and "message_arrived" in desk.history(CASEY, number)
    with pytest.raises(NotNow):
        undelivered.confirm_arrival(actor(PAT), row.id)


def test_rows_in_hand_are_settled_by_what_the_journal_of_their_host_says(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not begun: it waits again. Another host's: left to that one for longer. Without a journal: nobody knows."""
    desk.to_request()
    desk.to_request(client_first_name="Tamsin", client_last_name="Orrery")
    for how in (Killed(), RuntimeError("a fault of ours")):
        ids = messages.waiting_ids(10)
        with suppress(Killed):
            messages.deliver(ids, Dies(how))
    with transaction() as db:
        rows = list(db.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
        assert {row.state for row in rows} == {"handing"}
        first, second = rows
        second.lease = "another-host:1"
    clock._traveller.shift(240)
    assert recovery.recover() == 1
    assert (row_of().state, row_of().resent) == ("waiting", True)
    with transaction() as db:
        db.execute(update(OutboxMessage).where(OutboxMessage.id == first.id).values(state="handing", resent=False,
                   lease=f"{messages.journal().host}:never", leased_until=datetime.now(UTC), attempts=1))  # fmt: skip
    clock._traveller.shift(1)
    assert recovery.recover() == 1
    assert (row_of().state, row_of().resent, row_of().attempts) == ("waiting", False, 0), "it was never begun"
    clock._traveller.shift(16 * 60)
    assert recovery.recover() == 1
    clock._traveller.shift(60)
    monkeypatch.setenv("OUTBOX_JOURNAL", "/proc/nowhere")
    settings.cache_clear()
    hand_over_and_lose(Killed())
    clock._traveller.shift(240)
    assert recovery.recover() == 1
    assert (row_of().state, row_of().resent) == ("waiting", True)
    clock._traveller.shift(60)
    assert deliver(Recorder()) == 2


def test_mails_of_a_case_to_one_person_are_one_thread(desk: Desk) -> None:
    number = desk.to_request()
    with transaction() as db:
        work = Work(db, SYSTEM, datetime.now(UTC))
        case, people = (
            case_numbered(db, number, lock=True),
            [person_named(db, name) for name in (CASEY, ROBIN)],
        )
        queue(work, "remind_supervisor", case, [person for person in people if person])
    taken = Recorder()
    deliver(taken)
    first, second, other = taken.taken
    assert [mail.to.partition(".")[0] for mail in taken.taken] == ["casey", "casey", "robin"]
    assert dict(first.headers) == dict(other.headers) == {}
    assert second.headers == {"In-Reply-To": first.message_id, "References": first.message_id}
    assert second.as_email()["References"] == first.message_id


def test_the_mailbox_is_read_and_each_report_dealt_with_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.to_request()
    deliver(Recorder())
    trusted, kept = certificate(tmp_path), Kept()
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    for mail in (AWAY, report("<of-another@desk.example>"), report(row_of().message_id)):
        kept.put(mail)
    with serving(kept, context(trusted)) as url:
        monkeypatch.setenv("BOUNCE_MAILBOX", url)
        settings.cache_clear()
        kept.breaks_after = 2
        with pytest.raises(MailboxUnavailable):
            poll_job()
        kept.breaks_after = 1000
        poll_job()
        assert (row_of().state, kept.seen) == ("undeliverable", {3})
        kept.put(AWAY)
        with ImapMailbox(url) as mailbox:
            assert bounces.poll(mailbox, "the same, read anew")["known"] == 1
            assert bounces.poll(mailbox, "the same, read anew").total() == 0
        with pytest.raises(MailboxUnavailable, match="does not let us in"):
            ImapMailbox(url.replace("only", "not")).__enter__()
    with transaction() as db:
        places = {
            place.name: (place.read_up_to, place.left_alone) for place in db.scalars(select(BounceMailbox))
        }
    assert sorted(places.values()) == [(3, 2), (4, 3)]
    with pytest.raises(MailboxUnavailable, match="cannot be reached"):
        poll_job()


def test_a_report_about_a_message_in_hand_is_read_later(desk: Desk, tmp_path: Path) -> None:
    desk.to_request()
    hand_over_and_lose(Killed())
    file = tmp_path / "reports"
    file.write_bytes(b"From a Mon\n" + AWAY + b"\n\nFrom b Mon\n" + report(row_of().message_id))
    told = CliRunner().invoke(main, ["mail", "bounced", str(file)])
    assert told.exit_code == 75 and "in hand just now" in told.output and "no report" in told.output
    with transaction() as db:
        db.execute(update(OutboxMessage).values(state="sent", lease=None, leased_until=None))
    told = CliRunner().invoke(main, ["mail", "bounced"], input=file.read_bytes())
    assert told.exit_code == 0 and "cannot be delivered" in told.output, told.output
    assert CliRunner().invoke(main, ["mail"]).exit_code == 2
