"""Time passing: reminders, escalations, late tasks, holds (domain 5.2; scenarios 26, 27, 30)."""

import re
import tomllib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.desk import AVERY, CASEY, MORGAN, ROBIN, SOL, TAMSIN, Clock, Desk
from workflows import receivers
from workflows.calendar import LOS_ANGELES, Calendar
from workflows.cases import Case
from workflows.commands import housekeeping, timers
from workflows.commands.definitions import deploy, read_folder
from workflows.db import transaction
from workflows.definitions import bundle_of, deployed
from workflows.history import HistoryEvent
from workflows.people import SYSTEM, Person
from workflows.settings import settings
from workflows.timers import Timer
from workflows.user_tasks import TaskDraft, UserTask
from workflows.work import Work

NOBODY_REACHED = {
    "contact_result": "no_answer",
    **dict.fromkeys(
        ("identity_verified", "identity_method", "spoke_through", "notification_points", "decision")
    ),
}


def test_26_an_absent_supervisor(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    clock.move(days=1, minutes=1)
    assert "remind_supervisor" in desk.kinds(number)
    assert "escalate_to_backup" not in desk.kinds(number)
    assert desk.labels(MORGAN, number) == set()
    clock.move(days=1)
    assert "escalate_to_backup" in desk.kinds(number)
    assert desk.labels(MORGAN, number) == {"T7"}, "the backup supervisor may now take it"
    clock.move(days=2)
    told = [m for m in desk.messages(number) if m["kind"] == "escalate_to_program_manager"]
    assert len(told) == 2, "both program managers"
    assert desk.labels(ROBIN, number) == set()
    late = desk.get(CASEY, "/worklist?view=late")["items"]
    assert "T7_RecordContactAndVerifyWish" in {task["element"] for task in late if task["case"] == number}


def test_27_a_client_who_never_calls(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(**SOL)
    clock.move(days=7, minutes=1)
    assert "ask_to_call_client" in desk.kinds(number, AVERY)


def test_27_the_last_try_ends_by_itself(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(**SOL)
    for _ in range(3):
        desk.do(CASEY, number, "T7", **NOBODY_REACHED)
    clock.move(days=6)
    assert desk.outcome(number)[1] is None
    clock.move(days=2)
    assert desk.outcome(number) == ("closed", "client_unreachable")


def test_reminders_of_a_weekend_wait_for_monday(desk: Desk, clock: Clock) -> None:
    clock.move(days=4, hours=6)  # Friday afternoon
    number = desk.to_request()
    clock.move(days=2)  # Sunday
    assert desk.kinds(number) == ["notify_supervisor"]
    clock.move(days=1)  # Monday, the same hour
    assert "remind_supervisor" in desk.kinds(number)


def test_an_outage_is_followed_by_one_reminder_of_each_kind(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    clock.move(days=30)
    clock.tick()
    kinds = desk.kinds(number)
    assert kinds.count("remind_supervisor") == 1
    assert kinds.count("ask_to_call_client") == 1
    for who in ("Casey",):
        late = [m for m in desk.messages(number) if m["kind"] == "remind_overdue" and who in m["to"]]
        assert len(late) <= 1


def test_escalations_count_from_the_first_time_and_come_once(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    clock.move(days=1)
    desk.do(CASEY, number, "T7", **NOBODY_REACHED)
    clock.move(days=1, minutes=1)
    assert desk.kinds(number).count("escalate_to_backup") == 1
    desk.do(CASEY, number, "T7", **NOBODY_REACHED)
    clock.move(days=3)
    assert desk.kinds(number).count("escalate_to_backup") == 1


def test_a_late_task_is_reminded_of_once(desk: Desk, clock: Clock) -> None:
    number = desk.to_decision()
    desk.record_edit(number)
    clock.move(days=3)
    clock.tick()
    assert desk.kinds(number, AVERY).count("remind_overdue") == 1


def test_an_idle_claim_goes_back_to_the_group(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    assert desk.call(CASEY, "POST", f"/tasks/{task}/claim").json["assignee"] == CASEY
    clock.move(days=2)
    assert desk.task(CASEY, number, "T7")["assignee"] == CASEY
    clock.move(days=2)
    assert desk.task(CASEY, number, "T7")["assignee"] is None


def test_a_claim_with_a_new_draft_is_kept_and_goes_back_later(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    desk.call(CASEY, "POST", f"/tasks/{task}/claim")
    clock.move(days=2)
    desk.call(CASEY, "POST", f"/tasks/{task}/draft", {"data": {"esd_note": "Tried this morning."}})
    clock.move(days=2)
    assert desk.task(CASEY, number, "T7")["assignee"] == CASEY
    clock.move(days=5)
    assert desk.task(CASEY, number, "T7")["assignee"] is None


def test_no_reminder_that_breaks_holds_up_another(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = desk.to_request(), desk.to_request(**SOL)
    usual = receivers.holders

    def breaks(work: Work, case: Case, tasks: list[UserTask]) -> list[Person]:
        if case.number == broken:
            raise RuntimeError("a fault of ours")
        return usual(work, case, tasks)

    monkeypatch.setattr(receivers, "holders", breaks)
    clock._traveller.shift(timedelta(days=4, minutes=1))
    timers.fire_due()
    assert "remind_overdue" in desk.kinds(sound)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-30T09:00", 8, "2026-11-30T17:00"),
        ("2026-11-30T09:00", 9, "2026-12-01T09:00"),
        ("2026-11-30T17:00", 0, "2026-11-30T17:00"),
        ("2026-11-30T17:00", 1, "2026-12-01T09:00"),
        ("2026-12-04T16:00", 2, "2026-12-07T09:00"),
        ("2026-12-05T17:00", 0, "2026-12-07T08:00"),
        ("2026-11-25T16:00", 2, "2026-11-30T09:00"),
    ],
)
def test_time_counts_while_the_offices_are_open(start: str, hours: int, expected: str) -> None:
    days = Calendar()
    begin, end = (datetime.fromisoformat(t).replace(tzinfo=LOS_ANGELES) for t in (start, expected))
    assert days.add_open_time(begin, timedelta(hours=hours)) == end
    assert days.open_time_between(begin, end) == timedelta(hours=hours)
    assert days.open_time_between(end, begin - timedelta(minutes=1)) == timedelta()


def test_no_timer_ever_decides_for_the_client(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    for _ in range(6):
        clock.move(days=30)
    assert desk.outcome(number) == ("submitted", None)


def test_timers_fire_once_however_many_workers_look(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    clock.move(minutes=1)
    with transaction() as db:
        timer_id = db.scalar(
            select(Timer.id).where(Timer.closed_at.is_(None)).order_by(Timer.due_at).limit(1)
        )
        assert timer_id
        db.get_one(Timer, timer_id).due_at -= timedelta(days=5)
    assert [timers.fire(SYSTEM, timer_id) for _ in range(3)] == [True, False, False]


def test_a_draft_nobody_came_back_to_is_forgotten(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    task = desk.task(AVERY, number, "T6")["id"]
    desk.call(AVERY, "POST", f"/tasks/{task}/draft", {"data": {"asked_by": "phone"}})
    clock.move(days=6)
    housekeeping.put_away()
    assert desk.get(AVERY, f"/tasks/{task}")["draft"] == {"asked_by": "phone"}
    clock.move(days=2)
    housekeeping.put_away()
    assert desk.get(AVERY, f"/tasks/{task}")["draft"] == {}
    with transaction() as db:
        assert db.get(TaskDraft, task) is None


def test_an_offer_that_is_thought_over_is_remembered(desk: Desk, clock: Clock) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12", offer_response="wants_time")
    clock.move(days=20)
    assert desk.kinds(number).count("remind_offer_open") == 1
    assert "remind_offer_open" not in desk.kinds(number, AVERY)
    desk.do(AVERY, number, "T14")
    assert desk.outcome(number) == ("closed", "remained_opted_out_declined")


def test_the_partners_view_ends_after_its_time(desk: Desk, clock: Clock) -> None:
    number = desk.to_opted_in()
    assert desk.case(AVERY, number)["client"] != {}
    clock.move(days=91)
    assert desk.case(AVERY, number)["client"] == {}
    assert desk.case(CASEY, number)["client"] != {}


def test_a_further_attempt_is_due_after_the_gap(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    first = desk.task(CASEY, number, "T7")["due"]
    desk.do(CASEY, number, "T7", **NOBODY_REACHED)
    second = desk.task(CASEY, number, "T7")["due"]
    assert second < first, "one business day for a further attempt, four for the first contact"


def test_09_nobody_is_asked_to_call_a_client_without_a_phone(desk: Desk, clock: Clock) -> None:
    alternative = {
        "no_phone": True,
        "alt_contact": "message_phone",
        "alt_contact_detail": "Desk of the shelter",
    }
    number = desk.to_request(
        client_first_name="Odell", client_last_name="Sparrowmere", phone=None, **alternative
    )
    other = desk.to_request(**SOL)
    clock.move(days=8)
    assert "is to call" not in desk.case(CASEY, number)["sentence"]
    assert "is to call" in desk.case(CASEY, other)["sentence"]


def test_a_case_that_is_open_for_too_long_is_told_of_once(desk: Desk, clock: Clock) -> None:
    number = desk.to_opted_in()
    old = desk.to_decision(**TAMSIN)
    desk.record_edit(old)
    for _ in range(3):
        clock.move(days=20)
    assert desk.kinds(old).count("escalate_to_program_manager") == 2, "both program managers, once"
    assert "escalate_to_program_manager" not in desk.kinds(number)


def test_a_repeating_timer_fires_for_each_round_and_catches_nothing_up(desk: Desk, clock: Clock) -> None:
    files = read_folder(settings().bundles_dir / "opt_in_5512pro")
    once, again = (
        f'<bpmn:{form} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{form}>'
        for form, text in (
            ("timeDuration", 'service_level("supervisor_claim_reminder")'),
            ("timeCycle", '"R3/PT24H"'),
        )
    )
    name = "opt_in_request.bpmn"
    deploy(SYSTEM, {**files, name: files[name].replace(once, again)})
    number = desk.to_request()

    def fired() -> int:
        query = select(func.count()).where(
            HistoryEvent.kind == "timer_fired", HistoryEvent.element == "TM_RemindSupervisor"
        )
        with transaction() as db:
            return db.scalar(query) or 0

    counted = []
    for days in (0.9, 9, 0.9, 0.2, 1, 9):
        clock.move(days=days)
        clock.tick()
        counted.append(fired())
    assert counted == [0, 1, 1, 2, 3, 3], number


def by_the_clock(begin: datetime, end: datetime | None) -> timedelta:
    """How long it is by the clock on the wall: a day on which clocks change is a day."""
    assert end
    begin, end = (moment.astimezone(LOS_ANGELES).replace(tzinfo=None) for moment in (begin, end))
    return end - begin


def test_every_time_of_a_case_comes_from_the_file(desk: Desk, clock: Clock) -> None:
    """With lengths that no code could have by itself: each due date and each timer is as long as its key says."""
    files = read_folder(settings().bundles_dir / "opt_in_5512pro")
    times, lengths = tomllib.loads(files["service_levels.toml"]), {}
    for number, key in enumerate(key for key, table in times.items() if "after" in table):
        lengths[key] = timedelta(days=101 + number)
        old = re.compile(rf'^(\[{key}\]\nafter = )"[^"]*"', re.M)
        files["service_levels.toml"] = old.sub(
            rf'\g<1>"{101 + number} days"', files["service_levels.toml"], count=1
        )
    deploy(SYSTEM, files)
    desk.record_edit(desk.to_decision())
    other = desk.to_decision(decision="remain_opted_out", **SOL)
    desk.do(CASEY, other, "T12")
    seen = set()
    with transaction() as db:
        main = bundle_of(db, deployed(db).id)  # type: ignore[union-attr]
        drawn = main.definition("opt_in_5512pro").elements
        for task in db.scalars(select(UserTask).where(UserTask.due_at.is_not(None))):
            key = drawn[task.element].properties["due"]
            assert by_the_clock(task.opened_at, task.due_at) == lengths[key], task.element
            seen.add(key)
        for timer in db.scalars(select(Timer)):
            assert by_the_clock(timer.armed_at, timer.due_at) == lengths[timer.level], timer.element
            seen.add(timer.level)
    assert seen >= {
        "draft_expiry", "ask_client_due", "eto_edit_due", "confirm_due", "offer_due", "assign_due",
        "supervisor_claim_reminder", "supervisor_escalate_backup", "supervisor_escalate_pm", "client_call_window",
    }, seen  # fmt: skip
