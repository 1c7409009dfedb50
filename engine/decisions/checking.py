"""What is wrong with a table that can be evaluated: overlaps, disagreements, gaps, rules that never decide."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.decisions.proofs import MAX_FINDINGS, Overlap, Proof
from engine.decisions.reading import Drawn, child, children
from engine.decisions.tables import Rule, Table
from engine.decisions.texts import is_constant
from engine.elements import Problem

_CODES = {"UNIQUE": "D8", "ANY": "D9"}
_AGREE = "Change the cells so that no value matches both."


def check(drawn: Drawn, table: Table) -> list[Problem]:
    """The problems of a table, warnings among them."""
    proof = Proof(table)
    element = child(drawn.element, "decisionTable")
    found = list(_overlaps(drawn, table, proof)) if table.policy in ("UNIQUE", "ANY") else []
    found += _never(drawn, table, proof)
    if table.policy in ("UNIQUE", "FIRST", "ANY") and any(output.default is None for output in table.outputs):
        found += _gaps(drawn, element, proof)
    found += [
        drawn.problem(
            "D21", reason, "Look at it by hand, or write the cells as constants.", element, warning=True
        )
        for reason in proof.unproved
    ]
    return found


def _overlaps(drawn: Drawn, table: Table, proof: Proof) -> Iterator[Problem]:
    """The first overlaps one by one, the number of the others, and the doubtful ones once for each rule."""
    count, doubted = 0, set[str]()
    for overlap in proof.overlaps():
        certain, disagreeing = _disagree(table, overlap)
        if disagreeing and overlap.is_certain and certain:
            count += 1
            if count <= MAX_FINDINGS:
                yield _overlap(drawn, table, overlap, proof)
        elif disagreeing and overlap.second.id not in doubted:
            doubted.add(overlap.second.id)
            if len(doubted) <= MAX_FINDINGS:
                yield _possible(drawn, overlap, proof)
    if count > MAX_FINDINGS:
        reason = f"{count - MAX_FINDINGS} more pairs of rules overlap."
        yield drawn.problem(_CODES[table.policy], reason, _AGREE, child(drawn.element, "decisionTable"))


def _disagree(table: Table, overlap: Overlap) -> tuple[bool, bool]:
    """Whether two overlapping rules break the policy: is it certain, may it be."""
    if table.policy == "UNIQUE":
        return True, True
    pairs = list(zip(overlap.first.outputs, overlap.second.outputs, strict=True))
    unlike = [(one, other) for one, other in pairs if (one and one.text) != (other and other.text)]
    constant = [all(part is None or is_constant(part) for part in pair) for pair in unlike]
    differing = [
        pair
        for pair, fixed in zip(unlike, constant, strict=True)
        if fixed and _plain(pair[0]) != _plain(pair[1])
    ]
    return bool(differing), bool(differing) or not all(constant)


def _plain(output: object) -> object:
    evaluate = getattr(output, "evaluate", None)
    return evaluate({}) if evaluate else None


def _overlap(drawn: Drawn, table: Table, overlap: Overlap, proof: Proof) -> Problem:
    numbers = f"rules {overlap.first.number} and {overlap.second.number}"
    why = "only one may match" if table.policy == "UNIQUE" else "they do not agree"
    reason = f"{_upper(proof.said(overlap.shared))} matches {numbers}, and {why}."
    return drawn.problem(_CODES[table.policy], reason, _AGREE, _element(drawn, overlap.second))


def _possible(drawn: Drawn, overlap: Overlap, proof: Proof) -> Problem:
    numbers = f"Rules {overlap.first.number} and {overlap.second.number}"
    example = proof.said(overlap.shared)
    where = "" if example == "every value" else f" where {example}"
    reason = f"{numbers} may both match{where}; their cells cannot be compared exactly."
    return drawn.problem("D21", reason, "Look at it by hand.", _element(drawn, overlap.second), warning=True)


def _never(drawn: Drawn, table: Table, proof: Proof) -> Iterator[Problem]:
    for count, (rule, why) in enumerate(proof.never()):
        if count < MAX_FINDINGS:
            reason = f"Rule {rule.number} never decides: {why}."
            yield drawn.problem("D22", reason, "Change or remove it.", _element(drawn, rule), warning=True)


def _gaps(drawn: Drawn, element: etree._Element | None, proof: Proof) -> Iterator[Problem]:
    example = proof.gap()
    if example is not None:
        reason = f"{_upper(example)} matches no rule, so there is no answer for it."
        yield drawn.problem("D20", reason, "Add a rule or a default output.", element, warning=True)


def _upper(sentence: str) -> str:
    """A condition at the start of a sentence keeps its letters: a field's name is not changed."""
    return "Every value" if sentence == "every value" else sentence


def _element(drawn: Drawn, rule: Rule) -> etree._Element | None:
    table = child(drawn.element, "decisionTable")
    return None if table is None else children(table, "rule")[rule.number - 1]
