"""The sentences of a process told in order (`engine.narrative`): who does what, due when, and where each way leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.drawing import Node
from engine.narrative import Line, Tale, Way
from workflows.condition_words import Questions, questions_of
from workflows.definitions import Bundle
from workflows.language import gettext, marked
from workflows.queries.processes import role_words
from workflows.step_words import levels_of, time_words


@dataclass(frozen=True)
class Sentence:
    """A line of the outline: its `text`, the id of the element it is about, and what is told below it.

    `leads`: the element holds something to change, so that the line is a link to it.
    """

    element: str
    text: str
    ways: tuple[ToldWay, ...] = ()
    inside: tuple[Sentence, ...] = ()
    leads: bool = False


@dataclass(frozen=True)
class ToldWay:
    """A way out of a line: when it is taken and, if nothing follows below, where it leads."""

    text: str
    lines: tuple[Sentence, ...] = ()


_LINES: Mapping[str, str] = {
    "userTask": marked("{role}: {name}."),
    "manualTask": marked("{role}: {name}."),
    "serviceTask": marked("By itself: {name}."),
    "businessRuleTask": marked("By itself, from the decision table: {name}."),
    "callActivity": marked("{role}: {name}, which is a process of its own."),
    "exclusiveGateway": marked("Decision: {name}"),
    "inclusiveGateway": marked("Decision, of which several may hold: {name}"),
    "parallelGateway": marked("{name}:"),
    "eventBasedGateway": marked("Whatever happens first: {name}"),
    "startEvent": marked("Start: {name}."),
    "endEvent": marked("End: {name}."),
    "intermediateCatchEvent": marked("Wait: {name}."),
    "intermediateThrowEvent": marked("Let the other parts of the process know: {name}."),
}
_WITH_DUE = marked("{role}: {name}, due: {time}.")
_WITH_OUTCOME = marked("End: {name} (outcome: {outcome}).")
_ELSE = marked("{name}.")
_NAMELESS = {
    "exclusiveGateway": marked("Decision"),
    "parallelGateway": marked("Several ways at once"),
    "endEvent": marked("the end"),
    "startEvent": marked("the start"),
}

_WHEN = {
    "condition": marked("If {condition}"),
    "named": marked("If “{answer}”, that is, if {condition}"),
    "default": marked("If “{answer}”"),
    "otherwise": marked("Otherwise"),
    "same": marked("At the same time"),
    "same_named": marked("At the same time, {answer}"),
    "timer_ends": marked("If it is not done within {time}, the step ends"),
    "timer": marked("After {time}, while the step stays open"),
    "event_ends": marked("If “{name}” happens, the step ends"),
    "event": marked("If “{name}” happens, while the step stays open"),
}
_THEN = {
    "lines": marked("{when}:"),
    "goes_on": marked("{when}: go on below."),
    "back": marked("{when}: go back to “{name}”."),
    "leads": marked("{when}: go on with “{name}”."),
    "nothing": marked("{when}: nothing else happens."),
}
_AFTER_LINES = {
    "goes_on": marked("Then go on below."),
    "back": marked("Then go back to “{name}”."),
    "leads": marked("Then go on with “{name}”."),
}


class Teller:
    """Says the lines of a bundle's processes."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.questions: Questions = questions_of(bundle)
        self.levels = levels_of(bundle)

    def tale(self, tale: Tale) -> list[list[Sentence]]:
        """The groups of lines of a process: from its start, then those that nothing leads to."""
        first = list(self._lines(tale.lines))
        if tale.leads_to is not None:
            first.append(self._closing(tale.leads_to, "back"))
        return [first, *(list(self._lines(group)) for group in tale.apart)]

    def _lines(self, lines: tuple[Line, ...]) -> tuple[Sentence, ...]:
        return tuple(self._line(line) for line in lines)

    def _line(self, line: Line) -> Sentence:
        several = len([way for way in line.ways if way.event is None])
        ways = tuple(self._way(line.node, way, several) for way in line.ways)
        leads = line.node.kind not in ("startEvent", "endEvent", "parallelGateway")
        return Sentence(line.node.id, self._says(line.node), ways, self._lines(line.inside), leads)

    def _says(self, node: Node) -> str:
        told = node.element.properties
        words = {"role": role_words(node.element.lane), "name": name_of(node)}
        if node.kind == "userTask" and told.get("due"):
            return gettext(_WITH_DUE).format(time=time_words(self.bundle, told["due"]), **words)
        if node.kind == "endEvent" and told.get("outcome"):
            outcome = told["outcome"].replace("_", " ")
            return gettext(_WITH_OUTCOME).format(outcome=outcome, **words)
        if node.kind == "intermediateCatchEvent" and node.event.kind == "timer":
            words["name"] = self.timer(node)
        return gettext(_LINES.get(node.kind, _ELSE)).format(**words)

    def timer(self, node: Node) -> str:
        """The time of a timer event: `2 business days`, or as it is written."""
        text = node.event.text.text if node.event.text else ""
        key = service_level_of(text)
        return time_words(self.bundle, key) if key else text

    def _way(self, node: Node, way: Way, several: int) -> ToldWay:
        when = self._when(node, way, several)
        lines = self._lines(way.lines)
        goal = "goes_on" if way.goes_on else "back" if way.back else "leads"
        to = way.leads_to
        if lines:
            if way.goes_on or to is not None:
                lines = (*lines, self._closing(to, goal))
            return ToldWay(gettext(_THEN["lines"]).format(when=when), lines)
        if not way.goes_on and to is None:
            goal = "nothing"
        return ToldWay(gettext(_THEN[goal]).format(when=when, name=name_of(to) if to else ""))

    def _closing(self, to: Node | None, goal: str) -> Sentence:
        return Sentence("", gettext(_AFTER_LINES[goal]).format(name=name_of(to) if to else ""))

    def _when(self, node: Node, way: Way, several: int) -> str:
        if way.event is not None:
            return self._happens(way.event)
        if way.flow is None:
            return gettext(_WHEN["otherwise"])
        answer = gettext(way.flow.name)
        if node.kind in ("parallelGateway", "eventBasedGateway"):
            return gettext(_WHEN["same_named" if answer else "same"]).format(answer=answer)
        text = way.flow.condition.text if way.flow.condition else ""
        if not text:
            return gettext(_WHEN["default" if answer else "otherwise"]).format(answer=answer)
        condition = self.questions.sentence(text)
        return gettext(_WHEN["named" if answer else "condition"]).format(answer=answer, condition=condition)

    def _happens(self, event: Node) -> str:
        ends = "_ends" if event.interrupting else ""
        if event.event.kind == "timer":
            return gettext(_WHEN[f"timer{ends}"]).format(time=self.timer(event))
        return gettext(_WHEN[f"event{ends}"]).format(name=name_of(event))


def name_of(node: Node) -> str:
    """What an element is called; one without a name by its kind."""
    return gettext(node.element.name) if node.element.name else gettext(_NAMELESS.get(node.kind, node.id))


def service_level_of(text: str) -> str | None:
    """The key in `service_level("key")`, or None for any other text."""
    start, end = 'service_level("', '")'
    plain = text.strip()
    inside = plain.removeprefix(start).removesuffix(end)
    return inside if plain == f"{start}{inside}{end}" and inside.isidentifier() else None
