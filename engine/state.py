"""Save and restore the live part of an instance. The format is described in `docs/saved-state.md`.

One header line (`bpmn-state/1 <sha256>`), then JSON: the live tokens, the called processes around them, and
each distinct set of data once. What a token waits for follows from its element, so it is not written down and
cannot be forged. Restoring runs no hook: nothing is evaluated, armed or called again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import tasks
from engine.definition import Definition
from engine.errors import DamagedState, EngineError
from engine.scripting import SafeEngine, Step
from engine.values import flat
from engine.workflow import Process, Run, Token

MAGIC = b"bpmn-state"
VERSION = 1
_KEPT = ("value", "race", "from")

Json = dict[str, Any]


def dump(definition: Definition, run: Run, status: str) -> bytes:
    """The bytes of an instance. `status`: open, ended or cancelled."""
    saved = _Saved()
    for process in (run, *run.subprocesses.values()):
        saved.add(process)
    body = {
        "definition": definition.fingerprint,
        "status": status,
        "outcome": run.outcome,
        "data": saved.data,
        "scopes": saved.scopes,
        "tokens": saved.tokens,
    }
    content = json.dumps(body, separators=(",", ":")).encode()
    return b"%s/%d %s\n%s" % (MAGIC, VERSION, _checksum(content), content)


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


class _Saved:
    """The lists of a saved state while they are being filled."""

    def __init__(self) -> None:
        self.data: list[Json] = []
        self.scopes: list[list[Any]] = []
        self.tokens: list[list[Any]] = []
        self._positions: dict[str, int] = {}
        self._by_identity: dict[int, int] = {}
        self._by_content: dict[str, int] = {}

    def add(self, process: Process) -> None:
        """A process with its tokens; whatever it hangs on was added before it."""
        scope = len(self.scopes)
        caller = None if process.caller is None else self._positions[process.caller.id]
        ended = None if process.end_data is None else self._data(process.end_data)
        self.scopes.append([process.spec.name, caller, ended])
        for token in process.live:
            self._positions[token.id] = len(self.tokens)
            self.tokens.append(
                [token.id, token.task_spec.name, scope, self._data(token.data), self._extra(token)]
            )

    def _extra(self, token: Token) -> Json:
        extra = {key: token.internal_data[key] for key in _KEPT if key in token.internal_data}
        host = token.internal_data.get("host")
        return extra if host is None else {**extra, "host": self._positions[host]}

    def _data(self, data: Json) -> int:
        """The position of a set of data, each distinct one kept once."""
        known = self._by_identity.get(id(data))
        if known is None:
            known = self._by_content.setdefault(json.dumps(data, sort_keys=True), len(self.data))
            if known == len(self.data):
                self.data.append(data)
            self._by_identity[id(data)] = known
        return known


def fingerprint(state: bytes) -> str:
    """The fingerprint of the definition that a state was saved with, or `DamagedState`."""
    return str(_body(state).get("definition"))


def load(definition: Definition, state: bytes, step: Step) -> tuple[Run, str]:
    """The running processes of a saved state and its status, or `DamagedState`."""
    body = _body(state)
    if body.get("definition") != definition.fingerprint:
        raise DamagedState("The state was saved with another definition.")
    try:
        return _Restored(definition, body, step).run, _status(body)
    except DamagedState:
        raise
    except (EngineError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise DamagedState("The state does not fit the definition.") from error


def _body(state: bytes) -> Json:
    header, _, content = bytes(state).partition(b"\n")
    name, _, checksum = header.partition(b" ")
    if not name.startswith(MAGIC + b"/"):
        raise DamagedState("This is not a saved state.")
    if name != b"%s/%d" % (MAGIC, VERSION):
        raise DamagedState("The state has a version that this engine does not read.")
    if checksum != _checksum(content):
        raise DamagedState("The checksum of the state is wrong.")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DamagedState("The state is not JSON.") from error
    if not isinstance(body, dict):
        raise DamagedState("The state is not an object.")
    return body


def _status(body: Json) -> str:
    status = body["status"]
    if status not in ("open", "ended", "cancelled") or (status == "open") == (not body["tokens"]):
        raise DamagedState("The status does not fit the tokens.")
    return str(status)


class _Restored:
    """The running processes being put together again; every reference is checked on the way."""

    def __init__(self, definition: Definition, body: Json, step: Step) -> None:
        self.definition = definition
        self.data = [flat(data, "The state") for data in body["data"]]
        self.run = Run(definition, SafeEngine(definition.conditions, step))
        self.run.outcome = None if body["outcome"] is None else _word(body["outcome"])
        self.run.ended = body["status"] == "ended"
        self.processes: list[Process] = []
        self.tokens: list[Token] = []
        by_scope: dict[int, list[list[Any]]] = {}
        for entry in body["tokens"]:
            by_scope.setdefault(entry[2], []).append(entry)
        for position, (name, caller, ended) in enumerate(body["scopes"]):
            self._scope(name, caller, ended)
            for entry in by_scope.pop(position, []):
                self._token(*entry)
        _demand(
            not by_scope and len(self.run.subprocesses) == len(self.processes) - 1,
            "A called process is missing.",
        )
        for token in self.tokens:
            self._check(token)

    def _scope(self, name: str, caller: int | None, ended: int | None) -> None:
        process: Process = self.run
        if self.processes:
            token = self.tokens[_index(caller)]
            _demand(
                isinstance(token.task_spec, tasks.Called) and token.task_spec.spec == name, "A call is wrong."
            )
            process = self.run.create_subprocess(token, name)
        _demand(process.spec.name == name, "A process is not the one that was saved.")
        process.plant()
        process.end_data = None if ended is None else self.data[_index(ended)]
        self.processes.append(process)

    def _token(self, identity: str, element: str, scope: int, data: int, extra: Json) -> None:
        process = self.processes[scope]
        spec = process.spec.task_specs[element]
        _demand(type(identity) is str and identity not in process.tasks, "A token's id is wrong.")
        token = Token(process, spec, process.task_tree, _state(spec), identity)
        token.data = self.data[_index(data)]
        token.internal_data.update({key: _word(extra[key]) for key in _KEPT if key in extra})
        if "host" in extra:
            token.internal_data["host"] = self.tokens[_index(extra["host"])].id
        self.tokens.append(token)
        if token.state == TaskState.READY:
            self.run.people[identity] = token
        elif hasattr(spec, "event_definition"):
            self.run.event_manager.add_task(token)

    def _check(self, token: Token) -> None:
        """A token has what its element needs: a timer its text, a boundary event its activity, and so on."""
        spec, internal = token.task_spec, token.internal_data
        if isinstance(spec, tasks.Called):
            _demand(token.id in self.run.subprocesses, "A called process is missing.")
        if isinstance(spec, tasks.Parallel):
            _demand(internal.get("from") in spec._inputs, "A token came from nowhere.")
        if isinstance(spec, tasks.Boundary):
            host = token.workflow.tasks[internal["host"]]
            _demand(host.task_spec.name == spec.element.attached_to, "A boundary event has no activity.")
        if isinstance(spec, tasks.Catch):
            raced = any(isinstance(source, tasks.Race) for source in spec.inputs)
            _demand(raced == ("race" in internal), "An event has no rivals.")
        if isinstance(getattr(spec, "event_definition", None), tasks.Timer):
            _demand(bool(internal.get("value")), "A timer has no text.")
        for boundary in getattr(spec, "boundaries", ()):
            armed = sum(other.task_spec is boundary for other in token.workflow.linked("host", token.id))
            once = not boundary.cancel_activity and isinstance(boundary.event_definition, tasks.Timer)
            _demand(armed == 1 or (once and not armed), "A boundary event is missing.")


def _state(spec: Any) -> int:
    """The state in which a token can wait at an element."""
    if isinstance(spec, tasks.Person | tasks.Manual):
        return int(TaskState.READY)
    if isinstance(spec, tasks.Called):
        return int(TaskState.STARTED)
    _demand(isinstance(spec, tasks.Parallel | tasks.Catch | tasks.Boundary), "No token can wait there.")
    return int(TaskState.WAITING)


def _index(value: object) -> int:
    _demand(type(value) is int and value >= 0, "A position is wrong.")
    return value  # type: ignore[return-value]


def _word(value: object) -> str:
    _demand(isinstance(value, str), "A text is wrong.")
    return str(value)


def _demand(condition: bool, otherwise: str) -> None:
    if not condition:
        raise DamagedState(otherwise)
