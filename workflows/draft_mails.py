"""Mails while they are written: what they may name in words, the HTML made from plain words, samples, and the test."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from html import escape

from notifications.mailer import Message
from notifications.render import PARTS, Preview, filled, render_message
from workflows.language import ENGLISH, chosen, gettext, marked, speaking
from workflows.outbox import OutboxMessage
from workflows.people import Person
from workflows.settings import settings
from workflows.time_words import words_for_date, words_for_day, words_for_time

NAME_WORDS = {
    "case_number": marked("Number of the case"),
    "recipient_name": marked("Name of whoever gets the mail"),
    "office_name": marked("Name of the office"),
    "agency_name": marked("Name of the agency"),
    "due": marked("When the reader’s task is due; may be empty"),
    "age": marked("How long the case has been open"),
    "date": marked("Today’s day"),
    "link": marked("Address of the case, or of the page that the mail is about"),
    "task_name": marked("Name of the late task, in the reminder of one"),
    "agreement_number": marked("Number of the agreement, in mails about one"),
    "agreement_end": marked("Last day of the agreement, in mails about one"),
    "open_cases": marked("How many cases of the agency are open, in mails about an agreement"),
    "message_number": marked("Number of the message that could not be delivered"),
    "person_name": marked("Name of the absent person, in mails about an absence"),
    "first_day": marked("First day of the absence"),
    "last_day": marked("Last day of the absence"),
}
"""All that a mail may name, in words; none is a fact about a client."""

TEST_MARK = "TEST: "
_TEST_WORDS = marked("This is the test of a mail, with invented values. Nothing has happened.")

_COMMAND = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_LINK = re.compile(r"(?P<words>[^\n{}]{1,80}): \{\{ ?link ?\}\}")
_CHOICE = re.compile(r"(?P<begin>\{% if [^{}%]+ %\})(?P<words>(?:[^{]|\{\{)+)\{% endif %\}")
_LIST_MARK = "- "


def html_of(text: str) -> str:
    """The plain words of a mail as HTML: paragraphs, lists of lines that begin with “- ”, and the line
    `Open the case: {{ link }}` as a link."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(f"{_paragraph(part.strip())}\n" for part in parts if part.strip())


def _paragraph(part: str) -> str:
    if found := _CHOICE.fullmatch(part):
        return f"{found['begin']}{_paragraph(found['words'])}{{% endif %}}"
    lines = [line.strip() for line in part.split("\n")]
    if all(line.startswith(_LIST_MARK) for line in lines):
        return f"<ul>{''.join(f'<li>{_escaped(line[len(_LIST_MARK) :])}</li>' for line in lines)}</ul>"
    if found := _LINK.fullmatch(part):
        return f'<p><a href="{{{{ link }}}}">{escape(found["words"], quote=False)}</a></p>'
    return f"<p>{'<br>'.join(map(_escaped, lines))}</p>"


def _escaped(line: str) -> str:
    """The words of a line as HTML has them; what is filled in is left as it is, and escaped when it is filled."""
    return "".join(
        part if place % 2 else escape(part, quote=False) for place, part in enumerate(_COMMAND.split(line))
    )


def sample_values(now: datetime, person_name: str) -> dict[str, object]:
    """Invented values for every name of a mail."""
    address = settings().public_url
    last = (now + timedelta(days=30)).astimezone(settings().zone).date()
    return {
        "case_number": "OLY-2026-000123",
        "recipient_name": person_name,
        "office_name": "WorkSource Sample (SAMPLE)",
        "agency_name": "Sample Workforce Partners (SAMPLE)",
        "due": words_for_time(now + timedelta(days=2)),
        "age": "3 days",
        "date": words_for_day(now),
        "link": f"{address}/cases/OLY-2026-000123",
        "task_name": "Sample task (SAMPLE)",
        "agreement_number": "SAMPLE-1",
        "agreement_end": words_for_date(last),
        "open_cases": 4,
        "message_number": 7,
        "person_name": "Sample Person (SAMPLE)",
        "first_day": words_for_day(now),
        "last_day": words_for_date(last),
    }


def previewed(words: Mapping[str, str], now: datetime, person_name: str) -> Preview:
    """A mail filled with invented values, in English as the mails of a procedure are. Raises as
    `notifications.render.filled`."""
    with speaking(ENGLISH):
        return filled(words, sample_values(now, person_name))


def lacking(words: Mapping[str, str]) -> Iterator[str]:
    """The parts that a mail does not have."""
    return (part for part in PARTS if not words.get(part, "").strip())


def message_of_test(row: OutboxMessage, person: Person) -> Message:
    """The test of a mail, to whoever asked for it; the words are those that were there when it was asked for."""
    words, told = row.about["words"], gettext(_TEST_WORDS)
    marked_words = {
        "subject.txt": TEST_MARK + words["subject.txt"],
        "body.txt": f"{TEST_MARK}{told}\n\n{words['body.txt']}",
        "body.html": f"<p><strong>{TEST_MARK}</strong>{told}</p>\n{words['body.html']}",
    }
    return render_message(
        marked_words,
        sample_values(row.queued_at, person.name),
        to=person.email,
        sender=settings().mail_from,
        message_id=row.message_id,
        language=chosen(),
    )
