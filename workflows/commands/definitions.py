"""Deploying the bundle that holds for all areas: everything in it is checked, then new cases start with it.

An area's own variant is published from its draft, see `workflows.commands.drafts`.
"""

from pathlib import Path

from sqlalchemy import Select, func, select, update

from workflows.bundle_checks import refusals
from workflows.bundle_files import of_folder
from workflows.commands import command
from workflows.definitions import MAIN_PROCESS, Bundle, ProcessDefinition
from workflows.errors import InvalidBundle, NotAllowed
from workflows.history import record
from workflows.language import gettext
from workflows.people import SYSTEM
from workflows.work import Work

_FOR_ALL = ProcessDefinition.key == MAIN_PROCESS, ProcessDefinition.area_code.is_(None)


def read_folder(folder: Path) -> dict[str, str]:
    """The files of a bundle, by their path within its folder. Raises `InvalidInput` as `bundle_files.of_folder`."""
    return of_folder(folder).files


def deploy_bundle(folder: Path) -> int:
    """Deploy the bundle of a folder as the system (`optin deploy`); gives its version, the old one if nothing changed."""
    return deploy(SYSTEM, read_folder(folder))


@command
def deploy(work: Work, files: dict[str, str]) -> int:
    """Check a bundle and make it the version new cases start with; open cases stay on theirs (V12).

    Raises `InvalidBundle` with every problem: a field is `file:element`.
    """
    if work.actor.id is not None:
        raise NotAllowed(gettext("The procedure for all areas is deployed by the installation’s operator."))
    problems = refusals(files)
    if problems:
        raise InvalidBundle(f"The process has {len(problems)} problems.", fields=problems)
    bundle = Bundle(MAIN_PROCESS, files)
    newest = work.db.scalar(_newest().with_for_update())
    if newest and newest.sha256 == bundle.sha256 and newest.state == "deployed":
        return newest.version
    work.db.execute(update(ProcessDefinition).where(*_FOR_ALL).values(state="retired"))
    return add_version(work, bundle).version


def add_version(
    work: Work, bundle: Bundle, area: str | None = None, note: str = "", origin_id: int | None = None
) -> ProcessDefinition:
    """Write down a checked bundle as the version that new cases of an area, or of all, start with from now on; `note`
    says why it was made, `origin_id` which version for all areas an area's own comes from."""
    newest = select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == bundle.key)
    row = ProcessDefinition(
        key=bundle.key,
        area_code=area,
        version=(work.db.scalar(newest) or 0) + 1,
        files=dict(bundle.files),
        sha256=bundle.sha256,
        state="deployed",
        deployed_at=work.now,
        deployed_by_id=work.actor.id,
        note=note,
        origin_id=origin_id,
    )
    work.db.add(row)
    work.db.flush()
    record(work, "process_deployed", area=area, key=row.key, version=row.version, sha256=row.sha256)
    return row


def _newest() -> Select[ProcessDefinition]:
    query = select(ProcessDefinition).where(*_FOR_ALL)
    return query.order_by(ProcessDefinition.version.desc()).limit(1)
