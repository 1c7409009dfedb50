"""Answers that a form takes, by construction: whatever is shown is answered, and nothing else."""

from typing import Any

from hypothesis import strategies as st

from engine import Element
from tests.bundle.procedure import OPTIONS, fields_of, open_boxes
from workflows.form_fields import Field

MOMENTS = st.sampled_from(["2026-11-19T10:00:00-08:00", "2026-02-28T23:59:00-08:00"])
NAMES = st.sampled_from(["Marlo", "O'Malley-Ñuñez", "Suriwen", "St. John"])
TEXTS = st.sampled_from(["SAMPLE: wants to enrol in a training program."])
PHONES = st.sampled_from(["360-555-0101", "+13605550102"])


@st.composite
def answers(draw: st.DrawFn, element: Element) -> dict[str, Any]:
    """Complete answers to a user task; what is optional is there or not."""
    given: dict[str, Any] = {}
    for field in fields_of(element):
        known = {**open_boxes(element), **given}
        if field.is_shown(known) and (field.is_required(known) or draw(st.booleans())):
            given[field.name] = draw(values(field))
    return given


def values(field: Field) -> st.SearchStrategy[Any]:
    """The values that a field takes; the first of a list, which leads furthest, a little more often."""
    source = field.source
    if "const" in source:
        return st.just(source["const"])
    if field.kind == "array":
        least = source.get("minItems", 0)
        return st.lists(st.sampled_from(field.values), min_size=least, unique=True)
    if field.kind == "boolean":
        return st.booleans()
    if field.kind == "integer":
        return _numbers(source["minimum"], source["maximum"])
    choices = list(field.choices(OPTIONS))
    return st.sampled_from(choices + choices[:1]) if choices else _texts(field)


def _numbers(least: int, most: int) -> st.SearchStrategy[int]:
    """Mostly the least number: a search that finds nobody is what this procedure is about."""
    return st.sampled_from([least, least, least, least + 1, least + 2, most])


def _texts(field: Field) -> st.SearchStrategy[str]:
    if field.widget == "tel":
        return PHONES
    return {"date-time": MOMENTS, "person-name": NAMES}.get(field.format or "", TEXTS)
