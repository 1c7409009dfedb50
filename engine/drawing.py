"""A bundle as drawn: plain records of nodes, flows and scopes. `reading` makes them, everything else reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from lxml import etree

from engine.elements import Element, Problem
from engine.walking import following, walk

INSIDES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
"""Activities with a scope of their own inside."""


@dataclass(frozen=True)
class Text:
    """An expression as written: its `text`, the `language` it says it is in, and whether it is `formal`.

    An expression that is not formal is prose for people (BPMN 2.0.2, 8.4.7).
    """

    text: str
    language: str | None = None
    formal: bool = True


@dataclass(frozen=True)
class Event:
    """One event definition: what an event waits for or does.

    `kind`: none, timer, message, signal, error, escalation, conditional, link, compensate, cancel, terminate, or
    another definition's tag. `name`: of the message, signal or link, or the code of the error or escalation; None
    when none is drawn. `refers`: the reference as written, also when it is `dangling`: then it is the name
    itself. `text`: the timer's or condition's expression; `form`: timeDate, timeDuration or timeCycle. `activity`:
    what a compensation is for. `id`: of the definition itself; `joins`: ids of the definitions a link refers to.
    """

    kind: str = "none"
    name: str | None = None
    refers: str | None = None
    dangling: bool = False
    text: Text | None = None
    form: str | None = None
    activity: str | None = None
    id: str | None = None
    joins: tuple[str, ...] = ()

    def leads_to(self, other: Event) -> bool:
        """Whether a link leads to another one: by what they refer to, or by their name (BPMN 2.0.2, table 10.98)."""
        referred = (other.id in self.joins) or (self.id in other.joins)
        return referred or (not self.joins and not other.joins and self.name == other.name)


@dataclass(frozen=True)
class Loop:
    """How often an activity runs (BPMN 2.0.2, 10.3.8).

    `kind`: `while` (standard loop), `parallel` or `sequential` (multi-instance). `condition`: go on while it holds;
    `test_before`, `maximum`: of a standard loop. `cardinality` or `collection`: how many instances; `item`: the name
    under which each finds its part of the collection; `completion`: stop when it holds. `behavior`: after which
    instances an event is thrown (`All`: after none), `throws`: which ones, each always or, with `Complex`, under a
    condition that also ends the activity; its event may then be a plain one, for nothing.
    """

    kind: Literal["while", "parallel", "sequential"]
    condition: Text | None = None
    test_before: bool = False
    maximum: str | None = None
    cardinality: Text | None = None
    collection: str | None = None
    item: str | None = None
    completion: Text | None = None
    behavior: str = "All"
    throws: tuple[tuple[Text | None, Event], ...] = ()


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `drawn_id` is None when the file gives none; `id` then is made of its ends."""

    id: str
    drawn_id: str | None
    name: str
    source: str
    target: str
    condition: Text | None
    scope: str
    file: str


@dataclass(frozen=True)
class Node:
    """A flow node with what its tag says beside the `Element`; `scope`: the process or sub-process around.

    `events`: its event definitions; `all_events`: it waits for all of them. `handler`: the activity that a
    compensation boundary event leads to. `compensates`: the activity is such a handler. `on_event`: an event
    sub-process. `script`: of a script task; `scripts`: what is asked to run before or after.
    `oddities`: what the engine has no meaning for; `aside`: what it knows and sets aside.
    """

    element: Element
    scope: str
    file: str
    events: tuple[Event, ...] = ()
    all_events: bool = False
    default: str | None = None
    called: str | None = None
    interrupting: bool = True
    handler: str | None = None
    compensates: bool = False
    on_event: bool = False
    instantiates: bool = False
    tokens_in: str = "1"
    tokens_out: str = "1"
    loop: Loop | None = None
    decision: str | None = None
    activation: Text | None = None
    oddities: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    script: str = ""

    @property
    def id(self) -> str:
        """The id of the element."""
        return self.element.id

    @property
    def kind(self) -> str:
        """The BPMN tag of the element."""
        return self.element.kind

    @property
    def event(self) -> Event:
        """Its only event definition; a plain one when there is none."""
        return self.events[0] if self.events else Event()

    def has(self, *kinds: str) -> bool:
        """Whether one of its event definitions is of these kinds."""
        return any(event.kind in kinds for event in self.events)


@dataclass
class Scope:
    """A process or an embedded sub-process: a set of nodes and flows that starts and ends as a whole.

    `around`: the scope it is drawn in, None for a process. `on_event`: an event sub-process; `in_turn`: an
    ad-hoc sub-process whose activities come one after the other, `until` its completion condition.
    """

    id: str
    name: str
    kind: str
    file: str
    process_id: str
    around: str | None = None
    on_event: bool = False
    in_turn: bool = False
    until: Text | None = None
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    def first(self) -> list[Node]:
        """Where its tokens begin (BPMN 2.0.2, 13.2): a process at one plain start event, or at the nodes that nothing
        leads to when it has no start event; a sub-process at all of both.
        """
        starts = [node for node in self.nodes if node.kind == "startEvent"]
        led_to = {flow.target for flow in self.flows}
        alone = [node for node in self.nodes if node.id not in led_to and _may_begin(node)]
        if self.around is None and starts:
            return [node for node in starts if not node.events][:1]
        return [node for node in starts if not node.events] + alone


def _may_begin(node: Node) -> bool:
    """Whether a node that nothing leads to begins with its scope."""
    if node.kind in ("startEvent", "boundaryEvent") or node.compensates or node.on_event:
        return False
    return not is_link_catch(node)


def link_targets(scope: Scope, node: Node) -> list[Node]:
    """The catch events that a link throw event leads to."""
    if node.kind != "intermediateThrowEvent" or not node.has("link"):
        return []
    return [other for other in scope.nodes if is_link_catch(other) and node.event.leads_to(other.event)]


def is_link_catch(node: Node) -> bool:
    """Whether a link leads to the node."""
    return node.kind == "intermediateCatchEvent" and node.has("link")


@dataclass
class Drawing:
    """Everything read from a bundle of files.

    `idle`: ids of processes that are not executable. `ids`: each id with its file and tag. `drawn`: file and id of
    what has a shape. `roots`: the XML of each file, for rules about what is set aside.
    """

    scopes: list[Scope] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    ids: list[tuple[str, str, str]] = field(default_factory=list)
    drawn: set[tuple[str, str]] = field(default_factory=set)
    roots: dict[str, etree._Element] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def nodes(self) -> Iterator[Node]:
        """All flow nodes, in the order of the files."""
        return (node for scope in self.scopes for node in scope.nodes)

    @property
    def flows(self) -> Iterator[Flow]:
        """All sequence flows."""
        return (flow for scope in self.scopes for flow in scope.flows)

    @property
    def processes(self) -> list[Scope]:
        """The executable processes."""
        return [scope for scope in self.scopes if scope.around is None]

    def needed_by(self, process_id: str) -> set[str]:
        """A process and those it calls, through others too."""
        called = following((node.element.process_id, node.called) for node in self.nodes if node.called)
        return walk([process_id], called)

    def only(self, processes: set[str]) -> Drawing:
        """The drawing without the other processes."""
        scopes = [scope for scope in self.scopes if scope.process_id in processes]
        return replace(self, scopes=scopes)

    def process_of(self, scope_id: str) -> str:
        """The process around a scope."""
        return next(scope.process_id for scope in self.scopes if scope.id == scope_id)
