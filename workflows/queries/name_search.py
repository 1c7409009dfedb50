"""Finding one's work by the client's name: a read of client facts, for those who may read them, written down each time."""

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, text

from workflows import privacy
from workflows.cases import NAME_WORDS, Case, ClientFacts
from workflows.disclosures import basis_of
from workflows.errors import InvalidInput, NotAllowed, Refused
from workflows.history import SEARCHED, HistoryEvent, record
from workflows.language import gettext
from workflows.organisations import shortcoming_at
from workflows.people import Actor, offices_with_supervisor
from workflows.privacy import Standing
from workflows.queries import query, work_views
from workflows.queries.work_filters import LONGEST, is_name
from workflows.queries.worklist import Detail, Row, details, rows_of
from workflows.ssn_guard import guard
from workflows.user_tasks import UserTask
from workflows.work import Work

SHOWN = 50
LOOKED_THROUGH = 200
"""So many tasks with the name are looked at, in the order of due times; of those that may be read, `SHOWN` are shown."""

SHORTEST = 2
TYPED_ON = timedelta(minutes=5)

_WORD = re.compile(r"[^\W\d_]+")
_MARKS = re.compile("[\u0300-\u036f'’]")


@query
def tasks_by_name(work: Work, name: str) -> list[Row]:
    """The open tasks in one's own work, one's role's and among the waiting cases whose client's name has these words.

    Only clients whose name the reader may read now are found; others look as if they were not there. A word stands
    for all names that begin with it.
    """
    guard({"q": name})
    if not may_search(work.actor):
        raise NotAllowed(
            gettext(
                "Your role does not see clients’ names. Search for a case number, an office or an agency."
            )
        )
    words = words_of(name)
    if max(map(len, words), default=0) < SHORTEST:
        raise InvalidInput(fields={"q": gettext("Type at least two letters of the client’s name.")})
    found = [one for one in _matching(work, words) if _may_read(work, one)][:SHOWN]
    names = _names(work, [case.id for _, case, *_ in found])
    clients = {task.id: names[case.id] for task, case, *_ in found}
    rows = [replace(row, client=clients[row.id]) for row in rows_of(work, found, waiting=True)]
    _write_down(work, {case.number: basis_of(_standing(work, task, case)) for task, case, *_ in found})
    return rows


@query
def means_a_name(work: Work, words: str) -> bool:
    """Whether what somebody searches for can only be a name, and therefore belongs in no address."""
    return is_name(work.db, words)


def may_search(actor: Actor) -> bool:
    """Whether somebody sees names of clients at all: partners with all clearances, and ESD staff with both keys."""
    return actor.holds_two_keys or (actor.has(privacy.CM) and not actor.missing_clearances)


def words_of(name: str) -> list[str]:
    """The words of a name without accents and apostrophes, as the index has them."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", name[:LONGEST]))
    return _WORD.findall(plain.casefold())


def _matching(work: Work, words: list[str]) -> list[Detail]:
    begins = " & ".join(f"{word}:*" for word in words)
    like = text(f"{NAME_WORDS} @@ to_tsquery('simple', :begins)").bindparams(begins=begins)
    named = select(ClientFacts.case_id).where(like)
    return list(work.db.execute(details(work, work_views.keys_of_few(work, named, LOOKED_THROUGH))).all())


def _may_read(work: Work, found: Detail) -> bool:
    """Whether the client of a task may be read by the actor now, as on the page of the case."""
    standing = _standing(work, *found[:2])
    try:
        privacy.check_may_see(standing)
    except Refused:
        return False
    return standing.may_read("client")


def _standing(work: Work, task: UserTask, case: Case) -> Standing:
    staffed, lapsed = offices_with_supervisor(work.db), shortcoming_at(work.db, case.agency_code, work.now)
    given = privacy.is_given_to(work.actor, task)
    return Standing(work.actor, case, staffed, delegated=given, lapsed=lapsed is not None)


def _names(work: Work, case_ids: list[int]) -> dict[int, str]:
    rows = select(ClientFacts.case_id, ClientFacts.facts).where(ClientFacts.case_id.in_(case_ids))
    return {case_id: _full_name(facts) for case_id, facts in work.db.execute(rows)}


def _full_name(facts: dict[str, object]) -> str:
    parts = (facts.get("client_first_name"), facts.get("client_last_name"))
    return " ".join(str(part) for part in parts if part)


def _write_down(work: Work, bases: dict[str, str]) -> None:
    """One event a search: who goes on typing, and is shown no further case, goes on with the same search. The basis
    is told for each case, in the order of the cases."""
    numbers = sorted(bases)
    rows = select(HistoryEvent.detail).where(
        HistoryEvent.at > work.now - TYPED_ON,
        HistoryEvent.case_id.is_(None),
        HistoryEvent.kind == SEARCHED,
        HistoryEvent.actor_id == work.actor.id,
    )
    before = [set(filter(None, detail["cases"].split(", "))) for detail in work.db.scalars(rows)]
    if not any(known >= set(numbers) for known in before):
        record(
            work,
            SEARCHED,
            where="worklist",
            cases=", ".join(numbers),
            channel=work.actor.channel,
            fields=["client_name"],
            basis=[bases[number] for number in numbers],
        )
