"""That facts about a client were read is written down by whoever shows them (domain 7.3)."""

from collections.abc import Iterable, Sequence
from typing import Any

from workflows.cases import Note, lock_case
from workflows.disclosures import basis_of, named
from workflows.history import READ, record
from workflows.privacy import OFFER_ELEMENTS, Standing
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
    more: dict[str, Any] = {"access": access} if access else {}
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


def note_fields(notes: Iterable[tuple[Note, str]]) -> set[str]:
    """What the ledger of disclosures calls the notes that were shown."""
    return {"esd_note" if note.esd_only else "note" for note, _ in notes}


def shown_fields(plain: Iterable[str], answers: Sequence[tuple[str, str]]) -> tuple[set[str], set[str]]:
    """The names of what was shown: of everything, and of the answers (element, name) that tell the answer to the offer by
    being there (X14)."""
    offers = {name for element, name in answers if element in OFFER_ELEMENTS}
    return {*plain, *(name for _, name in answers)} - offers, offers
