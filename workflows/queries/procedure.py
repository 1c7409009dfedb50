"""The written procedure of a version or of a draft."""

from dataclasses import dataclass

import engine
from workflows.area_settings import labels_of
from workflows.definitions import Bundle, bundle_of
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import NotNow
from workflows.forms import BadForm
from workflows.language import gettext
from workflows.queries import query
from workflows.queries.drafts import DraftView, view_of
from workflows.queries.processes import PROCESS_NAMES, check_reads, version_numbered
from workflows.scenarios import entry_processes
from workflows.service_levels import InvalidServiceLevels
from workflows.work import Work
from workflows.written_procedure import Procedure, written


@dataclass(frozen=True)
class WrittenView:
    """A written procedure: the name of what it is written from, its version (of a draft: that it was begun from)."""

    name: str
    key: str
    version: int
    procedure: Procedure
    draft: DraftView | None = None


@query
def version_written(work: Work, key: str, version: int) -> WrittenView:
    """The written procedure of a version."""
    check_reads(work)
    row = version_numbered(work, key, version)
    name = gettext(PROCESS_NAMES.get(key, key))
    return WrittenView(name, key, version, _written(work, bundle_of(work.db, row.id)))


@query
def draft_written(work: Work, draft_id: int) -> WrittenView:
    """The written procedure of a draft; refused while it has problems."""
    check_edits(work)
    draft = view_of(work, draft_numbered(work, draft_id))
    return WrittenView(draft.name, draft.key, draft.base_version, _written(work, draft.bundle), draft)


def _written(work: Work, bundle: Bundle) -> Procedure:
    try:
        for process in entry_processes(bundle):
            bundle.definition(process)
        return written(bundle, labels_of(work.db, work.actor.area))
    except (engine.InvalidDefinition, BadForm, InvalidServiceLevels, KeyError, IndexError):
        words = gettext("The procedure cannot be written out while the draft has problems.")
        raise NotNow(words) from None
