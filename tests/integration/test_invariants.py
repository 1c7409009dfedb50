"""The invariants: they hold of sound data, and each finds what is planted against it."""

from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import text

from tests.desk import AVERY, Clock, Desk
from web.console import main
from workflows import db, definitions
from workflows.invariants import INVARIANTS, Violation, violations, violations_in

PLANTED = {
    "closed_cases_are_over": [
        "UPDATE \"case\" SET status = 'closed' WHERE number = '{opened}'",
        "UPDATE \"case\" SET outcome = NULL WHERE number = '{closed}'",
        "UPDATE \"case\" SET outcome = 'forgotten' WHERE number = '{closed}'",
        "UPDATE user_task SET closed_at = NULL WHERE case_id = {closed_id}",
    ],
    "rows_equal_what_the_process_waits_for": [
        "UPDATE user_task SET closed_at = now() WHERE case_id = {opened_id}",
        "UPDATE user_task SET closed_at = NULL WHERE case_id = {opened_id}",
        "UPDATE timer SET closed_at = now() WHERE case_id = {opened_id} AND element <> ''",
        "INSERT INTO timer SELECT 'x', {opened_id}, 'TM', role, level, armed_at, due_at, NULL, NULL, 0 FROM timer LIMIT 1",
        "UPDATE process_instance SET state = state || 'x' WHERE case_id = {opened_id}",
    ],
    "every_case_has_its_history": [
        "DELETE FROM process_instance WHERE case_id = {closed_id}",
        "UPDATE history_event SET kind = 'case_shut' WHERE kind = 'case_closed' AND case_id = {closed_id}",
    ],
    "histories_are_whole": ["DELETE FROM history_event WHERE case_id = {opened_id} AND seq = 2"],
    "messages_go_out": [
        "UPDATE outbox_message SET state = 'waiting', next_attempt_at = now() - interval '3 hours', lease = NULL,"
        " leased_until = NULL",
        "UPDATE outbox_message SET state = 'waiting', next_attempt_at = '2020-01-01', leased_until = '2020-01-01'",
        "UPDATE outbox_message SET state = 'sent', sent_at = NULL",
        "UPDATE outbox_message SET state = 'lost'",
        "UPDATE outbox_message SET state = 'handing', lease = 'gone:1', leased_until = '2020-01-01'",
    ],
    "timers_fire": ["UPDATE timer SET due_at = now() - interval '2 days' WHERE closed_at IS NULL"],
    "facts_stay_in_their_table": [
        "UPDATE outbox_message SET subject = 'About Pennywhistle SAMPLE' WHERE case_id = {opened_id}",
        "UPDATE user_task SET name = 'Call 360-555-0101' WHERE case_id = {opened_id}",
        "UPDATE process_instance SET state = state || 'MARLO PENNYWHISTLE SAMPLE' WHERE case_id = {opened_id}",
        'UPDATE history_event SET detail = \'{{"to": "360-555-0101"}}\' WHERE case_id = {opened_id} AND seq = 2',
    ],
    "versions_run": [
        "UPDATE process_definition SET sha256 = 'x'",
        'UPDATE process_definition SET files = \'{{"service_levels.toml": "", "a.bpmn": "<a/>"}}\'',
    ],
}
"""For each invariant what breaks it, and perhaps others as well."""


def found_after(statement: str) -> set[str]:
    """The invariants that are violated once a statement was carried out; nothing of it stays."""
    definitions._bundles.clear()  # A version never changes, so that a process keeps what it has read.
    with db.rehearsal() as session:
        session.execute(text("ALTER TABLE history_event DISABLE TRIGGER USER"))
        session.execute(text(statement))
        return {violation.invariant for violation in violations_in(session)}


def test_each_invariant_holds_and_finds_what_is_planted(desk: Desk, mail_sink: tuple[Path, str]) -> None:
    names = {"opened": desk.to_request(), "closed": desk.open()}
    desk.call(AVERY, "POST", f"/cases/{names['closed']}/withdraw")
    desk.send_mail(mail_sink[1])
    with db.transaction() as session:
        for key in list(names):
            query = text('SELECT id FROM "case" WHERE number = :number')
            names[f"{key}_id"] = str(session.scalar(query, {"number": names[key]}))
    assert list(violations()) == []
    assert {*PLANTED} == {invariant.__name__ for invariant in INVARIANTS}
    missed = [
        (invariant, statement)
        for invariant, statements in PLANTED.items()
        for statement in statements
        if invariant not in found_after(statement.format(**names))
    ]
    definitions._bundles.clear()
    assert missed == []


def test_what_nobody_did_for_long_is_found(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    clock.move(hours=2)
    assert "messages_go_out" in {violation.invariant for violation in violations()}


def test_inspect_says_so(desk: Desk) -> None:
    number = desk.to_request()
    whole = CliRunner().invoke(main, ["inspect"])
    assert whole.exit_code == 0 and "Nothing is wrong" in whole.output, whole.output
    with db.transaction() as session:
        session.execute(text("UPDATE user_task SET closed_at = now()"))
    assert Violation in {type(one) for one in violations()}
    broken = CliRunner().invoke(main, ["inspect"])
    assert broken.exit_code == 1 and number in broken.output and "Traceback" not in broken.output
