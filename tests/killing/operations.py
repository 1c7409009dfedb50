"""What is killed: for each kind of write how it is brought about, and how the product or a client goes on afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tasks import outbox
from tests.desk import AVERY, BASIL, CASEY, MARLO, ROBIN, TAMSIN, Desk, answers
from tests.integration.acting import actor
from tests.integration.test_publications import drafted, publish, with_reminder
from workflows.commands import definitions, messages, moves, publications, timers
from workflows.errors import NotNow
from workflows.people import SYSTEM
from workflows.settings import PROJECT

SEARCH = {"office": "WSK", "search_key": "name", "total_own": 0}
KEY = "6f1f6c1e-5b0e-4d5c-9a3e-2f6c1e5b0e4d"


@dataclass(frozen=True)
class Operation:
    """One kind of write.

    `prepare` makes what it works on, `act` does it in the process that is killed, `again` is what comes afterwards: the
    client asks again, or the job runs again; it must be harmless where everything was done. `later` is how much time has
    passed since it was prepared.
    """

    name: str
    prepare: Callable[[Desk], Any]
    act: Callable[[Desk, Any], Any]
    again: Callable[[Desk, Any], Any]
    later: timedelta = timedelta(0)


def _start(desk: Desk, _: object) -> int:
    return desk.call(AVERY, "POST", "/cases", SEARCH, Idempotency_Key=KEY).status_code


def _start_again(desk: Desk, _: object) -> None:
    answer = desk.call(AVERY, "POST", "/cases", SEARCH, Idempotency_Key=KEY)
    assert answer.status_code == 201, answer.get_data(as_text=True)


Step = tuple[str, str, str]
"""Who completes which task, by its label; and the id of the task."""


def before(label: str, who: str = AVERY) -> Callable[[Desk], Step]:
    """A case that has come as far as this step, which somebody is going to complete."""
    done = {
        "T2": lambda desk: desk.open(),
        "T5": lambda desk: _through(desk, desk.open(), "T2", "T3", "T4"),
        "T7": lambda desk: desk.to_request(),
        "RO4": lambda desk: _through(desk, desk.to_decision(), "RO1", "RO2", "RO3"),
    }

    def prepare(desk: Desk) -> Step:
        number = done[label](desk)
        return who, label, str(desk.task(who, number, label)["id"])

    return prepare


def _through(desk: Desk, number: str, *labels: str) -> str:
    for label in labels:
        desk.do(CASEY if label.startswith("RO") else AVERY, number, label)
    return number


def _complete(desk: Desk, step: Step) -> int:
    who, label, task = step
    return desk.call(who, "POST", f"/tasks/{task}/complete", {"data": answers(label)}).status_code


def _complete_again(desk: Desk, step: Step) -> None:
    """It is done now, or the client is told that it was done: there is no third answer."""
    who, label, task = step
    answer = desk.call(who, "POST", f"/tasks/{task}/complete", {"data": answers(label)})
    code = answer.json["error"]["code"] if answer.status_code == 409 else ""
    assert answer.status_code == 200 or code == "task_closed", answer.get_data(as_text=True)


def _three_mails(desk: Desk) -> None:
    for client in (MARLO, TAMSIN, BASIL):
        desk.to_request(**client)


def _sweep(*_: object) -> int:
    outbox.sweep()
    return 200


def _requested(desk: Desk) -> None:
    desk.to_request()


def _beat(*_: object) -> int:
    timers.fire_due()
    return 200


def _beats(*_: object) -> int:
    while timers.fire_due():
        pass
    return 200


def proposed(desk: Desk) -> int:
    """A publication that waits for a second person, with two open cases that it will move."""
    desk.to_request(**BASIL)
    desk.open()
    return publications.propose(actor(ROBIN), drafted(with_reminder), "It is easier so.", True)


def _approve(desk: Desk, publication: int) -> int:
    return desk.call(CASEY, "POST", f"/publications/{publication}/approve").status_code


def _approve_again(desk: Desk, publication: int) -> None:
    answer = desk.call(CASEY, "POST", f"/publications/{publication}/approve")
    assert answer.status_code == 200 or answer.json["error"]["code"] == NotNow().code, answer.get_data(
        as_text=True
    )


def approved(desk: Desk) -> int:
    """A publication whose cases wait to be moved."""
    desk.to_request(**BASIL)
    desk.open()
    return publish(with_reminder)


def _move(*_: object) -> int:
    moves.go_on()
    return 200


def _undone(desk: Desk) -> int:
    published = approved(desk)
    moves.go_on()
    publications.undo(actor(ROBIN), published)
    return published


def changed_folder(_: Desk) -> dict[str, str]:
    """The files of a bundle that is not deployed yet."""
    files = definitions.read_folder(Path(PROJECT) / "bpmn" / "opt_in_5512pro")
    return {**files, "service_levels.toml": files["service_levels.toml"] + "\n# A comment.\n"}


def deploy(_: Desk, files: dict[str, str]) -> int:
    """Deploy it as the operator does; gives the version."""
    return definitions.deploy(SYSTEM, files)


COMPLETES = [
    Operation(f"complete {label}", before(label, who), _complete, _complete_again)
    for label, who in (("T5", AVERY), ("T2", AVERY), ("T7", CASEY), ("RO4", CASEY))
]
DELIVER = Operation("deliver", _three_mails, _sweep, _sweep)
OPERATIONS = [
    Operation("start", lambda _: None, _start, _start_again),
    *COMPLETES,
    DELIVER,
    Operation("fire", _requested, _beat, _beats, timedelta(days=1, hours=1)),
    Operation("approve", proposed, _approve, _approve_again),
    Operation("move", approved, _move, _move),
    Operation("move back", _undone, _move, _move),
    Operation("deploy", changed_folder, deploy, deploy),
]


def settle() -> None:
    """What the jobs do once nobody dies any more, a while later: everything is sent and written down."""
    outbox.sweep()
    messages.write_down_sent()
