"""How values look on a page: moments and due dates in words, help text in paragraphs and numbered lists.

Templates use these as filters; none of them marks anything as safe, so all text is still escaped.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from flask import Flask

from workflows.language import clock_words, date_words, day_of_year_words, day_words, gettext, ngettext

_NUMBERED = re.compile(r"^\s*\d+[.)]\s+(.*)$")
_BULLET = re.compile(r"^\s*[-*•]\s+(.*)$")


@dataclass(frozen=True)
class DueLabel:
    """A due date in words; `state` is late, today, soon (the next two days) or later."""

    state: str
    words: str
    exact: str


@dataclass(frozen=True)
class HelpBlock:
    """A paragraph (`kind` p, one line) or a list (`kind` ol or ul, its items) of a help text."""

    kind: str
    lines: tuple[str, ...]


def register_filters(app: Flask, zone: tzinfo) -> None:
    """Give the templates their filters; each is a function below, in the time zone of the office."""
    app.jinja_env.filters.update(
        day=lambda value: day_words(_local_date(value, zone)) if value else "",
        calendar_day=lambda value: date_words(_local_date(value, zone)) if value else "",
        moment=lambda value: moment_words(_local(value, zone), datetime.now(zone)) if value else "",
        exact=lambda value: exact_words(_local(value, zone)) if value else "",
        iso=lambda value: value.isoformat() if value else "",
        due=lambda value: due_label(_local(value, zone), datetime.now(zone)) if value else None,
        local_input=lambda value: local_input(value, zone),
        blocks=help_blocks,
    )


def _local(value: datetime, zone: tzinfo) -> datetime:
    """The same moment on the office's clock."""
    return value.astimezone(zone)


def _local_date(value: date, zone: tzinfo) -> date:
    """The day of a moment on the office's calendar; a plain date stays as it is."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def exact_words(value: datetime) -> str:
    """`Friday, November 20, 2026, 2:05 p.m.`, with the zone's short name when it has one."""
    name = value.tzname() or ""
    zone = f" {name}" if name.isalpha() else ""
    return f"{day_words(value.date())}, {clock_words(value)}{zone}"


def moment_words(value: datetime, now: datetime) -> str:
    """`Today, 2:05 p.m.`, `Yesterday, …`, `Friday, November 20, …`; with the year when it is another one."""
    return f"{_past_day(value.date(), now.date())}, {clock_words(value)}"


def _past_day(day: date, today: date) -> str:
    """The day of a moment, as one says it today."""
    days = (today - day).days
    if days in (0, 1):
        return gettext("Yesterday") if days else gettext("Today")
    return day_of_year_words(day) if day.year == today.year else day_words(day)


def due_label(due: datetime, now: datetime) -> DueLabel:
    """Say how far away a due moment is; both moments are on the same clock."""
    exact = exact_words(due)
    days = (due.date() - now.date()).days
    if due < now:
        return DueLabel("late", _late_words(-days), exact)
    if days == 0:
        return DueLabel("today", gettext("Today by {time}").format(time=clock_words(due)), exact)
    if days == 1:
        return DueLabel("soon", gettext("Tomorrow by {time}").format(time=clock_words(due)), exact)
    return DueLabel("soon" if days == 2 else "later", _later_words(due, days), exact)


def _late_words(days: int) -> str:
    """How long something is overdue."""
    if days == 0:
        return gettext("Late since today")
    return ngettext("Late by %(num)s day", "Late by %(num)s days", days) % {"num": days}


def _later_words(due: datetime, days: int) -> str:
    """The weekday while that is plain, the full date after a week."""
    return day_of_year_words(due.date()) if days < 7 else date_words(due.date())


def local_input(value: object, zone: tzinfo) -> str:
    """What a date-and-time input holds: the office's clock without its zone; other texts pass unchanged."""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%dT%H:%M}"
    text = str(value or "")
    try:
        moment = datetime.fromisoformat(text)
        return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" if moment.tzinfo else text[:16]
    except (ValueError, OverflowError):
        return text


def help_blocks(text: str | None) -> list[HelpBlock]:
    """Split a help text: lines that begin `1.` or `-` become lists, all else paragraphs."""
    blocks: list[HelpBlock] = []
    for line in (text or "").splitlines():
        _take_line(blocks, line)
    return [block for block in blocks if block.lines]


def _take_line(blocks: list[HelpBlock], line: str) -> None:
    """Add one line to the block it continues, or begin a new one; an empty line ends a block."""
    if not line.strip():
        blocks.append(HelpBlock("", ()))
        return
    kind, words = _kind_of(line)
    last = blocks[-1] if blocks else HelpBlock("", ())
    if last.kind != kind:
        blocks.append(HelpBlock(kind, (words,)))
    elif kind == "p":
        blocks[-1] = HelpBlock("p", (f"{last.lines[0]} {words}",))
    else:
        blocks[-1] = HelpBlock(kind, (*last.lines, words))


def _kind_of(line: str) -> tuple[str, str]:
    """Whether a line is an item of a list, and its words without the mark."""
    if match := _NUMBERED.match(line):
        return "ol", match.group(1).strip()
    if match := _BULLET.match(line):
        return "ul", match.group(1).strip()
    return "p", line.strip()
