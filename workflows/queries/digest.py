"""What the daily mail says: open tasks with numbers and due times, counts, and the messages kept for it.

It is read when the mail is sent, by the same queries as the pages, so it names nothing that its reader may not see.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows import clock
from workflows.language import gettext
from workflows.outbox import OutboxMessage
from workflows.people import Person, actor_for
from workflows.queries import worklist
from workflows.queries.inbox import entries
from workflows.settings import settings
from workflows.time_words import words_for_time
from workflows.work import Work

MOST = 20
"""So many tasks and messages are named; the rest is in the app."""


def has_something(work: Work, person: Person) -> bool:
    """Whether there is anything to say to a person: an open task of theirs or of their role, or a message."""
    waiting = OutboxMessage.recipient_id == person.id, OutboxMessage.state == "digest"
    if work.db.scalar(select(func.count()).select_from(OutboxMessage).where(*waiting)):
        return True
    return any(worklist.counts(actor_for(work.db, person)).values())


def daily_values(db: Session, row: OutboxMessage, person: Person) -> dict[str, object]:
    """The values of the daily mail's templates."""
    work = Work(db, actor_for(db, person), clock.now())
    page = worklist.worklist(work.actor, "mine", None, MOST)
    counts = worklist.counts(work.actor)
    ids = row.about["messages"]
    found = db.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(ids)).order_by(OutboxMessage.id))
    address = settings().public_url
    return {
        "tasks": [_task(task, work, address) for task in page.items],
        "more_tasks": page.next is not None,
        "of_role": counts["role"],
        "late": counts["late"],
        "messages": [
            {"case": one.case, "words": one.words, "link": f"{address}/inbox/{one.id}"}
            for one in entries(work, found)
        ],
        "more_messages": row.about["more"],
        "work_link": f"{address}/work",
        "choices_link": f"{address}/account/preferences",
    }


def _task(task: worklist.Row, work: Work, address: str) -> dict[str, object]:
    due = ""
    if task.due:
        words = gettext("Late: it was due {moment}.") if task.due < work.now else gettext("Due {moment}.")
        due = words.format(moment=words_for_time(task.due))
    return {"case": task.case, "name": task.name, "due": due, "link": f"{address}/tasks/{task.id}"}
