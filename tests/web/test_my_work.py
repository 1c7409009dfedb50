"""My work: its views, search, filters, taking, many at once, putting off, saved views, and what changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from tests.desk import (
    AVERY,
    CASEY,
    DEVON,
    ELLIS,
    JORDAN,
    LEE,
    MARLO,
    NOOR,
    PAT,
    REMY,
    ROBIN,
    TAMSIN,
    WREN,
    Clock,
    Desk,
)  # fmt: skip
from tests.integration.acting import actor, browser, page, stored, suspend
from workflows.commands import worklist as commands
from workflows.db import transaction
from workflows.errors import NothingFree
from workflows.history import HistoryEvent
from workflows.queries import worklist as lists

ZOE = {"client_first_name": "Zoë", "client_last_name": "O'Malley-Ñuñez", "phone": "360-555-0112"}


def cases(desk: Desk, who: str, query: str) -> list[str]:
    return [row["case"] for row in desk.get(who, f"/worklist?{query}")["items"]]


def by_name(desk: Desk, who: str, name: str) -> list[dict[str, Any]]:
    answer = desk.call(who, "POST", "/worklist/search", {"name": name})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(answer.json["items"])


def bulk(desk: Desk, who: str, action: str, tasks: list[str], **more: object) -> list[tuple[bool, str]]:
    answer = desk.call(who, "POST", "/worklist/bulk", {"action": action, "tasks": tasks, **more})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [(one["done"], one["why"]) for one in answer.json["items"]]


def searches() -> list[dict[str, Any]]:
    with transaction() as db:
        kinds = HistoryEvent.kind == "clients_searched"
        return list(db.scalars(select(HistoryEvent.detail).where(kinds).order_by(HistoryEvent.id)))


def _statements(database: Engine, what: Callable[[], object]) -> int:
    """How many statements something sends."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(database, "before_cursor_execute", note)
    what()
    event.remove(database, "before_cursor_execute", note)
    return len(sent)


def test_filters_narrow_and_stand_in_the_address(desk: Desk) -> None:
    kitsap, clallam = desk.open(AVERY, "WSK"), desk.open(JORDAN, "WSC")
    assert set(cases(desk, AVERY, "view=role")) == {kitsap, clallam}
    assert cases(desk, AVERY, "view=role&office=WSC") == [clallam]
    assert cases(desk, AVERY, "view=role&q=clallam") == [clallam]
    assert cases(desk, AVERY, "view=role&held=others") == [clallam]
    assert cases(desk, AVERY, f"view=role&q={kitsap[-3:]}") == [kitsap]
    assert cases(desk, AVERY, f"view=role&q={kitsap[:8].lower()}") == cases(desk, AVERY, "view=role")
    assert cases(desk, AVERY, "view=role&agency=DYP") == []
    assert cases(desk, AVERY, "view=role&q=Fernhollow&office=WSK") == [kitsap]
    assert desk.call(AVERY, "GET", "/worklist?office=XXX").json["error"]["fields"].keys() == {"office"}
    shown = page(desk, AVERY, "/work?view=role&office=WSC")
    assert clallam in shown and kitsap not in shown
    assert "/work?view=late&amp;office=WSC" in shown, "filters stay from view to view"


def test_names_are_found_by_those_who_may_read_them_and_each_search_is_written_down(desk: Desk) -> None:
    own = desk.to_request(AVERY, "WSK", **ZOE)
    other = desk.to_request(REMY, "WSJ", **MARLO)
    told = {who: [row["case"] for row in by_name(desk, who, "nunez zo")] for who in (AVERY, CASEY, REMY)}
    assert told == {AVERY: [own, own], CASEY: [own], REMY: []}, "the waiting case is found as well"
    assert by_name(desk, CASEY, "O’MALLEY")[0]["client"] == "Zoë O'Malley-Ñuñez"
    assert [event["cases"] for event in searches()] == [own, own, ""], "typing on is the same search"
    assert [row["case"] for row in by_name(desk, CASEY, "penny")] == [other]
    assert by_name(desk, CASEY, "alley") == [], "a word stands for names that begin with it"
    for who in (NOOR, ELLIS, ROBIN, PAT, LEE):
        assert desk.call(who, "POST", "/worklist/search", {"name": "zoe"}).status_code == 403, who
    assert by_name(desk, DEVON, "zoe") == [], "no task of the case is given to this person"
    assert "Zoë" not in desk.get(AVERY, "/worklist?view=role").__str__()


def test_on_hold_a_partner_finds_nobody_by_name(desk: Desk) -> None:
    desk.to_request(REMY, "WSJ", **MARLO)
    suspend()
    assert by_name(desk, REMY, "marlo") == []
    assert cases(desk, REMY, "view=waiting") == []


def test_a_name_never_stands_in_an_address(desk: Desk) -> None:
    number = desk.to_request(AVERY, "WSK", **TAMSIN)
    casey = browser(desk, CASEY)
    place = casey.post("/work/search", data={"view": "role", "q": "kitsap", "office": "WSK"})
    assert (place.status_code, place.location) == (303, "/work?view=role&q=kitsap&office=WSK")
    assert casey.post("/work/search", data={"view": "role", "q": number}).location.endswith(f"q={number}")
    named = casey.post("/work/search", data={"view": "role", "q": "orrery"})
    assert named.status_code == 200
    assert number in named.text and "Tamsin Orrery" in named.text
    part = casey.post("/work/search", data={"view": "role", "q": "orrery"}, headers={"X-Part": "results"})
    assert part.headers["X-Address"] == "/work?view=role"
    assert "<html" not in part.text and number in part.text
    by_button = casey.post("/work/search", data={"q": "WorkSource", "by": "name"})
    assert "No client of that name" in by_button.text
    assert casey.post("/work/search", data={"q": "z"}).status_code == 422


def test_a_number_that_must_not_be_typed_is_refused_and_kept_nowhere(desk: Desk, database: Engine) -> None:
    casey = browser(desk, CASEY)
    for path, data in (
        ("/work/search", {"q": "900-12-3456"}),
        ("/work/views", {"name": "SSN 4321", "here": "view=role"}),
        ("/work/views", {"name": "Mine", "here": "view=role&q=900-12-3456"}),
    ):
        answer = casey.post(path, data=data)
        assert "900-12-3456" not in answer.text and "SSN 4321" not in answer.text
    assert "900-12-3456" not in stored(database) and "SSN 4321" not in stored(database)
    assert "ssn_blocked" in stored(database)


def test_what_waits_for_the_client_says_since_when_and_what_comes_next(clock: Clock, desk: Desk) -> None:
    first, second = desk.to_request(AVERY, "WSK", **TAMSIN), desk.to_request(AVERY, "WSK", **MARLO)
    desk.do(CASEY, second, "T7", decision="undecided")
    for who, expected in ((AVERY, [first]), (CASEY, [second, first]), (REMY, []), (DEVON, [])):
        assert cases(desk, who, "view=waiting") == expected, who
    row = desk.get(AVERY, "/worklist?view=waiting")["items"][0]
    assert row["waits"]["what"] == "The client was asked to call."
    assert row["waits"]["next"] == "A reminder goes out tomorrow."
    assert (row["assignee"], row["due"]) == (None, None), "whose hands it is in is Employment Security's own"
    undecided = desk.get(CASEY, "/worklist?view=waiting")["items"][0]
    assert undecided["waits"]["what"] == "The client has not decided yet."
    assert undecided["waits"]["next"].startswith("A reminder goes out on ")
    clock.move(days=8)
    assert cases(desk, CASEY, "view=waiting") == [second], "it is now the supervisor who is to call"
    assert "/tasks/" not in page(desk, AVERY, "/work?view=waiting").split("<table")[-1]


def test_two_who_take_the_next_one_at_once_get_two(desk: Desk) -> None:
    numbers = [desk.to_request(AVERY, "WSK", **client) for client in (TAMSIN, MARLO)]
    casey, morgan = actor(CASEY), actor(CASEY)
    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(commands.take_next, (casey, morgan)))
    assert {task["case"] for task in desk.get(CASEY, "/worklist")["items"]} == set(numbers)
    assert len(set(taken)) == 2
    with pytest.raises(NothingFree):
        commands.take_next(casey)
    assert desk.call(CASEY, "POST", "/worklist/next").status_code == 409
    assert browser(desk, CASEY).post("/work/next").location == "/work?view=role"
    assert desk.call(NOOR, "POST", "/worklist/next").status_code == 403


def test_many_at_once_each_for_itself(desk: Desk) -> None:
    numbers = [desk.to_request(AVERY, "WSK", **client) for client in (TAMSIN, MARLO, WREN)]
    tasks = [desk.task(CASEY, number, "T7")["id"] for number in numbers]
    foreign = desk.task(AVERY, numbers[0], "T6")["id"]
    desk.call(CASEY, "POST", f"/tasks/{tasks[2]}/reassign", {"assignee": DEVON})
    told = bulk(desk, CASEY, "claim", [*tasks, foreign, "no-such-task"])
    assert [done for done, _ in told] == [True, True, False, False, False]
    assert "Somebody else is working on this task" in told[2][1]
    assert [done for done, _ in bulk(desk, CASEY, "reassign", tasks, assignee=DEVON)] == [True] * 3
    assert [done for done, _ in bulk(desk, DEVON, "release", tasks)] == [True] * 3
    assert desk.task(CASEY, numbers[0], "T7")["assignee"] is None
    assert (
        desk.call(CASEY, "POST", "/worklist/bulk", {"action": "reassign", "tasks": tasks}).status_code == 422
    )
    casey = browser(desk, CASEY)
    shown = casey.post(
        "/work/bulk", data={"do": "claim", "task": [tasks[0], foreign], "here": "view=role"}
    ).text
    assert "1 task is yours now." in shown
    assert f"{numbers[0]}, Ask the client to call the supervisor" in shown
    done = casey.post("/work/bulk", data={"one": f"release:{tasks[0]}", "here": "view=role&office=WSK"})
    assert done.location == "/work?view=role&office=WSK"
    for wrong in ({"do": "claim"}, {"do": "later", "task": tasks[0]}, {"do": "x", "task": tasks[0]}):
        assert casey.post("/work/bulk", data=wrong).status_code == 422, wrong


def test_a_task_that_was_put_off_comes_back_on_its_day_and_is_never_hidden_when_late(
    clock: Clock, desk: Desk
) -> None:
    number = desk.open(AVERY)
    task = desk.task(AVERY, number, "T2")["id"]
    until = date(2026, 12, 4).isoformat()
    assert bulk(desk, AVERY, "later", [task], until=until) == [(True, "")]
    assert cases(desk, AVERY, "view=mine") == []
    assert cases(desk, AVERY, "view=mine&later=true") == [number]
    assert desk.get(AVERY, "/worklist?view=role")["items"][0]["show_on"] == until
    shown = page(desk, AVERY, "/work")
    assert "1 of your tasks is put off." in shown and "All your tasks are put off." in shown
    for day in ("2026-11-30", "2020-01-01", "2030-01-01"):
        body = {"action": "later", "tasks": [task], "until": day}
        assert desk.call(AVERY, "POST", "/worklist/bulk", body).status_code == 422
    assert (
        bulk(desk, JORDAN, "later", [task], until=until)[0][1] == "Only a task that you hold can be put off."
    )
    assert bulk(desk, REMY, "later", [task], until=until)[0][1] == "There is no such task that you may see."
    clock.move(days=5)
    assert cases(desk, AVERY, "view=mine") == [number]
    bulk(desk, AVERY, "later", [task], until=date(2026, 12, 20).isoformat())
    bulk(desk, AVERY, "now", [task])
    assert cases(desk, AVERY, "view=mine") == [number]


def test_claimed_anew_a_task_is_not_put_off_any_more_and_a_late_one_stays_late(
    clock: Clock, desk: Desk
) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    desk.call(CASEY, "POST", f"/tasks/{task}/claim")
    clock.move(days=7)
    desk.call(CASEY, "POST", f"/tasks/{task}/claim")
    bulk(desk, CASEY, "later", [task], until="2026-12-20")
    assert (cases(desk, CASEY, "view=mine"), cases(desk, CASEY, "view=late")) == ([], [number])
    clock.move(minutes=1)
    bulk(desk, CASEY, "release", [task])
    bulk(desk, CASEY, "claim", [task])
    assert cases(desk, CASEY, "view=mine") == [number]


def test_saved_views_are_for_oneself_or_for_ones_team(desk: Desk) -> None:
    body = {"name": "Clallam, free", "view": "role", "filters": {"office": "WSC", "held": "nobody"}}
    desk.call(AVERY, "POST", "/worklist/views", body)
    desk.call(AVERY, "POST", "/worklist/views", {**body, "name": "For all", "shared": True})
    desk.call(AVERY, "POST", "/worklist/views", {**body, "name": "For all", "view": "late", "shared": True})
    seen = {who: [(v["name"], v["owner"]) for v in desk.get(who, "/worklist/views")["items"]]
            for who in (AVERY, JORDAN, REMY, CASEY)}  # fmt: skip
    assert seen == {
        AVERY: [("Clallam, free", ""), ("For all", "")],
        JORDAN: [("For all", "Avery Quillfeather (SAMPLE)")],
        REMY: [],
        CASEY: [],
    }
    shown = page(desk, JORDAN, "/work")
    assert 'href="/work?view=late&amp;office=WSC&amp;held=nobody"' in shown
    found = desk.get(AVERY, "/worklist/views")["items"]
    assert desk.call(JORDAN, "DELETE", f"/worklist/views/{found[1]['id']}").status_code == 404
    assert desk.call(AVERY, "DELETE", f"/worklist/views/{found[1]['id']}").status_code == 200
    assert page(desk, JORDAN, "/work").count("For all") == 0
    for wrong in ({"name": " "}, {"name": "x" * 61}, {"filters": {"q": "Pennywhistle"}}, {"filters": {"office": "X"}},
                  {"filters": {"name": "y"}}):  # fmt: skip
        assert desk.call(AVERY, "POST", "/worklist/views", {**body, **wrong}).status_code == 422, wrong
    avery = browser(desk, AVERY)
    kept = avery.post("/work/views", data={"name": "Mine", "here": "view=role&q=kitsap"})
    assert kept.location == "/work?view=role&q=kitsap"
    assert avery.post("/work/views", data={"name": "", "here": "view=role"}).status_code == 422


def test_what_others_changed_since_the_last_look_is_marked(clock: Clock, desk: Desk) -> None:
    old, untouched = desk.open(AVERY), desk.open(AVERY)
    avery = browser(desk, AVERY)
    avery.get("/work")
    clock.move(hours=2)
    desk.call(AVERY, "POST", f"/cases/{untouched}/notes", {"text": "My own note."})
    desk.call(JORDAN, "POST", f"/cases/{old}/notes", {"text": "She called."})
    new = desk.open(JORDAN, "WSC")
    assert {row["case"]: row["changed"] for row in desk.get(AVERY, "/worklist?view=role")["items"]} == {
        old: "changed", untouched: "", new: "new",
    }  # fmt: skip
    clock.move(hours=1)
    assert "Others did something" in avery.get("/work?view=role").text, (
        "a new visit begins where the last one ended"
    )
    assert set(cases(desk, AVERY, "view=role&changed=true")) == {old, new}
    clock.move(minutes=10)
    assert "Others did something" in avery.get("/work?view=role").text, "the visit goes on"
    avery.post("/work/seen", data={"here": "view=role"})
    assert cases(desk, AVERY, "view=role&changed=true") == []


def test_what_esd_alone_knows_is_no_change_for_the_partner(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    browser(desk, AVERY).get("/work")
    clock.move(hours=1)
    desk.call(CASEY, "POST", f"/tasks/{desk.task(CASEY, number, 'T7')['id']}/claim")
    desk.call(CASEY, "POST", f"/cases/{number}/notes", {"text": "Ours.", "esd_only": True})
    assert cases(desk, AVERY, "view=role&changed=true") == []


def test_preferences_are_ones_own_and_switch_the_shortcuts_off(desk: Desk) -> None:
    avery = browser(desk, AVERY)
    assert "js/keys.js" in avery.get("/work").text
    avery.post("/keyboard", data={"keyboard": "off"})
    assert "js/keys.js" not in avery.get("/keyboard").text
    assert "js/keys.js" in page(desk, JORDAN, "/work")
    assert desk.get(AVERY, "/preferences")["keyboard"] is False
    desk.call(AVERY, "PATCH", "/preferences", {"daily_at": "08:00", "messages": {"N5": "digest"}})
    changed = desk.call(AVERY, "PATCH", "/preferences", {"keyboard": True}).json
    assert (changed["keyboard"], changed["daily_at"]) == (True, "08:00"), "what is not named stays"
    for key, value in (("keyboard", "yes"), ("keyboard", None), ("looked", {}), ("daily_at", "08:17")):
        refused = desk.call(AVERY, "PATCH", "/preferences", {"keyboard": False, key: value})
        assert refused.status_code == 422 and key in refused.json["error"]["fields"], key
    assert desk.get(AVERY, "/preferences") == changed, "all of it or none"
    assert 'value="on" checked' in avery.get("/account/preferences").text
    assert "Switch the shortcuts off" in avery.get("/keyboard").text
    assert "Next and previous row" in avery.get("/keyboard/list").text


def test_a_page_is_read_in_few_statements_however_long_the_list(desk: Desk, database: Engine) -> None:
    counted: list[int] = []
    for number in (1, 4):
        for _ in range(number):
            desk.open(AVERY)
        counted.append(_statements(database, lambda: lists.worklist(actor(AVERY), "role")))
    assert counted[0] == counted[1]
