"""The Scenarios tab of a draft: how each scenario comes out, what they come past, and changing them."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.editor.frame import DRAFTS, page
from web.editor.writing import row_version
from web.errors import status_of
from workflows import scenarios
from workflows.bundle_proofs import Proof, all_elements, tally
from workflows.cases import OUTCOMES
from workflows.commands.drafts import change_draft
from workflows.coverage import Coverage
from workflows.errors import InvalidInput, NotAllowed, NotFound, Refused
from workflows.language import gettext, marked, ngettext
from workflows.queries import scenarios as queries
from workflows.queries.drafts import draft_view
from workflows.queries.scenarios import ScenarioView
from workflows.scenario_edits import new_file
from workflows.scenario_words import mail_words, outcome_words
from workflows.scenarios import Scenario

scenario_pages = Blueprint("scenarios", __name__, url_prefix=DRAFTS)

TAB = "/scenarios"


@scenario_pages.get("/<int:draft_id>/scenarios")
def list_scenarios(draft_id: int) -> str:
    """All scenarios with how they come out, and what they come past."""
    view = queries.scenarios_view(g.actor, draft_id)
    proof = view.proof
    return page(
        "editor/scenarios.html",
        view.draft,
        TAB,
        rows=_rows(proof) if proof else [],
        coverage=_coverage(proof) if proof else None,
        diagrams=_diagrams(draft_id, proof) if proof else [],
        marks=_marks(proof) if proof else {},
        signs={mark: (sign, gettext(words)) for mark, (sign, words) in SIGNS.items()},
        starts=_starts(proof) if proof else [],
        like=[(outcome, outcome_words(outcome)) for outcome in view.like],
        playable=proof is not None,
    )


@scenario_pages.get("/<int:draft_id>/tally")
def read_tally(draft_id: int) -> tuple[str, int]:
    """How many scenarios come out as expected, as a part of the draft's pages; 202 while it is being found out."""
    draft = draft_view(g.actor, draft_id)
    found = tally(draft.bundle)
    told = render_template("parts/draft_tally.html", draft=draft, tally=found, asked=True)
    return told, 200 if found else 202


@scenario_pages.get("/<int:draft_id>/scenarios/<key>")
def read_scenario(draft_id: int, key: str) -> str:
    """One scenario: its moves, how it comes out, and what it expects."""
    return _scenario_page(queries.scenario_view(g.actor, draft_id, key))


@scenario_pages.post("/<int:draft_id>/scenarios/<key>")
def change_scenario(draft_id: int, key: str) -> Response | tuple[str, int]:
    """Rename it or change how it is expected to end; expect what comes out; or let its moves follow the draft."""
    view = queries.scenario_view(g.actor, draft_id, key)
    try:
        changed, words = _changed(view, request.form.get("action", ""))
        _write(draft_id, {view.run.file: scenarios.text_of(changed)})
    except Refused as refused:
        errors = refused.fields or {"": refused.message}
        return _scenario_page(view, errors), status_of(refused)
    flash(words, "success")
    return redirect(url_for("scenarios.read_scenario", draft_id=draft_id, key=key))


@scenario_pages.post("/<int:draft_id>/scenarios/<key>/remove")
def remove_scenario(draft_id: int, key: str) -> Response:
    """Take a scenario out of the draft."""
    name = queries.scenario_view(g.actor, draft_id, key).run.name
    _write(draft_id, {scenarios.file_of(key): None})
    flash(gettext("The scenario “{name}” is removed from the draft.").format(name=name), "success")
    return redirect(url_for("scenarios.list_scenarios", draft_id=draft_id))


@scenario_pages.post("/<int:draft_id>/scenarios/follow")
def follow_all(draft_id: int) -> Response:
    """Let every scenario that differs follow the draft, if it then ends as it did before."""
    found = queries.caught_up(g.actor, draft_id)
    following = [one.scenario for one in found if one.same_end]
    _write(draft_id, {scenario.file: scenarios.text_of(scenario) for scenario in following})
    done, left = len(following), len(found) - len(following)
    said = [
        ngettext("%(num)s scenario follows the draft now.", "%(num)s scenarios follow the draft now.", done)
        % {"num": done}
    ]
    if left:
        words = ngettext(
            "%(num)s would end otherwise than before: look at it.",
            "%(num)s would end otherwise than before: look at them.",
            left,
        )
        said.append(words % {"num": left})
    flash(" ".join(said), "warning" if left else "success")
    return redirect(url_for("scenarios.list_scenarios", draft_id=draft_id))


@scenario_pages.post("/<int:draft_id>/scenarios/like")
def make_like(draft_id: int) -> Response:
    """Make a scenario of a closed case that ended in some way."""
    try:
        made = queries.scenario_like(g.actor, draft_id, request.form.get("outcome", ""))
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        flash(" ".join(refused.fields.values()) or refused.message, "error")
        return redirect(url_for("scenarios.list_scenarios", draft_id=draft_id))
    key = add_scenario(draft_id, made)
    flash(gettext("The scenario is added. Give it a name that says what is special about it."), "success")
    return redirect(url_for("scenarios.read_scenario", draft_id=draft_id, key=key))


def add_scenario(draft_id: int, made: Scenario) -> str:
    """Write a new scenario into a draft; gives the key of its address."""
    file = new_file(made.name, draft_view(g.actor, draft_id).files)
    written = replace(made, file=file)
    _write(draft_id, {file: scenarios.text_of(written)})
    return written.key


def _write(draft_id: int, changes: Mapping[str, str | None]) -> None:
    """Change the draft that the page was made from."""
    change_draft(g.actor, draft_id, changes, row_version())


def _changed(view: ScenarioView, action: str) -> tuple[Scenario, str]:
    scenario, followed = view.run.scenario, view.caught_up
    if scenario is None:
        raise InvalidInput(
            gettext("This file is no scenario that can be read. Remove it, or mend it as a file.")
        )
    if action == "follow" and followed is not None:
        return followed.scenario, gettext("The scenario follows the draft now, and expects what comes out.")
    name = " ".join(request.form.get("name", "").split())
    outcome = request.form.get("outcome", "")
    errors = {}
    if not 1 <= len(name) <= 120:
        errors["name"] = gettext("Write a name of 1 to 120 characters.")
    if outcome not in OUTCOMES and outcome != scenario.expected.outcome:
        errors["outcome"] = gettext("Choose how the case is expected to end.")
    if errors:
        raise InvalidInput(fields=errors)
    expected = replace(scenario.expected, outcome=outcome)
    return replace(scenario, name=name, expected=expected), gettext("The scenario is saved.")


def _scenario_page(view: ScenarioView, errors: dict[str, str] | None = None) -> str:
    run, proof = view.run, view.proof
    expected = run.scenario.expected if run.scenario else None
    outcomes = dict.fromkeys([*proof.coverage.outcomes, *([expected.outcome] if expected else [])])
    return page(
        "editor/scenario.html",
        view.draft,
        TAB,
        scenario=run.scenario,
        key=scenarios.key_of(run.file),
        name=request.form.get("name", run.name),
        outcome=request.form.get("outcome", expected.outcome if expected else ""),
        outcomes=[(outcome, outcome_words(outcome)) for outcome in outcomes],
        differs=proof.differences(run),
        moves=view.moves,
        facts=_facts(view),
        followed=_followed(view),
        errors=errors or {},
    )


def _facts(view: ScenarioView) -> list[tuple[str, object]]:
    """What a scenario expects, in words."""
    if view.run.scenario is None or view.names is None:
        return []
    names, expected = view.names, view.run.scenario.expected
    mails = [f"“{mail_words(view.proof.bundle, kind)}”" for kind in expected.notices]
    return [
        (gettext("Steps in the order they open"), names.listed(names.ids_of(expected.path))),
        (gettext("Withdrawn by the procedure"), names.listed(names.ids_of(expected.withdrawn))),
        (gettext("Mails"), ", ".join(mails) or gettext("nothing")),
        (gettext("Ends as"), outcome_words(expected.outcome)),
    ]


def _followed(view: ScenarioView) -> dict[str, object] | None:
    """What would come out if the scenario followed the draft; None where there is nothing to follow."""
    followed = view.caught_up
    if followed is None or view.names is None or not followed.playing.ended:
        return None
    return {
        "path": view.names.listed(followed.playing.path),
        "outcome": outcome_words(followed.playing.outcome or ""),
        "same_end": followed.same_end,
    }


def _rows(proof: Proof) -> list[dict[str, object]]:
    """The scenarios for the table, those that differ first."""
    rows: list[dict[str, object]] = [
        {
            "key": scenarios.key_of(run.file),
            "name": run.name,
            "moves": len(run.scenario.moves) if run.scenario else 0,
            "outcome": outcome_words(run.scenario.expected.outcome) if run.scenario else "",
            "differs": proof.differences(run),
        }
        for run in proof.runs
    ]
    return sorted(rows, key=lambda row: (not row["differs"], str(row["name"]).lower()))


def _coverage(proof: Proof) -> dict[str, object]:
    """Coverage in numbers, and what is missed by name, diagram by diagram."""
    found: Coverage = proof.coverage
    return {
        "elements": (len(found.visited), len(found.elements)),
        "flows": (len(found.flows) - len(found.missed_flows), len(found.flows)),
        "outcomes": (len(found.outcomes) - len(found.missed_outcomes), len(found.outcomes)),
        "missed_outcomes": [outcome_words(outcome) for outcome in found.missed_outcomes],
        "missed": _missed(proof),
    }


def _missed(proof: Proof) -> list[tuple[str, list[str]]]:
    """What no scenario comes past: for each diagram its elements and flows in words."""
    elements = all_elements(proof.bundle)
    named = (elements[one] for one in proof.coverage.missed_elements if elements[one].name)
    rows = [(one.process_id, gettext(one.name)) for one in named]
    for flow in proof.bundle.routes.flows:
        if flow.id in proof.coverage.missed_flows and flow.source in proof.coverage.visited:
            words = gettext("the way from “{source}” to “{target}”").format(
                source=gettext(elements[flow.source].name) or flow.source,
                target=gettext(elements[flow.target].name) or flow.target,
            )
            rows.append((elements[flow.source].process_id, words))
    names = proof.bundle.routes.processes
    rows.sort(key=lambda row: row[0])
    return [
        (names[process], [what for _, what in found]) for process, found in groupby(rows, lambda row: row[0])
    ]


SIGNS = {
    "done": ("✓", marked("Some scenario comes past here")),
    "missed": ("!", marked("No scenario does")),
}
"""What is drawn at an element or flow, and what that says."""


def _marks(proof: Proof) -> dict[str, str]:
    """What is marked in the diagrams: elements, and the flows that are missed behind an element that is not."""
    found = proof.coverage
    sources = {flow.id: flow.source for flow in proof.bundle.routes.flows}
    missed = [*found.missed_elements, *(one for one in found.missed_flows if sources[one] in found.visited)]
    return {**dict.fromkeys(found.visited, "done"), **dict.fromkeys(missed, "missed")}


def _starts(proof: Proof) -> list[str]:
    return [one.id for one in all_elements(proof.bundle).values() if one.kind == "startEvent"]


def _diagrams(draft_id: int, proof: Proof) -> list[dict[str, object]]:
    names = proof.bundle.routes.processes
    files = proof.bundle.file_of_process
    return [
        {
            "name": gettext(names[process]),
            "address": url_for("draft_comparison.draw", draft_id=draft_id, file=file),
            "opens": place == 0,
        }
        for place, (process, file) in enumerate(_main_first(proof, files))
        if process in names
    ]


def _main_first(proof: Proof, files: dict[str, str]) -> list[tuple[str, str]]:
    """The process that carries the bundle's key first, the others in the order of the files."""
    return sorted(files.items(), key=lambda row: row[0] != proof.bundle.key)
