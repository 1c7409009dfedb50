"""Changing the settings of an area: names, opening hours, closing days, what a mail may say (domain 5.2, 6.2, X12)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any, cast

from workflows.area_settings import (
    HOLIDAYS,
    HOURS,
    IN_FULL,
    LABELS,
    LINK_ONLY,
    MAIL,
    AreaSetting,
    default_labels,
)
from workflows.calendar import state_holidays
from workflows.commands import command
from workflows.errors import InvalidInput, NotAllowed, NotFound
from workflows.history import record
from workflows.language import date_words, gettext
from workflows.privacy import ADM, PM
from workflows.ssn_guard import guard
from workflows.work import Work

LONGEST_LABEL = 60
MOST_DAYS = 100
MOST_DOMAINS = 20
_LABEL = re.compile(r"[^\x00-\x1f\x7f{}<>]{1,60}")
_DOMAIN = re.compile(r"(?=.{4,200}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
Value = dict[str, Any]


@command
def change_setting(work: Work, name: str, given: Mapping[str, object]) -> bool:
    """Change a setting of the actor's own area; gives whether it says anything new.

    By program managers and administrators; what a mail may say, by administrators alone. Due times that are already
    set stay as they are: what somebody was told is not moved behind their back.
    """
    _check_may_change(work, name)
    guard(given)
    value = _CHECKS[name](given)
    row = work.db.get(AreaSetting, (work.actor.area, name), with_for_update=True)
    before = dict(row.value) if row else {}
    if value == before:
        return False
    row = row or AreaSetting(area_code=work.actor.area, name=name)
    row.value, row.changed_by_id, row.changed_at = value, work.actor.id or 0, work.now
    work.db.add(row)
    work.db.flush()
    record(work, "setting_changed", setting=name, before=before, after=value)
    return True


def may_change(actor_has: Callable[..., bool], name: str) -> bool:
    """Whether a holder of roles may change a setting."""
    return actor_has(ADM) or (name != MAIL and actor_has(PM))


def _check_may_change(work: Work, name: str) -> None:
    if not work.actor.has(ADM, PM):
        raise NotAllowed(gettext("Administrators and program managers change the settings."))
    if name not in _CHECKS:
        raise NotFound(gettext("There is no such setting."))
    if not may_change(work.actor.has, name):
        raise NotAllowed(gettext("What an e-mail may say of a client is decided by an administrator."))


def _labels(given: Mapping[str, object]) -> Value:
    """Names that differ from the installation's own; an empty one goes back to it."""
    usual = default_labels()
    errors = {name: gettext("There is no such name.") for name in given if name not in usual}
    words = {name: str(value or "").strip() for name, value in given.items() if name in usual}
    for name, word in words.items():
        if word and not _LABEL.fullmatch(word):
            errors[name] = gettext("Enter 1 to {most} characters, without < > {{ or }}.").format(
                most=LONGEST_LABEL
            )
    _raise_if(errors)
    return {name: word for name, word in words.items() if word and word != usual[name]}


def _hours(given: Mapping[str, object]) -> Value:
    found = {name: _clock(given.get(name)) for name in ("opens", "closes")}
    errors = {
        name: gettext("Enter a time, such as 08:00.") for name, moment in found.items() if moment is None
    }
    _raise_if(errors)
    opens, closes = (cast(time, found[name]) for name in ("opens", "closes"))
    if opens >= closes:
        raise InvalidInput(fields={"closes": gettext("The offices must close later than they open.")})
    return {name: f"{moment:%H:%M}" for name, moment in found.items()}


def _clock(text: object) -> time | None:
    try:
        return time.fromisoformat(str(text)) if re.fullmatch(r"\d\d:\d\d", str(text), re.ASCII) else None
    except ValueError:
        return None


def _holidays(given: Mapping[str, object]) -> Value:
    """`opened`: state holidays on which the offices open; `closed`: other days on which they close, with a name."""
    opened = [_day("opened", day) for day in _list(given, "opened")]
    if strange := [day for day in opened if day not in state_holidays(day.year)]:
        raise InvalidInput(
            fields={"opened": gettext("{day} is no state holiday.").format(day=date_words(strange[0]))}
        )
    closed: dict[str, str] = {}
    for one in _list(given, "closed"):
        entry = one if isinstance(one, Mapping) else {}
        day, name = _day("day", entry.get("day")), str(entry.get("name") or "").strip()
        if not _LABEL.fullmatch(name):
            raise InvalidInput(
                fields={
                    "name": gettext("Say in 1 to {most} characters why they close.").format(
                        most=LONGEST_LABEL
                    )
                }
            )
        if day.isoformat() in closed:
            raise InvalidInput(
                fields={"day": gettext("{day} is on the list already.").format(day=date_words(day))}
            )
        closed[day.isoformat()] = name
    return {"opened": sorted(day.isoformat() for day in set(opened)), "closed": closed}


def _list(given: Mapping[str, object], name: str) -> list[Any]:
    found = given.get(name, [])
    if not isinstance(found, list) or len(found) > MOST_DAYS:
        raise InvalidInput(
            fields={name: gettext("Give a list of at most {most} days.").format(most=MOST_DAYS)}
        )
    return found


def _day(field: str, text: object) -> date:
    try:
        found = date.fromisoformat(str(text))
    except ValueError:
        found = date.min
    if not 2000 <= found.year < 2100:
        raise InvalidInput(fields={field: gettext("Enter a date, such as 2026-12-24.")})
    return found


def _mail(given: Mapping[str, object]) -> Value:
    detail = str(given.get("detail", ""))
    words = re.split(r"[\s,;]+", _joined(given.get("domains", "")))
    domains = sorted({word.lower().removeprefix("@") for word in words if word})
    errors = {}
    if detail not in (LINK_ONLY, IN_FULL):
        errors["detail"] = gettext("Choose what a mail may say.")
    if any(not _DOMAIN.fullmatch(word) for word in domains) or len(domains) > MOST_DOMAINS:
        errors["domains"] = gettext(
            "Enter up to {most} domains, such as esd.example, one on each line."
        ).format(most=MOST_DOMAINS)
    elif detail == IN_FULL and not domains:
        errors["domains"] = gettext(
            "Name the domains whose addresses may be told; without one no mail says more."
        )
    _raise_if(errors)
    return {"detail": detail, "domains": domains}


def _joined(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _raise_if(errors: dict[str, str]) -> None:
    if errors:
        raise InvalidInput(fields=errors)


_CHECKS: dict[str, Callable[[Mapping[str, object]], Value]] = {
    LABELS: _labels,
    HOURS: _hours,
    HOLIDAYS: _holidays,
    MAIL: _mail,
}
