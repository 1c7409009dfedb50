"""That facts about a client were read is written down by whoever shows them (domain 7.3)."""

from collections.abc import Iterable

from workflows.cases import lock_case
from workflows.disclosures import basis_of, named
from workflows.history import READ, record
from workflows.privacy import Standing
from workflows.work import Work


def note_read(
    work: Work,
    standing: Standing,
    where: str,
    element: str | None,
    fields: Iterable[str],
    esd_fields: Iterable[str] = (),
    *,
    kind: str = READ,
    channel: str = "",
    access: int | None = None,
) -> None:
    """Write down that facts about a client were read, once for each reading: the names of what was shown, the way by
    which it left (by default the reader's own), and what allowed it. `access` is the emergency access that did."""
    more: dict[str, object] = {"access": access} if access else {}
    if private := named(esd_fields):
        more["esd_fields"] = private
    record(
        work,
        kind,
        lock_case(work.db, standing.case.id),
        element=element,
        where=where,
        channel=channel or work.actor.channel,
        fields=named(fields),
        basis="emergency" if access else basis_of(standing),
        **more,
    )
