"""What a person has chosen for themselves: small settings that change how pages look and work, never what is allowed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base
from workflows.errors import InvalidInput
from workflows.language import LANGUAGES, gettext

KEYBOARD = "keyboard"
LOOKED = "looked"
LANGUAGE = "language"
"""The language of the mails that the product itself writes to a person; without it English."""

KNOWN: dict[str, Callable[[object], bool]] = {
    KEYBOARD: lambda value: isinstance(value, bool),
    LANGUAGE: lambda value: isinstance(value, str) and value in LANGUAGES,
}
"""Every preference that a person may set, with the check of its value. Further ones are added here."""


class Preference(Base):
    """One preference of one person; `value` is any JSON, of the kind that its key asks for."""

    __tablename__ = "preferences"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)


def preferences_of(db: Session, person_id: int | None) -> dict[str, Any]:
    """All that a person has chosen, by key; what they never chose is left out. Read once in a transaction."""
    known: dict[int, dict[str, Any]] = db.info.setdefault("preferences", {})
    owner = person_id or 0
    if owner not in known:
        rows = select(Preference.key, Preference.value).where(Preference.person_id == owner)
        known[owner] = {row.key: row.value for row in db.execute(rows)}
    return known[owner]


def keep_preference(db: Session, person_id: int, key: str, value: object) -> None:
    """Write a preference over what was chosen before. Whose it is, and whether it may be, was decided by the caller."""
    row = insert(Preference).values(person_id=person_id, key=key, value=value)
    same = [Preference.person_id, Preference.key]
    db.execute(row.on_conflict_do_update(index_elements=same, set_={"value": row.excluded.value}))
    db.info.pop("preferences", None)


def check_preference(key: str, value: object) -> None:
    """Refuse a preference that there is not, or a value that it cannot have."""
    if key not in KNOWN:
        raise InvalidInput(fields={key: gettext("There is no preference of that name.")})
    if not KNOWN[key](value):
        raise InvalidInput(fields={key: gettext("This preference cannot have this value.")})
