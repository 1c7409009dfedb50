"""Save the live part of an instance, and read the bytes again. The format is described in `docs/saved-state.md`.

One header line (`bpmn-state/2 <sha256>`), then JSON: the live tokens, the called processes around them, and
each distinct set of data once. What a token waits for follows from its element, so it is not written down and
cannot be forged. `restoring` puts the tokens back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.definition import Definition
from engine.errors import DamagedState, EngineError
from engine.restoring import Restored
from engine.scripting import SafeEngine
from engine.state_versions import newest

if TYPE_CHECKING:
    from engine.process import Process
    from engine.tokens import Chooser, Record, Token
    from engine.workflow import Run

MAGIC = b"bpmn-state"
VERSION = 2
_TEXTS = ("value", "race", "via")
_NUMBERS = ("index", "started", "done", "total")
_LISTS = ("seen", "passed")
_LINKS = ("host", "loop", "compensates")
_STATUSES = ("open", "ended", "failed", "cancelled")

Json = dict[str, Any]


def dump(definition: Definition, run: Run, status: str) -> bytes:
    """The bytes of an instance. `status`: open, ended, failed or cancelled."""
    saved = _Saved()
    for process in (run, *run.subprocesses.values()):
        saved.add(process)
    body: Json = {
        "definition": definition.fingerprint,
        "status": status,
        "outcome": run.outcome,
        "data": saved.data,
        "scopes": saved.scopes,
        "tokens": saved.tokens,
    }
    if run.latest:
        body["latest"] = saved.place(run.latest)
    return sealed(body)


def sealed(body: Json) -> bytes:
    """The bytes of a body in the newest version: the first line with its checksum, then the JSON."""
    content = json.dumps(body, separators=(",", ":")).encode()
    return b"%s/%d %s\n%s" % (MAGIC, VERSION, _checksum(content), content)


def opened(definition: Definition, state: bytes) -> Json:
    """The body of a state in the newest version, or `DamagedState`; what it says is not checked."""
    version, body = _body(state)
    if body.get("definition") != definition.fingerprint:
        raise DamagedState("The state was saved with another definition.")
    return newest(definition, body, version)


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
        ended = None if process.end_data is None else self.place(process.end_data)
        self.scopes.append([process.spec.name, caller, ended, self._about(process)])
        for token in process.live:
            self._positions[token.id] = len(self.tokens)
            self.tokens.append(
                [token.id, token.task_spec.name, scope, self.place(token.data), self._extra(token)]
            )

    def _about(self, process: Process) -> Json:
        about: Json = {}
        if process.records:
            about["records"] = self._records(process.records)
        if process.enclosed is not None:
            about["enclosed"] = self._records(process.enclosed)
        return about

    def _records(self, records: Iterable[Record]) -> list[list[Any]]:
        return [
            [
                record.activity,
                self.place(record.data),
                self._records(record.inner),
                record.entry is not None,
            ]
            for record in records
        ]

    def _extra(self, token: Token) -> Json:
        internal = token.internal_data
        extra = {key: internal[key] for key in (*_TEXTS, *_NUMBERS, *_LISTS) if key in internal}
        extra.update({key: self._positions[internal[key]] for key in _LINKS if key in internal})
        if internal.get("held"):
            extra["held"] = True
        if internal.get("queue"):
            extra["queue"] = self._records(internal["queue"])
        if token.origin is not None:
            extra["origin"] = self.place(token.origin)
        return extra

    def place(self, data: Mapping[str, object]) -> int:
        """The position of a set of data, each distinct one kept once.

        The data must outlive the saving: one that is known by its identity is not looked at again.
        """
        known = self._by_identity.get(id(data))
        if known is None:
            known = self._by_content.setdefault(json.dumps(data, sort_keys=True), len(self.data))
            if known == len(self.data):
                self.data.append(dict(data))
            self._by_identity[id(data)] = known
        return known


def fingerprint(state: bytes) -> str:
    """The fingerprint of the definition that a state was saved with, or `DamagedState`."""
    return str(_body(state)[1].get("definition"))


def load(
    definition: Definition, state: bytes, script_engine: SafeEngine, chooser: Chooser | None = None
) -> tuple[Run, str]:
    """The running processes of a saved state and its status, or `DamagedState`."""
    try:
        body = opened(definition, state)
        return Restored(definition, body, script_engine, chooser).run, _status(body)
    except DamagedState:
        raise
    except (EngineError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise DamagedState("The state does not fit the definition.") from error


def _body(state: bytes) -> tuple[int, Json]:
    header, _, content = bytes(state).partition(b"\n")
    name, _, checksum = header.partition(b" ")
    magic, _, version = name.partition(b"/")
    if magic != MAGIC:
        raise DamagedState("This is not a saved state.")
    if version not in {b"%d" % known for known in range(1, VERSION + 1)}:
        raise DamagedState("The state has a version that this engine does not read.")
    if checksum != _checksum(content):
        raise DamagedState("The checksum of the state is wrong.")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DamagedState("The state is not JSON.") from error
    if not isinstance(body, dict):
        raise DamagedState("The state is not an object.")
    return int(version), body


def _status(body: Json) -> str:
    status = body["status"]
    if status not in _STATUSES or (status == "open") == (not body["tokens"]):
        raise DamagedState("The status does not fit the tokens.")
    return str(status)
