"""Mails that a bundle brings beside those of the product: the step `send_mail` sends them.

Their words may name less than those of the product, and their subject is what lists and the history call them by. They
tell the case's number and where it is read, never a fact about the client.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from notifications.render import subject_line
from workflows.cases import Case
from workflows.language import marked
from workflows.organisations import Agency, Office
from workflows.outbox import MESSAGES, OWN
from workflows.work import Work

SEND_MAIL = "send_mail"
"""The step; its properties `mail` and `mailTo` say which mail it sends, and to whom of `RECEIVERS`."""

RECEIVERS = {
    "case_manager": marked("The case manager of the case"),
    "supervisor": marked("The ESD WIOA supervisors of the office"),
    "esd_staff": marked("The ESD staff who hold a task of the case, or else the supervisors"),
    "program_manager": marked("The program managers of the area"),
}
NAMES = frozenset(
    {"case_number", "office_name", "agency_name", "due", "age", "date", "link", "recipient_name"}
)
"""What the words may name: what is known of every case."""
SUBJECT_NAMES = frozenset({"case_number", "office_name", "agency_name"})
"""What the subject may name: what is the same for whoever reads it, and whenever."""
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


def is_own(kind: str) -> bool:
    """Whether a mail is a bundle's own and none of the product."""
    return kind not in MESSAGES and kind not in OWN


def is_good_name(kind: str) -> bool:
    """Whether a bundle's own mail may be called so."""
    return is_own(kind) and bool(_KIND.fullmatch(kind))


def names_for(path: str, allowed: Collection[str]) -> Collection[str]:
    """What a file of a mail may name; `allowed` are the names for a mail of the product."""
    _, kind, part = path.split("/")
    if not is_own(kind):
        return allowed
    return SUBJECT_NAMES if part == "subject.txt" else NAMES


def about(work: Work, case: Case, words: Mapping[str, str], to: str) -> dict[str, Any]:
    """What is kept with a message: its subject as its `title`, and which of `RECEIVERS` it is `to`."""
    values = {
        "case_number": case.number,
        "office_name": work.db.get_one(Office, case.office_code).name,
        "agency_name": work.db.get_one(Agency, case.agency_code).name,
    }
    return {"title": subject_line(words["subject.txt"], values), "to": to}
