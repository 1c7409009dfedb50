# mypy: disallow-subclassing-any=False
"""From a checked drawing to SpiffWorkflow's specifications: one for each process and embedded sub-process.

SpiffWorkflow's own parser is not used: it recurses along the flows (about 490 elements in a row are too
many), sorts conditions by their height on the canvas, and silently leaves out what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine import catching, events, gateways, repeating, tasks, throwing
from engine.assignments import parse_assignments
from engine.drawing import INSIDES, Drawing, Event, Flow, Loop, Node, Scope, Text, is_link_catch, link_targets
from engine.expressions import Expression

if TYPE_CHECKING:
    from engine.decisions import Decision

Compile = Callable[[Text], Expression | None]
"""From an expression as written to one that can be evaluated; None where a chooser stands in for it."""


class ProcessSpec(BpmnProcessSpec):
    """A process as SpiffWorkflow runs it, with our root and without its joins at the end.

    `first`: where its tokens begin; `beside`: also when a start event was triggered, in an event sub-process;
    `until`: an ad-hoc sub-process is over when it holds. `handlers`: the starts of its event sub-processes that wait.
    `bodies`: what runs inside of an activity with a loop marker, and `entrances`: what gathers the tokens before an
    activity, both by the element's id.
    """

    def __init__(self, name: str, process_id: str) -> None:
        super().__init__(name)
        self.process_id = process_id
        self.task_specs.clear()
        self.start = tasks.Root(self, "[root]")
        self.end = None
        self.first: tuple[Any, ...] = ()
        self.beside = False
        self.until: Expression | None = None
        self.handlers: tuple[catching.EventStart, ...] = ()
        self.bodies: dict[str, Any] = {}
        self.entrances: dict[str, gateways.Gather] = {}


class Builder:
    """Builds the specifications of a drawing that keeps all rules.

    `compile_condition`, `compile_value`, `compile_timer`: how expressions are read; `decisions`: decision tables by id.
    """

    def __init__(
        self,
        drawing: Drawing,
        compile_condition: Compile,
        compile_value: Compile,
        compile_timer: Callable[[Event], Expression],
        decisions: Mapping[str, Decision],
    ) -> None:
        self.drawing = drawing
        self.compile_condition = compile_condition
        self.compile_value = compile_value
        self.compile_timer = compile_timer
        self.decisions = decisions
        self.conditions: dict[str, Expression] = {}
        self.activities: dict[tuple[str, str], Any] = {}
        self.undoing: dict[tuple[str, str], catching.EventStart] = {}
        self.scopes = {scope.id: scope for scope in drawing.scopes}

    def build(self) -> dict[str, ProcessSpec]:
        """The specifications by the id of the process or sub-process."""
        specs = {scope.id: self._scope(scope) for scope in self.drawing.scopes}
        for spec in specs.values():
            _prepare_joins(spec)
            _prepare_races(spec)
        for place, undoing in self.undoing.items():
            self.activities[place].undoing = undoing
            undoing.sub.handles = True
        return specs

    def _scope(self, scope: Scope) -> ProcessSpec:
        process = ProcessSpec(scope.id, scope.process_id)
        for node in scope.nodes:
            if not node.on_event:
                self._node(process, node)
        for node in scope.nodes:
            if node.on_event:
                self._event_sub_process(process, node)
        self._connect(process, scope)
        process.beside = scope.on_event
        process.until = self._optional(scope.until)
        if scope.in_turn:
            _one_after_the_other(process, scope)
        first = scope.first()[:1] if scope.in_turn else scope.first()
        process.first = tuple(process.task_specs[node.id] for node in first)
        return process

    def _node(self, process: ProcessSpec, node: Node) -> None:
        spec: Any = None
        if node.loop is not None:
            body = self._plain(process, node, f"{node.id}[]")
            spec = self._repeat(process, node, node.loop)
            spec.body, body.loop = body, spec
            process.bodies[node.id] = body
        else:
            spec = self._plain(process, node, node.id)
        spec.repeats = int(node.tokens_out)
        if node.tokens_in != "1":
            gather = gateways.Gather(process, f"{node.id}[in]")
            gather.element, gather.quantity = node.element, int(node.tokens_in)
            gather.ways = (tasks.Way("", spec),)
            process.entrances[node.id] = gather

    def _plain(self, process: ProcessSpec, node: Node, name: str) -> Any:
        spec = self._make(process, node, name)
        spec.element = node.element
        self.activities[node.element.process_id, node.id] = spec
        return spec

    def _make(self, process: ProcessSpec, node: Node, name: str) -> Any:
        if is_link_catch(node):
            return _PLAIN["startEvent"](process, name)  # Whatever leads to it has happened.
        if node.kind in _CATCHING:
            return self._catching(_CATCHING[node.kind](process, name, throwing.NONE), node)
        if node.kind in _THROWING:
            spec = _THROWING[node.kind](process, name, throwing.NONE)
            spec.triggers = self._triggers(node)
            return spec
        if node.kind == "boundaryEvent":
            spec = catching.Boundary(process, name, throwing.NONE, node.interrupting)
            spec.interrupts = node.interrupting
            return self._catching(spec, node)
        if node.kind == "complexGateway":
            spec = gateways.Complex(process, name)
            spec.activation = self._optional(node.activation)
            return spec
        if node.kind == "callActivity" and node.called not in self.scopes:
            return tasks.Worker(process, name)  # Only where somebody walks through a drawing (G10).
        if node.kind == "callActivity":
            return tasks.Call(process, name, node.called)
        if node.kind in INSIDES:
            kind = tasks.EventSubProcess if node.on_event else tasks.Embedded
            return kind(process, name, node.id)
        return self._task(process, node, name)

    def _task(self, process: ProcessSpec, node: Node, name: str) -> Any:
        if node.kind == "sendTask":
            spec = tasks.Send(process, name)
            spec.name_of_message = node.event.name
            return spec
        if node.kind == "scriptTask":
            script = tasks.Script(process, name)
            script.assignments = parse_assignments(node.script)
            return script
        if node.kind == "serviceTask":
            return tasks.Service(process, name) if node.element.step else tasks.Worker(process, name)
        decision = self.decisions.get(node.decision or "")
        if node.kind == "businessRuleTask" and decision is not None:
            decide = tasks.Decide(process, name)
            decide.decision = decision
            return decide
        return _PLAIN[node.kind](process, name)

    def _catching(self, spec: Any, node: Node) -> Any:
        spec.triggers = self._triggers(node)
        spec.needs_all = node.all_events
        return spec

    def _triggers(self, node: Node) -> tuple[events.Trigger, ...]:
        return tuple(self._trigger(node, event) for event in node.events)

    def _trigger(self, node: Node, event: Event) -> events.Trigger:
        if event.kind == "timer":
            return events.Timer(self.compile_timer(event))
        if event.kind == "conditional":
            return events.Conditional(self._optional(event.text))
        if event.kind == "compensate":
            return events.Compensate(event.activity)
        if event.kind in ("error", "escalation", "cancel"):
            return events.Coded(event.kind, event.name)
        # An event without a name: a message is heard by nobody, a signal by every one that has no name either.
        return events.Trigger(event.kind, event.name or (f"{node.id}?" if event.kind == "message" else ""))

    def _repeat(self, process: ProcessSpec, node: Node, loop: Loop) -> repeating.Repeat:
        spec = repeating.Repeat(process, node.id)
        spec.element = node.element
        spec.standard = loop.kind == "while"
        spec.sequential = loop.kind != "parallel"
        spec.test_before = loop.test_before
        spec.maximum = int(loop.maximum) if loop.maximum else None
        spec.condition = self._optional(loop.condition)
        spec.cardinality = self._optional_value(loop.cardinality)
        spec.until = self._optional(loop.completion)
        spec.items = self._optional_value(Text(loop.collection or ""))
        spec.item = loop.item
        spec.behavior = loop.behavior
        spec.throws = tuple(
            (self._optional(condition), self._trigger(node, event)) for condition, event in loop.throws
        )
        return spec

    def _optional(self, text: Text | None) -> Expression | None:
        return None if text is None or not text.text else self.compile_condition(text)

    def _optional_value(self, text: Text | None) -> Expression | None:
        return None if text is None or not text.text else self.compile_value(text)

    def _event_sub_process(self, process: ProcessSpec, node: Node) -> None:
        """The sub-process, and for each of its start events the event that waits for it in the scope around."""
        sub = self._plain(process, node, node.id)
        for start in self.scopes[node.id].nodes:
            if start.kind == "startEvent":
                spec = catching.EventStart(process, start.id, throwing.NONE)
                spec.element, spec.sub, spec.interrupts = start.element, sub, start.interrupting
                self._catching(spec, start)
                if start.has("compensate"):
                    # A process itself is never compensated, so there its start is never triggered (G22).
                    if self.scopes[process.name].around is not None:
                        self.undoing[process.process_id, process.name] = spec
                else:
                    process.handlers = (*process.handlers, spec)

    def _connect(self, process: ProcessSpec, scope: Scope) -> None:
        for node in scope.nodes:
            if node.kind == "boundaryEvent":
                self._attach(process, node)
        leaving: dict[str, list[Flow]] = {}
        for flow in scope.flows:
            leaving.setdefault(flow.source, []).append(flow)
        for node in scope.nodes:
            if not node.on_event:
                ways = [self._way(process, node, flow) for flow in leaving.get(node.id, ())]
                process.task_specs[node.id].ways = (*_links(process, scope, node), *ways)

    def _attach(self, process: ProcessSpec, node: Node) -> None:
        host = process.task_specs[node.element.attached_to or ""]
        if node.has("compensate"):
            handler = process.task_specs.get(node.handler or "")
            host.handler = handler
            if handler is not None:
                handler.handles = True
            if node.element.attached_to in process.bodies:
                process.bodies[node.element.attached_to].handler, host.handler = handler, None
        else:
            host.boundaries = (*host.boundaries, process.task_specs[node.id])

    def _way(self, process: ProcessSpec, node: Node, flow: Flow) -> tasks.Way:
        target = process.entrances.get(flow.target) or process.task_specs[flow.target]
        default = node.default == flow.id
        if flow.condition is None or default or node.kind in ("parallelGateway", "eventBasedGateway"):
            return tasks.Way(flow.id, target, None, default)
        compiled = self.compile_condition(flow.condition)
        if compiled is not None:
            self.conditions[flow.condition.text] = compiled
        return tasks.Way(flow.id, target, flow.condition.text)


def _one_after_the_other(process: ProcessSpec, scope: Scope) -> None:
    for earlier, later in pairwise(scope.first()):
        way = tasks.Way("", process.task_specs[later.id])
        process.task_specs[earlier.id].ways = (way,)


def _links(process: ProcessSpec, scope: Scope, node: Node) -> Iterable[tasks.Way]:
    """From a link throw event to the catch event of the same name in the same scope (BPMN 2.0.2, 10.5.5)."""
    for other in link_targets(scope, node):
        yield tasks.Way(f"{node.id}->{other.id}", process.task_specs[other.id])


def _prepare_joins(process: ProcessSpec) -> None:
    """Tell each join its incoming flows, and each inclusive one from where they can be reached."""
    for join in process.task_specs.values():
        if isinstance(join, gateways.Join):
            sources = [(spec, way) for spec in process.task_specs.values() for way in spec.ways]
            into = [(spec, way) for spec, way in sources if way.target is join]
            join.incoming = tuple(way.id for _, way in into)
            if isinstance(join, gateways.Inclusive):
                join.leading, join.may_lead = {}, {}
                for leading, attached in ((join.leading, False), (join.may_lead, True)):
                    before = _predecessors(process, join, attached)
                    leading.update((way.id, _leading_to(spec.element.id, before)) for spec, way in into)


def _prepare_races(process: ProcessSpec) -> None:
    """Tell each event behind an event-based gateway that it has rivals."""
    for race in process.task_specs.values():
        if isinstance(race, gateways.Race):
            for way in race.ways:
                way.target.raced = True


def _predecessors(process: ProcessSpec, join: gateways.Inclusive, attached: bool) -> Mapping[str, set[str]]:
    """The elements before each element, by flows and, with `attached`, from an activity to its boundary events.

    Nothing is before the join, whose visit ends a way.
    """
    before: dict[str, set[str]] = {}
    for spec in process.task_specs.values():
        following = [way.target for way in spec.ways]
        following += getattr(spec, "boundaries", ()) if attached else ()
        for target in following if spec is not join else ():
            before.setdefault(target.element.id, set()).add(spec.element.id)
    return before


def _leading_to(source: str, before: Mapping[str, set[str]]) -> frozenset[str]:
    """An element and everything from which it can be reached."""
    seen, open_ = {source}, [source]
    while open_:
        for earlier in before.get(open_.pop(), ()):
            if earlier not in seen:
                seen.add(earlier)
                open_.append(earlier)
    return frozenset(seen)


_CATCHING: Mapping[str, Any] = {
    "intermediateCatchEvent": catching.Catch,
    "receiveTask": catching.Receive,
}
_THROWING: Mapping[str, Any] = {"intermediateThrowEvent": throwing.Throw, "endEvent": throwing.End}
_PLAIN: Mapping[str, Any] = {
    "startEvent": lambda process, name: catching.Start(process, name, throwing.NONE),
    "userTask": tasks.Person,
    "task": tasks.Person,
    "manualTask": tasks.Manual,
    "businessRuleTask": tasks.Worker,
    "exclusiveGateway": gateways.Exclusive,
    "parallelGateway": gateways.Parallel,
    "inclusiveGateway": gateways.Inclusive,
    "eventBasedGateway": lambda process, name: gateways.Race(process, name, throwing.NONE),
}
