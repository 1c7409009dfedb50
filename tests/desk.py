"""Drive the product as its people do, through the API, on a real database, with real mail when asked for."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifications.mailer import SmtpMailer
from web.app import create_app
from workflows.commands import agreements, messages, timers
from workflows.commands.tokens import create_token
from workflows.settings import settings

AVERY, JORDAN, REMY, SASHA, NOOR = (
    "avery.quillfeather",
    "jordan.mapleshade",
    "remy.stonecrop",
    "sasha.brackenridge",
    "noor.lanternwick",
)
CASEY, MORGAN, DEVON, ELLIS = "casey.thistledown", "morgan.reedwater", "devon.ashgrove", "ellis.fogharbor"
ROBIN, KIM, PAT, LEE = "robin.alderspire", "kim.otterbrook", "pat.windlass", "lee.cairnstone"

MARLO = {"client_first_name": "Marlo", "client_last_name": "Pennywhistle", "phone": "360-555-0101"}
TAMSIN = {"client_first_name": "Tamsin", "client_last_name": "Orrery", "phone": "360-555-0102"}
BASIL = {"client_first_name": "Basil", "client_last_name": "Kettlewright", "phone": "360-555-0103"}
SOL = {"client_first_name": "Sol", "client_last_name": "Nettlebridge", "phone": "360-555-0110"}
WREN = {"client_first_name": "Wren", "client_last_name": "Halloway-Finch", "phone": "360-555-0107"}
WREN_TOO = {"client_first_name": "Wren", "client_last_name": "Hallaway-Finch", "phone": "360-555-0117"}
QUINN = {"client_first_name": "Quinn", "client_last_name": "Aberstrand", "phone": "360-555-0111"}

POINTS = ["what_is_shared", "services_only", "may_ask_not_to_share", "eligibility_unaffected"]

ANSWERS: dict[str, dict[str, Any]] = {
    "T1": {"search_key": "name", "office": "WSK", "total_own": 0},
    "T2": {"total_wide": 0},
    "T3": {
        "spoke_with_client": "yes",
        "account": "registered",
        "notice_form": "verbal",
        "notice_language": "en",
    },
    "T3b": {"help_kind": "assisted", "registered_now": "yes"},
    "T4": {"lookup": "opted_out_message", "i_typed_ssn_only_in_eto": True},
    "T4b": {"esd_check": "opted_out", "searched_both_scopes": True},
    "T5": {
        **MARLO,
        "reason": "Wants help with a training program.",
        "language": "en",
        "client_agrees_to_this_request": True,
        "notice_4_points_given": True,
    },
    "T6": {"asked_by": "phone", "contact_card_given": True},
    "T7": {
        "contact_direction": "client_called",
        "contact_result": "reached",
        "identity_verified": "yes",
        "identity_method": "record_questions",
        "spoke_through": "self",
        "notification_points": POINTS,
        "decision": "opt_in",
    },
    "T8": {"tries": 2, "cm_reached": "no"},
    "T10": {"visible": "own_office"},
    "T11": {"assistance": ["program_information", "enrollment"]},
    "T12": {"offer_made": True, "offer_response": "accepted"},
    "T13": {"esd_staff": DEVON},
    "T14": {"assistance": ["program_information"]},
    "T90": {"action": "close"},
    "T91": {"served_by": DEVON},
    "AS1": {"result": "added", "steps_followed": True},
    "RO1": {"eto_office": "WSK", "found_in": "own_office"},
    "RO2": {"opt_out_box_was": "ticked"},
    "RO3": {"saved": "yes", "opt_out_box_is_now": "unchecked"},
    "RO4": {"read_back_ok": "yes"},
    "OO1": {
        "identity_verified": "yes",
        "identity_method": "record_questions",
        "spoke_through": "self",
        "wish": "opt_out",
    },
    "OO2": {"eto_office": "WSK", "opt_out_box_is_now": "checked", "saved": "yes", "read_back_ok": "yes"},
}
"""Answers that lead a case down its most usual way; a test names only what it means to be different."""

MOMENTS = {
    "T6": "asked_at",
    "T7": "contact_at",
    "T11": "contacted_at",
    "T14": "contacted_at",
    "T91": "done_at",
}
"""The field of a task that reports a moment; left out, it is the present one."""


ELSEWHERE = {"database_url", "redis_url", "smtp_url"}
"""Settings that are read when they are needed, not when the application is made."""


def app() -> Flask:
    """The application under the settings of this moment, as new; making it, and reading its templates, is dear."""
    made, config = _app(settings().model_dump_json(exclude=ELSEWHERE))
    made.config.clear()
    made.config.update(config)
    return made


@cache
def _app(_settings: str) -> tuple[Flask, dict[str, Any]]:
    made = create_app()
    return made, dict(made.config)


class Desk:
    """The product with its people. Every call goes through the API with that person's own token."""

    def __init__(self) -> None:
        self.app = app()
        self._clients: dict[str, FlaskClient] = {}
        self._tokens: dict[str, str] = {}

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One call as a person, whatever comes of it."""
        client = self._clients.setdefault(who, self.app.test_client())
        if who not in self._tokens:
            self._tokens[who] = create_token(who)
        all_headers = {
            "Authorization": f"Bearer {self._tokens[who]}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return client.open(f"/api/v1{path}", method=method, json=body, headers=all_headers)

    def get(self, who: str, path: str) -> Any:
        """What a person reads; anything but success fails the test."""
        answer = self.call(who, "GET", path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def open(self, who: str = AVERY, office: str = "WSK", total_own: int = 0, **more: Any) -> str:
        """Open a case on a failed search; gives its number."""
        return str(self._opened(who, office, total_own, **more)["number"])

    def _opened(self, who: str, office: str, total_own: int = 0, **more: Any) -> Any:
        body = {"office": office, "search_key": "name", "total_own": total_own, **more}
        answer = self.call(who, "POST", "/cases", body)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.json

    def tasks(self, who: str, number: str) -> list[dict[str, Any]]:
        """The open tasks of a case that a person finds in their worklist."""
        items = self.get(who, "/worklist?view=role")["items"]
        return [item for item in items if item["case"] == number]

    def task(self, who: str, number: str, label: str) -> dict[str, Any]:
        """The one open task of a case whose id begins with a label of the procedure."""
        found = [task for task in self.tasks(who, number) if task["element"].split("_")[0] == label]
        assert len(found) == 1, f"{label}: {[t['element'] for t in self.tasks(who, number)]}"
        return found[0]

    def labels(self, who: str, number: str) -> set[str]:
        """The labels of the tasks that a person finds open in a case."""
        return {task["element"].split("_")[0] for task in self.tasks(who, number)}

    def answer(self, who: str, number: str, label: str, **different: Any) -> TestResponse:
        """Complete a task with its usual answers but for those named; None leaves one out."""
        task = self.task(who, number, label)
        return self.call(who, "POST", f"/tasks/{task['id']}/complete", {"data": answers(label, **different)})

    def do(self, who: str, number: str, label: str, **different: Any) -> None:
        """The same, and it must succeed."""
        answer = self.answer(who, number, label, **different)
        assert answer.status_code == 200, answer.get_data(as_text=True)

    def case(self, who: str, number: str) -> dict[str, Any]:
        """A case as a person sees it."""
        found: dict[str, Any] = self.get(who, f"/cases/{number}")
        return found

    def outcome(self, number: str, who: str = CASEY) -> tuple[str, str | None]:
        """Status and outcome of a case, by default as the supervisor sees them."""
        case = self.case(who, number)
        return case["status"], case["outcome"]

    def history(self, who: str, number: str) -> list[str]:
        """The kinds of events of a case, in order."""
        return [event["kind"] for event in self.get(who, f"/cases/{number}/history")["items"]]

    def messages(self, number: str, who: str = CASEY) -> list[dict[str, Any]]:
        """The messages of a case."""
        items: list[dict[str, Any]] = self.get(who, f"/cases/{number}/messages")["items"]
        return items

    def kinds(self, number: str, who: str = CASEY) -> list[str]:
        """The kinds of the messages of a case, in order."""
        return [message["kind"] for message in self.messages(number, who)]

    def send_mail(self, smtp_url: str) -> int:
        """Send what waits, as a worker does; how many went out."""
        with SmtpMailer(smtp_url) as mailer:
            return messages.deliver(messages.waiting_ids(1000), mailer)

    def to_request(self, who: str = AVERY, office: str = "WSK", **t5: Any) -> str:
        """Steps 1 to 5 with a client who opted out: the request is with the supervisor. Each next task is the person's own,
        as the answer to the one before says."""
        case = self._opened(who, office)
        next_task = case["tasks"][0]["id"]
        for label, different in (("T2", {}), ("T3", {}), ("T4", {}), ("T5", t5)):
            body = {"data": answers(label, **different)}
            answer = self.call(who, "POST", f"/tasks/{next_task}/complete", body)
            assert answer.status_code == 200, answer.get_data(as_text=True)
            next_task = answer.json["next"]
        return str(case["number"])

    def to_decision(self, who: str = AVERY, office: str = "WSK", decision: str = "opt_in", **t5: Any) -> str:
        """And the client's decision is recorded by the supervisor."""
        number = self.to_request(who, office, **t5)
        self.do(CASEY, number, "T7", decision=decision)
        return number

    def record_edit(self, number: str, who: str = CASEY) -> None:
        """The edit in the case management system, with its read-back."""
        for label in ("RO1", "RO2", "RO3", "RO4"):
            self.do(who, number, label)

    def to_opted_in(self, who: str = AVERY, office: str = "WSK", **t5: Any) -> str:
        """A whole case of a client who opted in."""
        number = self.to_decision(who, office, **t5)
        self.record_edit(number)
        self.do(who, number, "T10")
        self.do(who, number, "T11")
        return number


def answers(label: str, **different: Any) -> dict[str, Any]:
    """The usual answers of a task but for those named; None leaves one out."""
    moment = {MOMENTS[label]: datetime.now(UTC).isoformat()} if label in MOMENTS else {}
    given = {**ANSWERS[label], **moment, **different}
    return {name: value for name, value in given.items() if value is not None}


class Clock:
    """The time of the test, moved by hand; the jobs of the clock run when it moves."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def move(self, **length: float) -> None:
        """Let time pass and have everything due happen."""
        self._traveller.shift(timedelta(**length))
        self.tick()

    def tick(self) -> None:
        """What the worker does at every beat."""
        while timers.fire_due():
            pass
        agreements.review()
