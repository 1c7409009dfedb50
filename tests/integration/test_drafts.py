"""Drafts of the procedure: one for each area, changed file by file, never with a lost change or anything hostile."""

import pytest

from tests.desk import AVERY, ROBIN, Desk
from tests.integration.acting import actor
from workflows.commands.drafts import begin_draft, change_draft, discard_draft
from workflows.errors import DraftChanged, InvalidInput, NotAllowed, NotFound, SsnBlocked
from workflows.queries.drafts import draft_problems, draft_view

FORM = "forms/T6_AskClientToContactSupervisor.json"


@pytest.fixture
def draft(desk: Desk) -> int:
    """A draft of the sample area."""
    return begin_draft(actor(ROBIN))


def test_a_draft_begins_as_the_version_in_use_and_there_is_one(draft):
    assert begin_draft(actor(ROBIN)) == draft
    view = draft_view(actor(ROBIN), draft)
    assert view.base_version == 1
    assert [problem for problem in draft_problems(actor(ROBIN), draft) if not problem.warning] == []


def test_a_change_is_kept_and_what_it_breaks_is_told_with_its_place(draft):
    files = draft_view(actor(ROBIN), draft).files
    (name,) = [name for name, text in files.items() if 'esd_check == "shared"' in text]
    broken = files[name].replace('esd_check == "shared"', 'esd_chekc == "shared"')
    assert change_draft(actor(ROBIN), draft, {name: broken, "forms/New.json": files[FORM]}, 1) == 2
    (problem,) = [problem for problem in draft_problems(actor(ROBIN), draft) if not problem.warning]
    assert (problem.file, problem.rule) == (name, "V8")
    assert "esd_chekc" in problem.reason
    change_draft(actor(ROBIN), draft, {"forms/New.json": None}, 2)
    assert "forms/New.json" not in draft_view(actor(ROBIN), draft).files


def test_a_change_made_from_an_old_copy_is_refused(draft):
    change_draft(actor(ROBIN), draft, {FORM: "{}"}, 1)
    with pytest.raises(DraftChanged, match="Robin"):
        change_draft(actor(ROBIN), draft, {FORM: "[]"}, 1)
    assert draft_view(actor(ROBIN), draft).files[FORM] == "{}"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("../secrets.txt", "x", "no file of this name"),
        ("main.bpmn", "<!DOCTYPE x><x/>", "document type"),
        ("main.bpmn", "not XML", "well-formed"),
        ("service_levels.toml", "a\0b", "character"),
        ("service_levels.toml", "#" * 4_000_001, "4 MB"),
    ],
)
def test_what_is_hostile_does_not_get_in(draft, name, text, words):
    with pytest.raises(InvalidInput) as refused:
        change_draft(actor(ROBIN), draft, {name: text}, 1)
    assert words in " ".join([refused.value.message, *refused.value.fields.values()])


def test_a_social_security_number_does_not_get_in(draft):
    with pytest.raises(SsnBlocked):
        change_draft(actor(ROBIN), draft, {"mail/remind_now/body.txt": "It is 123-45-6789."}, 1)


def test_only_program_managers_of_the_area_change_the_procedure(draft):
    with pytest.raises(NotAllowed):
        change_draft(actor(AVERY), draft, {FORM: "{}"}, 1)
    with pytest.raises(NotFound):
        draft_view(actor(ROBIN), draft + 1)


def test_a_draft_that_is_thrown_away_is_gone(draft):
    discard_draft(actor(ROBIN), draft)
    with pytest.raises(NotFound):
        draft_view(actor(ROBIN), draft)
