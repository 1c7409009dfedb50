"""A newer version for all areas is offered to the draft of an area, and taken over beside its own changes."""

import pytest

from tests.desk import CASEY, ROBIN, Desk
from tests.integration.acting import actor, browser, page
from tests.integration.test_comparisons import HERE, REQUEST, TIMES, edited, shipped, variant
from workflows.commands.definitions import deploy
from workflows.commands.drafts import begin_draft, change_draft
from workflows.commands.publications import approve, propose
from workflows.commands.takeovers import take_over
from workflows.errors import DraftChanged, InvalidInput, NotNow
from workflows.people import SYSTEM
from workflows.queries.drafts import draft_view
from workflows.queries.takeovers import newer_version, take_over_view

DUE = ('after = "45 days"', 'after = "60 days"', 'after = "90 days"')
NAMED = ('name="Offer to work with ESD WIOA staff"', 'name="Make the offer"')
KEY = f"{TIMES}|[case_max_age]|after"


@pytest.fixture
def draft(desk: Desk) -> int:
    """A draft of an area with a variant of its own, which has 60 days and a due time; then all areas get 90 and a name."""
    files = shipped()
    variant("OLY", {**files, **edited()})
    draft = begin_draft(actor(ROBIN))
    change_draft(actor(ROBIN), draft, {"mail/remind_now/subject.txt": "Look at it"}, 1)
    newer = {REQUEST: files[REQUEST].replace(*NAMED), TIMES: files[TIMES].replace(DUE[0], DUE[2])}
    assert deploy(SYSTEM, {**files, **newer}) == 3
    return draft


def test_a_newer_version_is_offered_and_taken_over(desk, draft):
    assert newer_version(actor(ROBIN), draft) == 3
    assert f"{HERE}/{draft}/newer" in page(desk, ROBIN, f"{HERE}/{draft}")
    _, found = take_over_view(actor(ROBIN), draft)
    assert (found.base, found.number, [choice.key for choice in found.choices]) == (1, 3, [KEY])
    robin, sent = browser(desk, ROBIN), {"version": "3", "row_version": "2"}
    asked = robin.post(f"{HERE}/{draft}/newer", data=sent)
    assert asked.status_code == 422 and "Choose which of the two is to hold." in asked.get_data(as_text=True)
    assert robin.post(f"{HERE}/{draft}/newer", data=sent | {"choice-0": "theirs"}).status_code == 302
    files = draft_view(actor(ROBIN), draft).files
    assert DUE[2] in files[TIMES] and files["mail/remind_now/subject.txt"] == "Look at it"
    assert NAMED[1] in files[REQUEST] and 'due" value="esd_check_due"' in files[REQUEST]
    assert newer_version(actor(ROBIN), draft) is None
    assert robin.get(f"{HERE}/{draft}/newer").location == f"{HERE}/{draft}"


def test_nothing_is_taken_over_unasked_from_an_old_copy_or_from_another_version(draft):
    with pytest.raises(InvalidInput):
        take_over(actor(ROBIN), draft, 3, {}, 2)
    with pytest.raises(DraftChanged):
        take_over(actor(ROBIN), draft, 3, {KEY: "mine"}, 1)
    with pytest.raises(NotNow):
        take_over(actor(ROBIN), draft, 2, {KEY: "mine"}, 2)
    assert newer_version(actor(ROBIN), draft) == 3


def test_a_variant_remembers_what_it_took_over(draft):
    take_over(actor(ROBIN), draft, 3, {KEY: "mine"}, 2)
    assert DUE[1] in draft_view(actor(ROBIN), draft).files[TIMES]
    publication = propose(actor(ROBIN), draft, "What all areas have got.", False)
    assert approve(actor(CASEY), publication) == 4
    again = begin_draft(actor(ROBIN))
    assert (draft_view(actor(ROBIN), again).base_version, newer_version(actor(ROBIN), again)) == (4, None)


def test_a_draft_without_a_variant_takes_over_the_version_in_use_and_can_then_be_published(desk):
    draft = begin_draft(actor(ROBIN))
    change_draft(actor(ROBIN), draft, edited(), 1)
    assert deploy(SYSTEM, {**shipped(), "mail/remind_now/subject.txt": "Look at it"}) == 2
    with pytest.raises(NotNow, match="take its changes over"):
        propose(actor(ROBIN), draft, "Two days.", False)
    take_over(actor(ROBIN), draft, 2, {}, 2)
    assert draft_view(actor(ROBIN), draft).base_version == 2
    assert propose(actor(ROBIN), draft, "Two days.", False)


def test_a_draft_of_the_newest_version_is_offered_nothing(desk):
    assert newer_version(actor(ROBIN), begin_draft(actor(ROBIN))) is None
