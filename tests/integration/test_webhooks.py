"""Webhooks: what is told, to whom, in which order, how it is signed, and where no request may go."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import select, update

from notifications.webhook import AddressRefused, NotDelivered, check_url, target
from tests.desk import AVERY, CASEY, MARLO, PAT, ROBIN, TAMSIN, Clock, Desk
from tests.integration.acting import actor, browser
from tests.integration.test_doors import at_once
from workflows.commands import webhook_deliveries as sending
from workflows.commands.webhooks import change_webhook
from workflows.db import transaction
from workflows.errors import InvalidInput
from workflows.outbox import WEBHOOK_OFF, OutboxMessage
from workflows.settings import settings
from workflows.webhooks import KINDS, Webhook, WebhookDelivery

ALL = list(KINDS)


@dataclass
class Receiver:
    """Another program: it keeps what it is told, and answers as it is set."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture(scope="module")
def listening() -> Iterator[Receiver]:
    """A receiver on this machine."""
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((dict(self.headers), body))
            self.send_response(receiver.status)
            self.send_header("Location", f"{receiver.url}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    receiver.url = f"http://127.0.0.1:{server.server_port}/desk"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    server.shutdown()


@pytest.fixture
def receiver(listening: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    monkeypatch.setenv("WEBHOOK_ALLOW_LOOPBACK", "true")
    settings.cache_clear()
    listening.got.clear()
    listening.status = 204
    return listening


def enter(desk: Desk, url: str, kinds: list[str] = ALL, **headers: str) -> dict[str, Any]:
    answer = desk.call(PAT, "POST", "/webhooks", {"url": url, "kinds": kinds}, **headers)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def sweep() -> int:
    """What the worker does until nothing more is due."""
    done = 0
    while True:
        with sending.share_of_waiting() as ids:
            now = sending.deliver(ids)
        if not now:
            return done
        done += now


def rows() -> list[WebhookDelivery]:
    with transaction() as db:
        return list(db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_a_whole_case_is_told_in_order_signed_and_without_a_fact_about_the_client(
    desk: Desk, receiver: Receiver
) -> None:
    secret = enter(desk, receiver.url)["secret"]
    number = desk.to_opted_in()
    assert sweep() == 5
    assert [told["kind"] for told in receiver.told()] == [
        "case.opened", "case.request_sent", "case.contact_made", "case.partner_told", "case.closed",
    ]  # fmt: skip
    for headers, body in receiver.got:
        assert set(json.loads(body)) == {"id", "kind", "at", "case", "status"}
        assert json.loads(body)["case"] == number and headers["Desk-Event"] == json.loads(body)["id"]
        at, code = (part.split("=")[1] for part in headers["Desk-Signature"].split(","))
        assert code == hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        for fact in (*MARLO.values(), "training", "opt"):
            assert fact not in body.decode()
    assert sweep() == 0 and len({told["id"] for told in receiver.told()}) == 5
    items = desk.get(PAT, "/webhooks/1/deliveries")["items"]
    assert [(row["state"], row["code"], row["attempts"]) for row in items] == [("delivered", 204, 1)] * 5


def test_the_end_of_a_case_that_remains_opted_out_is_told_once_and_tells_nothing(
    desk: Desk, receiver: Receiver
) -> None:
    enter(desk, receiver.url, ["case.closed"])
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    desk.do(AVERY, number, "T14")
    assert sweep() == 1
    desk.do(CASEY, number, "T13")
    assert sweep() == 0
    (told,) = receiver.told()
    assert (told["kind"], told["status"]) == ("case.closed", "closed")


def test_what_fails_is_tried_again_later_and_holds_up_its_own_case_alone(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    enter(desk, receiver.url, ["case.opened", "case.request_sent"])
    receiver.status = 500
    desk.to_request()
    assert sweep() == 0 and len(receiver.got) == 1, "the second event of the case waits for the first"
    other = desk.open()
    receiver.status = 204
    assert sweep() == 1 and receiver.told()[-1]["case"] == other
    clock.move(seconds=20)
    assert sweep() == 2
    assert [told["kind"] for told in receiver.told()[2:]] == ["case.opened", "case.request_sent"]
    first = rows()[0]
    assert (first.attempts, first.response_code, first.state) == (2, 204, "delivered")


def test_several_workers_send_each_event_once_and_a_dead_one_loses_none(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    enter(desk, receiver.url, ["case.opened"])
    for _ in range(6):
        desk.open()
    assert sending._take(rows()[0].id, "of one who died", set())
    assert sum(at_once(*[sweep] * 3)) == 5
    clock.move(seconds=61)
    assert sweep() == 1
    assert len({told["id"] for told in receiver.told()}) == len(receiver.got) == 6


def test_a_redirect_is_not_followed_and_a_dead_address_is_turned_off_with_an_alert(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    hook = enter(desk, receiver.url, ["case.opened"])["id"]
    receiver.status = 302
    desk.open()
    assert sweep() == 0 and len(receiver.got) == 1
    assert rows()[0].error == "The address answered 302."
    clock.move(days=2, minutes=1)
    sweep()
    shown = desk.get(PAT, f"/webhooks/{hook}")
    assert shown["disabled_at"] and shown["waiting"] == 1 and shown["secret"] is None
    assert desk.get(PAT, "/inbox")["items"][0]["href"] == f"/admin/webhooks/{hook}"
    with transaction() as db:
        assert [row.kind for row in db.scalars(select(OutboxMessage))].count(WEBHOOK_OFF) == 1
    desk.open()
    assert sweep() == 0, "what happens meanwhile waits"
    receiver.status = 200
    assert desk.call(PAT, "POST", f"/webhooks/{hook}/turn-on").json["disabled_at"] is None
    assert sweep() == 2


def test_an_event_is_given_up_in_the_end_and_the_next_of_its_case_goes_on(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    enter(desk, receiver.url, ["case.opened", "case.request_sent"])
    desk.to_request()
    receiver.status = 400
    with transaction() as db:
        first = rows()[0].id
        db.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == first)
            .values(attempts=sending.MOST_ATTEMPTS - 1)
        )
    sweep()
    receiver.status = 200
    assert sweep() == 1
    assert [row.state for row in rows()] == ["failed", "delivered"]


def test_events_are_played_again_one_or_all_since_a_time(desk: Desk, receiver: Receiver) -> None:
    hook = enter(desk, receiver.url, ["case.opened"])["id"]
    desk.open()
    desk.open()
    sweep()
    before = [told["id"] for told in receiver.told()]
    again = f"/webhooks/{hook}/replay"
    for _ in range(2):
        answer = desk.call(PAT, "POST", again, {"delivery": rows()[0].id}, Idempotency_Key="again")
        assert (answer.status_code, answer.json) == (201, {"count": 1})
    since = (rows()[0].event_at - timedelta(seconds=1)).isoformat()
    assert desk.call(PAT, "POST", again, {"since": since}).json == {"count": 2}
    assert sweep() == 3
    assert sorted(told["id"] for told in receiver.told()[2:]) == sorted([before[0], *before])
    for body in ({}, {"delivery": 1, "since": since}, {"since": "yesterday"}):
        assert desk.call(PAT, "POST", again, body).status_code == 422
    assert desk.call(PAT, "POST", again, {"delivery": 999}).status_code == 404


def test_entering_twice_under_one_key_is_one_webhook_and_another_content_is_refused(
    desk: Desk, receiver: Receiver
) -> None:
    first, second = (enter(desk, receiver.url, Idempotency_Key="k") for _ in range(2))
    assert first == second and len(desk.get(PAT, "/webhooks")["items"]) == 1
    other = desk.call(
        PAT, "POST", "/webhooks", {"url": receiver.url, "kinds": ["case.held"]}, Idempotency_Key="k"
    )
    assert (other.status_code, other.json["error"]["code"]) == (409, "key_reused")


def test_the_secret_is_told_once_and_a_new_one_signs_from_then_on(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    hook = enter(desk, receiver.url)
    assert hook["secret"].startswith("whsec_")
    for path in ("/webhooks", f"/webhooks/{hook['id']}"):
        assert "whsec_" not in json.dumps(desk.get(PAT, path))
    client = browser(desk, PAT)
    assert "whsec_" not in client.get(f"/admin/webhooks/{hook['id']}").get_data(as_text=True)
    clock.move(minutes=11)
    again = desk.call(PAT, "POST", f"/webhooks/{hook['id']}/secret").json["secret"]
    assert again not in ("", hook["secret"])
    assert "whsec_" in client.post(f"/admin/webhooks/{hook['id']}/secret").get_data(as_text=True)


def test_the_pages_enter_change_turn_and_remove(desk: Desk, receiver: Receiver) -> None:
    client = browser(desk, PAT)
    assert "There is no webhook" in client.get("/admin/webhooks").get_data(as_text=True)
    typed = {"url": receiver.url, "kinds": ["case.opened"], "key": "form"}
    entered = client.post("/admin/webhooks", data=typed).get_data(as_text=True)
    assert "whsec_" in entered and len(desk.get(PAT, "/webhooks")["items"]) == 1
    assert client.post("/admin/webhooks/1", data={**typed, "kinds": ["case.held"]}).status_code == 302
    assert desk.get(PAT, "/webhooks/1")["kinds"] == ["case.held"]
    wrong = client.post("/admin/webhooks", data={"url": "http://desk.example", "kinds": [], "key": "k"})
    assert wrong.status_code == 422 and "must begin with https" in wrong.get_data(as_text=True)
    for path in ("turn-off", "turn-on"):
        assert client.post(f"/admin/webhooks/1/{path}").status_code == 302
    assert client.post("/admin/webhooks/1/replay", data={"since": "x"}).status_code == 422
    assert client.post("/admin/webhooks/1/replay", data={"since": "2026-11-30T08:00"}).status_code == 302
    assert client.post("/admin/webhooks/1/remove").status_code == 302
    assert client.get("/admin/webhooks/1").status_code == 404
    with transaction() as db:
        assert [row.secret for row in db.scalars(select(Webhook))] == [""]
    assert desk.call(ROBIN, "GET", "/webhooks").status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/", "ftp://hooks.example.org/", "https://u:p@hooks.example.org/", "https:///x",
        "https://hooks.example.org/#a", "https://hooks.example.org:port/", "https://bücher.example/", "javascript:x",
        "https://a b/", "https://" + "a" * 500, "http://127.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_with_the_mend(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::",
    ],
)  # fmt: skip
def test_no_request_leads_inside_whatever_its_host_is_called(address: str) -> None:
    public = "93.184.216.34"
    assert target("https://hooks.example.org/a?b", resolve=lambda *_: [public]).address == public
    for found in ([address], [public, address]):
        with pytest.raises(AddressRefused):
            target("https://hooks.example.org/", resolve=lambda *_, found=found: found)
        with pytest.raises(AddressRefused):
            target("https://hooks.example.org/", resolve=lambda *_, found=found: found, allow_loopback=True)
    with pytest.raises(NotDelivered):
        target("https://hooks.example.org/", resolve=lambda *_: [])


def test_an_address_with_a_social_security_number_is_refused(desk: Desk, receiver: Receiver) -> None:
    hook = enter(desk, receiver.url)["id"]
    with pytest.raises(InvalidInput):
        change_webhook(actor(PAT), hook, "https://hooks.example.org/900-12-3456", ALL)


def test_the_events_of_another_area_are_not_told(desk: Desk, receiver: Receiver) -> None:
    enter(desk, receiver.url)
    with transaction() as db:
        db.execute(update(Webhook).values(kinds=["case.held"]))
    desk.to_request(**TAMSIN)
    assert rows() == []
