"""What moving an open case to another version would bring: found out on a copy of its saved state, nothing is written.

The engine tells which paths stay and which events come and go; here is added what only the bundle knows: forms, due
times, who does a step, the words of a mail.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import engine
from engine import Change
from engine.timers import is_moment
from workflows.bundle_checks import variables
from workflows.definitions import Bundle, role_of
from workflows.newest import keep_newest
from workflows.outbox import MESSAGES

UNCHANGED, CHANGES, CANNOT = "unchanged", "changes", "cannot"
NO_PROCESS = "The new version does not have the procedure that this case runs."
TYPED = "Somebody has typed into this task, which is another role’s work in the new version."
DAMAGED = "The saved state of the case cannot be read; an administrator has to look at it."


@dataclass(frozen=True)
class Foreseen:
    """What would become of one case.

    `kind`: `unchanged`, `changes` or `cannot`; then `element`, `element_name` and `reason` say why. `changes`: what it
    gains, loses, and has changed. `waiting`: what it would wait for, as `waiting_of` spells it. `state`: the moved state.
    """

    kind: str
    changes: tuple[Change, ...] = ()
    element: str = ""
    element_name: str = ""
    reason: str = ""
    waiting: tuple[tuple[str, ...], ...] = ()
    state: bytes = b""

    @property
    def told(self) -> list[dict[str, Any]]:
        """The changes as they are stored."""
        return [asdict(change) for change in self.changes]


class Moves:
    """Moving cases from one bundle to another; what the bundles say is looked up once, so it may be asked often."""

    def __init__(self, old: Bundle, new: Bundle) -> None:
        self.old, self.new = old, new
        self._movers: dict[str, engine.Mover] = {}
        self._steps: dict[str, tuple[Change, ...]] = {}
        self._seen: dict[tuple[str, str], Foreseen] = {}

    def foresee(self, process: str, state: bytes, context: engine.Context) -> Foreseen:
        """What would become of a case of a process with this saved state."""
        key = process, hash_of(state)
        if key not in self._seen:
            keep_newest(self._seen, key, self._foresee(process, state, context), _REMEMBERED)
        return self._seen[key]

    def _foresee(self, process: str, state: bytes, context: engine.Context) -> Foreseen:
        if process not in self.new.file_of_process:
            return Foreseen(CANNOT, reason=NO_PROCESS)
        try:
            moved = self._mover(process).move(state, context)
        except engine.CannotMove as no:
            return Foreseen(CANNOT, (), no.element_id, no.element_name, no.reason)
        except engine.DamagedState:
            return Foreseen(CANNOT, reason=DAMAGED)
        changes = (*moved.changes, *self._of_open(process, moved), *self._of_steps(process, moved))
        return Foreseen(
            CHANGES if changes else UNCHANGED,
            changes,
            waiting=waiting_of(moved.work),
            state=moved.state,
        )

    def _mover(self, process: str) -> engine.Mover:
        if process not in self._movers:
            old, new = (bundle.definition(process) for bundle in (self.old, self.new))
            sets = [variables(bundle) for bundle in (self.old, self.new)]
            self._movers[process] = engine.Mover(old, new, old_sets=sets[0], new_sets=sets[1])
        return self._movers[process]

    def _of_open(self, process: str, moved: engine.Moved) -> Iterator[Change]:
        """What of the work and timers that are open becomes different by the bundle's other files."""
        before = self.old.definition(process).elements
        for item in moved.work:
            old = before.get(item.element.id)
            if old is None:
                continue
            if item.kind == "user_task":
                yield from self._task(process, old, item)
            elif item.kind == "timer":
                yield from self._length(item)

    def _task(self, process: str, old: engine.Element, item: engine.OpenWork) -> Iterator[Change]:
        new, before = item.element, self.old.definition(process).elements
        lanes = tuple(lane for call in item.calls if call in before and (lane := before[call].lane))
        if old.lane == new.lane and role_of(old.lane, lanes) != role_of(new.lane, item.calling_lanes):
            yield Change(
                "changed",
                "role",
                new.id,
                new.name,
                role_of(old.lane, lanes),
                role_of(new.lane, item.calling_lanes),
            )
        if _texts(old) != _texts(new):
            yield Change("changed", "text", new.id, new.name)
        yield from self._form(old, new)
        yield from self._due(old, new)

    def _of_steps(self, process: str, moved: engine.Moved) -> Iterator[Change]:
        """The steps ahead that stay and are done otherwise."""
        for name in sorted(moved.ahead - {item.element.id for item in moved.work}):
            key = f"{process}/{name}"
            if key not in self._steps:
                elements = [bundle.definition(process).elements[name] for bundle in (self.old, self.new)]
                self._steps[key] = tuple(self._step(*elements))
            yield from self._steps[key]

    def _step(self, old: engine.Element, new: engine.Element) -> Iterator[Change]:
        differs = [change.what for change in (*self._form(old, new), *self._due(old, new))]
        differs += ["role"] if old.lane != new.lane else []
        differs += ["name"] if old.name != new.name else []
        differs += ["text"] if _texts(old) != _texts(new) else []
        if new.step in MESSAGES and (
            old.step != new.step or self.old.mail(new.step) != self.new.mail(new.step)
        ):
            differs.append("mail")
        if differs:
            yield Change("changed", "step", new.id, new.name, after=",".join(differs))

    def _form(self, old: engine.Element, new: engine.Element) -> Iterator[Change]:
        names = [element.properties.get("formJsonSchemaFilename", "") for element in (old, new)]
        texts = [
            bundle.files.get(f"forms/{name}")
            for bundle, name in zip((self.old, self.new), names, strict=True)
        ]
        if texts[0] != texts[1]:
            yield Change("changed", "form", new.id, new.name, *names)

    def _due(self, old: engine.Element, new: engine.Element) -> Iterator[Change]:
        for key in ("due", "dueAgain"):
            lengths = [
                self._words(bundle, element.properties.get(key, ""))
                for bundle, element in ((self.old, old), (self.new, new))
            ]
            if lengths[0] != lengths[1]:
                yield Change("changed", "due", new.id, new.name, *lengths)
                return

    def _length(self, item: engine.OpenWork) -> Iterator[Change]:
        """A timer that stays and whose service level is another length of time now."""
        level = item.value or ""
        lengths = [self._words(bundle, level) for bundle in (self.old, self.new)]
        if lengths[0] != lengths[1]:
            yield Change("changed", "timer", item.element.id, item.element.name, *lengths)

    @staticmethod
    def _words(bundle: Bundle, level: str) -> str:
        """A service level as its file has it, to be said in the language of whoever reads it; what is none as it is
        written."""
        known = bundle.service_levels.keys()
        return bundle.service_levels.duration(level).text if level in known else level


_between: dict[tuple[str, str], Moves] = {}
_KEPT, _REMEMBERED = 10, 5000


def moves_between(old: Bundle, new: Bundle) -> Moves:
    """The moves from one bundle to another, from this process's memory when they are known there."""
    key = old.sha256, new.sha256
    known = _between.get(key)
    return known or keep_newest(_between, key, Moves(old, new), _KEPT)


def unless_typed(foreseen: Foreseen, typed: Mapping[str, str]) -> Foreseen:
    """A case stays where it is when somebody has typed into a task that would become another role's: who reads what was
    typed must not change. `typed`: the elements of such tasks with their names."""
    handed = {change.element for change in foreseen.changes if change.what == "role"} & typed.keys()
    for element in sorted(handed):
        return Foreseen(CANNOT, element=element, element_name=typed[element], reason=TYPED)
    return foreseen


def _texts(element: engine.Element) -> tuple[str, str]:
    """What a step says of itself: its help and its clause."""
    return element.documentation, element.properties.get("procedureRef", "")


def waiting_of(work: tuple[engine.OpenWork, ...] | list[engine.OpenWork]) -> tuple[tuple[str, ...], ...]:
    """What an instance waits for, in an order of its own: each as kind, element, timer's text, message, calls around it,
    and for a task of a person its role and form. A moment is left out: it is computed when the timer is set."""
    rows = [
        (
            item.kind,
            item.element.id,
            "" if is_moment(item.value or "") else item.value or "",
            item.name or "",
            "/".join(item.calls),
            *_of_person(item),
        )
        for item in work
    ]
    return tuple(sorted(rows))


def _of_person(item: engine.OpenWork) -> tuple[str, ...]:
    if item.kind != "user_task":
        return ()
    role = role_of(item.lane, item.calling_lanes)
    return role, item.element.properties.get("formJsonSchemaFilename", "")


def hash_of(state: bytes) -> str:
    """By which a saved state is known again."""
    return hashlib.sha256(state).hexdigest()
