"""What of a case is taken out: its file, for supervisors, and the proof pack, to print and as the file that is verified."""

from flask import Blueprint, Response, g, render_template, request

from web.api.case_files import file_out
from web.cases import mail_view
from web.disclosures import disclosure_row
from web.downloads import saved_as
from workflows.language import gettext
from workflows.people import ROLES
from workflows.queries.case_exports import ExportedCase, exported_case
from workflows.queries.cases import Answered
from workflows.queries.proofs import Item, Pack, proof_pack

proofs = Blueprint("proofs", __name__)

STATES = {"done": "good", "missing": "bad", "not_called_for": "quiet", "elsewhere": "good"}
"""The tone of each state of an item."""


@proofs.get("/cases/<number>/file")
def case_file(number: str) -> str:
    """The file of a case, to print."""
    found = exported_case(g.actor, number)
    return render_template("case_file.html", file=_file(found))


@proofs.get("/cases/<number>/file.json")
def case_file_json(number: str) -> Response:
    """The same as data."""
    text = file_out(exported_case(g.actor, number)).model_dump_json(indent=1)
    return saved_as(f"{number}.json", "application/json", [text])


@proofs.get("/cases/<number>/proof")
def proof(number: str) -> str:
    """The proof pack of a case, to print."""
    pack = proof_pack(g.actor, number, _with_name())
    return render_template("proof.html", **_pack(pack))


@proofs.get("/cases/<number>/proof.json")
def proof_json(number: str) -> Response:
    """The proof pack as the file that is verified."""
    pack = proof_pack(g.actor, number, _with_name())
    return saved_as(f"{number}-proof.json", "application/json", [pack.text])


def _with_name() -> bool:
    return request.args.get("name") == "yes"


def _pack(pack: Pack) -> dict[str, object]:
    return {
        "header": pack.header,
        "items": [_item(item) for item in pack.items],
        "missing": [item.title for item in pack.items if item.state == "missing"],
        "head": pack.head,
        "seal": pack.seal,
        "may_name": g.actor.has("esd_wioa_supervisor"),
    }


def _item(item: Item) -> dict[str, object]:
    return {
        "title": item.title,
        "clause": item.clause,
        "clause_words": item.clause_words,
        "words": item.words,
        "tone": STATES[item.state],
        "state": item.state,
        "rows": _rows(item),
        "events": item.events,
    }


def _rows(item: Item) -> list[tuple[str, str]]:
    told = [(gettext("Who"), item.who), (gettext("When"), item.office_time)]
    told += [(gettext("Told"), ", ".join(item.sent_to))]
    return [(label, value) for label, value in told if value] + [
        (label, said) for _, label, said in item.answers
    ]


def _step(step: Answered) -> dict[str, object]:
    rows = [(label, words) for _, label, words in step.answers]
    return {"name": step.name, "step": step.step, "who": step.who, "at": step.at, "rows": rows}


def _file(found: ExportedCase) -> dict[str, object]:
    view = found.view
    return {
        "number": view.case.number,
        "made_at": found.made_at,
        "made_by": found.made_by,
        "facts": [
            (gettext("State"), view.status_words),
            (gettext("Outcome"), view.outcome_words),
            (gettext("Office"), view.office),
            (gettext("Agency"), view.agency),
            (gettext("Case manager"), view.case_manager),
        ],
        "opened_at": view.case.opened_at,
        "closed_at": view.case.closed_at,
        "sentence": view.sentence,
        "client": view.facts,
        "steps": [_step(step) for step in view.steps],
        "open": [(gettext(task.name), gettext(ROLES.get(task.role, ""))) for task in view.open],
        "notes": view.notes,
        "corrections": view.corrections,
        "linked": view.linked,
        "history": found.history,
        "mails": [mail_view(sent) for sent in found.messages],
        "disclosures": [disclosure_row(one) for one in found.disclosures],
    }
