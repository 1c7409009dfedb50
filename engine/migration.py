"""Move an open instance to another definition, on a copy: what stays, what it gains and loses, or why it cannot.

No token is lost or invented: each stays at its element, or the instance cannot move. Events that stand beside an
activity or scope follow the new drawing: those that are new there begin to wait now, those that are gone stop. The
state that comes out was loaded again, so it is known to go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from engine import catching
from engine import state as saved
from engine.ahead import Ahead, Names, Place
from engine.definition import Definition
from engine.elements import Element
from engine.errors import EngineError, Incident
from engine.events import Conditional, Timer
from engine.expressions import Context
from engine.expressions.dates import NO_CONTEXT
from engine.fitting import CannotMove, Fitted, refused, waited
from engine.instance import Instance, OpenWork
from engine.joining import badly_joined
from engine.process import Process
from engine.restoring import Restored, hears_nothing
from engine.scripting import SafeEngine
from engine.tokens import Token

__all__ = ["CannotMove", "Change", "Moved", "Mover", "move"]

JOINED = "The new version joins the paths of the case otherwise: one would wait for ever, or run twice."
UNSET = "What lies ahead asks for “{name}”, which is answered at a step that the case has passed."
MADE_ANEW = "The state of the case cannot be read in the new version."

Kind = Literal["gained", "lost", "changed"]

_WHAT = {"timer": "timer", "message": "message", "signal": "signal", "conditional": "condition"}
_STEPS = frozenset({
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
    "boundaryEvent", "intermediateCatchEvent",
})  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What becomes different for an instance that moves.

    `kind`: it is gained, lost or changed. `what`: `timer`, `message`, `signal`, `condition` or `event` that is waited
    for now; `role` or `name` of open work; or a `step` that lies ahead. A host adds words of its own. `before`,
    `after`: the text of a timer, the name of a message or task, the lane.
    """

    kind: Kind
    what: str
    element: str
    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Moved:
    """An instance in another definition: its `state`, what `changes`, what it waits for then (`work`), and the elements
    that lie ahead of it in both definitions (`ahead`)."""

    state: bytes
    changes: tuple[Change, ...]
    work: tuple[OpenWork, ...]
    ahead: frozenset[str]


class Mover:
    """Moves instances from one definition to another. What both definitions say is looked up once.

    `old_sets`, `new_sets`: the names that the work of an element sets, so that a case is not moved behind a question
    that it would still need the answer of; None: not checked.
    """

    def __init__(
        self,
        old: Definition,
        new: Definition,
        *,
        old_sets: Names | None = None,
        new_sets: Names | None = None,
    ) -> None:
        self.old, self.new = old, new
        self._before, self._after = Ahead(old, old_sets), Ahead(new, new_sets)
        self._checks_names = old_sets is not None and new_sets is not None
        self._joined: dict[object, Any] = {}
        self._lacking: dict[tuple[frozenset[Place], frozenset[str]], dict[str, str]] = {}
        self._ahead: dict[frozenset[Place], tuple[tuple[Change, ...], frozenset[str]]] = {}

    def move(self, state: bytes, context: Context = NO_CONTEXT) -> Moved:
        """The instance in the new definition, or `CannotMove`; `DamagedState` when it cannot be read in the old one."""
        before, _ = saved.load(self.old, state, SafeEngine(self.old, _no_step, context))
        body = saved.opened(self.old, state)
        self._check_open(body)
        fitted = Fitted(self.old, self.new, body)
        self._check_joins(body)
        self._check_names(body)
        changes = [_event("lost", element, self.old) for element in fitted.lost]
        moved, more = self._put_back(fitted, {*_armed(before.tokens())}, context)
        return self._answer(body, moved, [*changes, *more], context)

    @staticmethod
    def _check_open(body: saved.Json) -> None:
        if body["status"] != "open":
            raise CannotMove("The case is over.")

    def _check_joins(self, body: saved.Json) -> None:
        for position, (name, *_) in enumerate(body["scopes"]):
            inside = [token for token in body["tokens"] if token[2] == position and not _beside(token)]
            old, new = self.old.specs[name], self.new.specs[name]
            waits = tuple(
                (token[1], token[4].get("via", "")) for token in inside if token[1] in new.task_specs
            )
            if (name, waits) not in self._joined:
                self._joined[name, waits] = badly_joined(old, new, waits)
            if (join := self._joined[name, waits]) is not None:
                raise refused(JOINED, join.element)

    def _check_names(self, body: saved.Json) -> None:
        """Nothing ahead may read what is set behind; what lacks an answer in the old definition too is let be."""
        if not self._checks_names:
            return
        known = frozenset(name for data in body["data"] for name in data)
        key = frozenset(_places(body)), known
        if key not in self._lacking:
            before, after = (ahead.lacks(key[0], known) for ahead in (self._before, self._after))
            self._lacking[key] = {name: element for name, element in after.items() if name not in before}
        for name, element in sorted(self._lacking[key].items()):
            raise refused(UNSET.format(name=name), self.new.elements.get(element))

    def _put_back(
        self, fitted: Fitted, armed: set[tuple[str, str]], context: Context
    ) -> tuple[bytes, list[Change]]:
        """The state with what is new beside its tokens, and what that changed."""
        engine = SafeEngine(self.new, _no_step, context)
        try:
            restored = Restored(self.new, fitted.body, engine, None, whole=False)
            changes = [*self._changed(restored), *self._arm(restored, armed), *self._rivals(restored, fitted)]
            return saved.dump(self.new, restored.run, "open"), changes
        except Incident as incident:
            raise refused(incident.reason, self.new.elements.get(incident.element_id or "")) from incident
        except EngineError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise CannotMove(MADE_ANEW) from error

    def _arm(self, restored: Restored, armed: set[tuple[str, str]]) -> Iterator[Change]:
        """Let the events wait that the new definition has beside an activity or scope and the state has not."""
        for process in list(restored.processes):
            for token in list(process.live):
                for spec in getattr(token.task_spec, "boundaries", ()):
                    if self._is_missing(process, spec, token, armed):
                        process.arm(spec, token)
                        yield _gained(process.live[-1])
            if not hears_nothing(process.live):
                yield from self._arm_starts(process, armed)

    def _arm_starts(self, process: Process, armed: set[tuple[str, str]]) -> Iterator[Change]:
        for spec in process.spec.handlers:
            if self._is_missing(process, spec, None, armed):
                process.task_tree.data = _data_of(process)
                process.arm(spec, None)
                yield _gained(process.live[-1])

    def _is_missing(
        self, process: Process, spec: Any, host: Token | None, armed: set[tuple[str, str]]
    ) -> bool:
        """Whether an event should wait and does not; one that has fired for the last time should not."""
        beside = process.live if host is None else process.linked("host", host.id)
        if any(token.task_spec is spec for token in beside):
            return False
        scope = self.old.specs[process.spec.name].task_specs
        known = scope.get(spec.name)
        was_there = type(known) is type(spec) and known.element.attached_to == spec.element.attached_to
        fired = was_there and (_whose(process, host), spec.name) not in armed
        return not (fired and not spec.interrupts and _has_timer(spec))

    @staticmethod
    def _rivals(restored: Restored, fitted: Fitted) -> Iterator[Change]:
        """Let the events wait that the new definition adds behind an event-based gateway."""
        for scope, place, beside, race in fitted.added:
            process = restored.processes[scope]
            token = process.new_token(process.spec.task_specs[place])
            token.data = process.tasks[beside].data
            token.internal_data["race"] = race
            token.task_spec.wait(token)
            yield _gained(token)

    def _changed(self, restored: Restored) -> Iterator[Change]:
        """What the tokens that stay wait for in other words than before."""
        for process in restored.processes:
            for token in process.live:
                before = self.old.specs[process.spec.name].task_specs.get(token.task_spec.name)
                if before is None or before.element is token.element:
                    continue
                if isinstance(token.task_spec, catching.Catching):
                    yield from _event_changed(before, token)
                elif token.task_spec.manual:
                    yield from _work_changed(before.element, token.element)

    def _answer(self, body: saved.Json, state: bytes, changes: list[Change], context: Context) -> Moved:
        """The state is loaded again: what it waits for then is what was told, and nothing else."""
        try:
            instance = Instance.load(self.new, state, _no_step, context=context)
        except EngineError as error:
            raise CannotMove(MADE_ANEW) from error
        ahead, both = self._differences(frozenset(_places(body)))
        told = {change.element for change in changes}
        steps = [change for change in ahead if change.element not in told]
        return Moved(state, (*changes, *steps), tuple(instance.open_work()), both)

    def _differences(self, places: frozenset[Place]) -> tuple[tuple[Change, ...], frozenset[str]]:
        """What lies ahead in one definition and not in the other, and the steps that do in both."""
        if places not in self._ahead:
            before, after = (_steps(ahead.elements(places)) for ahead in (self._before, self._after))
            waiting = {place for _, place in places}
            gained = [
                _step("gained", one) for key, one in after.items() if key not in before.keys() | waiting
            ]
            lost = [_step("lost", one) for key, one in before.items() if key not in after.keys() | waiting]
            both = frozenset(before.keys() & after.keys())
            self._ahead[places] = (*gained, *lost), both
        return self._ahead[places]


def move(old: Definition, new: Definition, state: bytes, context: Context = NO_CONTEXT) -> Moved:
    """Move one instance; see `Mover`."""
    return Mover(old, new).move(state, context)


def waiting_set(work: Iterable[OpenWork]) -> Counter[tuple[str, ...]]:
    """What is waited for, without the ids of tokens: kind, element, text of the timer, name of the message, and whose
    process it is in."""
    return Counter(
        (item.kind, item.element.id, item.value or "", item.name or "", "/".join(item.calls)) for item in work
    )


def _no_step(*_: object) -> NoReturn:
    raise EngineError("Nothing runs while an instance is moved.")


def _beside(token: list[Any]) -> bool:
    """Whether a saved token is no path of its own: an event beside another token, an instance, a handler."""
    return bool(token[4].keys() & {"host", "loop", "compensates"})


def _places(body: saved.Json) -> list[Place]:
    return [(body["scopes"][scope][0], place) for _, place, scope, *_ in body["tokens"]]


def _armed(tokens: Iterable[Token]) -> Iterator[tuple[str, str]]:
    for token in tokens:
        if isinstance(token.task_spec, catching.Boundary | catching.EventStart):
            host = token.internal_data.get("host")
            yield _whose(token.workflow, None) if host is None else host, token.task_spec.name


def _whose(process: Process, host: Token | None) -> str:
    """Beside whom an event waits: its activity's token, or the caller of its scope."""
    if host is not None:
        return host.id
    return process.caller.id if process.caller is not None else ""


def _has_timer(spec: Any) -> bool:
    return any(isinstance(trigger, Timer) for trigger in spec.triggers)


def _data_of(process: Process) -> dict[str, object]:
    """The data with which a scope began, as far as they are kept: those of its caller, of an event that has waited
    since, or of its oldest token."""
    if process.caller is not None:
        return process.caller.data
    starts = (token for token in process.live if isinstance(token.task_spec, catching.EventStart))
    oldest = next(starts, None) or next(iter(process.live), None)
    return oldest.data if oldest is not None else {}


def _event_changed(before: Any, token: Token) -> Iterator[Change]:
    """A timer with another text is set anew; a condition that reads otherwise may come about again."""
    texts = [[_text(trigger) for trigger in spec.triggers] for spec in (before, token.task_spec)]
    if texts[0] != texts[1] and _has_timer(token.task_spec):
        old = token.internal_data.get("value", "")
        timer = next(trigger for trigger in token.task_spec.triggers if isinstance(trigger, Timer))
        token.internal_data["value"] = timer.value(token)
        if old != token.internal_data["value"]:
            yield _change("changed", token.task_spec, old, token.internal_data["value"])
    elif texts[0] != texts[1]:
        token.internal_data.pop("held", None)
        yield _change("changed", token.task_spec)
    if waited(before) != waited(token.task_spec):
        yield _change("changed", token.task_spec, _names(before), _names(token.task_spec))


def _text(trigger: Any) -> str:
    expression = trigger.expression if isinstance(trigger, Timer | Conditional) else None
    return expression.text if expression is not None else ""


def _names(spec: Any) -> str:
    return ", ".join(trigger.name or "" for trigger in spec.triggers)


def _work_changed(before: Element, after: Element) -> Iterator[Change]:
    if before.lane != after.lane:
        yield Change("changed", "role", after.id, after.name, before.lane or "", after.lane or "")
    if before.name != after.name:
        yield Change("changed", "name", after.id, after.name, before.name, after.name)


def _gained(token: Token) -> Change:
    return _change("gained", token.task_spec, "", token.internal_data.get("value", ""))


def _change(kind: Kind, spec: Any, before: str = "", after: str = "") -> Change:
    return Change(kind, _what(spec), spec.element.id, spec.element.name, before, after)


def _what(spec: Any) -> str:
    kinds = {trigger.kind for trigger in spec.triggers}
    return _WHAT.get(kinds.pop(), "event") if len(kinds) == 1 else "event"


def _event(kind: Kind, element: Element, definition: Definition) -> Change:
    scopes = definition.specs.values()
    spec = next(
        found for scope in scopes if (found := scope.task_specs.get(element.id)) and found.element is element
    )
    return _change(kind, spec)


def _steps(elements: dict[str, Element]) -> dict[str, Element]:
    return {key: element for key, element in elements.items() if element.kind in _STEPS}


def _step(kind: Kind, element: Element) -> Change:
    return Change(kind, "step", element.id, element.name)
