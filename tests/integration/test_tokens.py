"""API tokens: listed, used, revoked by their owner or an administrator."""

import pytest
import time_machine
from sqlalchemy import select

from tests.desk import AVERY, CASEY, PAT, Clock, Desk
from tests.integration.acting import browser, page
from workflows.commands.tokens import create_token
from workflows.db import transaction
from workflows.history import HistoryEvent
from workflows.people import ApiToken


def tokens(desk: Desk, who: str, of: str = "") -> list[dict[str, object]]:
    items: list[dict[str, object]] = desk.get(who, f"/tokens?of={of}")["items"]
    return items


def newest(username: str) -> int:
    create_token(username)
    with transaction() as db:
        return db.scalars(select(ApiToken.id).order_by(ApiToken.id.desc())).first() or 0


def revocations() -> list[dict[str, object]]:
    with transaction() as db:
        return [
            e.detail for e in db.scalars(select(HistoryEvent).where(HistoryEvent.kind == "token_revoked"))
        ]


def test_a_person_sees_their_own_tokens_and_when_each_was_used(desk: Desk) -> None:
    (used,) = tokens(desk, AVERY)
    unused = newest(AVERY)
    spare, same = tokens(desk, AVERY)
    assert used["last_used_at"] and same == used
    assert spare["id"] == unused and spare["last_used_at"] is None
    assert set(spare) == {"id", "created_at", "last_used_at", "expires_at"}


def test_the_last_use_is_known_to_the_minute(desk: Desk, clock: Clock) -> None:
    first = tokens(desk, AVERY)[0]["last_used_at"]
    clock.move(seconds=30)
    assert tokens(desk, AVERY)[0]["last_used_at"] == first
    clock.move(seconds=31)
    tokens(desk, AVERY)
    assert str(tokens(desk, AVERY)[0]["last_used_at"]) > str(first)


@pytest.mark.parametrize("who", [AVERY, PAT])
def test_a_revoked_token_opens_nothing(desk: Desk, who: str) -> None:
    token = tokens(desk, AVERY)[0]["id"]
    assert desk.call(who, "DELETE", f"/tokens/{token}").status_code == 200
    assert desk.call(AVERY, "GET", "/worklist").status_code == 401
    assert revocations() == [{"user": AVERY, "token": token}]


def test_to_revoke_twice_is_no_error_and_is_written_once(desk: Desk) -> None:
    token = newest(AVERY)
    for _ in range(2):
        assert desk.call(AVERY, "DELETE", f"/tokens/{token}").status_code == 200
    assert len(revocations()) == 1


def test_the_tokens_of_others_are_for_administrators(desk: Desk) -> None:
    token = newest(AVERY)
    assert desk.call(CASEY, "GET", f"/tokens?of={AVERY}").status_code == 404
    assert desk.call(CASEY, "DELETE", f"/tokens/{token}").status_code == 404
    assert [row["id"] for row in tokens(desk, PAT, AVERY)] == [token]


def test_a_token_that_is_over_is_not_listed(desk: Desk) -> None:
    newest(AVERY)
    with time_machine.travel("2040-01-01"):
        assert tokens(desk, PAT, AVERY) == []


def test_the_page_lists_and_revokes(desk: Desk) -> None:
    token = newest(AVERY)
    assert f"/tokens/{token}/revoke" in page(desk, AVERY, "/tokens")
    assert f"/tokens/{token}/revoke" in page(desk, PAT, f"/tokens?of={AVERY}")
    answer = browser(desk, PAT).post(f"/tokens/{token}/revoke", data={"of": AVERY}, follow_redirects=True)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "is revoked" in said and f"/tokens/{token}/revoke" not in said
    assert browser(desk, CASEY).get(f"/tokens?of={AVERY}").status_code == 404
