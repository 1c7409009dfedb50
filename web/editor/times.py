"""The Times tab: how long things may take, in a table, each changed by number and unit."""

import re
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from web.editor.frame import DRAFTS, page
from web.editor.writing import told, write
from web.errors import status_of
from workflows.bundle_checks import SERVICE_LEVELS
from workflows.errors import InvalidInput, NotFound, NotNow, Refused
from workflows.language import gettext, said
from workflows.level_edits import (
    NEEDED,
    ORIGINS,
    UNITS,
    NotByLine,
    changed,
    in_words,
    length,
    number_and_unit,
    removed,
)
from workflows.queries.draft_preview import base_files
from workflows.queries.drafts import DraftView, draft_view
from workflows.service_levels import InvalidServiceLevels, ServiceLevel, ServiceLevels
from workflows.used_where import Uses, uses_of

times = Blueprint("times", __name__, url_prefix=f"{DRAFTS}/<int:draft_id>/times")

TAB = "/times"
FIELDS = frozenset({"time-key", "time-number", "time-unit", "time-from", "time-numbers", "time-meaning"})
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NUMBERS = re.compile(r"[0-9]{1,6}(\s*,\s*[0-9]{1,6})*")

Answer = str | Response | tuple[str, int]


@times.get("")
def list_times(draft_id: int) -> str:
    """Every time and limit of the draft."""
    return _list(draft_view(g.actor, draft_id), {}, {})


@times.post("")
def add_time(draft_id: int) -> Answer:
    """A new length of time, for the diagram to use."""
    draft, values = draft_view(g.actor, draft_id), _typed()
    key = re.sub(r"[^a-z0-9]+", "_", values["time-key"].strip().lower()).strip("_")
    try:
        known = _levels(draft)
        if not _KEY.fullmatch(key):
            words = gettext("Write a short name that begins with a letter, for example: papers due")
            raise InvalidInput(fields={"time-key": words})
        if key in known.keys() | {"calendar"}:
            raise InvalidInput(
                fields={"time-key": gettext("There is a time of this name. Choose another name.")}
            )
        level = _level(key, values, is_number=False)
        write(
            draft_id,
            _changed(draft, level),
            gettext("The time is there. Choose it for a step that is due then."),
        )
    except Refused as refused:
        errors = told(refused, FIELDS)
        return _list(draft_view(g.actor, draft_id), without_blocked(values), errors), status_of(refused)
    return redirect(url_for("times.list_times", draft_id=draft_id))


@times.get("/<time>")
def read_time(draft_id: int, time: str) -> str:
    """The page of one time or limit."""
    return _page(draft_view(g.actor, draft_id), time)


@times.post("/<time>")
def change_time(draft_id: int, time: str) -> Answer:
    """Change a time or limit."""
    draft, values = draft_view(g.actor, draft_id), _typed()
    try:
        level = _level(time, values, is_number=bool(_known(draft, time).numbers))
        write(draft_id, _changed(draft, level), gettext("The time is saved."))
    except NotFound:
        raise
    except Refused as refused:
        errors = told(refused, FIELDS)
        return _page(draft_view(g.actor, draft_id), time, without_blocked(values), errors), status_of(refused)
    return redirect(url_for("times.list_times", draft_id=draft_id))


@times.post("/<time>/remove")
def remove_time(draft_id: int, time: str) -> Answer:
    """Take out a time that nothing uses."""
    draft = draft_view(g.actor, draft_id)
    _known(draft, time)
    users = uses_of(draft.bundle).times.get(time, [])
    try:
        if time in NEEDED:
            raise NotNow(gettext("The product itself uses this time. It can be changed, not removed."))
        if users:
            words = gettext("The step “{step}” uses this time. Choose another time for the step first.")
            raise NotNow(words.format(step=users[0].name))
        text = _by_line(lambda: removed(draft.files[SERVICE_LEVELS], time))
        write(draft_id, {SERVICE_LEVELS: text}, gettext("The time is removed."))
    except Refused as refused:
        return _page(draft_view(g.actor, draft_id), time, errors=told(refused)), status_of(refused)
    return redirect(url_for("times.list_times", draft_id=draft_id))


@times.post("/take-back")
def take_back(draft_id: int) -> Answer:
    """All times as they were in the version that the draft was begun from."""
    before = base_files(g.actor, draft_id).get(SERVICE_LEVELS)
    try:
        write(
            draft_id,
            {SERVICE_LEVELS: before},
            gettext("The times are as they were when the draft was begun."),
        )
    except Refused as refused:
        return _list(draft_view(g.actor, draft_id), {}, told(refused)), status_of(refused)
    return redirect(url_for("times.list_times", draft_id=draft_id))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in FIELDS}


def _levels(draft: DraftView) -> ServiceLevels:
    try:
        return ServiceLevels.parse(draft.files.get(SERVICE_LEVELS, ""))
    except InvalidServiceLevels as invalid:
        raise InvalidInput(fields={"": " ".join(invalid.problems)}) from None


def _known(draft: DraftView, key: str) -> ServiceLevel:
    found = next((level for level in _levels(draft) if level.key == key), None)
    if found is None:
        raise NotFound(gettext("The draft has no such time."))
    return found


def _level(key: str, values: dict[str, str], *, is_number: bool) -> ServiceLevel:
    """The time or limit that was typed. Raises `InvalidInput` with every field that has to be put right."""
    errors: dict[str, str] = {}
    meaning = " ".join(values["time-meaning"].split())
    if not meaning:
        errors["time-meaning"] = gettext("Say in a sentence what happens then.")
    typed: dict[str, Any] = _typed_numbers(values, errors) if is_number else _typed_length(values, errors)
    if errors:
        raise InvalidInput(fields=errors)
    return ServiceLevel(key, meaning, **typed)


def _typed_numbers(values: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    text = values["time-numbers"].strip()
    if not _NUMBERS.fullmatch(text):
        errors["time-numbers"] = gettext("Write a whole number, or several with commas between them.")
        return {}
    return {"numbers": tuple(int(part) for part in text.split(","))}


def _typed_length(values: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    origin = values["time-from"] or "opened"
    if origin not in ORIGINS:
        errors["time-from"] = gettext("Choose from when it counts.")
    if values["time-unit"] and values["time-unit"] not in UNITS:
        errors["time-unit"] = gettext("Choose a unit.")
        return {}
    try:
        return {"after": length(values["time-number"].strip(), values["time-unit"]), "counts_from": origin}
    except ValueError:
        errors["time-number"] = gettext("Write a whole number, for example 2, and choose the unit beside it.")
        return {}


def _changed(draft: DraftView, level: ServiceLevel) -> dict[str, str | None]:
    return {SERVICE_LEVELS: _by_line(lambda: changed(draft.files[SERVICE_LEVELS], level))}


def _by_line(change: Any) -> str:
    try:
        return str(change())
    except NotByLine:
        words = gettext(
            "The file of the times is written in a way that this page cannot change without losing comments."
        )
        raise InvalidInput(fields={"": words}) from None


def _used_by(key: str, uses: Uses) -> list[str]:
    return [
        *(use.name for use in uses.times.get(key, [])),
        *([gettext(NEEDED[key])] if key in NEEDED else []),
    ]


def _list(draft: DraftView, values: dict[str, Any], errors: dict[str, str]) -> str:
    try:
        found, uses = list(_levels(draft)), uses_of(draft.bundle)
    except InvalidInput as refused:
        found, uses, errors = [], Uses(), {**refused.fields, **errors}
    rows = [
        {"key": one.key, "meaning": one.meaning, "value": in_words(one), "used_by": _used_by(one.key, uses),
         "origin": gettext(ORIGINS[one.counts_from]) if one.counts_from != "opened" else ""}
        for one in found
    ]  # fmt: skip
    return page(
        "editor/times.html",
        draft,
        TAB,
        rows=rows,
        values={**dict.fromkeys(FIELDS, ""), "time-unit": "business day", "time-from": "opened", **values},
        units=said(UNITS),
        origins=said(ORIGINS),
        is_changed=base_files(g.actor, draft.id).get(SERVICE_LEVELS) != draft.files.get(SERVICE_LEVELS),
        errors=errors,
    )


def _page(
    draft: DraftView, key: str, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> str:
    level = _known(draft, key)
    number, unit = number_and_unit(level)
    kept = {
        "time-number": number,
        "time-unit": unit,
        "time-from": level.counts_from,
        "time-numbers": ", ".join(str(one) for one in level.numbers),
        "time-meaning": level.meaning,
    }
    users = _used_by(key, uses_of(draft.bundle))
    return page(
        "editor/time.html",
        draft,
        TAB,
        key=key,
        meaning=level.meaning,
        is_number=bool(level.numbers),
        used_by=users,
        values={**dict.fromkeys(FIELDS, ""), **kept, **(values or {})},
        units=[*([] if unit else [("", gettext("as it is written"))]), *said(UNITS)],
        origins=said(ORIGINS),
        errors=errors or {},
    )
