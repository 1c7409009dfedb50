"""Two requests for one client: keyed fingerprints, never the name itself (domain 3.7)."""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflows.case_file import file_of, files_of
from workflows.cases import Case, ClientFacts
from workflows.db import driver
from workflows.pipeline import at_once
from workflows.settings import settings


def fingerprint(facts: Mapping[str, object]) -> str | None:
    """HMAC-SHA-256 over name and way of contact; None without a contact, since a name alone proves nothing."""
    phone, other = str(facts.get("phone") or ""), str(facts.get("alt_contact_detail") or "")
    contact = _number(phone) or _plain(other)
    return _keyed("client", _letters(_name(facts)), contact) if contact else None


def name_fingerprint(facts: Mapping[str, object]) -> str:
    """HMAC over the consonants of the name, so that Halloway and Hallaway are a possible match for a person to judge."""
    name = _letters(_name(facts))
    skeleton = [
        c for i, c in enumerate(name) if (i == 0 or c not in "aeiouy") and (i == 0 or c != name[i - 1])
    ]
    return _keyed("name", "".join(skeleton))


def open_cases_of_agency_like(db: Session, case: Case) -> list[Case]:
    """The other open cases of the same agency for the same client, oldest first.

    The requests of one agency for one client wait for each other until this transaction ends. Waiting and reading are
    two statements, so that the second sees what the one before wrote; both are sent at once.
    """
    own = _facts(db, case)
    if own is None or own.fingerprint is None:
        return []
    wait = _WAIT, [f"{case.agency_code} {own.fingerprint}"]
    _, rows = at_once(driver(db), wait, (_LIKE, [own.fingerprint, str(case.id)]))
    ids = [int(row[0] or 0) for row in rows]
    found = _cases(db, ids) if ids else []
    return [other for other in found if other.closed_at is None and other.agency_code == case.agency_code]


_WAIT = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_LIKE = "SELECT case_id FROM client_facts WHERE fingerprint = $1 AND case_id <> $2::integer"


def open_cases_like(db: Session, case: Case) -> list[Case]:
    """The other open cases for the same client, in the order of their ids, which is the order they are locked in."""
    return [other for other in cases_like(db, case) if other.closed_at is None]


def cases_like(db: Session, case: Case) -> list[Case]:
    """All other cases with the same fingerprint."""
    own = _facts(db, case)
    if own is None or own.fingerprint is None:
        return []
    same = ClientFacts.fingerprint == own.fingerprint
    return _cases(db, select(ClientFacts.case_id).where(same, ClientFacts.case_id != case.id))


def possible_matches(db: Session, case: Case) -> list[Case]:
    """Open cases whose client has a name much alike but is not the same by fingerprint; for ESD to judge."""
    own = _facts(db, case)
    if own is None:
        return []
    alike = ClientFacts.name_fingerprint == own.name_fingerprint
    other = ClientFacts.fingerprint.is_distinct_from(own.fingerprint) | ClientFacts.fingerprint.is_(None)
    query = select(ClientFacts.case_id).where(alike, other, ClientFacts.case_id != case.id)
    return [found for found in _cases(db, query) if found.closed_at is None]


def _facts(db: Session, case: Case) -> ClientFacts | None:
    if case.id in files_of(db):
        return file_of(db, case.id).one(ClientFacts)
    return db.get(ClientFacts, case.id)


def _cases(db: Session, ids: Select[int] | list[int]) -> list[Case]:
    """Other cases than the one at hand: what is not written yet of that one makes no difference to them."""
    with db.no_autoflush:
        return list(db.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id)))


def _name(facts: Mapping[str, object]) -> str:
    return f"{facts.get('client_last_name') or ''} {facts.get('client_first_name') or ''}"


def _letters(text: str) -> str:
    """Only the letters, without accents and case: O'Malley-Ñuñez is omalleynunez."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalpha())


def _number(phone: str) -> str:
    """The digits of a phone number; a leading 1 of a North American one is the same number without it."""
    digits = _plain(phone)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def _plain(contact: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", contact).casefold() if c.isalnum())


def _keyed(*words: str) -> str:
    return hmac.new(
        settings().fingerprint_key.encode(), "\0".join(words).encode(), hashlib.sha256
    ).hexdigest()
