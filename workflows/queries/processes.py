"""Process definitions: which versions there are, how many cases run on each, and their diagrams as text."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

import engine
from engine import Element
from workflows import privacy
from workflows.cases import Case
from workflows.definitions import MAIN_PROCESS, ROLE_OF_LANE, Bundle, ProcessDefinition, bundle_of, deployed
from workflows.errors import NotAllowed, NotFound
from workflows.instances import ProcessInstance
from workflows.language import ENGLISH, chosen, gettext, marked
from workflows.people import ROLES, Person
from workflows.queries import query
from workflows.work import Work

PROCESS_NAMES = {MAIN_PROCESS: marked("Opt-in requests (5512PRO)")}


@dataclass(frozen=True)
class Version:
    """One version of a process bundle.

    `area`: whose variant it is, empty for the one of all areas. `in_use`: new cases of the reader's area start with
    it. `note`: why it was published. `open_cases`, `all_cases`: those of the reader's area.
    """

    key: str
    name: str
    version: int
    state: str
    deployed_at: datetime
    deployed_by: str
    sha256: str
    open_cases: int
    all_cases: int
    area: str = ""
    in_use: bool = False
    note: str = ""


@dataclass(frozen=True)
class StepRow:
    """A user task of a diagram in a row: who does it, by which form, due when, for which clause."""

    element: str
    name: str
    process: str
    process_name: str
    role: str
    form: str
    due: str
    step: str
    help: str


@query
def processes(work: Work) -> list[Version]:
    """The versions for all areas and those of the reader's own, newest first."""
    check_reads(work)
    counts = _case_counts(work)
    rows = select(ProcessDefinition, Person.name).outerjoin(
        Person, Person.id == ProcessDefinition.deployed_by_id
    )
    newest = ProcessDefinition.key, ProcessDefinition.version.desc()
    found = work.db.execute(rows.where(in_sight(work)).order_by(*newest)).all()
    used = {key: deployed(work.db, key, work.actor.area) for key in {row.key for row, _ in found}}
    return [replace(_version(row, by, counts), in_use=row is used[row.key]) for row, by in found]


@query
def process_version(work: Work, key: str, version: int) -> tuple[Version, list[StepRow], dict[str, str]]:
    """One version with its user tasks in the order of the diagrams, and the file of each process."""
    check_reads(work)
    row = version_numbered(work, key, version)
    bundle = bundle_of(work.db, row.id)
    by = work.db.get(Person, row.deployed_by_id) if row.deployed_by_id else None
    version_row = _version(row, by.name if by else None, _case_counts(work))
    in_use = row is deployed(work.db, key, work.actor.area)
    return replace(version_row, in_use=in_use), step_rows(bundle), bundle.file_of_process


@query
def bpmn(work: Work, key: str, version: int, file: str | None = None) -> tuple[str, str]:
    """A diagram of a version as (file name, XML): the main process unless a file is named."""
    return _diagram(work, key, version, file)


@query
def drawing(work: Work, key: str, version: int, file: str) -> str:
    """A diagram of a version to be looked at, its words in the chosen language."""
    _, text = _diagram(work, key, version, file)
    return text if chosen() == ENGLISH else engine.reworded(text.encode(), gettext).decode()


def _diagram(work: Work, key: str, version: int, file: str | None) -> tuple[str, str]:
    check_reads(work)
    bundle = bundle_of(work.db, version_numbered(work, key, version).id)
    name = file or bundle.file_of_process[key]
    if name not in bundle.diagrams:
        raise NotFound(
            gettext("Version {version} of {key} has no file {name}.").format(
                version=version, key=key, name=name[:80]
            )
        )
    return name, bundle.diagrams[name].decode()


def step_rows(bundle: Bundle) -> list[StepRow]:
    """The user tasks of a bundle as rows."""
    elements: dict[str, Element] = {}
    names: dict[str, str] = {}
    for process in (MAIN_PROCESS, "opt_out_again"):
        elements |= bundle.definition(process).elements
        names |= bundle.definition(process).process_names
    return [
        StepRow(
            element=element.id,
            name=gettext(element.name),
            process=element.process_id,
            process_name=gettext(names.get(element.process_id, element.process_id)),
            role=role_words(element.lane),
            form=element.properties.get("formJsonSchemaFilename", ""),
            due=_due_words(bundle, element.properties.get("due")),
            step=element.properties.get("procedureRef", ""),
            help=gettext(element.documentation),
        )
        for element in elements.values()
        if element.kind == "userTask"
    ]


def name_of(key: str) -> str:
    """What people call a procedure."""
    return gettext(PROCESS_NAMES.get(key, key))


def role_words(lane: str | None) -> str:
    """Whose work a lane holds, in words."""
    role = ROLE_OF_LANE.get(lane or "", "")
    return gettext(ROLES.get(role, lane or ""))


def _due_words(bundle: Bundle, due: str | None) -> str:
    return bundle.service_levels.after(due) if due else ""


def check_reads(work: Work) -> None:
    """Reading the procedure is for every role."""
    if not work.actor.has(privacy.PM, privacy.SUP, privacy.ADM, privacy.AUD, privacy.CM, privacy.ESD):
        raise NotAllowed()


def in_sight(work: Work) -> ColumnElement[bool]:
    """The versions that somebody sees: those for all areas, and the own area's variant."""
    return ProcessDefinition.area_code.is_(None) | (ProcessDefinition.area_code == work.actor.area)


def version_numbered(work: Work, key: str, version: int) -> ProcessDefinition:
    """One version; another area's is as if it had never been."""
    same = ProcessDefinition.key == key, ProcessDefinition.version == version
    row = work.db.scalar(select(ProcessDefinition).where(*same, in_sight(work)))
    if row is None:
        raise NotFound(
            gettext("There is no version {version} of {key}.").format(version=version, key=key[:80])
        )
    return row


def _case_counts(work: Work) -> dict[int, tuple[int, int]]:
    opened = func.count().filter(Case.closed_at.is_(None))
    rows = select(ProcessInstance.definition_id, opened, func.count()).join(
        Case, Case.id == ProcessInstance.case_id
    )
    rows = rows.where(Case.area_code == work.actor.area)
    return {
        i: (open_, total) for i, open_, total in work.db.execute(rows.group_by(ProcessInstance.definition_id))
    }


def _version(row: ProcessDefinition, by: str | None, counts: dict[int, tuple[int, int]]) -> Version:
    open_cases, all_cases = counts.get(row.id, (0, 0))
    return Version(
        key=row.key,
        name=name_of(row.key),
        version=row.version,
        state=row.state,
        deployed_at=row.deployed_at,
        deployed_by=by or gettext("Shipped with the product"),
        sha256=row.sha256,
        open_cases=open_cases,
        all_cases=all_cases,
        area=row.area_code or "",
        note=row.note,
    )
