"""Two versions and a draft beside each other, as pages; whose versions one sees, and what is in use."""

import base64
import io

import pytest

from tests.desk import AVERY, ROBIN, Desk
from tests.integration.acting import actor, browser, page
from workflows import clock
from workflows.bundle_files import packed, unpacked
from workflows.commands.definitions import add_version, deploy
from workflows.commands.drafts import begin_draft, change_draft
from workflows.db import transaction
from workflows.definitions import MAIN_PROCESS, Bundle, ProcessDefinition
from workflows.errors import NotAllowed, NotFound
from workflows.organisations import Area
from workflows.people import SYSTEM
from workflows.queries.comparisons import draft_comparison, marks_of, version_comparison
from workflows.queries.drafts import draft_view
from workflows.work import Work

REQUEST, TIMES = "opt_in_request.bpmn", "service_levels.toml"
HERE = "/processes/drafts"


def shipped() -> dict[str, str]:
    """The files of version 1."""
    with transaction() as db:
        return dict(db.query(ProcessDefinition).filter_by(version=1).one().files)


def variant(area: str, files: dict[str, str]) -> int:
    """A version for one area alone."""
    with transaction() as db:
        db.merge(Area(code=area, name="SAMPLE area"))
        work = Work(db, SYSTEM, clock.now(), about={})
        return add_version(work, Bundle(MAIN_PROCESS, files), area).version


def edited() -> dict[str, str]:
    """What the changes of these tests are: a due time, and a name."""
    files = shipped()
    request = files[REQUEST].replace('due" value="offer_due"', 'due" value="esd_check_due"')
    return {REQUEST: request, TIMES: files[TIMES].replace('after = "45 days"', 'after = "60 days"')}


@pytest.fixture
def draft(desk: Desk) -> int:
    draft = begin_draft(actor(ROBIN))
    change_draft(actor(ROBIN), draft, edited(), 1)
    return draft


def test_a_draft_is_compared_in_words_and_by_element(desk, draft):
    _, found = draft_comparison(actor(ROBIN), draft)
    assert (found.from_version, [group.part for group in found.groups]) == (1, ["diagram", "time"])
    assert marks_of(found.groups[0]) == {"T12_OfferEsdWioaStaff": "changed"}
    shown = page(desk, ROBIN, f"{HERE}/{draft}/compare")
    assert "is due in 2 business days; it was due in 1 business day." in shown
    assert (
        f"{HERE}/{draft}/drawn/{REQUEST}" in shown and f"/processes/{MAIN_PROCESS}/1/files/{REQUEST}" in shown
    )
    drawn = browser(desk, ROBIN).get(f"{HERE}/{draft}/drawn/{REQUEST}")
    assert (drawn.status_code, drawn.get_data(as_text=True)) == (200, edited()[REQUEST])
    with pytest.raises(NotAllowed):
        draft_comparison(actor(AVERY), draft)
    with pytest.raises(NotFound):
        draft_comparison(actor(ROBIN), draft, 7)


def test_versions_are_compared_the_newest_with_the_one_before(desk, draft):
    assert version_comparison(actor(AVERY), MAIN_PROCESS).groups == []
    assert deploy(SYSTEM, {**shipped(), **edited()}) == 2
    assert len(version_comparison(actor(AVERY), MAIN_PROCESS).groups) == 2
    shown = page(desk, AVERY, f"/processes/{MAIN_PROCESS}/compare?from=2&to=1")
    assert "is due in 1 business day; it was due in 2 business days." in shown
    answers = [browser(desk, AVERY).get(f"/processes/{path}").status_code for path in (
        f"{MAIN_PROCESS}/compare?from=1&to=9", f"{MAIN_PROCESS}/compare?from=one", "nothing/compare")]  # fmt: skip
    assert answers == [404, 422, 404]


def test_one_sees_the_versions_for_all_and_those_of_the_own_area(desk, draft):
    elsewhere, own = variant("EST", shipped()), variant("OLY", {**shipped(), **edited()})
    shown = page(desk, ROBIN, "/processes")
    assert (
        f"/processes/{MAIN_PROCESS}/{own}" in shown and f"/processes/{MAIN_PROCESS}/{elsewhere}" not in shown
    )
    assert "Your area" in shown and "In use elsewhere" in shown and f"{HERE}/{draft}" in shown
    assert draft_view(actor(ROBIN), draft).edited_by in shown
    assert browser(desk, ROBIN).get(f"/processes/{MAIN_PROCESS}/{elsewhere}").status_code == 404


def test_a_draft_goes_out_as_a_zip_and_in_after_a_look(desk, draft):
    robin = browser(desk, ROBIN)
    taken = robin.get(f"{HERE}/{draft}/bundle.zip").data
    assert unpacked(taken).files == {**shipped(), **edited()}
    sent = packed({**shipped(), "README.md": "Ours."})
    looked = robin.post(f"{HERE}/{draft}/replace", data={"file": (io.BytesIO(sent), "old.zip")})
    shown = looked.get_data(as_text=True)
    assert "2 changes in the draft." in shown and "<li>README.md</li>" in shown
    assert draft_view(actor(ROBIN), draft).row_version == 2, "looking changes nothing"
    again = {"bundle": base64.b64encode(sent).decode(), "row_version": "1"}
    stale = robin.post(f"{HERE}/{draft}/replace/take", data=again)
    assert (stale.status_code, "Robin" in stale.get_data(as_text=True)) == (409, True)
    assert robin.post(f"{HERE}/{draft}/replace/take", data=again | {"row_version": "2"}).status_code == 302
    assert draft_view(actor(ROBIN), draft).files == shipped()
    refused = robin.post(f"{HERE}/{draft}/replace", data={"file": (io.BytesIO(b"no zip"), "x.zip")})
    assert refused.status_code == 422 and "This is no .zip file" in refused.get_data(as_text=True)
    answers = [robin.post(f"{HERE}/{draft}/replace/take", data=data).status_code
               for data in ({}, again | {"bundle": "ä"}, again | {"bundle": ""})]  # fmt: skip
    assert answers == [422, 400, 422]
