"""Words of the bundle as people read them: placeholders filled, nothing asked that must not be known."""

import re
from collections.abc import Iterator

import pytest

from engine import Element
from notifications.render import render_message
from tests.bundle.procedure import BUNDLE, OPTIONS, elements, fields_of, form_of, user_tasks
from workflows.form_fields import Field
from workflows.form_sentences import DEFAULT_LABELS, fill
from workflows.mail_words import ALLOWED_NAMES
from workflows.outbox import MESSAGES

FORBIDDEN = re.compile(
    r"\bssns?\b|social security|\bbirth|\bdob\b|\bborn\b|home address|\bstreet\b|\bzip\b|postal|"
    r"\bwages?\b|salary|\bearnings|\bincome|unemployment|\bclaim|\bbenefits?\b|"
    r"diagnos|disabilit|disabled|\bhealth|medical|illness|immigra|citizen|\bvisa\b|"
    r"security question|identity answer|screenshot|customer id|\beto.id\b|"
    r"why .*(not share|stay|remain)|reason .*(not shar|stay|remain|opt)",
    re.IGNORECASE,
)
"""What is never stored (domain 6.4), as a question would say it."""

KINDS_OF_KEYS = {("T1_QuickSearchOwnOffice", "search_key"), ("T4_RunOptOutLookup", "i_typed_ssn_only_in_eto")}
"""Fields that name a forbidden fact without asking for it: which kind of key was used, and a promise."""

NOT_IN_MAIL = re.compile(
    r"\bphone|\breason\b|\boffer|\baccept|\bdeclin|interpreter|\b360-|\bidentity\b", re.IGNORECASE
)
"""What an e-mail must not tell, beside what is never stored (domain 5.1)."""

C10 = "in no way affects the client's eligibility for services"
TASKS = pytest.mark.parametrize("task", user_tasks(), ids=lambda task: task.id)
KINDS = pytest.mark.parametrize("kind", MESSAGES)
MARKED = {name: f"«{name}»" for name in DEFAULT_LABELS}
"""Labels that no text holds by itself."""

FULL = dict.fromkeys(ALLOWED_NAMES, "SAMPLE") | {"link": "http://desk.example/x", "open_cases": 2}
BARE = FULL | {"due": "", "task_name": "", "open_cases": 1}


def texts(task: Element, labels: dict[str, str]) -> Iterator[str]:
    """All that the page of a task says, filled."""
    yield fill(task.documentation, labels)
    schema = form_of(task).schema(OPTIONS, labels)
    yield schema["title"]
    yield schema.get("description", "")
    for source in schema["properties"].values():
        yield source["title"]
        yield source.get("description", "")
        yield from source.get("x-labels", {}).values()
        yield from source.get("x-messages", {}).values()


def questions(field: Field) -> list[str]:
    """What a field asks: its name, its label, and the answers it offers."""
    return [field.name.replace("_", " "), field.title, *field.values, *field.labels.values()]


def written(kind: str, values: dict[str, object]) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail."""
    mail = render_message(
        BUNDLE.mail(kind), values, to="a@desk.example", sender="b@desk.example", message_id="<1>"
    )
    return mail.subject, mail.text, mail.html


# --- Tasks


@TASKS
def test_no_placeholder_is_left_in_the_texts_of_a_task(task: Element) -> None:
    for text in texts(task, dict(DEFAULT_LABELS)):
        assert not re.search(r"[{}]|\bsor\.|«|»", text), text


@TASKS
def test_the_case_management_system_is_named_by_its_placeholders(task: Element) -> None:
    for text in texts(task, MARKED):
        assert not re.search(r"\bETO\b|Quick Search|View/Edit|Opt-Out Lookup", text), text


def test_every_label_of_the_case_management_system_is_used_by_some_text() -> None:
    everything = "".join(BUNDLE.files.values())
    unused = {name for name in DEFAULT_LABELS if f"{{sor.{name}}}" not in everything}
    assert unused == set(), "a label that no text uses promises what is not kept"


def test_other_documentation_has_no_placeholder_left_either() -> None:
    for element in elements().values():
        assert not re.search(r"[{}]|\bsor\.", fill(element.documentation, DEFAULT_LABELS) + element.name), (
            element.id
        )


@TASKS
def test_no_question_asks_for_what_is_never_stored(task: Element) -> None:
    asked = {field.name for field in fields_of(task) for text in questions(field) if FORBIDDEN.search(text)}
    assert {(task.id, name) for name in asked} <= KINDS_OF_KEYS


def test_the_fields_that_name_a_forbidden_fact_cannot_hold_it() -> None:
    for task, name in KINDS_OF_KEYS:
        field = next(field for field in fields_of(elements()[task]) if field.name == name)
        assert field.kind == "boolean" or field.values


def test_a_client_says_in_own_words_only_what_is_wanted() -> None:
    """Every field for free text, so that a new one is looked at: is it needed, who reads it, what does its hint say?"""
    free = {
        field.name: field.keep
        for task in user_tasks()
        for field in fields_of(task)
        if field.kind == "string" and not field.values and not field.options and field.format != "date-time"
    }
    client = "client_first_name client_last_name phone alt_contact_detail best_time aux_aid reason"
    assert free == dict.fromkeys(client.split(), "client") | {"esd_note": "esd_note", "note": "record"}


@pytest.mark.parametrize("label", ["T5", "T7", "T12", "T14"])
def test_the_sentence_about_eligibility_stands_on_every_page_of_a_decision(label: str) -> None:
    task = next(task for task in user_tasks() if task.id.startswith(f"{label}_"))
    assert any(C10 in text for text in texts(task, dict(DEFAULT_LABELS)))


# --- Mails


@KINDS
@pytest.mark.parametrize("values", [FULL, BARE], ids=["full", "bare"])
def test_no_placeholder_is_left_in_a_mail(kind: str, values: dict[str, object]) -> None:
    for part in written(kind, values):
        assert part.strip() and not re.search(r"\{\{|\{%|\{#|%\}|\}\}|\bNone\b|\bsor\.", part), part
    assert not re.search(r"  |: ?$|\s[.,]", written(kind, values)[0])


@KINDS
def test_a_mail_tells_nothing_about_a_client(kind: str) -> None:
    for part in written(kind, FULL)[:2]:
        assert not FORBIDDEN.search(part) and not NOT_IN_MAIL.search(part), part


def test_a_mail_has_no_name_for_a_fact_about_a_client() -> None:
    facts = {field.name for task in user_tasks() for field in fields_of(task)}
    assert not ALLOWED_NAMES & facts
    assert not [name for name in ALLOWED_NAMES if name.startswith("client") or FORBIDDEN.search(name)]


def test_the_notice_that_a_client_remains_opted_out_says_that_eligibility_is_unaffected() -> None:
    assert all(
        C10 in part.replace("&#39;", "'") for part in written("notify_partner_remains_opted_out", FULL)[1:]
    )
