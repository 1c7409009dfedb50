"""The settings of an area as the page and the API show them."""

from dataclasses import dataclass
from datetime import date, datetime, time

from workflows import area_settings
from workflows.area_settings import HOLIDAYS, NAMES, MailDetail
from workflows.calendar import Calendar, state_holidays
from workflows.commands.area_settings import may_change
from workflows.definitions import bundle_of, deployed
from workflows.errors import NotAllowed
from workflows.language import gettext, marked
from workflows.people import name_of
from workflows.privacy import ADM, PM
from workflows.queries import query
from workflows.settings import settings
from workflows.work import Work

LABEL_WORDS = {
    "system": marked("The case management system"),
    "lookup_widget": marked("The widget that looks up an opt-out"),
    "wide_scope": marked("The search scope that covers the whole state"),
    "search": marked("The search bar"),
    "save_label": marked("The button that saves a record"),
    "edit_page": marked("The page on which a record is edited"),
    "opt_out_box": marked("The box that opts a client out"),
    "account": marked("The account in which clients register"),
}
"""What each name stands for, in the order of the page."""


@dataclass(frozen=True)
class Label:
    """One name: its key, what it stands for, the name itself, and the installation's own."""

    key: str
    words: str
    value: str
    default: str


@dataclass(frozen=True)
class Holiday:
    """A state holiday, and whether the offices close on it."""

    day: date
    name: str
    kept: bool


@dataclass(frozen=True)
class Change:
    """Who changed a setting last (a name), and when."""

    who: str
    at: datetime


@dataclass(frozen=True)
class SettingsView:
    """All settings of an area. `fixed` are closing days of the procedure itself, which are changed with it."""

    labels: list[Label]
    opens: time
    closes: time
    holidays: list[Holiday]
    closed: dict[date, str]
    fixed: list[date]
    mail: MailDetail
    changes: dict[str, Change]
    may_change: frozenset[str]


@query
def settings_view(work: Work) -> SettingsView:
    """The settings of the actor's area, for program managers and administrators (domain 6.2)."""
    if not work.actor.has(ADM, PM):
        raise NotAllowed(gettext("Settings are kept by administrators and program managers."))
    area, years = work.actor.area, work.now.astimezone(settings().zone).year
    calendar, fixed = _calendar(work)
    rows = area_settings.stored(work.db, area)
    extra = rows[HOLIDAYS].value.get("closed", {}) if HOLIDAYS in rows else {}
    holidays = {**state_holidays(years), **state_holidays(years + 1)}
    return SettingsView(
        labels=_labels(work),
        opens=calendar.opens,
        closes=calendar.closes,
        holidays=[
            Holiday(day, gettext(name), day not in calendar.opened) for day, name in sorted(holidays.items())
        ],
        closed={date.fromisoformat(day): name for day, name in sorted(extra.items())},
        fixed=sorted(fixed),
        mail=area_settings.mail_detail(work.db, area),
        changes={
            name: Change(name_of(work.db, row.changed_by_id), row.changed_at) for name, row in rows.items()
        },
        may_change=frozenset(name for name in NAMES if may_change(work.actor.has, name)),
    )


def _calendar(work: Work) -> tuple[Calendar, frozenset[date]]:
    """The area's calendar over that of the deployed procedure, and the closing days of the latter."""
    newest = deployed(work.db, area=work.actor.area)
    if newest is None:
        return Calendar(), frozenset()
    levels = bundle_of(work.db, newest.id).service_levels
    return area_settings.calendar_of(work.db, levels, work.actor.area), levels.calendar().closed


def _labels(work: Work) -> list[Label]:
    now, usual = area_settings.labels_of(work.db, work.actor.area), area_settings.default_labels()
    return [Label(key, gettext(words), now[key], usual[key]) for key, words in LABEL_WORDS.items()]
