"""What the scenarios of a bundle come past: its elements, its flows, its outcomes."""

from collections.abc import Iterable
from dataclasses import dataclass

import engine
from workflows.definitions import Bundle
from workflows.scenario_play import Playing
from workflows.scenarios import entry_processes


@dataclass(frozen=True)
class Coverage:
    """Of all elements, flows and outcomes those that some scenario comes past; ids, and outcomes as written.

    An outcome is that of an end event of a process that cases start; how a called process ends is none.
    """

    elements: frozenset[str]
    visited: frozenset[str]
    flows: frozenset[str]
    taken: frozenset[str]
    outcomes: tuple[str, ...]
    reached: frozenset[str]

    @property
    def missed_elements(self) -> list[str]:
        """Elements that no scenario comes past."""
        return sorted(self.elements - self.visited)

    @property
    def missed_flows(self) -> list[str]:
        """Flows that no scenario takes."""
        return sorted(self.flows - self.taken)

    @property
    def missed_outcomes(self) -> list[str]:
        """Outcomes at which no scenario ends."""
        return [outcome for outcome in self.outcomes if outcome not in self.reached]


def coverage(bundle: Bundle, playings: Iterable[Playing]) -> Coverage:
    """What was come past when the scenarios of a bundle were played."""
    played = list(playings)
    definitions = [bundle.definition(process) for process in entry_processes(bundle)]
    elements = {one.id: one for definition in definitions for one in definition.elements.values()}
    none: frozenset[str] = frozenset()
    return Coverage(
        elements=frozenset(elements),
        visited=none.union(*(playing.visited for playing in played)) & elements.keys(),
        flows=frozenset(flow.id for flow in bundle.routes.flows),
        taken=none.union(*(playing.taken for playing in played)),
        outcomes=_outcomes(bundle, elements.values()),
        reached=frozenset(playing.outcome for playing in played if playing.ended and playing.outcome),
    )


def _outcomes(bundle: Bundle, elements: Iterable[engine.Element]) -> tuple[str, ...]:
    starting = entry_processes(bundle)
    ends = (one for one in elements if one.kind == "endEvent" and one.process_id in starting)
    return tuple(dict.fromkeys(one.properties["outcome"] for one in ends if "outcome" in one.properties))
