"""Form documents: what is wrong with a bad one, what a good one serves and shows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from workflows.forms import BadForm, Form

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "opt_in_5512pro" / "forms"
OFFICES = {"my_offices": {"WSK": "WorkSource Kitsap", "WSC": "WorkSource Clallam"}}


def bundled(prefix: str) -> Form:
    [path] = FOLDER.glob(f"{prefix}_*.json")
    return Form.parse(path.read_bytes())


def document(**field: Any) -> dict[str, Any]:
    """A form of two fields, of which the second is under test."""
    first = {"type": "boolean", "title": "First"}
    return {
        "title": "A form",
        "type": "object",
        "additionalProperties": False,
        "properties": {"first": first, "second": {"title": "Second", **field}},
        "required": ["second"],
    }


CHOICE: dict[str, Any] = {"type": "string", "enum": ["a", "b"], "x-labels": {"a": "A", "b": "B"}}
TEXT: dict[str, Any] = {"type": "string", "maxLength": 20}

BAD_FIELDS = [
    ({"type": "text"}, "“type” must be one of"),
    ({**TEXT, "title": ""}, "“title” must be words"),
    ({**TEXT, "maxlength": 5}, "unknown keyword “maxlength”"),
    ({**TEXT, "$ref": "#/x"}, "unknown keyword “$ref”"),
    ({**TEXT, "x-showif": "first"}, "unknown annotation “x-showif”"),
    ({**TEXT, "x-shown-if": "first ="}, "“x-shown-if” is not understood"),
    ({**TEXT, "x-shown-if": "__import__('os')"}, "“x-shown-if” is not understood"),
    ({**TEXT, "x-shown-if": "third"}, "asks for “third”, which is no earlier field"),
    ({**TEXT, "x-shown-if": 'second == "a"'}, "asks for “second”, which is no earlier field"),
    ({**TEXT, "x-shown-if": True}, "“x-shown-if” must be an expression"),
    ({**TEXT, "x-required-if": "first and"}, "“x-required-if” is not understood"),
    ({"type": "string", "enum": ["a", "b"]}, "“enum” needs “x-labels”"),
    ({**CHOICE, "x-labels": {"a": "A"}}, "no label for “b”"),
    ({**CHOICE, "x-labels": {"a": "A", "b": "B", "c": "C"}}, "“x-labels” has “c”"),
    ({**CHOICE, "x-labels": {"a": "A", "b": 5}}, "“x-labels b” must be words"),
    ({**CHOICE, "enum": ["a", "a"]}, "list of different texts"),
    ({**CHOICE, "enum": []}, "list of different texts"),
    ({**CHOICE, "const": "c"}, "“const” must be one of the field's values"),
    ({**CHOICE, "default": "c"}, "“default” must be one of the field's values"),
    ({**CHOICE, "x-options": "offices"}, "“x-options” stands alone"),
    ({"type": "string", "x-options": "everybody"}, "“x-options” must be one of"),
    ({"type": "string"}, "a text needs “maxLength”"),
    ({"type": "string", "maxLength": 10**6}, "a text needs “maxLength”"),
    ({**TEXT, "minLength": "5"}, "“minLength” must be a whole number"),
    ({**TEXT, "format": "email"}, "“format” must be one of"),
    ({**TEXT, "pattern": "("}, "“pattern” is not a regular expression"),
    ({**TEXT, "pattern": "(a+)+$"}, "“pattern” repeats too much"),
    ({**TEXT, "pattern": "a*a*a*b"}, "“pattern” repeats too much"),
    ({**TEXT, "pattern": "(?=a)a"}, "“pattern” repeats too much"),
    ({**TEXT, "pattern": "a?" * 20 + "a" * 20}, "“pattern” repeats too much"),
    ({**TEXT, "x-keep": "everywhere"}, "“x-keep” must be one of"),
    ({**TEXT, "x-keep": "process"}, "may enter process data"),
    ({**TEXT, "x-visible-to": ["everybody"]}, "“x-visible-to” must be a list of"),
    ({**TEXT, "x-widget": "checkbox"}, "“x-widget” must be one of"),
    ({**TEXT, "x-messages": {"requierd": "x"}}, "unknown keyword “requierd”"),
    ({**TEXT, "x-messages": "x"}, "“x-messages” must hold a sentence"),
    ({**TEXT, "x-not-future": True}, "“x-not-future” is true, and only on a date"),
    ({**TEXT, "description": "in {sor.sytem}"}, "unknown placeholder “{sor.sytem}”"),
    ({"type": "array", "items": {"type": "string"}}, "“items” must be"),
    ({"type": "array"}, "“items” must be"),
]


@pytest.mark.parametrize(("field", "problem"), BAD_FIELDS)
def test_a_bad_field_is_named_with_its_reason(field: dict[str, Any], problem: str) -> None:
    problems = Form.problems(document(**field))
    assert any(problem in sentence and "Field “second”" in sentence for sentence in problems), problems


def test_every_problem_is_named_at_once() -> None:
    source = document(**CHOICE, minlength=5, **{"x-keep": "nowhere"})
    source["propertys"] = {}
    with pytest.raises(BadForm) as bad:
        Form.parse(source)
    assert len(bad.value.problems) == 3


BAD_FORMS: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda form: form.pop("title"), "“title” must be words"),
    (lambda form: form.pop("additionalProperties"), "“additionalProperties”: false"),
    (lambda form: form.update(additionalProperties=True), "“additionalProperties”: false"),
    (lambda form: form.update({"$schema": "http://json-schema.org/draft-07/schema#"}), "“$schema” must be"),
    (lambda form: form.update(properties={}), "“properties” must hold"),
    (lambda form: form.update(properties=[]), "“properties” must hold"),
    (lambda form: form.update(required=["third"]), "“required” names “third”"),
    (lambda form: form.update(required="second"), "“required” must be a list"),
    (lambda form: form["properties"].update(Third=TEXT), "a name is small letters"),
    (lambda form: form["properties"].update(third=[]), "it must be an object of keywords"),
    (
        lambda form: form["properties"].update({"has": {**CHOICE, "title": "x", "x-keep": "process"}}),
        "another meaning",
    ),
]


@pytest.mark.parametrize(("spoil", "problem"), BAD_FORMS)
def test_a_bad_form_is_told_why(spoil: Callable[[dict[str, Any]], Any], problem: str) -> None:
    source = document(**TEXT)
    spoil(source)
    assert any(problem in sentence for sentence in Form.problems(source)), Form.problems(source)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"title": NaN}',
        b"[" * 100_000,
        b'{"a": 1, "a": 2}',
        b" " * 200_001,
    ],
)
def test_what_is_no_form_at_all_is_refused(text: bytes) -> None:
    assert len(Form.problems(text)) == 1


def test_the_form_under_test_is_good_when_nothing_is_spoilt() -> None:
    assert Form.problems(document(**TEXT)) == Form.problems(document(**CHOICE)) == ()


def test_a_form_is_compiled_once_for_each_content() -> None:
    assert Form.parse(document(**TEXT)) is Form.parse(document(**TEXT))
    assert Form.parse(document(**TEXT)) is not Form.parse(document(**CHOICE))


class TestServedSchema:
    """What the API serves."""

    @pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
    def test_it_is_a_schema_and_every_text_is_filled(self, path: Path) -> None:
        served = Form.parse(path.read_bytes()).schema(OFFICES)
        Draft202012Validator.check_schema(served)
        assert "{sor." not in json.dumps(served)

    def test_lists_of_the_host_are_filled_in(self) -> None:
        served = bundled("T1").schema(OFFICES)
        assert served["properties"]["office"]["enum"] == ["WSK", "WSC"]
        assert served["properties"]["office"]["x-labels"]["WSC"] == "WorkSource Clallam"

    def test_words_of_the_system_are_filled_in(self) -> None:
        served = bundled("T1").schema({}, {"system": "WIT"})
        assert "WIT" in served["properties"]["search_key"]["x-labels"]["eto_id"]
        assert served["properties"]["total_own"]["description"].count("Quick Search") == 1

    def test_only_what_is_always_asked_is_required(self) -> None:
        assert bundled("T2").schema()["required"] == ["total_wide"]
        assert "language" not in bundled("T5").schema()["required"]
        assert bundled("T7").schema()["required"] == ["contact_direction", "contact_at", "contact_result"]

    def test_a_condition_is_told_in_words_and_for_programs(self) -> None:
        person = bundled("T2").schema()["properties"]["right_person"]
        assert person["x-shown-if"] == "total_wide > 1"
        assert person["x-required-when-shown"] is True
        assert "Asked only if total_wide > 1; then needed" in person["description"]
        assert (
            "Needed if not single_name"
            in bundled("T5").schema()["properties"]["client_first_name"]["description"]
        )

    def test_serving_changes_nothing_kept(self) -> None:
        form = bundled("T1")
        form.schema(OFFICES)["properties"]["office"]["enum"].append("X")
        form.schema(OFFICES)["properties"]["search_key"]["enum"].append("X")
        assert form.schema({})["properties"]["office"]["enum"] == []
        assert form.schema({})["properties"]["search_key"]["enum"] == ["name", "eto_id", "ssn"]


class TestViews:
    """What a page renders."""

    def test_fields_come_in_order_with_their_words(self) -> None:
        [key, office, total] = bundled("T1").fields({}, OFFICES)
        assert (key.name, key.widget, key.required, key.shown, key.value) == (
            "search_key",
            "radio",
            True,
            True,
            None,
        )
        assert office.options == (("WSK", "WorkSource Kitsap"), ("WSC", "WorkSource Clallam"))
        assert total.widget == "integer"
        assert "Quick Search" in total.hint

    def test_answers_show_and_hide_what_depends_on_them(self) -> None:
        form = bundled("T2")
        assert form.controls == {"total_wide"}
        assert [view.shown for view in form.fields({"total_wide": "1"})] == [True, False]
        shown = form.fields({"total_wide": "2", "right_person": "no"})
        assert [(view.shown, view.value, view.controls) for view in shown] == [
            (True, 2, True),
            (True, "no", False),
        ]

    def test_a_hidden_field_shows_no_value(self) -> None:
        assert bundled("T2").fields({"total_wide": 0, "right_person": "no"})[1].value is None

    def test_what_was_typed_wrongly_stands_there_with_its_error(self) -> None:
        [view, _] = bundled("T2").fields({"total_wide": "many"}, errors={"total_wide": "Enter a number."})
        assert (view.value, view.error) == ("many", "Enter a number.")

    def test_wild_drafts_are_shown_without_harm(self) -> None:
        wild: dict[str, Any] = {name: {"deep": [1]} for name in bundled("T7").names}
        assert all(view.value in (None, False) for view in bundled("T7").fields(wild))

    def test_what_is_needed_follows_the_answers(self) -> None:
        def needed(answers: dict[str, Any]) -> set[str]:
            return {view.name for view in bundled("T5").fields(answers) if view.required and view.shown}

        assert {"client_first_name", "client_last_name", "phone"} <= needed({})
        one_name = needed({"single_name": "on", "client_first_name": "Suriwen", "no_phone": True})
        assert not {"client_first_name", "client_last_name", "phone"} & one_name
        assert {"alt_contact", "alt_contact_detail"} <= one_name

    def test_a_box_that_may_stay_open_is_neither_needed_nor_optional(self) -> None:
        views = {view.name: view.required for view in bundled("T5").fields({})}
        assert (views["interpreter"], views["client_agrees_to_this_request"], views["best_time"]) == (
            None,
            True,
            False,
        )

    def test_the_decision_shows_when_the_call_has_come_so_far(self) -> None:
        answers: dict[str, Any] = {
            "contact_result": "reached",
            "identity_verified": "yes",
            "spoke_through": "self",
        }
        points = {
            "notification_points": list(
                bundled("T7").schema()["properties"]["notification_points"]["items"]["enum"]
            )
        }

        def shown(given: dict[str, Any]) -> set[str]:
            return {view.name for view in bundled("T7").fields(given) if view.shown}

        assert "decision" not in shown(answers)
        assert "notification_points" in shown(answers)
        assert "decision" in shown(answers | points)
        assert "decision" not in shown(answers | points | {"spoke_through": "authorised_representative"})

    def test_kept_answers_are_read_in_words(self) -> None:
        answers = {"office": "WSC", "search_key": "eto_id", "total_own": 0}
        assert [words for _, _, words in bundled("T1").words(answers, OFFICES)] == [
            "The client's number in ETO",
            "WorkSource Clallam",
            "0",
        ]
        told = bundled("T11").words({"assistance": ["referral", "none_wanted"]})
        assert told == [("assistance", "What did you help with?", "Referral; Nothing was wanted")]


def test_a_draft_keeps_what_can_be_read() -> None:
    form = bundled("T5")
    raw = {
        "phone": "360-555",
        "no_phone": "",
        "reason": " too short ",
        "client_last_name": "x\x00y",
        "csrf": "t",
        "aux_aid": "y" * 5000,
    }
    assert form.draft(raw) == {"phone": "360-555", "reason": "too short"}
    assert form.draft(["no mapping"]) == {}


def test_readers_and_option_lists() -> None:
    assert bundled("T1").option_lists == {"my_offices"}
    assert bundled("T5").option_lists == frozenset()
    assert bundled("T7").readable({"case_manager"}) == set()
    assert bundled("T7").readable({"auditor"}) >= {"identity_verified", "notification_points"}
    assert "decision" not in bundled("T7").readable({"auditor"})
