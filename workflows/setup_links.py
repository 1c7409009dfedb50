"""The links with which somebody chooses a password, once: as an address, and back.

The key in the address is stored nowhere. It is made of the row's own chance and the installation's secret, so the mail
can be written from the row and a copy of the database opens nothing.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.people import Person, SetupLink
from workflows.settings import settings

LIFE = timedelta(days=3)


def new_link(person: Person, now: datetime) -> SetupLink:
    """A row for a link that may be used once within three days."""
    return SetupLink(person_id=person.id, nonce=secrets.token_hex(16), made_at=now, expires_at=now + LIFE)


def token_of(link: SetupLink) -> str:
    """What stands in the address: the number of the row and its key."""
    return f"{link.id}-{_key(link)}"


def address_of(link: SetupLink) -> str:
    """The whole address, for the mail."""
    return f"{settings().public_url}/set-up/{token_of(link)}"


def link_of(db: Session, token: str, now: datetime) -> SetupLink | None:
    """The row of an address that may still be used, locked; None for any other."""
    number, _, key = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and key.isascii()):
        return None
    link = db.scalar(select(SetupLink).where(SetupLink.id == int(number)).with_for_update())
    if link is None or not hmac.compare_digest(_key(link), key):
        return None
    return link if link.ended_at is None and link.expires_at > now else None


def _key(link: SetupLink) -> str:
    words = f"set-up {link.id} {link.person_id} {link.nonce}"
    return hmac.new(settings().secret_key.encode(), words.encode(), hashlib.sha256).hexdigest()
