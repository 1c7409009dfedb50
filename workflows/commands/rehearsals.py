"""Walking through a draft in memory: begin, let one thing happen, take it back, forget it. No case is opened."""

from collections.abc import Callable, Mapping

import engine
from workflows import scenarios
from workflows.bundle_proofs import Unplayable, proof_of
from workflows.commands import command
from workflows.definitions import Bundle
from workflows.drafts import ProcessDraft, check_edits, draft_numbered
from workflows.errors import InvalidInput, NotNow
from workflows.forms import Form
from workflows.language import gettext
from workflows.rehearsals import MOST_MOVES, Rehearsal, rehearsal_of, scenario_of
from workflows.scenario_edits import answers_for, not_typed
from workflows.scenario_play import LATEST, form_fields, form_of, options_for, play
from workflows.scenarios import Move
from workflows.ssn_guard import guard
from workflows.work import Work

Raw = Mapping[str, object] | Callable[[Form], Mapping[str, object]]


@command
def begin_rehearsal(
    work: Work, draft_id: int, process: str, *, may_open: bool = True, duplicate: bool = False
) -> None:
    """Begin to walk through a process of a draft; what the actor had played of it before is forgotten.

    `may_open`: the agency may ask; `duplicate`: there is an open request for the client already.
    """
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    bundle = _bundle(draft)
    if process not in scenarios.entry_processes(bundle):
        raise InvalidInput(fields={"process": gettext("Choose what the case begins with.")})
    row = rehearsal_of(work, draft_id) or Rehearsal(draft_id=draft_id, person_id=work.actor.id or 0)
    row.process, row.moves, row.changed_at = process, [], work.now
    row.may_open, row.duplicate = may_open, duplicate
    work.db.add(row)


@command
def rehearse(work: Work, draft_id: int, kind: str, target: str, raw: Raw | None = None) -> None:
    """Let one thing happen: `complete` an open task with the answers of its form, `fire` a timer, `receive` a message.

    Of the answers what was chosen, ticked or counted is kept; words are replaced by samples. Refused when the case does
    not wait for it, or with what the form does not take.
    """
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    row = _begun(work, draft_id)
    bundle = _bundle(draft)
    if kind not in scenarios.KINDS:
        raise InvalidInput(fields={"": gettext("A move is one of complete, fire, receive and signal.")})
    move = Move(kind, target)
    if kind == "complete":
        move = Move(kind, target, _answers(bundle, row, target, raw or {}))
    if len(row.moves) >= MOST_MOVES:
        raise NotNow(gettext("A walk ends after {number} moves.").format(number=MOST_MOVES))
    moves = [*row.moves, scenarios.move_entry(move)]
    row.moves = moves
    row.changed_at = work.now
    if failure := play(bundle, scenario_of(row)).failure:
        raise NotNow(failure)


@command
def take_back(work: Work, draft_id: int) -> None:
    """Take back the last move; without any, nothing happens."""
    check_edits(work)
    draft_numbered(work, draft_id)
    row = _begun(work, draft_id)
    row.moves, row.changed_at = row.moves[:-1], work.now


@command
def forget_rehearsal(work: Work, draft_id: int) -> None:
    """Forget what the actor has played of a draft."""
    check_edits(work)
    draft_numbered(work, draft_id)
    row = rehearsal_of(work, draft_id)
    if row is not None:
        work.db.delete(row)


def _bundle(draft: ProcessDraft) -> Bundle:
    """A draft that can be played."""
    try:
        return proof_of(Bundle(draft.key, draft.files)).bundle
    except Unplayable as unplayable:
        raise NotNow(unplayable.reason) from None


def _begun(work: Work, draft_id: int) -> Rehearsal:
    row = rehearsal_of(work, draft_id)
    if row is None:
        raise NotNow(gettext("You have not begun to walk through this draft."))
    return row


def _answers(bundle: Bundle, row: Rehearsal, target: str, raw: Raw) -> dict[str, object]:
    """What is kept of the answers to a task, after its form has taken them."""
    element = _element(bundle, row, target)
    form = form_of(bundle, element)
    if form is None:
        return {}
    given = raw(form) if callable(raw) else raw
    guard(given)
    taken = form.clean(dict(given), options_for(form_fields(bundle, element), given), LATEST).all
    return answers_for(bundle, element, scenarios.read_usual(bundle.files), taken, not_typed)


def _element(bundle: Bundle, row: Rehearsal, target: str) -> engine.Element:
    element = bundle.definition(row.process).elements.get(target)
    if element is None:
        raise NotNow(gettext("The draft has no such step any more. Take back the last move, or begin anew."))
    return element
