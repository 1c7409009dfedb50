"""The renderer of mails: what a template may hold, what it makes of values, what it refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.mailer import Message
from notifications.render import (
    LONGEST_SUBJECT,
    InvalidTemplate,
    MissingValue,
    check,
    one_line,
    render_message,
)

NAMES = frozenset({"case_number", "due", "link", "age", "office"})
VALUES = {"case_number": "OLY-2026-000123", "due": "", "link": "https://desk.example/1", "age": 3}


def render(
    subject: str = "s", text: str = "t", html: str = "<p>h</p>", values: dict[str, object] | None = None
) -> Message:
    words = {"subject.txt": subject, "body.txt": text, "body.html": html}
    given = VALUES if values is None else values
    return render_message(words, given, to="a@b.example", sender="c@d.example", message_id="<1@d.example>")


GOOD = [
    "",
    "Plain words, 100 % plain, a > and { alone",
    "Request {{ case_number }}",
    "{% if due %}It is due {{ due }}.{% else %}Soon.{% endif %}",
    "{% if due and not age %}a{% elif age == 3 or age > 4 %}b{% endif %}",
    "{{ office.name }} {{ case_number|upper }} {{ case_number | trim }}",
    "{# a remark #}<p>x</p><p><strong>y</strong><br></p><ul><li>z</li></ul>",
    '<p><a href="{{ link }}">Open</a> <a href="https://wpc.wa.gov/tech">Help</a></p>',
    "{{ 'a text' }}{{ 5 }}",
]

BAD = [
    ("{{ reason }}", "cannot name “reason”"),
    ("{% for x in due %}{% endfor %}", "A loop is not allowed"),
    ("{{ range(10) }}", "A call is not allowed"),
    ("{{ due.__class__ }}", "starts with an underscore"),
    ("{{ due._x }}", "starts with an underscore"),
    ("{{ due['__class__'] }}", "A value in brackets is not allowed"),
    ("{{ due|attr('__class__') }}", "The filter “attr”"),
    ("{{ due|center(1000000000) }}", "The filter “center”"),
    ("{{ due|safe }}", "The filter “safe”"),
    ("{{ due|trim('x') }}", "The filter “trim”"),
    ("{{ 'a' * 1000000000 }}", "is not allowed"),
    ("{{ 10 ** 10 ** 10 }}", "is not allowed"),
    ("{{ due ~ due }}", "Joining with ~ is not allowed"),
    ("{{ [1, 2] }}", "is not allowed"),
    ("{{ {'a': 1} }}", "is not allowed"),
    ("{{ due if age else link }}", "A condition within a value is not allowed"),
    ("{{ due is defined }}", "A test with “is” is not allowed"),
    ("{% set x = 1 %}", "An assignment is not allowed"),
    ("{% set x %}a{% endset %}", "is not allowed"),
    ("{% include 'frame.html' %}", "An include is not allowed"),
    ("{% extends 'frame.html' %}", "An extension of another template is not allowed"),
    ("{% import 'frame.html' as f %}", "is not allowed"),
    ("{% macro m() %}{% endmacro %}", "A macro is not allowed"),
    ("{% block b %}{% endblock %}", "is not allowed"),
    ("{% autoescape false %}x{% endautoescape %}", "This command is not allowed"),
    ("{% filter upper %}x{% endfilter %}", "is not allowed"),
    ("{% with x = 1 %}{% endwith %}", "is not allowed"),
    ("{{ self }}", "cannot name “self”"),
    ("{{ loop }}", "cannot name “loop”"),
    ("{{ due", "cannot be read"),
    ("{% if due %}", "cannot be read"),
    ("{% endif %}", "cannot be read"),
    ("{% do due %}", "cannot be read"),
    ("{{ " + "not " * 50 + "due }}", "nested too deeply"),
    ("{% if due %}" * 60 + "{% endif %}" * 60, "nested too deeply"),
    ("{{ " + "(" * 5000 + "due" + ")" * 5000 + " }}", "nested too deeply"),
    ("{% if age == " + "9" * 6000 + " %}{% endif %}", "too large"),
    ("x" * 20_001, "longer than"),
    ("<script>alert(1)</script>", "“<” may only begin one of"),
    ("<img src=x>", "“<” may only begin one of"),
    ("<p onclick='x'>", "“<” may only begin one of"),
    ("<p style='x'>", "“<” may only begin one of"),
    ("<{{ due }}>", "“<” may only begin one of"),
    ("<scr{% if due %}ipt>{% endif %}", "“<” may only begin one of"),
    ('<a href="https://x.example"{% if due %}>{% endif %} onclick="x">', "“<” may only begin one of"),
    ('{{ "{#" }}<script>{{ "#}" }}', "“<” may only begin one of"),
    ("{% raw %}<script>{% endraw %}", "“<” may only begin one of"),
    ('<a href="javascript:x">', "“<” may only begin one of"),
    ('<a href="https://x.example/?q={{ case_number }}">', "“<” may only begin one of"),
    ("<!-- x -->", "“<” may only begin one of"),
    ("<!DOCTYPE html>", "“<” may only begin one of"),
    ("<?php ?>", "“<” may only begin one of"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_plain_template_is_good(text: str) -> None:
    assert check(text, NAMES) == ()


@pytest.mark.parametrize(("text", "problem"), BAD, ids=range(len(BAD)))
def test_anything_more_is_refused_in_words(text: str, problem: str) -> None:
    found = check(text, NAMES)
    assert any(problem in sentence for sentence in found), found
    with pytest.raises(InvalidTemplate):
        render(text=text, values=dict.fromkeys(NAMES, "x"))


def test_every_problem_is_named_once() -> None:
    assert len(check("{{ a }}{{ b }}{{ a }}<i>", NAMES)) == 3


def test_values_stand_in_their_places() -> None:
    message = render(
        "Request {{ case_number }}\n", "Open for {{ age }} days.{% if due %} Due {{ due }}.{% endif %}\n"
    )
    assert message.subject == "Request OLY-2026-000123"
    assert message.text.startswith("Open for 3 days.\n")
    assert "sent automatically" in message.text
    assert (message.to, message.sender, message.message_id) == ("a@b.example", "c@d.example", "<1@d.example>")


def test_html_escapes_every_value_and_text_none() -> None:
    values: dict[str, object] = {"due": "<b>&\"'"}
    message = render("{{ due }}", "{{ due }}", '<p>{{ due }}</p><a href="{{ due }}">x</a>', values)
    assert "<p>&lt;b&gt;&amp;&#34;&#39;</p>" in message.html
    assert 'href="&lt;b&gt;&amp;&#34;&#39;"' in message.html
    assert "<title>&lt;b&gt;" in message.html
    assert message.text.startswith("<b>&\"'")


def test_a_constant_in_html_is_escaped_too() -> None:
    assert "&lt;i&gt;" in render(html="<p>{{ '<i>' }}</p>").html


def test_the_frame_is_a_whole_page() -> None:
    html = render().html
    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in html
    assert "<main" in html
    assert "<title>s</title>" in html


def test_a_missing_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(InvalidTemplate, match="cannot name “due”"):
        render(text="{{ due }}", values={})
    with pytest.raises(MissingValue):
        render(text="{{ office.name }}", values={"office": {"code": "WSK"}})
    with pytest.raises(MissingValue):
        render(text="{% if age > 'x' %}{% endif %}", values={"age": 3})


def test_a_dot_looks_into_mappings_only() -> None:
    assert render(text="{{ office.name }}", values={"office": {"name": "Kitsap"}}).text.startswith("Kitsap")
    for text in ("{{ due.upper }}", "{{ due.format }}", "{{ office.items }}", "{{ office.keys }}"):
        with pytest.raises(MissingValue):
            render(text=text, values={"due": "x", "office": {"name": "x"}})


@pytest.mark.parametrize("value", [object(), ["x"], 1.5, print, {"a": object()}])
def test_objects_never_meet_a_template(value: object) -> None:
    with pytest.raises(MissingValue, match="is no text, number or yes and no"):
        render(values={"due": value})


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x85b", "a\u202eb", "a\x0bb"]
)
def test_a_subject_stays_one_line(value: str) -> None:
    subject = render("Request {{ due }}\n", values={"due": value}).subject
    assert subject.isprintable()
    assert subject in ("Request a b", "Request a Bcc: x@y.example")


def test_a_subject_has_a_longest_length() -> None:
    assert len(one_line("x" * 1000)) == LONGEST_SUBJECT
    assert one_line("x" * LONGEST_SUBJECT) == "x" * LONGEST_SUBJECT


def test_a_part_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match=r"body\.txt"):
        render_message({"subject.txt": "s"}, {}, to="a@b.c", sender="a@b.c", message_id="<1@b.c>")


PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", " if ", "endif", "else", "due", "age", "_x", ".", "|", "upper", "(", ")",
     "[", "]", "'", '"', "<", ">", "p", "script", "href=", "for", "in", "not ", "==", "*", "~", "9", "\n", "\0", "é"]
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_template_breaks_the_check_and_what_passes_renders_safely(text: str) -> None:
    if check(text, {"due", "age"}):
        return
    try:
        message = render(text, text, text, {"due": "<script>", "age": 3})
    except MissingValue:
        return
    assert "<script" not in message.html
    assert "\n" not in message.subject
