"""What the product reads without a database, each with inputs made for it: what is typed, uploaded, or comes in a file.

A reader takes a chance and reads one input. It raises whatever is a mistake of the product: anything but the refusal
that belongs to it, or an answer that breaks its promise. It gives what became of the input, in a word.
"""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from engine.expressions import WEEKDAYS, Context, ExpressionError, compile, explain
from notifications.render import InvalidTemplate, MissingValue, filled
from notifications.webhook import AddressRefused, check_url
from tests.desk import ANSWERS, answers
from tests.inputs.odd import SSN, TEXTS, Chance
from web.downloads import csv_lines
from web.forms_view import help_blocks, local_input
from workflows import bundle_checks, bundle_words, clauses, scenarios, social_security, ssn_guard
from workflows.bundle_files import packed, unpacked
from workflows.calendar import Duration
from workflows.commands.definitions import read_folder
from workflows.definitions import Bundle
from workflows.draft_mails import html_of, sample_values
from workflows.errors import InvalidInput
from workflows.forms import BadForm, Form, FormRefused
from workflows.questions import read_options
from workflows.service_levels import InvalidServiceLevels, ServiceLevels
from workflows.settings import PROJECT, settings

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PLACES = {"WSK": "Kitsap", "WSC": "Clallam", "devon.ashgrove": "Devon", "one": "One"}
OPTIONS = dict.fromkeys(("my_offices", "offices", "esd_staff_of_office"), PLACES)
Reader = Callable[[Chance], str]


@cache
def files() -> dict[str, str]:
    """The procedure as it ships."""
    return dict(read_folder(PROJECT / "bpmn" / "opt_in_5512pro"))


@cache
def named(folder: str) -> list[str]:
    """The files of a folder of the procedure."""
    return sorted(name for name in files() if name.startswith(folder))


def spoilt_text(text: str, chance: Chance) -> str:
    """A text some bytes of which are others; what is no UTF-8 any more is marked so."""
    return chance.spoilt_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def spoilt_file(folder: str, chance: Chance) -> str:
    """One file of a folder, spoilt."""
    return spoilt_text(files()[chance.choice(named(folder))], chance)


@cache
def form(name: str) -> Form:
    """A form of the procedure."""
    return Form.parse(files()[name].encode())


def given_answers(chance: Chance) -> str:
    """Answers to a form, in the writing of a page or a program."""
    name = chance.choice(named("forms/"))
    label = name.removeprefix("forms/").split("_")[0]
    known = answers(label) if label in ANSWERS else {}
    kind = chance.random()
    raw = known if kind < 0.3 else chance.spoilt(known) if kind < 0.9 else chance.json()
    if isinstance(raw, dict) and chance.often(0.4):
        raw[chance.choice(form(name).names)] = chance.text() if chance.often(0.6) else chance.json()
    asked = form(name)
    kept = asked.draft(raw) if isinstance(raw, dict) else {}
    assert asked.draft(kept) == kept, "a draft does not survive itself"
    [view.name for view in asked.fields(kept, OPTIONS)]
    try:
        cleaned = asked.clean(raw, OPTIONS, NOW)
    except FormRefused as refused:
        assert refused.fields, "refused without a word"
        return "refused"
    assert asked.clean(cleaned.all, OPTIONS, NOW) == cleaned, "what is accepted reads otherwise again"
    json.dumps(cleaned.all).encode()
    return "accepted"


def form_document(chance: Chance) -> str:
    """A form as a program manager may write it."""
    text = files()[chance.choice(named("forms/"))]
    if chance.often(0.3):
        source: Any = chance.spoilt_bytes(text.encode())
    else:
        source = chance.spoilt(chance.spoilt(json.loads(text)))
    if not isinstance(source, bytes | dict):
        return "no form"
    try:
        made = Form.parse(source)
    except BadForm as bad:
        assert bad.problems, "refused without a word"
        return "refused"
    [view.name for view in made.fields({}, OPTIONS)]
    try:
        made.clean(chance.json(), OPTIONS, NOW)
    except FormRefused:
        return "runs"
    return "runs"


WORDS_OF_MAILS = ("{{ case_number }}", "{{ x }}", "{% if link %}", "{% endif %}", "{{ link|upper }}", "{% for i in age %}", "{{ ''.__class__ }}",
    "{{ 9**9**9 }}", "{{ 'a' * 99999999 }}", "{# x #}", "{{", "}}", "{%", "{% raw %}", "{{ [1][5] }}", "{{ 1/0 }}", "{{ due < 3 }}", "{{ case_number[0] }}",
    "{{ open_cases + age }}", "{{ '%s'|format(1) }}", "{{ self }}", "{% include 'x' %}", "{% set x = 1 %}", "{{ age }}" * 60, "\r\nBcc: x@y.example\r\n", "{{ -age }}",
    "{% if not not link %}x{% elif date %}y{% endif %}", "{{ date.x.y }}", "{{ case_number ~ date }}", "<script>", "<a href='{{ link }}'>", "((((" * 99)  # fmt: skip


def mail(chance: Chance) -> str:
    """The words of a mail as a program manager may write them, filled with values that nobody chose."""
    words = {
        part: files()[name]
        for name in [chance.choice(named("mail/"))]
        for part in ("subject.txt", "body.txt", "body.html")
    }
    part = chance.choice(sorted(words))
    text = words[part]
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(text) + 1)
        text = (
            text[:place]
            + (chance.choice(WORDS_OF_MAILS) if chance.often(0.7) else chance.text())
            + text[place:]
        )
    words[part] = text if chance.often(0.7) else spoilt_text(text, chance)
    values = {
        name: value if isinstance(value, int) else chance.choice((value, chance.text()))
        for name, value in _values().items()
    }
    html_of(text)
    try:
        told = filled(words, values)
    except (InvalidTemplate, MissingValue) as refused:
        assert str(refused), "refused without a word"
        return "refused"
    assert not any(mark in told.subject for mark in "\r\n\0"), "a subject breaks its line"
    return "filled"


@cache
def _values() -> dict[str, object]:
    return sample_values(NOW, "Sample Person (SAMPLE)")


TOML = ("[x]", "after = '9 days'", "after = 'P9999999999W'", "after = 'PT1S'", "value = " + "9" * 5000, "value = [1, -1]", "value = 1e999", "x = nan",
    "[[clause]]", "[calendar]", "opens = 25:00:00", "opens = 08:00:00", "days = ['Mon']", "from = 'first'", "meaning = 1", "x" * 99 + " = [" * 500, '"" = 1', "a.b.c = 1",
    "after = '999999 years'", "number = ''", "elements = [1]", "closed = [2026-02-30]", "closed = [2026-12-25]", "[calendar.x]", "= 1", "x = '''", "\x00", "after = '" + "9" * 4400 + " days'")  # fmt: skip


def _toml(text: str, chance: Chance) -> str:
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        place = chance.randrange(len(lines) + 1)
        lines[place : place + chance.randrange(3)] = [chance.choice(TOML)] if chance.often(0.8) else []
    return "\n".join(lines) if chance.often(0.7) else spoilt_text("\n".join(lines), chance)


def times(chance: Chance) -> str:
    """The file of times."""
    try:
        levels = ServiceLevels.parse(_toml(files()[bundle_checks.SERVICE_LEVELS], chance))
    except InvalidServiceLevels as bad:
        assert bad.problems, "refused without a word"
        return "refused"
    calendar = levels.calendar()
    for level in levels:
        if level.after is not None:
            calendar.add(NOW, level.after)
            assert level.after.words
    return "read"


def length_of_time(chance: Chance) -> str:
    """A length of time as it is typed."""
    number = chance.choice(("0", "1", "007", "9999", "9" * 12, "9" * 4400, "١", "-1", "1.5"))
    unit = chance.choice(("days", "business day", "hours", "years", "weeks", "months", "minutes", "parsecs"))
    text = chance.choice(
        (
            f"{number} {unit}",
            f"P{number}W",
            f"P{number}D",
            f"P{number}Y{number}M",
            f"PT{number}S",
            f"PT{number}H{number}M",
            chance.text(),
        )
    )
    try:
        length = Duration.parse(text)
    except ValueError as refused:
        assert str(refused).endswith(".") and "int" not in str(refused).split(), f"no sentence: {refused}"
        return "refused"
    ServiceLevels.parse(files()[bundle_checks.SERVICE_LEVELS]).calendar().add(NOW, length)
    return "read"


def trace(chance: Chance) -> str:
    """The table of clauses."""
    try:
        found = clauses.read({clauses.TRACE: _toml(files()[clauses.TRACE], chance)})
    except clauses.BadTrace as bad:
        assert str(bad), "refused without a word"
        return "refused"
    assert clauses.read({clauses.TRACE: clauses.text_of(found)}) == found, "what is written reads otherwise"
    return "read"


def scenario(chance: Chance) -> str:
    """A scenario."""
    name = chance.choice(named("scenarios/"))
    raw = (
        chance.raw_json(json.loads(files()[name]))
        if chance.often(0.2)
        else json.dumps(chance.spoilt(json.loads(files()[name]))).encode()
    )
    source = {name: raw.decode("utf-8", "replace")}
    try:
        found = scenarios.read_usual(source) if name == scenarios.USUAL else scenarios.read(source, name)
    except scenarios.BadScenario as bad:
        assert str(bad), "refused without a word"
        return "refused"
    if isinstance(found, scenarios.Scenario):
        again = scenarios.read({name: scenarios.text_of(found)}, name)
        assert again.moves == found.moves and again.name == found.name, "what is written reads otherwise"
    return "read"


def catalogue(chance: Chance) -> str:
    """A catalogue: some of its entries, spoilt."""
    entries = files()["words/es.po"].split("\n\n")
    some = "\n\n".join([entries[1], *chance.choices(entries, k=4)])
    bundle = Bundle("sample", {"words/es.po": spoilt_text(some, chance)})
    return "refused" if bundle_words.problems(bundle) else "read"


@cache
def _small_zip() -> bytes:
    return packed({name: files()[name][:200] for name in list(files())[:6]})


def archive(chance: Chance) -> str:
    """An uploaded .zip."""
    try:
        found = unpacked(chance.spoilt_bytes(_small_zip()))
    except InvalidInput as refused:
        assert refused.fields["file"], "refused without a word"
        return "refused"
    assert all(bundle_checks.BUNDLE_FILE.fullmatch(name) for name in found.files)
    return "read"


def bundle(chance: Chance) -> str:
    """A whole bundle one file of which is spoilt."""
    name = chance.choice(sorted(files()))
    found = bundle_checks.refusals({**files(), name: spoilt_text(files()[name], chance)})
    assert all(found.values()), "refused without a word"
    return "refused" if found else "taken"


def table_cell(chance: Chance) -> str:
    """A cell of a table that is taken out: a spreadsheet takes it for a text."""
    text = (
        chance.choice(("", " ", "\t", "\n", "\r", "\xa0", "\u3000", "\ufeff", '"', "'"))
        + chance.choice((*"=+-@＝＋－＠", ""))
        + chance.text()
    )
    written = "".join(csv_lines(["head"], [[text]]))
    (_, (read,)) = csv.reader(io.StringIO(written, newline=""))
    assert read.lstrip()[:1] not in (*"=+-@＝＋－＠",) or read.startswith("'"), f"a formula: {read!r}"
    assert read.removeprefix("'") == text.removeprefix("'"), "another text"
    return "text"


def ssn(chance: Chance) -> str:
    """A text with a Social Security number in it, between words; the guard knows it, however it is written."""
    written = chance.choice(
        (
            SSN,
            SSN.replace("-", " "),
            SSN.replace("-", "–"),
            SSN.translate(WIDE),
            SSN.replace("-", "\u200b-"),
            SSN.replace("-", ""),
        )
    )
    social_security.find(chance.text(20) + written + chance.text())
    assert social_security.find(f"It is {written} indeed"), f"not known: {written!r}"
    try:
        ssn_guard.guard({"a": chance.json(), "b": [{"c": f"no: {written}"}]})
    except ssn_guard.SsnFound:
        return "known"
    raise AssertionError(f"not known inside: {written!r}")


WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


def address(chance: Chance) -> str:
    """The address of a webhook."""
    text = (
        chance.choice(("https://", "http://", "", "HTTPS://"))
        + chance.choice(("hooks.example.org", "[::1]", "[::ffff:127.0.0.1]", "127.1", "x@y", "a" * 300, "["))
        + chance.choice(("", ":0", ":99999", ":x", "/", "?", "#", "\\"))
        + chance.text(10)
    )
    try:
        parts = check_url(text)
    except AddressRefused as refused:
        assert str(refused).endswith("."), "refused without a sentence"
        return "refused"
    assert parts.scheme == "https" and parts.hostname
    return "taken"


def typed_texts(chance: Chance) -> str:
    """Small texts that pages take apart: answers to choose from, helps, moments."""
    local_input(chance.text(), settings().zone)
    help_blocks("\n".join(chance.text() for _ in range(3)))
    lines = "\n".join([chance.text(), *[chance.choice(TEXTS)] * chance.choice((0, 1, 120))])
    try:
        read_options(lines)
    except ValueError:
        return "refused"
    return "read"


ATOMS = (
    "n",
    "3",
    "price",
    "text",
    "'opt_in'",
    "date('2026-01-01')",
    "count(ways)",
    "n + 1",
    "-n",
    "n * n",
    "9 ** 9",
    "[1, n]",
    "9" * 400,
    "not n",
    "n.x",
    "ways[0]",
    "1 / 0",
    "now()",
)
JOINS = (" == ", " and ", " or ", " < ", " in ", " + ", " - ", " * ", " != ", " if n else ")
DATA = {"n": 3, "price": 3.5, "text": "opt_in", "ways": ["phone", 1]}


def expression(chance: Chance) -> str:
    """A condition of the safe language, out of its own words."""
    text = chance.choice(ATOMS) + "".join(
        chance.choice(JOINS) + chance.choice(ATOMS) for _ in range(chance.randrange(4))
    )
    text = (
        chance.text() + text
        if chance.often(0.1)
        else f"({text})" * chance.choice((1, 1, 2, 60))
        if chance.often(0.2)
        else text
    )
    explain(text, {"n": "integer"})
    try:
        compile(text).evaluate(DATA, Context(NOW, WEEKDAYS))
    except ExpressionError:
        return "refused"
    return "evaluated"


READERS: dict[Reader, tuple[float, int]] = {
    given_answers: (0.30, 300),
    form_document: (0.10, 60),
    mail: (0.10, 60),
    times: (0.03, 30),
    length_of_time: (0.02, 30),
    trace: (0.02, 20),
    scenario: (0.05, 60),
    catalogue: (0.02, 20),
    archive: (0.04, 60),
    bundle: (0.0005, 1),
    table_cell: (0.06, 100),
    ssn: (0.06, 100),
    address: (0.06, 100),
    typed_texts: (0.06, 100),
    expression: (0.06, 60),
}
"""Each reader with its part of a long run, and how many inputs it gets with every change."""
