"""A worker, a mail server or a queue that is taken away costs time, and neither a message nor a second one."""

import os
import signal
import time
from collections import Counter

import pytest

from notifications import sink
from tests.desk import AVERY, CASEY
from tests.end_to_end.product import LEASE, Product, somebody, wait_for
from workflows.commands.leases import HAND_OVER

pytestmark = [pytest.mark.slow]

#: What a person may be made to wait by a queue that is silent.
PATIENCE = 3.0
SWEEP = 5
#: After so long a message that a dead sender held is free again.
HELD = LEASE * HAND_OVER
SENT = "SELECT message_id, kind, state, queued_at, sent_at, attempts, resent FROM outbox_message WHERE state = 'sent'"


def ready_to_send(running: Product) -> str:
    """A case whose request only has to be written."""
    number = running.desk.open(AVERY)
    for label in ("T2", "T3", "T4"):
        running.desk.do(AVERY, number, label)
    return number


def send_request(running: Product, number: str) -> None:
    """Write it: the supervisor's message is in the same transaction."""
    answer = running.desk.answer(AVERY, number, "T5", **somebody())
    assert answer.status_code == 200, answer.get_data()
    assert answer.seconds < PATIENCE


def state(running: Product, number: str) -> tuple[str, int, bool]:
    """How the supervisor's message of a case stands: its state, its attempts, whether a sender holds it."""
    rows = running.rows(
        'SELECT m.state, m.attempts, m.lease IS NOT NULL FROM outbox_message m JOIN "case" c ON c.id = m.case_id '
        "WHERE c.number = %s AND m.kind = 'notify_supervisor'",
        number,
    )
    assert len(rows) == 1
    return rows[0]


def subject(number: str) -> str:
    """How the subject of the supervisor's message ends."""
    return f"{number}: waits for a supervisor"


def test_the_worker_dies_between_the_commit_and_the_sending(running: Product) -> None:
    number = ready_to_send(running)
    worker = running.number_of("worker")
    os.killpg(worker, signal.SIGSTOP)
    send_request(running, number)
    time.sleep(0.5)
    assert state(running, number) == ("waiting", 0, False)
    os.killpg(worker, signal.SIGKILL)
    running.demo.hear("The worker stopped unexpectedly")
    running.mail("casey.thistledown", subject(number))
    assert running.number_of("worker") != worker


def test_the_worker_dies_with_the_message_in_its_hands(running: Product) -> None:
    number = ready_to_send(running)
    os.kill(running.number_of("mail"), signal.SIGSTOP)
    try:
        send_request(running, number)
        wait_for(lambda: state(running, number)[2], 60, "the worker to take the message")
        os.killpg(running.number_of("worker"), signal.SIGKILL)
        running.demo.hear("The worker stopped unexpectedly")
    finally:
        os.kill(running.number_of("mail"), signal.SIGCONT)
    assert state(running, number)[1:] == (1, True)
    running.mail("casey.thistledown", subject(number), HELD + 3 * SWEEP + 15)
    assert wait_for(lambda: state(running, number)[0] == "sent", 5, "the message to be written down as sent")


@pytest.mark.parametrize("away", [signal.SIGSTOP, signal.SIGKILL], ids=["silent", "dead"])
def test_requests_are_taken_while_the_queue_is_away(running: Product, away: signal.Signals) -> None:
    number = ready_to_send(running)
    redis = running.number_of("redis")
    os.kill(redis, away)
    try:
        send_request(running, number)
        opened = running.desk.call(
            AVERY, "POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0}
        )
        assert opened.status_code == 201
        assert opened.seconds < PATIENCE
    finally:
        if away == signal.SIGSTOP:
            os.kill(redis, signal.SIGCONT)
    running.mail("casey.thistledown", subject(number), 60)


def test_every_message_came_and_none_came_twice(running: Product) -> None:
    number = running.desk.to_opted_in(AVERY, **somebody())
    running.mail("avery.quillfeather", f"{number}: change made")
    wait_for(lambda: waiting(running) == 0, 30, "all messages to be sent")
    again = sweeps(running) + 2
    wait_for(lambda: sweeps(running) >= again, 6 * SWEEP, "two sweeps that find nothing")
    told = {row[0]: row[1:] for row in running.rows(SENT)}
    kept = Counter(mail.message_id for mail in sink.read(running.demo.where.mail))
    assert {one: told[one] for one in told if not kept[one]} == {}, "said to be sent, and never came"
    assert {one: told.get(one) for one, times in kept.items() if times > 1} == {}, "came twice"
    assert kept.keys() <= {row[0] for row in running.rows("SELECT message_id FROM outbox_message")}
    assert len(told) >= 5
    assert running.desk.history(CASEY, number).count("message_sent") == 2


def sweeps(running: Product) -> int:
    """How often the sweep of the outbox has run."""
    return int(running.rows("SELECT coalesce(max(runs), 0) FROM job_run WHERE name = 'outbox.sweep'")[0][0])


def waiting(running: Product) -> int:
    """How many messages are not sent."""
    return int(running.rows("SELECT count(*) FROM outbox_message WHERE state <> 'sent'")[0][0])
