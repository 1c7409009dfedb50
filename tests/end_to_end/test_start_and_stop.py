"""Stopped in good order or killed outright: nothing is left running, and the next start goes on where this one was."""

import os
import signal
import time

import pytest

from tests.console.test_demo import gone, run
from tests.desk import AVERY, CASEY
from tests.end_to_end.product import Product, somebody, wait_for

pytestmark = [pytest.mark.slow]


def settled(running: Product) -> dict[str, list[tuple[object, ...]]]:
    """What people would miss: the cases with their states, who holds what, the mails, the procedure, the history."""
    return {
        "cases": running.rows('SELECT number, status, outcome FROM "case" ORDER BY id'),
        "tasks": running.rows("SELECT id, assignee_id, closed_at FROM user_task ORDER BY id"),
        "facts": running.rows("SELECT f::text FROM client_facts f ORDER BY case_id"),
        "mails": running.rows("SELECT message_id, state FROM outbox_message ORDER BY id"),
        "versions": running.rows("SELECT id, state FROM process_definition ORDER BY id"),
        "tokens": running.rows("SELECT count(*) FROM api_token"),
        "history": running.rows("SELECT max(id) FROM history_event"),
    }


def housekeeping(running: Product) -> int:
    """How often the slowest job of the clock has run."""
    return int(
        running.rows("SELECT coalesce(max(runs), 0) FROM job_run WHERE name = 'housekeeping.run'")[0][0]
    )


def test_the_port_of_a_running_product_is_refused_by_name(running: Product, tmp_path) -> None:
    taken = run(tmp_path / "other", "demo", port=running.port)
    assert taken.returncode != 0
    assert f"Port {running.port} is in use by another program." in taken.stderr
    assert "Traceback" not in taken.stderr + taken.stdout


def test_ctrl_c_stops_everything_and_the_next_start_has_it_all(running: Product) -> None:
    number = running.desk.to_request(AVERY, **somebody())
    running.mail("casey.thistledown", f"{number}: waits")
    house = wait_for(lambda: housekeeping(running), 60, "the job that runs every five minutes")
    family, before = running.demo.descendants(), settled(running)
    running.demo.process.send_signal(signal.SIGINT)
    assert running.demo.process.wait(20) == 0
    assert gone(family, 5) == set()
    running.start_again()
    wait_for(lambda: housekeeping(running) > house, 60, "the same job again")
    assert settled(running) == before
    running.desk.do(CASEY, number, "T7", decision="withdraw")
    assert running.desk.outcome(number) == ("closed", "withdrawn")


def test_killed_with_a_message_still_to_send_it_sends_it_after_the_next_start(running: Product) -> None:
    number = running.desk.open(AVERY)
    for label in ("T2", "T3", "T4"):
        running.desk.do(AVERY, number, label)
    family, worker = running.demo.descendants(), running.number_of("worker")
    os.killpg(worker, signal.SIGSTOP)
    running.desk.do(AVERY, number, "T5", **somebody())
    running.demo.process.kill()
    running.demo.process.wait()
    os.killpg(worker, signal.SIGKILL)
    before = time.monotonic()
    assert gone(family) == set()
    assert time.monotonic() - before < 15
    running.start_again()
    running.mail("casey.thistledown", f"{number}: waits for a supervisor")
    assert running.desk.labels(CASEY, number) == {"T7"}
