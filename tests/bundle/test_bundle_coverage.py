"""The scenarios together visit every element and every sequence flow of the five diagrams."""

from functools import cache

from tests.bundle.procedure import BUNDLE, elements, flows
from tests.bundle.stories import stories
from tests.bundle.walk import flows_taken, walk_through

NOT_VISITED: dict[str, str] = {}
"""Elements and flows that no scenario visits, each with the reason. There is none at present."""


@cache
def visited() -> frozenset[str]:
    """The ids of all elements and flows that some scenario visits."""
    found: set[str] = set()
    for story in stories().values():
        trace = walk_through(story).kept.trace
        found |= {item.element.id for item in trace if item.event == "completed"}
        found |= flows_taken(trace)
    return frozenset(found)


def missing(ids: set[str]) -> list[str]:
    """Those that are neither visited nor excused."""
    return sorted(ids - visited() - NOT_VISITED.keys())


def test_there_are_five_diagrams() -> None:
    assert len(BUNDLE.diagrams) == len({element.process_id for element in elements().values()}) == 5


def test_every_element_is_visited() -> None:
    assert missing(set(elements())) == [], "these elements are not visited"


def test_every_sequence_flow_is_taken() -> None:
    assert missing({flow.id or "no id" for flow in flows()}) == [], "these flows are not taken"


def test_no_excuse_is_out_of_date() -> None:
    assert NOT_VISITED.keys() <= (set(elements()) | {flow.id for flow in flows()}) - visited()
    assert all(NOT_VISITED.values())
