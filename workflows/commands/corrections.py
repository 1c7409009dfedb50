"""Putting an entry right: a new event beside the old entry, with a reason, by those whose work the entry is."""

from collections.abc import Mapping
from typing import Any

from workflows import access, privacy
from workflows.area_settings import labels_of
from workflows.cases import Case, ClientFacts, TaskRecord, case_numbered, lock_case
from workflows.commands import command
from workflows.corrections import Correction, answers_now, applied
from workflows.duplicates import fingerprint, name_fingerprint
from workflows.errors import HeldByAgreement, InvalidInput, NotAllowed, NotFound, NotNow
from workflows.forms import Answers, Form
from workflows.history import record
from workflows.language import gettext
from workflows.past_forms import form_then
from workflows.privacy import GUARDED_FIELDS, OFFER_ELEMENTS, Standing
from workflows.ssn_guard import guard
from workflows.task_forms import options_for
from workflows.user_tasks import UserTask
from workflows.work import Work

LONGEST_REASON = 500

TAKEN_UP = frozenset({"close_if_duplicate", "esd_staff"})
"""Recorded answers that a step has taken up: the duplicate is closed, the staff member is told."""


@command
def correct_entry(work: Work, number: str, task_id: str, raw: Mapping[str, object], why: str) -> int:
    """Put answers of a completed task right, with a reason; gives how many were changed.

    What led the case on, what only the holder of both keys decides, and notes cannot be put right: the case has gone
    that way. The form checks the answers as it did at first.
    """
    guard({**raw, "why": why})
    case, task, row = _recorded(work, number, task_id)
    standing = access.standing(work, case)
    privacy.check_may_see(standing)
    _check_may_correct(standing, task)
    form = form_then(work.db, task)
    allowed = correctable(form, standing)
    known = entries(work, standing, row, form)
    answers = _checked(work, case, form, allowed, known, raw, why)
    changed = [name for name in sorted(allowed) if not _same(known.get(name), answers.all.get(name))]
    if not changed:
        raise InvalidInput(
            fields={"": gettext("Nothing was changed. Change an answer, or go back to the case.")}
        )
    for name in changed:
        change = {"old": known.get(name), "new": answers.all.get(name)}
        _write(work, case, task, name, change, why.strip(), name in _harmless(form))
    _keep_client(work, case, {name: answers.all.get(name) for name in changed if name in form.kept("client")})
    return len(changed)


def may_correct(standing: Standing, task: UserTask) -> bool:
    """Whether an entry is one's own side's to put right: the partner's, or Employment Security's by its
    supervisors. A closed case is put right by supervisors alone, and nobody puts right what they may not read."""
    if task.is_esd:
        return standing.supervises and standing.actor.holds_two_keys
    if privacy.visible_status(standing) == "closed" or not privacy.may_read_record(standing, task):
        return False
    return task.role == privacy.CM and standing.is_own_case and not standing.is_reduced


def correctable(form: Form, standing: Standing) -> frozenset[str]:
    """The fields of a form that can be put right by this person: recorded and readable, and nothing that led on."""
    readable = form.readable(standing.roles)
    facts = frozenset(
        name for name in form.kept("client") if standing.may_read(privacy.CLIENT_GROUP.get(name, "client"))
    )
    return ((form.kept("record") | facts) & readable) - GUARDED_FIELDS - TAKEN_UP


def entries(work: Work, standing: Standing, row: TaskRecord, form: Form) -> dict[str, object]:
    """What holds now of a task's answers, the facts about the client among them as far as this person may read them."""
    facts = work.db.get(ClientFacts, standing.case.id)
    client = {
        name: value for name, value in (facts.facts if facts else {}).items() if name in form.kept("client")
    }
    return {**answers_now(work.db, row), **client}


def _recorded(work: Work, number: str, task_id: str) -> tuple[Case, UserTask, TaskRecord]:
    """A completed task of a case, the case locked; one of another case looks like none."""
    case = lock_case(work.db, case_numbered(work.db, number).id)
    work.about["case"] = number
    row, task = work.db.get(TaskRecord, task_id), work.db.get(UserTask, task_id)
    if row is None or task is None or row.case_id != case.id:
        privacy.check_may_see(access.standing(work, case))
        raise NotFound(gettext("There is no such entry that you may see."))
    work.about["element"] = task.element
    return case, task, row


def _check_may_correct(standing: Standing, task: UserTask) -> None:
    if task.is_esd and not privacy.may_read_record(standing, task):
        raise NotFound(gettext("There is no such entry that you may see."))
    if standing.is_reduced:
        raise HeldByAgreement()
    if not may_correct(standing, task):
        raise NotAllowed(
            gettext("Open entries are put right by the agency that made them, those of ESD by a supervisor.")
        )
    if standing.case.outcome in ("opened_in_error", "duplicate_of"):
        raise NotNow(gettext("What was stored about the client of this case is erased."))


def _checked(
    work: Work,
    case: Case,
    form: Form,
    allowed: frozenset[str],
    known: Mapping[str, object],
    raw: Mapping[str, object],
    why: str,
) -> Answers:
    """All answers of the task with the new ones in place, checked by its form."""
    settled = gettext("This cannot be put right: the case went on with it.")
    errors = {name: settled for name in raw if name not in allowed}
    if not 1 <= len(why.strip()) <= LONGEST_REASON:
        errors["why"] = gettext("Say in 1 to {most} characters why the entry is put right.").format(
            most=LONGEST_REASON
        )
    if errors:
        raise InvalidInput(fields=errors)
    options = options_for(work.db, form, work.actor.offices, case)
    return form.clean({**known, **raw}, options, work.now, labels_of(work.db, case.area_code))


def _same(old: object, new: object) -> bool:
    """Whether two answers say the same; a box that is left open says the same as none."""
    return old == new or all(value is None or value is False for value in (old, new))


def _harmless(form: Form) -> frozenset[str]:
    """Recorded answers that are chosen, counted or ticked: they identify nobody, and the history may hold them."""
    typed = {view.name for view in form.fields({}) if view.widget in ("text", "textarea", "tel")}
    return form.kept("record") - typed


def _write(
    work: Work,
    case: Case,
    task: UserTask,
    name: str,
    change: dict[str, Any],
    why: str,
    harmless: bool,
) -> None:
    work.db.add(
        Correction(
            case_id=case.id,
            task_id=task.id,
            field=name,
            change=change,
            reason=why,
            by_id=work.actor.id or 0,
            at=work.now,
        )
    )
    told = change if harmless and task.element not in OFFER_ELEMENTS else {}
    record(work, "entry_corrected", case, element=task.element, esd_only=task.is_esd, field=name, **told)


def _keep_client(work: Work, case: Case, changed: Mapping[str, object]) -> None:
    """The facts as they hold now, and the fingerprints that follow from them."""
    row = work.db.get(ClientFacts, case.id)
    if row is None or not changed:
        return
    facts: dict[str, object] = dict(row.facts)
    for name, value in changed.items():
        facts = applied(facts, name, {"new": value})
    row.facts, row.fingerprint, row.name_fingerprint = facts, fingerprint(facts), name_fingerprint(facts)
