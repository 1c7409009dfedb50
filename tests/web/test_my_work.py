"""My work: its views, search, filters, taking, many at once, putting off, saved views, and what changed."""

from typing import Any

from sqlalchemy import select

from tests.desk import AVERY, JORDAN, Desk
from tests.integration.acting import page
from workflows.db import transaction
from workflows.history import HistoryEvent

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
