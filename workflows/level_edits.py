"""Changing one time or limit of `service_levels.toml`, line by line, so that comments and all else stay as they are."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from workflows.calendar import Duration
from workflows.language import gettext, marked
from workflows.service_levels import ServiceLevel, ServiceLevels

UNITS = {
    "business day": marked("business days"),
    "day": marked("days"),
    "week": marked("weeks"),
    "month": marked("months"),
    "year": marked("years"),
    "hour": marked("hours"),
    "minute": marked("minutes"),
    "same business day": marked("on the same business day, without a number"),
}
"""What a length of time is counted in, by its word in the file."""
_ONE = {
    "business day": marked("1 business day"),
    "day": marked("1 day"),
    "week": marked("1 week"),
    "month": marked("1 month"),
    "year": marked("1 year"),
    "hour": marked("1 hour"),
    "minute": marked("1 minute"),
}
SAME_DAY = "same business day"

ORIGINS = {
    "opened": marked("Each time that its task or timer opens"),
    "first": marked("The first time in the case, and only once"),
}
"""From when a time counts."""

NEEDED = {
    "draft_expiry": marked("Erasing a request that was begun and not sent"),
    "claimed_but_idle_release": marked("Giving back a task that nobody touches"),
    "contact_attempts_max": marked("Counting the tries to reach the client"),
    "agreement_warning_days": marked("Warning that an agreement ends"),
    "hold_max": marked("Telling of a case that is on hold for too long"),
    "case_max_age": marked("Reviewing a case that is open for too long"),
    "retention_after_program_year": marked("Anonymising the cases of a program year"),
    "partner_view_ttl": marked("Ending what the partner’s lists show of a closed case"),
}
"""What the product itself asks for, and what for; a bundle without one of them cannot run."""
NUMBERS = frozenset({"contact_attempts_max", "agreement_warning_days"})
"""Those of them that are numbers and not lengths of time."""

_LENGTH = re.compile(r"([0-9]{1,8}) (.+?)s?")
_VALUE = r"(?P<value>\"(?:[^\"\\\n]|\\.)*\"|\[[^\]\n]*\]|[0-9]+)"


class NotByLine(ValueError):
    """The file is written in a way that cannot be changed line by line."""


def number_and_unit(level: ServiceLevel) -> tuple[str, str]:
    """A length of time as its number and a word of `UNITS`; one that is written in another way is given whole, without
    a unit."""
    text = str(level.after or "")
    if text == SAME_DAY:
        return "", SAME_DAY
    found = _LENGTH.fullmatch(text)
    return (found[1], found[2]) if found and found[2] in UNITS else (text, "")


def in_words(level: ServiceLevel) -> str:
    """How long something takes, or its number, as a page says it."""
    if level.after is None:
        return ", ".join(str(number) for number in level.numbers)
    number, unit = number_and_unit(level)
    if unit == SAME_DAY:
        return gettext("On the same business day")
    if number == "1" and unit:
        return gettext(_ONE[unit])
    return f"{number} {gettext(UNITS[unit])}" if unit else number


def length(number: str, unit: str) -> Duration:
    """The length of time that was typed. Raises `ValueError` with a sentence for people."""
    if unit == SAME_DAY:
        return Duration.parse(SAME_DAY)
    plural = "" if number == "1" else "s"
    return Duration.parse(f"{number} {unit}{plural}" if unit else number)


def changed(text: str, level: ServiceLevel) -> str:
    """The file with a time or limit changed, or added at its end. Raises `NotByLine`."""
    tables = tomllib.loads(text)
    table = _table(level, tables.get(level.key, {}))
    if table == tables.get(level.key):
        return text
    new = _with_lines(text, level.key, table) if level.key in tables else _appended(text, level.key, table)
    return _as_meant(new, {**tables, level.key: table})


def removed(text: str, key: str) -> str:
    """The file without a time or limit. Raises `NotByLine`."""
    tables = tomllib.loads(text)
    lines = text.split("\n")
    begin, end = _section(lines, key)
    last = max(n for n in range(begin, end) if lines[n].strip() and not lines[n].lstrip().startswith("#"))
    rest = lines[last + 1 :]
    kept = lines[:begin] + (rest[1:] if rest and not rest[0].strip() else rest)
    return _as_meant("\n".join(kept), {name: table for name, table in tables.items() if name != key})


def lacking(levels: ServiceLevels) -> list[str]:
    """The keys of `NEEDED` that a bundle lacks, or that are of the other kind there."""
    kinds = {level.key: "number" if level.numbers else "length" for level in levels}
    return [key for key in NEEDED if kinds.get(key) != ("number" if key in NUMBERS else "length")]


def _table(level: ServiceLevel, before: Mapping[str, Any]) -> dict[str, Any]:
    """What the file says of a time or limit; what means the same is said as before."""
    if level.after is None:
        numbers: Any = list(level.numbers)
        single = len(numbers) == 1 and not isinstance(before.get("value"), list)
        return {"value": numbers[0] if single else numbers, "meaning": level.meaning}
    found = {"after": level.after.text, "meaning": level.meaning}
    if level.counts_from != "opened" or before.get("counts_from") == "opened":
        found["counts_from"] = level.counts_from
    return found


def _with_lines(text: str, key: str, table: Mapping[str, Any]) -> str:
    lines = text.split("\n")
    begin, end = _section(lines, key)
    section, missing = lines[begin:end], dict(table)
    for place, line in enumerate(section):
        found = re.fullmatch(rf"(?P<before>\s*(?P<word>\w+)\s*=\s*){_VALUE}(?P<after>\s*(?:#.*)?)", line)
        if found and found["word"] in missing:
            section[place] = _line(found, missing.pop(found["word"]))
        elif found:
            section[place] = ""
    at = 2 if len(section) > 1 else 1
    more = [f"{word} = {_written(value)}" for word, value in missing.items()]
    dropped = [line for place, line in enumerate(section) if line or not lines[begin + place]]
    return "\n".join([*lines[:begin], *dropped[:at], *more, *dropped[at:], *lines[end:]])


def _line(found: re.Match[str], value: Any) -> str:
    """A line with its value, which is left as it is written where it means the same."""
    same = tomllib.loads(f"x = {found['value']}")["x"] == value
    return str(found[0]) if same else f"{found['before']}{_written(value)}{found['after']}"


def _section(lines: list[str], key: str) -> tuple[int, int]:
    """The lines of a table: from its name to the next table, or to the end."""
    header = re.compile(rf"\s*\[{re.escape(key)}\]\s*(#.*)?")
    begin = next((place for place, line in enumerate(lines) if header.fullmatch(line)), None)
    if begin is None:
        raise NotByLine
    after = (n for n in range(begin + 1, len(lines)) if lines[n].lstrip().startswith("["))
    return begin, next(after, len(lines))


def _appended(text: str, key: str, table: Mapping[str, Any]) -> str:
    lines = (f"{word} = {_written(value)}" for word, value in table.items())
    return "\n".join([text.rstrip("\n"), "", f"[{key}]", *lines, ""])


def _written(value: Any) -> str:
    """A text, a number or a list of numbers, as TOML has them."""
    return json.dumps(value, ensure_ascii=False)


def _as_meant(text: str, tables: Mapping[str, Any]) -> str:
    """The text, if it says what it was to say and nothing else."""
    try:
        said = tomllib.loads(text)
    except ValueError:
        raise NotByLine from None
    if said != tables:
        raise NotByLine
    return text
