"""Put the tokens of a saved state back. It runs no hook: nothing is evaluated, armed or called again."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import catching, gateways, repeating, tasks, throwing
from engine.building import ProcessSpec
from engine.definition import Definition
from engine.errors import DamagedState
from engine.events import Compensate, Conditional, Timer
from engine.process import Process, record_of
from engine.scripting import SafeEngine
from engine.tokens import Chooser, Record, Token
from engine.workflow import Run

Json = dict[str, Any]


class Restored:
    """The running processes being put together again; every reference is checked on the way.

    Unless `whole`, events that should be armed may be missing: somebody arms them next.
    """

    def __init__(
        self,
        definition: Definition,
        body: Json,
        script_engine: SafeEngine,
        chooser: Chooser | None,
        *,
        whole: bool = True,
    ) -> None:
        self.definition = definition
        self.data = [definition.take(data, "The state") for data in body["data"]]
        self.run = Run(definition, script_engine, chooser)
        self.run.outcome = None if body["outcome"] is None else _word(body["outcome"])
        self.run.ended = body["status"] == "ended"
        self.run.failed = body["status"] == "failed"
        if "latest" in body:
            self.run.latest = self.data[_index(body["latest"])]
        self.processes: list[Process] = []
        self.tokens: list[Token] = []
        self._fill(body)
        if whole:
            self._check_all()

    def _check_all(self) -> None:
        for process in self.processes:
            self._check_handlers(process)
        for token in self.tokens:
            self._check(token)

    def _fill(self, body: Json) -> None:
        by_scope: dict[int, list[list[Any]]] = {}
        for entry in body["tokens"]:
            by_scope.setdefault(entry[2], []).append(entry)
        for position, (name, caller, ended, about) in enumerate(body["scopes"]):
            self._scope(name, caller, ended, about)
            for entry in by_scope.pop(position, []):
                self._token(*entry)
        complete = not by_scope and len(self.run.subprocesses) == len(self.processes) - 1
        _demand(complete, "A called process is missing.")

    def _scope(self, name: str, caller: int | None, ended: int | None, about: Json) -> None:
        process: Process = self.run
        if self.processes:
            token = self.tokens[_index(caller)]
            called = isinstance(token.task_spec, tasks.Called) and token.task_spec.spec == name
            _demand(called, "A call is wrong.")
            process = self.run.create_subprocess(token, name)
        _demand(process.spec.name == name, "A process is not the one that was saved.")
        process.plant()
        process.end_data = None if ended is None else self.data[_index(ended)]
        process.over = not self.processes and (self.run.ended or self.run.failed)
        process.records = self._records(process, about.get("records", []))
        _demand(about.keys() <= {"records", "enclosed"}, "A process has what none has.")
        if "enclosed" in about:
            process.enclosed = self._records(process, about["enclosed"])
        undoing = process.caller is not None and _undoes(process.caller)
        _demand(undoing == ("enclosed" in about), "A process compensates what it does not enclose.")
        self.processes.append(process)

    def _records(self, process: Process, saved: list[Any]) -> list[Record]:
        return [self._record(process, *entry) for entry in saved]

    def _record(self, process: Process, activity: str, data: int, inner: list[Any], own: bool) -> Record:
        """A record; `own`: the part of it that the activity's own event sub-process compensates."""
        spec = self.definition.activities[process.spec.process_id, activity]
        record = record_of(spec, self.data[_index(data)], tuple(self._records(process, inner)))
        return record.before or record if own is True else record

    def _token(self, identity: str, element: str, scope: int, data: int, extra: Json) -> None:
        process = self.processes[scope]
        spec = spec_at(self.definition, process.spec, element)
        _demand(spec is not None, "A token stands at no element.")
        _demand(type(identity) is str and identity not in process.tasks, "A token's id is wrong.")
        _demand(extra.keys() <= _keys_at(spec), "A token has what no token has there.")
        token = Token(process, spec, process.task_tree, _state(spec), identity)
        token.data = self.data[_index(data)]
        self._internal(token, extra)
        self.tokens.append(token)
        if token.state == TaskState.READY:
            self.run.people[identity] = token
        elif isinstance(spec, catching.Catching):
            self.run.waiting[identity] = token

    def _internal(self, token: Token, extra: Json) -> None:
        internal = token.internal_data
        internal.update({key: _word(extra[key]) for key in ("value", "race", "via") if key in extra})
        numbers = ("index", "started", "done", "total")
        internal.update({key: _index(extra[key]) for key in numbers if key in extra})
        for link in ("host", "loop", "compensates"):
            if link in extra:
                internal[link] = self.tokens[_index(extra[link])].id
        if "seen" in extra:
            internal["seen"] = [_index(place) for place in extra["seen"]]
        if "passed" in extra:
            internal["passed"] = [_word(flow) for flow in extra["passed"]]
        if "held" in extra:
            internal["held"] = extra["held"] is True
        if "origin" in extra:
            token.origin = self.data[_index(extra["origin"])]
        if "queue" in extra:
            internal["queue"] = self._records(token.workflow, extra["queue"])

    def _check_handlers(self, process: Process) -> None:
        """Every start of an event sub-process that can still come about is armed, once."""
        live = process.live
        for spec in process.spec.handlers:
            armed = sum(token.task_spec is spec for token in live)
            once = not spec.interrupts and any(isinstance(trigger, Timer) for trigger in spec.triggers)
            _demand(armed == 1 or (armed == 0 and (once or hears_nothing(live))), "A start event is missing.")

    def _check(self, token: Token) -> None:
        """A token has what its element needs: a timer its text, a boundary event its activity, and so on."""
        spec, internal = token.task_spec, token.internal_data
        if isinstance(spec, tasks.Called):
            _demand(token.id in self.run.subprocesses, "A called process is missing.")
        if isinstance(spec, gateways.Join):
            _demand(internal.get("via", "") in (spec.incoming or ("",)), "A token came from nowhere.")
        if "passed" in internal:
            stays = isinstance(spec, gateways.Complex) and spec.activation is not None
            _demand(stays and set(internal["passed"]) < set(spec.incoming), "A gateway waits in vain.")
        if isinstance(spec, throwing.Throwing):
            _demand(len(token.workflow.handlers_of(token)) == 1, "A compensation has lost its handler.")
        if isinstance(spec, catching.Boundary):
            host = token.workflow.tasks[internal["host"]]
            _demand(host.element.id == spec.element.attached_to, "A boundary event has no activity.")
        if isinstance(spec, catching.Catching):
            self._check_event(token, spec)
        if isinstance(spec, tasks.Activity):
            self._check_activity(token, spec)

    def _check_event(self, token: Token, spec: catching.Catching) -> None:
        internal, kinds = token.internal_data, [type(trigger) for trigger in spec.triggers]
        if isinstance(spec, catching.Catch | catching.Receive):
            _demand(spec.raced == ("race" in internal), "An event has no rivals.")
        _demand((Timer in kinds) == bool(internal.get("value")), "A timer has no text.")
        _demand(Conditional in kinds or "held" not in internal, "An event has no condition.")
        seen = internal.get("seen", [])
        _demand(
            not seen or (spec.needs_all and set(seen) < set(range(len(kinds)))), "An event has seen too much."
        )

    def _check_activity(self, token: Token, spec: tasks.Activity) -> None:
        internal = token.internal_data
        thrower = token.workflow.tasks.get(internal.get("compensates", ""))
        if "compensates" in internal:
            compensating = thrower is not None and isinstance(thrower.task_spec, throwing.Throwing)
            _demand(compensating and spec.handles, "An activity compensates nothing.")
        if spec.loop is not None:
            whole = token.workflow.tasks[internal["loop"]]
            _demand(whole.task_spec is spec.loop and token.origin is not None, "An instance has no loop.")
            _demand(internal["index"] < whole.internal_data["started"], "An instance has not begun.")
        if isinstance(spec, repeating.Repeat):
            running = len(token.workflow.instances(token))
            _demand(0 < running == internal["started"] - internal["done"], "A loop has lost an instance.")
            counted = "total" in internal and internal["started"] <= internal["total"]
            _demand(counted or (spec.standard and "total" not in internal), "A loop has no number.")
        for boundary in spec.boundaries:
            armed = sum(other.task_spec is boundary for other in token.workflow.linked("host", token.id))
            once = not boundary.interrupts and any(isinstance(t, Timer) for t in boundary.triggers)
            _demand(armed == 1 or (once and not armed), "A boundary event is missing.")


def spec_at(definition: Definition, scope: ProcessSpec, place: str) -> Any:
    """What a process or sub-process runs at a place, or None.

    A compensation handler may lie in a sub-process that has ended, with its instances and events.
    """
    own = scope.task_specs.get(place)
    around = definition.specs.values() if own is None else ()
    ended = (spec for spec in around if spec.process_id == scope.process_id and _has_handlers(spec))
    return own or next((spec.task_specs[place] for spec in ended if place in spec.task_specs), None)


def _has_handlers(scope: ProcessSpec) -> bool:
    """Whether something in a process or sub-process compensates something."""
    return any(getattr(spec, "handles", False) for spec in scope.task_specs.values())


def hears_nothing(live: list[Token]) -> bool:
    """Whether a process has ended, or was interrupted by one of its event sub-processes, or is being cancelled."""
    interrupted = len(live) == 1 and isinstance(live[0].task_spec, tasks.EventSubProcess)
    ends = [token.task_spec for token in live if isinstance(token.task_spec, throwing.Throwing)]
    return (
        not live or interrupted or any(trigger.kind == "cancel" for end in ends for trigger in end.triggers)
    )


def _undoes(caller: Token) -> bool:
    """Whether a token is that of an event sub-process which compensates the sub-process around it."""
    return isinstance(caller.task_spec, tasks.EventSubProcess) and "compensates" in caller.internal_data


def _keys_at(spec: Any) -> set[str]:
    """What may be written down of a token at an element."""
    keys: set[str] = set()
    for kind, its in KEYS:
        if isinstance(spec, kind):
            keys |= its
    return keys


KEYS: tuple[tuple[type, set[str]], ...] = (
    (gateways.Join, {"via", "passed"}),
    (catching.Catching, {"value", "seen", "held", "race"}),
    (catching.Boundary, {"host"}),
    (repeating.Repeat, {"started", "done", "total"}),
    (throwing.Throwing, {"queue"}),
    (tasks.Activity, {"compensates", "origin", "loop", "index"}),
)
"""What may be written down of a token at each kind of place (`docs/saved-state.md`)."""


def _state(spec: Any) -> int:
    """The state in which a token can wait at an element."""
    if isinstance(spec, tasks.Person | tasks.Manual | tasks.Worker):
        return int(TaskState.READY)
    if isinstance(spec, tasks.Called | repeating.Repeat):
        return int(TaskState.STARTED)
    if isinstance(spec, throwing.Throwing):
        compensates = any(isinstance(t, Compensate) or t.kind == "cancel" for t in spec.triggers)
        _demand(compensates, "No token can wait there.")
        return int(TaskState.STARTED)
    _demand(isinstance(spec, gateways.Join | catching.Catching), "No token can wait there.")
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
