"""A case is read in one round trip and written in one statement; the directory is kept until it changes."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import Engine, func, select, text

from benchmarks.meter import Listener
from tests.desk import AVERY, CASEY, ROBIN, Desk, answers
from tests.integration.acting import actor, change
from workflows import clock, db
from workflows.case_file import file_of, locked
from workflows.cases import Case, Note
from workflows.commands import cases, user_tasks
from workflows.db import transaction
from workflows.directory import directory
from workflows.errors import Busy, InvalidInput, Unavailable
from workflows.history import HistoryEvent, events_of, follows, record
from workflows.people import SYSTEM, Person, PersonRole, offices_with_supervisor, people_with, person_of
from workflows.settings import settings
from workflows.share import share
from workflows.user_tasks import TaskDraft, UserTask
from workflows.work import Work


@pytest.fixture
def ear(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """What the product asks of the database, counted in between."""
    listener = Listener(settings().database_url)
    monkeypatch.setenv("DATABASE_URL", listener.url)
    settings.cache_clear()
    yield listener
    db.forget(settings().database_url)
    listener.close()


def _task(number: str) -> UserTask:
    with transaction() as found:
        query = select(UserTask).join(Case).where(Case.number == number, UserTask.closed_at.is_(None))
        return found.scalars(query).one()


def test_a_task_is_completed_in_two_round_trips(ear: Listener, desk: Desk) -> None:
    """One more where another request of the client is looked for. The last step also writes a mail and closes the
    case."""
    number, trips = desk.open(), {}
    people = {label: actor(AVERY) for label in ("T2", "T3", "T4", "T5", "T10", "T11")}
    supervisor = actor(CASEY)
    for label in ("T2", "T3", "T4", "T5", "T7", "RO1", "RO2", "RO3", "RO4", "T10", "T11"):
        task = _task(number) if label != "T7" else _open(number, "T7")
        ear.reset()
        user_tasks.complete(people.get(label, supervisor), task.id, answers(label))
        trips[label] = ear.counts.trips
    assert desk.outcome(number) == ("closed", "opted_in")
    assert {label for label, count in trips.items() if count > 2} <= {"T5", "RO4"}, trips
    assert max(trips.values()) <= 4, trips
    ear.reset()
    cases.start_case(people["T2"], answers("T1"))
    assert ear.counts.trips <= 4


def test_what_the_driver_has_thrown_away_is_prepared_again(desk: Desk) -> None:
    task = _task(desk.open())
    for undone in (True, False):
        with suppress(ZeroDivisionError), transaction() as opened:
            file_of(opened, task.case_id)
            opened.execute(text("ALTER TABLE note ALTER text SET NOT NULL"))
            if undone:
                raise ZeroDivisionError
        with transaction() as opened:
            opened.scalars(select(Note)).all()
            file_of(opened, task.case_id).all(Case)[0].attempts += 1
    with transaction() as opened:
        assert file_of(opened, task.case_id).all(Case)[0].attempts == 2


@pytest.mark.parametrize("spoken", ["by the pipeline", "by the mapper too"])
def test_a_connection_lost_on_the_way_is_not_used_again(desk: Desk, database: Engine, spoken: str) -> None:
    task = _task(desk.open())
    with pytest.raises(Unavailable), transaction() as opened:
        file_of(opened, task.case_id).all(Case)[0].attempts = 7
        if spoken == "by the mapper too":
            opened.scalars(select(Note)).all()
        with database.connect() as other:
            other.execute(select(func.pg_terminate_backend(db.driver(opened).info.backend_pid)))
    with transaction() as opened:
        assert file_of(opened, task.case_id).all(Case)[0].attempts == 0


def _open(number: str, label: str) -> UserTask:
    with transaction() as found:
        query = select(UserTask).join(Case).where(Case.number == number, UserTask.closed_at.is_(None))
        return found.scalars(query.where(UserTask.element.startswith(label))).one()


def test_new_rows_get_their_defaults_and_their_numbers(desk: Desk) -> None:
    task = _task(desk.open())
    with transaction() as opened:
        notes = [
            Note(case_id=task.case_id, author_id=1, written_at=clock.now(), esd_only=False, text=text)
            for text in ("one", "two")
        ]
        opened.add_all(notes)
        person = Person(
            username="new", name="New (SAMPLE)", email="n@sample.example", password_hash="-",
            agency_code="FWP", area_code="OLY",
        )  # fmt: skip
        opened.add(person)
    with transaction() as opened:
        assert [opened.get_one(Note, note.id).text for note in notes] == ["one", "two"]
        found = opened.get_one(Person, person.id)
        assert (found.active, found.is_restricted_user, found.trained_on) == (True, True, None)


def test_a_row_may_go_and_another_take_its_place_in_one_transaction(desk: Desk) -> None:
    task = _task(desk.open())
    with transaction() as opened:
        opened.add(TaskDraft(task_id=task.id, answers={"a": 1}, saved_by_id=1, saved_at=clock.now()))
    with transaction() as opened:
        opened.delete(opened.get_one(TaskDraft, task.id))
        opened.flush()
        opened.add(TaskDraft(task_id=task.id, answers={"a": 2}, saved_by_id=1, saved_at=clock.now()))
    with transaction() as opened:
        assert opened.get_one(TaskDraft, task.id).answers == {"a": 2}


def test_what_cannot_be_stored_is_refused_in_words_and_nothing_is_kept(desk: Desk) -> None:
    task = _task(desk.open())
    with pytest.raises(InvalidInput), transaction() as opened:
        opened.add(TaskDraft(task_id=task.id, answers={"a": "\0"}, saved_by_id=1, saved_at=clock.now()))
    with pytest.raises(Busy), transaction() as opened:
        opened.add(PersonRole(person_id=1, role="case_manager"))
    with transaction() as opened:
        assert opened.get(TaskDraft, task.id) is None


def test_whoever_waited_for_a_case_sees_what_the_one_before_wrote(desk: Desk) -> None:
    task, held, go_on = _task(desk.open()), threading.Event(), threading.Event()

    def first() -> None:
        with transaction() as opened:
            work = Work(opened, SYSTEM, clock.now())
            case = file_of(opened, task.case_id).all(Case)[0]
            held.set()
            go_on.wait(5)
            record(work, "note_written", case)

    one = threading.Thread(target=first)
    one.start()
    held.wait(5)
    threading.Timer(0.3, go_on.set).start()
    with transaction() as opened:
        file = locked(opened, "task", task.id)
        assert file is not None
        record(Work(opened, SYSTEM, clock.now()), "note_written", file.all(Case)[0])
    one.join()
    with transaction() as opened:
        events, before = events_of(opened, task.case_id), ""
        for number, event in enumerate(events, start=1):
            assert follows(event, number, before)
            before = event.hash
        assert [event.kind for event in events][-2:] == ["note_written"] * 2


def test_the_directory_is_true_at_every_moment(desk: Desk) -> None:
    with transaction() as opened:
        kept = directory(opened)
        assert "WSK" in offices_with_supervisor(opened)
    with transaction() as opened:
        assert directory(opened) is kept, "nothing has changed, so nothing is read again"
    change(CASEY, active=False)
    with transaction() as opened:
        assert directory(opened) is not kept
        assert "WSK" not in offices_with_supervisor(opened)


def test_a_transaction_sees_its_own_change_of_the_directory_and_nobody_else_one_taken_back(
    desk: Desk,
) -> None:
    robin = actor(ROBIN)
    with pytest.raises(RuntimeError), transaction() as opened:
        assert person_of(opened, robin.id)
        opened.get_one(Person, robin.id).name = "Somebody Else (SAMPLE)"
        found = person_of(opened, robin.id)
        assert found and found.name == "Somebody Else (SAMPLE)"
        raise RuntimeError
    with transaction() as opened:
        assert "Somebody Else (SAMPLE)" not in [one.name for one in people_with(opened, "program_manager")]


def test_workers_take_different_shares_of_what_is_due(database: Engine) -> None:
    due = select(HistoryEvent.id).order_by(HistoryEvent.id)
    with transaction() as opened:
        for number in range(5):
            record(Work(opened, SYSTEM, clock.now()), "settings_shown", number=number)
    with share(due, 2) as mine, share(due, 2) as yours:
        assert len({*mine, *yours}) == 4
    with share(due, 2) as again, transaction() as opened:
        assert again == mine, "a share that is given back is taken first"
        assert opened.scalar(select(func.count()).select_from(HistoryEvent)) >= 5
