"""Changes of two people joined: nobody's change is lost, and what both changed is asked."""

import json

import pytest
from hypothesis import given, settings

from tests.bundle.versions import FORM, MAIL, SHIPPED, TIMES, VERSIONS, changed, edited, question
from workflows.comparing import WRITING, compare
from workflows.merging import Merged, merge

AGAIN = "opt_out_again.bpmn"
RENAMED = ('name="Verify identity and wish"', 'name="Verify the wish"')
LATER = ('due" value="opt_out_again_due"', 'due" value="offer_due"')


def meanings(before: dict[str, str], after: dict[str, str]) -> set[object]:
    """The changes that mean something; a question that one side added may stand elsewhere among the other's."""
    return {change for change in compare(before, after) if change.what not in (WRITING, "order")}


@settings(max_examples=30, deadline=None)
@given(VERSIONS)
def test_where_one_side_changed_nothing_the_other_is_the_result(edits):
    new = edited(edits)
    for theirs, mine in ((SHIPPED, new), (new, SHIPPED), (new, new)):
        merged = merge(SHIPPED, theirs, mine)
        assert (merged.files, merged.conflicts) == (new, [])


@settings(max_examples=40, deadline=None)
@given(VERSIONS, VERSIONS)
def test_no_change_is_lost_and_both_sides_are_alike(one, two):
    mine, theirs = edited(one), edited(two)
    merged, turned = merge(SHIPPED, theirs, mine), merge(SHIPPED, mine, theirs)
    assert {conflict.key for conflict in merged.conflicts} == {conflict.key for conflict in turned.conflicts}
    all_theirs = {conflict.key: "theirs" for conflict in merged.conflicts}
    assert not meanings(merge(SHIPPED, theirs, mine, all_theirs).files, turned.files)
    asked = {(change.file, change.element) for conflict in merged.conflicts
             for change in (*conflict.mine, *conflict.theirs)}  # fmt: skip
    whole = {conflict.file for conflict in merged.conflicts if not conflict.element}
    taken = {(change.file, change.element, change.kind, change.what, change.after)
             for change in compare(SHIPPED, merged.files)}  # fmt: skip
    for change in (*compare(SHIPPED, mine), *compare(SHIPPED, theirs)):
        told = (change.file, change.element, change.kind, change.what, change.after)
        assert told in taken or change.file in whole or told[:2] in asked or change.what in (WRITING, "order")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (changed(AGAIN, *RENAMED), changed(AGAIN, *LATER)),
        (changed(AGAIN, *RENAMED), changed(AGAIN, ">The client would", ">A client would")),
        (changed(AGAIN, 'Bounds x="', 'Bounds x="1'), changed(AGAIN, *RENAMED)),
        (changed(AGAIN, "Flow_GO1_no", "Flow_GO1_other"), changed(AGAIN, 'wish == "opt_out"', 'wish != "keep"')),
        (changed(AGAIN, *RENAMED), changed(AGAIN, 'value="policy 4013, policy"', 'value="policy"')),
        (changed(AGAIN, *RENAMED), changed(AGAIN, 'id="reduce_partner_views"', 'id="note_contact"')),
        (changed(AGAIN, *RENAMED), changed(AGAIN, "<bpmn:terminateEventDefinition", "<bpmn:messageEventDefinition")),
        (changed(AGAIN, *RENAMED), changed(AGAIN, 'name="ESD WIOA supervisor"', 'name="ESD staff"')),
        (question(title="How?"), question(description="In person is best.")),
        (question(title="How?"), changed(FORM, '"asked_at",\n    "asked_by"', '"asked_by"')),
        (changed(TIMES, 'after = "45 days"', 'after = "60 days"'), changed(TIMES, 'after = "7 days"', 'after = "8 days"')),
        (changed(TIMES, 'after = "45 days"', 'after = "60 days"'), changed(TIMES, "A case that is still", "A case still")),
        (changed(TIMES, 'after = "45 days"', 'after = "60 days"'),
         changed(TIMES, "# --- Privacy", '[mine_due]\nafter = "3 days"\nmeaning = "Mine."\n\n# --- Privacy')),
        (changed("words/es.po", 'msgstr "Cliente"', 'msgstr "La clientela"'),
         changed("words/es.po", 'msgid "Client"', 'msgid "Clients"\nmsgstr "Clientes"\n\nmsgid "Client"')),
    ],
)  # fmt: skip
def test_changes_of_one_file_that_do_not_meet_are_both_taken(mine, theirs):
    merged = merge(SHIPPED, theirs, mine)
    assert merged.conflicts == []
    both = meanings(SHIPPED, mine) | meanings(SHIPPED, theirs)
    assert without_names(meanings(SHIPPED, merged.files)) == without_names(both)


def without_names(changes: set[object]) -> set[object]:
    """Changes without the name that the element has afterwards."""
    return {(c.file, c.element, c.kind, c.what, c.before, c.after) for c in changes}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("file", "mine", "theirs", "key"),
    [
        (AGAIN, changed(AGAIN, *RENAMED), changed(AGAIN, RENAMED[0], 'name="Ask"'),
         f"{AGAIN}|OO1_VerifyIdentityAndWish|name"),
        (AGAIN, changed(AGAIN, 'Bounds x="', 'Bounds x="1'), changed(AGAIN, 'Bounds x="', 'Bounds x="2'), AGAIN),
        (FORM, question(title="How?"), question(title="In which way?"), f"{FORM}|properties|asked_by|title"),
        (TIMES, changed(TIMES, '"45 days"', '"60 days"'), changed(TIMES, '"45 days"', '"90 days"'),
         f"{TIMES}|[case_max_age]|after"),
        (MAIL, changed(MAIL, "request", "case"), changed(MAIL, "open", "waiting"), MAIL),
        (MAIL, {name: text for name, text in SHIPPED.items() if name != MAIL}, changed(MAIL, "open", "waiting"), MAIL),
    ],
)  # fmt: skip
def test_what_both_changed_is_asked_and_as_chosen(file, mine, theirs, key):
    def chosen(side: str | None) -> Merged:
        return merge(SHIPPED, theirs, mine, {key: side} if side else {})  # type: ignore[dict-item]

    assert [conflict.key for conflict in chosen(None).conflicts] == [key]
    assert not meanings(chosen(None).files, mine)
    assert not meanings(chosen("mine").files, mine)
    assert not meanings(chosen("theirs").files, theirs)


def test_a_joined_form_and_joined_times_keep_order_and_comments():
    theirs = question(description="Say how.")
    merged = merge(SHIPPED, theirs, question(title="How?"))
    assert list(json.loads(merged.files[FORM])["properties"]) == list(json.loads(SHIPPED[FORM])["properties"])
    times = merge(
        SHIPPED, changed(TIMES, '"7 days"', '"8 days"'), changed(TIMES, '"45 days"', '"60 days"')
    ).files[TIMES]
    assert times == SHIPPED[TIMES].replace('"7 days"', '"8 days"').replace('"45 days"', '"60 days"')


def test_a_step_is_handed_to_another_lane_while_somebody_else_redraws():
    reference = "<bpmn:flowNodeRef>SY_NotifyAccessEnded</bpmn:flowNodeRef>"
    lane = '<bpmn:lane id="Lane_OO_Supervisor" name="ESD WIOA supervisor">'
    theirs = changed(AGAIN, lane, lane + reference, changed(AGAIN, reference, "", SHIPPED))
    merged = merge(SHIPPED, theirs, changed(AGAIN, 'Bounds x="', 'Bounds x="1'))
    assert merged.conflicts == []
    (change,) = (c for c in compare(SHIPPED, merged.files) if c.what == "lane")
    assert (change.element, change.after) == ("SY_NotifyAccessEnded", "ESD WIOA supervisor")
