"""Whatever is written into the history can be read: each particular has a name in words, each rule a sentence."""

import ast
from collections.abc import Iterator

from web.audit_words import LABELS, SAID_ALREADY, VALUES, particulars
from workflows import clock, errors
from workflows.language import speaking
from workflows.queries.audit import TrailRow
from workflows.settings import PROJECT

ABOUT_THE_EVENT = {"element", "esd_only"}
"""What `record` is told of the event itself."""
BY_NAME = {"what", "rule", "fields", "on", "id", "message", "message_kind", "old", "new"}
"""Particulars that are given as a mapping, of refusals, messages and corrections."""


def recorded() -> Iterator[str]:
    """The particulars that the calls of `record` name."""
    for file in (PROJECT / "workflows").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("record", "history.record"):
                yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def test_every_particular_has_a_name_in_words() -> None:
    named = {*recorded(), *BY_NAME} - ABOUT_THE_EVENT
    assert {"where", "threshold", "to"} <= named
    assert named - SAID_ALREADY - set(LABELS) == set()
    assert set(LABELS) - named == set()


def test_every_rule_has_words() -> None:
    for_people = {
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.Refused)
    }
    codes = {one.code.fget(one.__new__(one)) for one in for_people}  # type: ignore[attr-defined]
    assert {"not_allowed", "ssn_blocked"} <= codes
    assert codes - set(VALUES["rule"]) == set()


def test_particulars_are_words_in_the_language_of_the_page() -> None:
    given = {"to": 8, "where": "case", "rule": "not_allowed", "message": 3}
    row = TrailRow(1, clock.now(), "Pat", "pat", None, "task_claimed", "", given, receiver="Casey")
    assert (
        particulars(row) == "Given to: Casey; Read on: the page of the case; Why: not allowed to this person"
    )
    with speaking("es"):
        assert particulars(row).startswith("Entregada a: Casey; ")
