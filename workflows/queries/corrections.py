"""Entries that were put right, as their readers may see them, and the form to put one right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows import access, privacy
from workflows.area_settings import labels_of
from workflows.cases import TaskRecord, case_numbered
from workflows.commands.corrections import correctable, entries, may_correct
from workflows.corrections import Correction, corrections_of
from workflows.errors import NotFound
from workflows.forms import FieldView, Form
from workflows.language import gettext
from workflows.past_forms import form_then
from workflows.people import Person
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.reading import note_read
from workflows.task_forms import Options, options_for
from workflows.user_tasks import UserTask
from workflows.work import Work


@dataclass(frozen=True)
class Corrected:
    """One entry put right, in words: of which task, what it said and says, who did it, when and why."""

    at: datetime
    who: str
    task: str
    label: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True)
class EntryForm:
    """The answers of a completed task that may be put right, as fields with what holds now."""

    number: str
    task: UserTask
    form: Form
    options: Options
    known: dict[str, object]
    names: frozenset[str]
    labels: dict[str, str]

    def fields(self, answers: dict[str, object] | None, errors: dict[str, str]) -> list[FieldView]:
        """The fields for what was typed, by default for what holds now."""
        given = {**self.known, **(answers or {})}
        views = self.form.fields(given, self.options, self.labels, errors)
        return [view for view in views if view.name in self.names]


@query
def entry_form(work: Work, number: str, task_id: str) -> EntryForm:
    """The entries of a completed task for whoever may put them right; facts about the client count as read."""
    case = case_numbered(work.db, number)
    work.about["case"] = number
    standing = access.standing(work, case)
    privacy.check_may_see(standing)
    row, task = work.db.get(TaskRecord, task_id), work.db.get(UserTask, task_id)
    if row is None or task is None or row.case_id != case.id or not may_correct(standing, task):
        raise NotFound(gettext("There is no such entry that you may put right."))
    form = form_then(work.db, task)
    names, known = correctable(form, standing), entries(work, standing, row, form)
    if names & known.keys():
        note_read(work, standing, "correction", task.element, names & known.keys())
    options, labels = options_for(work.db, form, work.actor.offices, case), labels_of(work.db, case.area_code)
    return EntryForm(number, task, form, options, known, names, labels)


def correctable_tasks(work: Work, standing: Standing, done: Sequence[UserTask]) -> frozenset[str]:
    """The ids of the completed tasks of which this person may put something right."""
    return frozenset(
        task.id
        for task in done
        if may_correct(standing, task) and correctable(form_then(work.db, task), standing)
    )


def corrections_for(work: Work, standing: Standing, facts_shown: bool) -> list[Corrected]:
    """The corrections of a case that this reader may see: those of the answers that they may see."""
    rows = [
        (one, work.db.get_one(UserTask, one.task_id)) for one in corrections_of(work.db, standing.case.id)
    ]
    found = [(one, task, form_then(work.db, task)) for one, task in rows]
    shown = [each for each in found if _may_read(standing, *each, facts_shown)]
    people = select(Person.id, Person.name).where(Person.id.in_({one.by_id for one, *_ in shown}))
    names = {key: name for key, name in work.db.execute(people)}  # noqa: C416
    return [_in_words(work, standing, one, task, form, names) for one, task, form in shown]


def _may_read(standing: Standing, one: Correction, task: UserTask, form: Form, facts_shown: bool) -> bool:
    if one.field not in form.readable(standing.roles) or not privacy.may_read_record(standing, task):
        return False
    if one.field in form.kept("client"):
        return facts_shown and standing.may_read(privacy.CLIENT_GROUP.get(one.field, "client"))
    return True


def _in_words(
    work: Work, standing: Standing, one: Correction, task: UserTask, form: Form, names: dict[int, str]
) -> Corrected:
    """Why it was done was typed freely, so that it is for those who work on the case."""
    options = options_for(work.db, form, [standing.case.office_code], standing.case)
    labels = labels_of(work.db, standing.case.area_code)
    said = {when: _words(form, one, when, options, labels) for when in ("old", "new")}
    return Corrected(
        at=one.at,
        who=names.get(one.by_id, ""),
        task=gettext(task.name),
        label=said["new"][0] or said["old"][0],
        old=said["old"][1],
        new=said["new"][1],
        reason="" if standing.audits else one.reason,
    )


def _words(
    form: Form, one: Correction, when: str, options: Options, labels: dict[str, str]
) -> tuple[str, str]:
    """Label and answer in words; an entry that was not there, or was taken out, is an empty one."""
    value = one.change[when]
    if value is None:
        return "", gettext("No answer")
    ((_, label, words),) = form.words({one.field: value}, options, labels)
    return label, words
