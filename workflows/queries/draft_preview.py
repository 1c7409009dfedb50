"""What the editor's pages need beside a draft: names of the area for a preview, and files as they were at its beginning."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.area_settings import labels_of
from workflows.definitions import ProcessDefinition
from workflows.drafts import check_edits, draft_numbered
from workflows.organisations import offices
from workflows.queries import query
from workflows.work import Work


@dataclass(frozen=True)
class PreviewValues:
    """What fills a form in a preview: the area's names for the case management system, and by list its options."""

    labels: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]


@query
def preview_values(work: Work) -> PreviewValues:
    """The names and offices of the actor's area; the staff is invented, for a form is previewed without a case."""
    check_edits(work)
    of_area = {one.code: one.name for one in offices(work.db) if one.area_code == work.actor.area}
    staff = {"sample": "Sample Staff Member (SAMPLE)"}
    options = {"my_offices": of_area, "offices": of_area, "esd_staff_of_office": staff}
    return PreviewValues(labels_of(work.db, work.actor.area), options)


@query
def base_files(work: Work, draft_id: int) -> Mapping[str, str]:
    """The files of the version that a draft was begun from, path → text."""
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    return dict(work.db.get_one(ProcessDefinition, draft.base_id).files)
