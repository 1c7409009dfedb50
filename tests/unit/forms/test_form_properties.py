"""Forms under arbitrary answers: nothing but a refusal, and what is accepted is what the API promised."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from workflows.form_checks import FIELD_KEYWORDS, BadForm
from workflows.forms import Form, FormRefused

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "opt_in_5512pro" / "forms"
FORMS = [Form.parse(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))]
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
OPTIONS = {name: {"one": "One", "two": "Two"} for name in ("my_offices", "offices", "esd_staff_of_office")}
EMPTY: dict[str, Any] = {"title": "x", "type": "object", "additionalProperties": False}
ACCEPTED: set[str] = set()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.isoformat())  # noqa: DTZ001 - a page sends none


def likely(source: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Answers a field may well be given: mostly fitting, in the writings of page and API."""
    if source["type"] == "array":
        return st.lists(st.sampled_from(source["items"]["enum"]), max_size=5) | st.just(
            source["items"]["enum"]
        )
    if source["type"] == "boolean":
        return st.sampled_from([True, "on", False, ""])
    if source["type"] == "integer":
        return st.integers(-1, 5) | st.integers(0, 5).map(str)
    if "enum" in source:
        return st.sampled_from([*source["enum"], source.get("const", source["enum"][0]), ""])
    if source.get("format") == "date-time":
        return MOMENTS
    phones = st.sampled_from(["360-555-0101", "+13605550102"])
    return (
        phones
        if source.get("x-widget") == "tel"
        else st.sampled_from(["Zoë O'Malley", "Anything of a good length", ""])
    )


@st.composite
def answers(draw: st.DrawFn) -> tuple[Form, dict[str, Any]]:
    """A form and answers to it: likely ones, some left out, now and then something arbitrary or unknown."""
    form = draw(st.sampled_from(FORMS))
    given: dict[str, Any] = {}
    for name, source in form.schema(OPTIONS)["properties"].items():
        if draw(st.integers(0, 9)):
            given[name] = draw(likely(source) if draw(st.integers(0, 15)) else JSON)
    if not draw(st.integers(0, 9)):
        given[draw(st.text(max_size=10))] = draw(JSON)
    return form, given


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(answers())
def test_what_is_accepted_fits_the_served_schema_and_reads_the_same_again(
    case: tuple[Form, dict[str, Any]],
) -> None:
    form, raw = case
    try:
        cleaned = form.clean(raw, OPTIONS, NOW)
    except FormRefused as refused:
        assert refused.fields
        assert all(name in form.names or name in raw or name == "" for name in refused.fields)
        assert all(sentence.endswith(".") for sentence in refused.fields.values())
        return
    Draft202012Validator(form.schema(OPTIONS)).validate(cleaned.all)
    assert form.clean(cleaned.all, OPTIONS, NOW) == cleaned
    assert set(cleaned.process) == form.kept("process") & cleaned.all.keys()
    assert all(isinstance(value, str | int) for value in cleaned.process.values())
    ACCEPTED.add(form.title)


def test_answers_to_most_forms_were_accepted_at_least_once() -> None:
    """The property above would say nothing if every answer were refused."""
    if not ACCEPTED:
        test_what_is_accepted_fits_the_served_schema_and_reads_the_same_again()
    assert len(ACCEPTED) >= len({form.title for form in FORMS}) // 2


@settings(max_examples=300)
@given(st.sampled_from(FORMS), JSON | st.dictionaries(st.text(max_size=5), JSON, max_size=3))
def test_arbitrary_json_is_refused_and_nothing_else(form: Form, raw: Any) -> None:
    try:
        form.clean(raw, OPTIONS, NOW)
    except FormRefused as refused:
        assert refused.fields
    else:
        raise AssertionError("arbitrary answers were accepted")


@settings(max_examples=200)
@given(answers())
def test_a_page_shows_any_draft_and_a_draft_survives_itself(case: tuple[Form, dict[str, Any]]) -> None:
    form, raw = case
    assert [view.name for view in form.fields(raw, OPTIONS)] == list(form.names)
    kept = form.draft(raw)
    assert form.draft(kept) == kept


DOCUMENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=3,
)


@st.composite
def spoilt_fields(draw: st.DrawFn) -> dict[str, Any]:
    """A good field with some keywords set to anything."""
    field: dict[str, Any] = {"type": "string", "title": "x", "maxLength": 5}
    for word in draw(st.lists(st.sampled_from(sorted(FIELD_KEYWORDS)), max_size=4)):
        field[word] = draw(
            DOCUMENT | st.sampled_from(["string", "integer", "boolean", "array", "date", "first"])
        )
    return field


@settings(max_examples=500)
@given(DOCUMENT | spoilt_fields().map(lambda field: {**EMPTY, "properties": {"first": field}}))
def test_any_document_is_a_form_or_told_why_not(source: Any) -> None:
    document = source if isinstance(source, dict) else {"properties": {"first": source}}
    try:
        Form.parse(document)
    except BadForm as bad:
        assert bad.problems
