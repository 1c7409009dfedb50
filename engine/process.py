"""A process while it runs: its tokens, how they go on, how they end, and what catches what they throw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.catching import Boundary, EventStart
from engine.errors import ExpressionError, Incident
from engine.gateways import Join
from engine.tasks import Embedded, EventSubProcess, Way
from engine.tokens import Record, Token, Trace, What

if TYPE_CHECKING:
    from engine.workflow import Run


class Process:
    """What the top process and one inside another have in common; mixed in before SpiffWorkflow's classes.

    `closing`: a terminating end event was reached, or the process is being left: nothing goes on. `records`: what
    can be compensated here. `enclosed`: in an event sub-process that compensates a sub-process that has ended, what
    can be compensated there.
    """

    tasks: dict[str, Token]
    top_workflow: Run
    task_tree: Token
    spec: Any
    caller: Token | None = None
    enclosed: list[Record] | None = None

    def begin(self, data: dict[str, object], entry: str | None = None) -> None:
        """Put the first tokens where the process begins, or at the element `entry`."""
        self.plant()
        self.task_tree.data = data
        for spec in self.spec.handlers:
            self.arm(spec, None)
        if entry is not None:
            # What the element waits for has happened: that is why the process begins there.
            self.send(self.task_tree, [Way("", self.spec.task_specs[entry])], fired=True)
        if entry is None or self.spec.beside:
            self.send(self.task_tree, [Way("", spec) for spec in self.spec.first])
        self.settle()

    def plant(self) -> None:
        """Make the root."""
        self.task_tree = Token(self, self.spec.start, state=TaskState.COMPLETED)
        self.end_data: dict[str, object] | None = None
        self.closing = False
        self.over = False
        self.records: list[Record] = []

    def new_token(self, spec: Any) -> Token:
        """A token that comes along no flow."""
        self.top_workflow.count(spec)
        return Token(self, spec, self.task_tree)

    def send(self, token: Token, ways: Iterable[Way], **internal: object) -> None:
        """Hand a token to the elements behind it; each new one gets `internal` into its internal data."""
        fresh = []
        for way in list(ways) * token.task_spec.repeats:
            self.top_workflow.count(way.target)
            self.top_workflow.taken.append(way.id)
            child = token._add_child(way.target)
            child.internal_data.update(internal)
            if isinstance(way.target, Join):
                child.internal_data["via"] = way.id
            fresh.append(child)
        for child in fresh:
            # A successor may have been cancelled by what its sibling did on arrival.
            if child.state == TaskState.FUTURE and child.id in self.tasks:
                child.task_spec._update(child)

    @property
    def live(self) -> list[Token]:
        """The tokens of this process, without its root and without those inside of called processes."""
        return [token for token in self.tasks.values() if token is not self.task_tree]

    def note(self, token: Token, event: What, name: str | None = None) -> None:
        """Add to the trace."""
        self.top_workflow.trace.append(Trace(token.element, event, name))

    def linked(self, link: str, target: str) -> list[Token]:
        """The waiting tokens that name `target` in their internal data under `link`."""
        return [token for token in self._waiting() if token.internal_data.get(link) == target]

    def _waiting(self) -> list[Token]:
        """The tokens here that wait for an event, in the order in which they came to be.

        That order is the one which saving and loading keeps; the order in which they began to wait it is not.
        """
        waiting = self.top_workflow.waiting
        return [token for token in self.tasks.values() if token.id in waiting] if waiting else []

    def instances(self, repeat: Token) -> list[Token]:
        """The live instances of an activity with a loop marker."""
        return [token for token in self.live if token.internal_data.get("loop") == repeat.id]

    def handlers_of(self, thrower: Token) -> list[Token]:
        """The compensation handlers that run for a throw event."""
        return [token for token in self.live if token.internal_data.get("compensates") == thrower.id]

    def waiting_at(self, spec: Any) -> Iterator[Token]:
        """The tokens that wait at a join, in the order of their arrival."""
        return (t for t in self.tasks.values() if t.task_spec is spec and t.state == TaskState.WAITING)

    def arm(self, spec: Boundary | EventStart, host: Token | None) -> None:
        """Let a boundary event wait beside its activity, or the start of an event sub-process in its scope."""
        token = self.new_token(spec)
        token.data = self.task_tree.data if host is None else host.data
        if host is not None:
            token.internal_data["host"] = host.id
        spec.wait(token)

    def end_reached(self, token: Token, outcome: str | None = None, terminates: bool = False) -> None:
        """Remember the data where a path ends; a terminating end event cancels the others and its data count."""
        if self.caller is None:
            self.end_data = {}  # Nobody takes over the data of the top process.
            self.top_workflow.outcome = outcome or self.top_workflow.outcome
        else:
            before = self.end_data if self.end_data and not terminates else {}
            self.end_data = {**before, **token.data}
        if terminates or self._is_enough(token):
            self.closing = True
            self.cancel_others(token)

    def _is_enough(self, token: Token) -> bool:
        """Whether an ad-hoc sub-process is over now (13.3.5)."""
        until = self.spec.until
        if until is None or self.top_workflow.chooser is not None:
            return False
        try:
            return bool(until.holds({**token.data, **(self.end_data or {})}, self.top_workflow.context))
        except ExpressionError as error:
            raise Incident(
                f"The completion condition cannot be answered: {error}", token.element.id
            ) from error

    def cancel_others(self, but: Token | None = None) -> None:
        """End every other live token, with the processes inside."""
        for token in self.live:
            if token is not but and token.id in self.tasks:
                token.stop()

    def abandon(self) -> None:
        """End the process from outside: nothing of it goes on, and nobody is told."""
        self.closing = self.over = True
        self.cancel_others()

    def settle(self) -> None:
        """Finish when nothing is left that could go on."""
        if self.over or any(not _is_armed(token) for token in self.live):
            return
        self.over = True
        for armed in self.live:
            armed.cancel()
        self.finish(self.task_tree.data if self.end_data is None else self.end_data)

    def finish(self, data: dict[str, object]) -> None:
        """The process has ended with these data."""
        raise NotImplementedError

    def remember(self, token: Token, inner: Sequence[Record]) -> None:
        """An activity that can be compensated has completed."""
        self.records.append(record_of(token.task_spec, token.data, tuple(inner)))

    def to_compensate(self, activity: str | None) -> list[Record]:
        """Take what is to be compensated, the last one to be begun first; each is compensated once (13.5.5)."""
        records = self._compensable(activity)
        chosen = [record for record in records if activity in (None, record.activity)]
        for record in chosen:
            records.remove(record)
        return list(_flat(chosen))

    def _compensable(self, activity: str | None) -> list[Record]:
        """The records a throw event here is about: in an event sub-process those of the scope around it."""
        if self.enclosed is not None:
            return self.enclosed
        caller = self.caller
        handles = caller is not None and isinstance(caller.task_spec, EventSubProcess)
        if caller is None or not handles or any(record.activity == activity for record in self.records):
            return self.records
        return caller.workflow._compensable(activity)

    def handlers_around(self, inside: Token) -> list[Token]:
        """The armed starts of event sub-processes that may catch what is thrown inside of a token here."""
        if isinstance(inside.task_spec, EventSubProcess):
            return []  # What a handler throws is for the scopes around it.
        return [token for token in self._waiting() if isinstance(token.task_spec, EventStart)]

    def collect_log_extras(self, dct: dict[str, object] | None = None) -> dict[str, object]:
        """Nothing: a log record must not carry data."""
        return {}


def record_of(spec: Any, data: Mapping[str, object], inner: tuple[Record, ...]) -> Record:
    """What compensates an activity: its own event sub-process and its handler; without both, what was inside of it."""
    own = Record(spec.element.id, data, inner, spec.handler)
    undoing = spec.undoing if isinstance(spec, Embedded) else None
    if undoing is None:
        return own
    from_inside = Record(spec.element.id, data, inner, undoing.sub, undoing.element.id)
    return from_inside if spec.handler is None else replace(own, before=from_inside)


def _is_armed(token: Token) -> bool:
    return isinstance(token.task_spec, EventStart) and not token.internal_data.get("began")


def _flat(records: Iterable[Record]) -> Iterator[Record]:
    """Records with a handler; of a sub-process without one, those inside."""
    for record in records:
        if record.handler is None:
            yield from _flat(record.inner)
        else:
            # The last one is compensated first.
            yield record
            yield from () if record.before is None else (record.before,)
