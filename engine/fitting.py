"""A saved state read against another definition: which of its tokens may stay, which events fall away with what they
were drawn for, and why it cannot be read so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine import catching, gateways, repeating, tasks
from engine.building import ProcessSpec
from engine.definition import Definition
from engine.elements import Element
from engine.errors import EngineError
from engine.restoring import spec_at

Json = dict[str, Any]

GONE = "The case stands at this step, and the new version no longer has it."
OTHER_KIND = "The case stands at this step, and in the new version it is of another kind."
OTHER_EVENT = "The case waits for this event, and in the new version it waits for something else."
OTHER_CALL = "The case stands in this part, and in the new version another procedure is called there."
SCOPE_GONE = "The case stands in this part of the procedure, and the new version no longer has it."
SEEN = "The case has already seen a part of what this event waits for, and the new version waits for other things."
FLOW_GONE = (
    "A path of the case has arrived here, and in the new version no path leads here from where it came."
)
OTHER_JOIN = "A path of the case waits here for the others, and the new version has other paths into it."
OTHER_LOOP = "The case is in the middle of repeating this step, and the new version repeats it otherwise."
NO_RIVAL = (
    "The case waits for one of several events, and the new version has none of them or chooses elsewhere."
)
DONE_GONE = "What was done at this step can be taken back, and the new version no longer has the step."


class CannotMove(EngineError):
    """An instance cannot go on in another definition: at which element, by its id and name, and the reason in a
    sentence."""

    def __init__(self, reason: str, element_id: str = "", element_name: str = "") -> None:
        self.reason = reason
        self.element_id = element_id
        self.element_name = element_name
        super().__init__(f"{reason} (at {element_id})" if element_id else reason)


def refused(reason: str, element: Element | None) -> CannotMove:
    """The refusal for an element."""
    return CannotMove(reason, element.id if element else "", element.name if element else "")


class Fitted:
    """The body of a state as another definition reads it.

    `body`: without the events that fell away. `lost`: those events, as elements of the old definition with the
    position of their scope. `added`: rivals behind an event-based gateway that the new definition adds, each as scope,
    place, a token that waits there already, and the text they share.
    """

    def __init__(self, old: Definition, new: Definition, body: Json) -> None:
        self._old, self._new = old, new
        self._scopes: list[list[Any]] = body["scopes"]
        self._tokens: list[list[Any]] = body["tokens"]
        self.lost: list[Element] = []
        self.added: list[tuple[int, str, str, str]] = []
        self._gone: set[int] = set()
        self._check_scopes()
        self._races()
        for position, token in enumerate(self._tokens):
            if position not in self._gone:
                self._token(position, token)
        self._follow_hosts()
        self.body = self._rest(body)

    def _check_scopes(self) -> None:
        for position, (name, caller, _, about) in enumerate(self._scopes):
            if name not in self._new.specs or (position == 0 and name != self._new.process_id):
                raise self._scope_gone(caller)
            for record in (*about.get("records", ()), *about.get("enclosed", ())):
                self._check_record(name, record)

    def _scope_gone(self, caller: int | None) -> CannotMove:
        if caller is None:
            return refused(SCOPE_GONE, None)
        token = self._tokens[caller]
        after = spec_at(self._new, self._scope(self._new, token), token[1])
        return refused(
            OTHER_CALL if isinstance(after, tasks.Called) else SCOPE_GONE, self._spec(token).element
        )

    def _check_record(self, scope: str, record: list[Any]) -> None:
        activity, _, inner, _ = record
        process = self._old.specs[scope].process_id
        if (process, activity) not in self._new.activities:
            raise refused(DONE_GONE, self._old.elements.get(activity))
        for one in inner:
            self._check_record(scope, one)

    def _scope(self, definition: Definition, token: list[Any]) -> ProcessSpec:
        return definition.specs[self._scopes[token[2]][0]]

    def _spec(self, token: list[Any]) -> Any:
        return spec_at(self._old, self._scope(self._old, token), token[1])

    def _token(self, position: int, token: list[Any]) -> None:
        before = self._spec(token)
        after = spec_at(self._new, self._scope(self._new, token), token[1])
        if isinstance(before, catching.Boundary | catching.EventStart):
            if not is_same_event(before, after):
                self._lose(position, before)
            elif "seen" in token[4] and waited(before) != waited(after):
                raise refused(SEEN, before.element)
            return
        if after is None:
            raise refused(GONE, before.element)
        if type(after) is not type(before) or after.element.kind != before.element.kind:
            raise refused(OTHER_KIND, before.element)
        self._same_kind(token, before, after)

    def _same_kind(self, token: list[Any], before: Any, after: Any) -> None:
        """What a token at an element of the same kind still needs to go on there."""
        if isinstance(before, tasks.Called) and before.spec != after.spec:
            raise refused(OTHER_CALL, before.element)
        if isinstance(before, repeating.Repeat) and _rounds(before) != _rounds(after):
            raise refused(OTHER_LOOP, before.element)
        if isinstance(before, gateways.Join):
            _check_join(token[4], before, after)
        if isinstance(before, catching.Catching):
            if not is_same_event(before, after) or _raced(before) != _raced(after):
                raise refused(OTHER_EVENT, before.element)
            if "seen" in token[4] and waited(before) != waited(after):
                raise refused(SEEN, before.element)

    def _lose(self, position: int, spec: Any) -> None:
        self._gone.add(position)
        self.lost.append(spec.element)

    def _races(self) -> None:
        """Events that wait together: those that fell away, and those that are new behind the same gateway."""
        together: dict[tuple[int, str], list[int]] = {}
        for position, token in enumerate(self._tokens):
            if "race" in token[4]:
                together.setdefault((token[2], token[4]["race"]), []).append(position)
        for (scope, race), positions in together.items():
            self._race(scope, race, positions)

    def _race(self, scope: int, race: str, positions: list[int]) -> None:
        places = [self._tokens[position][1] for position in positions]
        before, after = self._old.specs[self._scopes[scope][0]], self._new.specs[self._scopes[scope][0]]
        wanted = _rivals(after, _gateway(before, places))
        staying = [place for place in places if place in wanted and self._stays(before, after, place)]
        if not staying:
            raise refused(NO_RIVAL, before.task_specs[places[0]].element)
        for position, place in zip(positions, places, strict=True):
            if place not in staying:
                self._lose(position, before.task_specs[place])
        beside = self._tokens[positions[places.index(staying[0])]][0]
        self.added += [(scope, place, beside, race) for place in wanted if place not in staying]

    @staticmethod
    def _stays(before: ProcessSpec, after: ProcessSpec, place: str) -> bool:
        """Whether a rival still waits for the same; another one takes its place otherwise."""
        one, other = before.task_specs[place], after.task_specs[place]
        return type(one) is type(other) and is_same_event(one, other)

    def _follow_hosts(self) -> None:
        """With a receive task that fell away its boundary events do."""
        for position, token in enumerate(self._tokens):
            if position not in self._gone and token[4].get("host") in self._gone:
                self._lose(position, self._spec(token))

    def _rest(self, body: Json) -> Json:
        kept = [position for position in range(len(self._tokens)) if position not in self._gone]
        places = {position: place for place, position in enumerate(kept)}
        tokens = [self._linked(self._tokens[position], places) for position in kept]
        scopes = [[name, None if at is None else places[at], *rest] for name, at, *rest in self._scopes]
        rest = {key: value for key, value in body.items() if key != "latest" or self._new.watches}
        return {**rest, "definition": self._new.fingerprint, "scopes": scopes, "tokens": tokens}

    @staticmethod
    def _linked(token: list[Any], places: dict[int, int]) -> list[Any]:
        identity, place, scope, data, extra = token
        links = {key: places[extra[key]] for key in ("host", "loop", "compensates") if key in extra}
        return [identity, place, scope, data, {**extra, **links}]


def is_same_event(before: Any, after: Any) -> bool:
    """Whether an event waits at the same place for the same kind of thing; what exactly may differ."""
    if after is None or type(after) is not type(before):
        return False
    beside = before.element.attached_to == after.element.attached_to
    inside = getattr(before, "sub", None) is None or before.sub.name == after.sub.name
    same = [trigger.kind for trigger in before.triggers] == [trigger.kind for trigger in after.triggers]
    return beside and inside and same and before.needs_all == after.needs_all


def waited(spec: Any) -> list[tuple[str, str | None]]:
    """For what an event waits, in order."""
    return [(trigger.kind, trigger.name) for trigger in spec.triggers]


def _check_join(extra: Json, before: Any, after: Any) -> None:
    if extra.get("via", "") not in (after.incoming or ("",)):
        raise refused(FLOW_GONE, before.element)
    free = isinstance(before, gateways.Inclusive) and not isinstance(before, gateways.Complex)
    same = set(before.incoming) == set(after.incoming) and _counts(before) == _counts(after)
    if not free and not same:
        raise refused(OTHER_JOIN, before.element)


def _raced(spec: Any) -> bool:
    """Whether an event stands behind an event-based gateway."""
    return bool(spec.raced)


def _counts(join: Any) -> tuple[object, bool]:
    return getattr(join, "quantity", None), getattr(join, "activation", None) is None


def _rounds(repeat: Any) -> tuple[object, ...]:
    """What of a loop is settled once it has begun."""
    return repeat.standard, repeat.sequential, repeat.item, repeat.items and repeat.items.text


def _gateway(scope: ProcessSpec, places: Sequence[str]) -> str:
    """The event-based gateway behind which events wait together; empty when it cannot be told."""
    found = [
        spec.name
        for spec in scope.task_specs.values()
        if isinstance(spec, gateways.Race) and {way.target.name for way in spec.ways} == set(places)
    ]
    return found[0] if len(found) == 1 else ""


def _rivals(scope: ProcessSpec, gateway: str) -> Iterable[str]:
    spec = scope.task_specs.get(gateway)
    return [way.target.name for way in spec.ways] if isinstance(spec, gateways.Race) else []
