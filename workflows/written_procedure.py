"""The written procedure: what the diagrams of a bundle say, as numbered paragraphs in reading order.

Nothing is written by hand: who does what, by when, with which form, what decides, and which mails go out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.drawing import Flow, Node
from engine.walking import left_in_order
from workflows import clauses
from workflows.cases import OUTCOMES
from workflows.clauses import BadTrace
from workflows.definitions import ROLE_OF_LANE, Bundle
from workflows.form_sentences import fill
from workflows.language import gettext
from workflows.people import ROLES
from workflows.scenario_play import form_of, notice_of
from workflows.scenario_words import mail_words, time_words
from workflows.scenarios import entry_processes


@dataclass(frozen=True)
class Paragraph:
    """One element in words: its number in the document, and its clause.

    `kind`: start, task, call, mail, step (of the product), decision or event. `facts`: label and words, such as who and
    by when. `questions`: what its form asks. `lines`: what comes then, a sentence each.
    """

    element: str
    number: str
    clause: str
    kind: str
    name: str
    facts: tuple[tuple[str, str], ...] = ()
    help: str = ""
    questions: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A process: its number, name, how it begins, and its paragraphs."""

    number: str
    name: str
    begins: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Carried:
    """A clause of the trace with the numbers of the paragraphs that carry it out, or the reason why none does."""

    number: str
    text: str
    places: tuple[str, ...]
    waiver: str


@dataclass(frozen=True)
class Procedure:
    """The whole document."""

    sections: tuple[Section, ...]
    clauses: tuple[Carried, ...]


def written(bundle: Bundle, labels: Mapping[str, str]) -> Procedure:
    """The procedure of a bundle that can be loaded; `labels`: what the case management system calls things."""
    writer = _Writer(bundle, labels)
    sections = tuple(writer.section(process) for process in writer.processes)
    return Procedure(sections, tuple(writer.carried()))


class _Writer:
    """What is known of a bundle while it is written out: its nodes, the ways between them, and their numbers."""

    def __init__(self, bundle: Bundle, labels: Mapping[str, str]) -> None:
        self.bundle, self.labels = bundle, labels
        self.nodes = {node.id: node for node in bundle.routes.nodes}
        self.out: dict[str, list[Flow]] = {}
        for flow in bundle.routes.flows:
            self.out.setdefault(flow.source, []).append(flow)
        self.attached: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.element.attached_to:
                self.attached.setdefault(node.element.attached_to, []).append(node)
        self.starting = entry_processes(bundle)
        self.names = bundle.routes.processes
        self.orders = {process: self._order(process) for process in bundle.file_of_process}
        self.processes = self._processes()
        self.numbers = dict(self._numbers())

    def _processes(self) -> list[str]:
        """The process that carries the bundle's key first; each called process behind the first that calls it."""
        found: dict[str, None] = {}
        waiting = sorted(self.starting, key=lambda process: process != self.bundle.key)
        while waiting:
            process = waiting.pop(0)
            if process not in found:
                found[process] = None
                called = (self.nodes[one].called for one in self.orders[process])
                waiting = [*(one for one in called if one in self.orders and one not in found), *waiting]
        return list(found)

    def _order(self, process: str) -> list[str]:
        """The nodes of a process in reading order: each branch to where it meets the others, then on from there."""
        inside = [node.id for node in self.nodes.values() if node.element.process_id == process]
        ordered: list[str] = []
        seen: set[str] = set()
        for first in sorted(inside, key=lambda one: self.nodes[one].kind != "startEvent"):
            # The reverse of the order in which a walk into the depth, last branch first, leaves the nodes.
            ordered += left_in_order([first], self._behind, seen)[::-1]
        return ordered

    def _behind(self, node: str) -> list[str]:
        flows = [flow.target for flow in self.out.get(node, ())]
        return [*(one.id for one in self.attached.get(node, ())), *flows][::-1]

    def _numbers(self) -> Iterator[tuple[str, str]]:
        for place, process in enumerate(self.processes, 1):
            shown = [one for one in self.orders[process] if self._is_told(self.nodes[one])]
            yield from ((one, f"{place}.{number}") for number, one in enumerate(shown, 1))

    def _is_told(self, node: Node) -> bool:
        """What has a paragraph of its own. Ends, joins and what may interrupt a step are told where they follow."""
        if node.kind.endswith("Gateway"):
            return len(self.out.get(node.id, ())) > 1
        return node.kind not in ("endEvent", "startEvent", "boundaryEvent")

    def section(self, process: str) -> Section:
        """A process written out."""
        told = [self.nodes[one] for one in self.orders[process] if one in self.numbers]
        starts = [one for one in self.orders[process] if self.nodes[one].kind == "startEvent"]
        begins = " ".join(gettext(self.nodes[one].element.name) for one in starts)
        following = [*(node.id for node in told[1:]), ""]
        written = (self._paragraph(node, after) for node, after in zip(told, following, strict=True))
        name = gettext(self.names.get(process, process))
        return Section(str(self.processes.index(process) + 1), name, begins, tuple(written))

    def _paragraph(self, node: Node, after: str) -> Paragraph:
        element = node.element
        form = form_of(self.bundle, element)
        return Paragraph(
            element.id,
            self.numbers[element.id],
            element.properties.get("procedureRef", ""),
            self._kind(node),
            gettext(element.name) or element.id,
            tuple(self._facts(node)),
            fill(gettext(element.documentation), self.labels) if element.kind == "userTask" else "",
            tuple(view.label for view in form.fields({}, labels=self.labels)) if form else (),
            (*self._interruptions(node), *self._ways(node, after)),
        )

    def _kind(self, node: Node) -> str:
        if node.kind == "serviceTask":
            return "mail" if notice_of(node.element) else "step"
        if node.kind.endswith("Gateway"):
            return "decision"
        return {"userTask": "task", "manualTask": "task", "callActivity": "call"}.get(node.kind, "event")

    def _facts(self, node: Node) -> Iterator[tuple[str, str]]:
        element = node.element
        if self._kind(node) == "task":
            yield gettext("Who"), self._role(element.lane)
            if due := element.properties.get("due"):
                yield gettext("Time allowed"), time_words(self.bundle, due)
        if (form := form_of(self.bundle, element)) is not None:
            yield gettext("Form"), fill(gettext(form.title), self.labels)
        if kind := notice_of(element):
            yield gettext("E-mail"), mail_words(self.bundle, kind)
        if node.called:
            place = str(self.processes.index(node.called) + 1) if node.called in self.processes else ""
            words = gettext("all of part {number}, “{name}”")
            yield gettext("Do"), words.format(number=place, name=gettext(self.names.get(node.called, "")))

    def _role(self, lane: str | None) -> str:
        return gettext(ROLES.get(ROLE_OF_LANE.get(lane or "", ""), lane or ""))

    def _interruptions(self, node: Node) -> Iterator[str]:
        """What may happen while a step is open."""
        for event in self.attached.get(node.id, ()):
            told = {"name": gettext(event.element.name), "then": self._leads(event.id)}
            if event.event.kind == "timer" and event.event.text:
                told["time"] = time_words(self.bundle, event.event.text.text)
                words = (
                    gettext("If it is not done after {time}, “{name}”: {then}.")
                    if event.interrupting
                    else gettext("While it is open, after {time}, “{name}”: {then}.")
                )
            elif event.interrupting:
                words = gettext("If meanwhile “{name}”, this step is not needed any more: {then}.")
            else:
                words = gettext("If meanwhile “{name}”: {then}; this step stays open.")
            yield words.format(**told)

    def _ways(self, node: Node, after: str) -> Iterator[str]:
        """What comes next; nothing where it is simply the next paragraph."""
        flows = self.out.get(node.id, [])
        if len(flows) > 1 and node.kind == "parallelGateway":
            both = gettext("; ").join(self._lead(flow.target) for flow in flows)
            yield gettext("At the same time: {both}.").format(both=both)
        elif len(flows) > 1:
            for flow in sorted(flows, key=lambda flow: flow.id == node.default):
                yield self._way(flow, flow.id == node.default)
        elif flows and self._told_at(flows[0].target) != after:
            yield gettext("Then: {then}.").format(then=self._lead(flows[0].target))

    def _way(self, flow: Flow, is_default: bool) -> str:
        said = gettext(flow.name) or (flow.condition.text if flow.condition else "")
        if not said:
            return gettext("Otherwise: {then}.").format(then=self._lead(flow.target))
        words = gettext("Otherwise, “{said}”: {then}.") if is_default else gettext("If “{said}”: {then}.")
        return words.format(said=said, then=self._lead(flow.target))

    def _leads(self, node: str) -> str:
        """Where the only way out of a node leads."""
        flows = self.out.get(node, [])
        return self._lead(flows[0].target) if flows else gettext("nothing follows")

    def _lead(self, target: str) -> str:
        """What stands at the end of a way: a paragraph by number and name, or an end."""
        node = self.nodes[self._told_at(target)]
        if node.id in self.numbers:
            words = gettext("go on with {number} “{name}”")
            return words.format(number=self.numbers[node.id], name=gettext(node.element.name))
        return self._end(node)

    def _end(self, node: Node) -> str:
        outcome = node.element.properties.get("outcome", "")
        if node.element.process_id in self.starting and outcome:
            words = gettext(OUTCOMES.get(outcome, outcome))
            return gettext("the case ends as “{outcome}”").format(outcome=words)
        if outcome:
            return gettext("this part ends with “{name}”").format(name=gettext(node.element.name))
        return gettext("nothing more is to do here (“{name}”)").format(name=gettext(node.element.name))

    def _told_at(self, target: str) -> str:
        """The next element that is told, past joins that only bring ways together."""
        seen: set[str] = set()
        while target not in self.numbers and self.nodes[target].kind != "endEvent" and target not in seen:
            seen.add(target)
            flows = self.out.get(target, [])
            target = flows[0].target if flows else target
        return target

    def carried(self) -> Iterator[Carried]:
        """The clauses of the trace; none where it cannot be read."""
        try:
            table = clauses.read(self.bundle.files)
        except BadTrace:
            return
        for clause in table:
            places = self._places(clause.elements)
            yield Carried(clause.number, gettext(clause.text), places, gettext(clause.waiver))

    def _places(self, elements: Sequence[str]) -> tuple[str, ...]:
        """Where elements are told; one without a paragraph of its own by its name."""
        known = [one for one in elements if one in self.nodes]
        return tuple(self.numbers.get(one) or f"“{gettext(self.nodes[one].element.name)}”" for one in known)
