"""Which facts about a client left, how, to whom and why they might: of a case, on a sheet for the client, and of an area."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request

from web.answers import searched
from web.audit import FILTERS as OF_TRAIL
from web.audit import about, export_links, exported, wanted_form
from web.audit_words import VALUES, said
from workflows.disclosures import BASES, CHANNEL_OF_MESSAGE, CHANNELS, SENT, field_words, told_by
from workflows.history import READ
from workflows.language import LANGUAGES, gettext, speaking
from workflows.queries import audit as queries
from workflows.queries import whole_number
from workflows.queries.audit import TrailFilters, TrailRow
from workflows.queries.disclosures import Disclosure, case_disclosures, sheet_for_client

disclosures = Blueprint("disclosures", __name__)

FILTERS = tuple(name for name in (*OF_TRAIL, "channel") if name != "kind")


@disclosures.get("/cases/<number>/disclosures")
def of_case(number: str) -> str:
    """The ledger of a case."""
    ledger = case_disclosures(g.actor, number)
    return render_template(
        "disclosures.html", ledger=ledger, rows=[disclosure_row(one) for one in ledger.rows]
    )


@disclosures.get("/cases/<number>/disclosures/sheet")
def sheet(number: str) -> str:
    """The same in plain words on one sheet, for the client who asks; in the client's language."""
    asked = request.args.get("language", "")
    language = asked if asked in LANGUAGES else "en"
    with speaking(language):
        found = sheet_for_client(g.actor, number)
        said = render_template("cards/disclosures.html", sheet=found)
    return render_template(
        "disclosure_sheet.html", number=number, said=said, language=language, languages=LANGUAGES
    )


@disclosures.get("/audit/disclosures")
def of_area() -> str:
    """The ledger of the area, newest first, by case, person, way and day."""
    filters, before = _filters(), request.args.get("before", "")
    rows, following = queries.trail(g.actor, filters, whole_number("before", before) if before else None)
    asked = urlencode({name: value for name in FILTERS if (value := getattr(filters, name))})
    here = f"/audit/disclosures?{asked}"
    return render_template(
        "admin/disclosures.html",
        filters=filters,
        channels=[("", gettext("Every way")), *((key, gettext(words)) for key, words in _ways())],
        rows=[_area_row(row) for row in rows],
        exports=export_links("/audit/disclosures/export", asked) if g.actor.has("auditor") else [],
        next_href=f"{here}&before={following}" if following else "",
        first_href=here if before else "",
    )


@disclosures.get("/audit/disclosures/export")
def export() -> Response:
    """The ledger of the area, filtered, as a file; it says what was shown, never what it said."""
    return exported(wanted_form(), _filters())


def _ways() -> list[tuple[str, str]]:
    """The ways that the history tells; what webhooks were told is with their deliveries."""
    return [(key, words) for key, words in CHANNELS.items() if key != "webhook"]


def _filters() -> TrailFilters:
    asked = TrailFilters(**{name: searched(name) for name in FILTERS}, shows=True)
    return asked if asked.channel in CHANNELS else replace(asked, channel="")


def _area_row(row: TrailRow) -> dict[str, object]:
    """A disclosure among those of the area, as a page shows it."""
    told = _of_message(row) if row.kind in SENT else _of_reading(row)
    return {**about(row, "/audit/disclosures"), "organisation": "", **told}


def _of_message(row: TrailRow) -> dict[str, object]:
    """To whom it went; what it told follows from its kind."""
    field, clause = told_by(row.detail.get("message_kind"))
    why, way = BASES["told"].words, CHANNELS[CHANNEL_OF_MESSAGE[row.kind]]
    return {
        "who": row.receiver or row.who,
        "shown": [field_words(field)],
        "channel": gettext(way),
        "where": row.words,
        "basis": gettext(why),
        "clause": clause,
    }


def _of_reading(row: TrailRow) -> dict[str, object]:
    """Who read what where; a search has a rule for each case that it showed."""
    bases = [BASES[code] for code in _codes(row.detail.get("basis")) if code in BASES]
    return {
        "shown": row.shown,
        "channel": said("channel", row.detail.get("channel")),
        "where": _place(row.detail.get("where")) if row.kind == READ else row.words,
        "basis": "; ".join(gettext(one.words) for one in bases),
        "clause": ", ".join(dict.fromkeys(one.clause for one in bases if one.clause)),
    }


def _place(where: object) -> str:
    """The page on which something was read, in words; empty for what is no page."""
    return said("where", where) if where in VALUES["where"] else ""


def _codes(basis: object) -> list[str]:
    return list(dict.fromkeys(basis)) if isinstance(basis, list) else [str(basis)]


def disclosure_row(one: Disclosure) -> dict[str, object]:
    """A disclosure as a page shows it."""
    return {
        "at": one.at,
        "who": one.who or "Opt-In Desk",
        "organisation": one.organisation,
        "channel": said("channel", one.channel),
        "where": _place(one.where),
        "shown": one.shown,
        "basis": one.basis_words,
        "clause": one.clause,
        "number": one.number,
        "reason": one.reason,
    }
