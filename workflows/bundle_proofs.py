"""What keeps a bundle from being published although every file fits: scenarios, outcomes, and the procedure trace.

Unlike `bundle_checks.problems` this runs cases in memory, each scenario twice: with one instance kept, and saved and
loaded between all moves. What came of it is kept by the content of the files that it depends on.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import engine
from workflows import clauses, language, scenarios
from workflows.bundle_checks import BundleProblem
from workflows.clauses import TRACE, BadTrace, Clause
from workflows.coverage import Coverage, coverage
from workflows.definitions import Bundle
from workflows.forms import BadForm
from workflows.language import gettext
from workflows.newest import keep_newest
from workflows.scenario_play import Playing, play
from workflows.scenario_words import differences, outcome_words
from workflows.scenarios import BadScenario, Scenario
from workflows.service_levels import InvalidServiceLevels

P1, P2, P3, P4, P5, P6 = "P1", "P2", "P3", "P4", "P5", "P6"
"""The rules: a scenario comes out as expected · every outcome has a scenario · a scenario can be read and played · every
clause is carried out or waived · a clause names elements that are there · an element names a clause that is there."""


class Unplayable(Exception):
    """No scenario can be played: the diagrams, forms or times have problems of their own, or the usual answers do."""

    def __init__(self, file: str = scenarios.FOLDER, reason: str = "") -> None:
        self.file = file
        words = gettext("The scenarios cannot be run, because the diagrams, forms or times have problems.")
        self.reason = reason or words
        super().__init__(self.reason)


@dataclass(frozen=True)
class Run:
    """A scenario of a bundle and how it came out, kept and restored; `unread`: why it is none, or cannot be played."""

    file: str
    scenario: Scenario | None = None
    kept: Playing | None = None
    restored: Playing | None = None
    unread: str = ""

    @property
    def name(self) -> str:
        """Its name; the file where it cannot be read."""
        return self.scenario.name if self.scenario else self.file


@dataclass(frozen=True)
class Proof:
    """All scenarios of a bundle as they came out, and what they come past."""

    bundle: Bundle
    runs: tuple[Run, ...]
    coverage: Coverage

    def differences(self, run: Run) -> list[str]:
        """Where a scenario comes out otherwise than expected, in sentences; empty when it is as it should be."""
        if run.scenario is None or run.kept is None:
            return [run.unread]
        found = differences(self.bundle, run.scenario, run.kept)
        if run.kept != run.restored:
            found.append(
                gettext("It comes out otherwise when the case is saved and loaded between its steps.")
            )
        return found


def proofs(bundle: Bundle) -> list[BundleProblem]:
    """Every problem of the scenarios, outcomes and trace of a bundle; a warning keeps nothing from being published."""
    try:
        proof = proof_of(bundle)
    except Unplayable as unplayable:
        mend = gettext("Mend those first.")
        return [BundleProblem(unplayable.file, "", P3, unplayable.reason, mend)]
    trace = trace_problems(bundle, all_elements(proof.bundle))
    return [*_scenarios(proof), *_outcomes(proof), *_uncovered(proof), *trace]


@dataclass(frozen=True)
class Tally:
    """How many scenarios of a bundle come out as expected, and how many there are; `playable`: whether they could be
    played at all."""

    expected: int = 0
    all: int = 0
    playable: bool = True

    @property
    def differing(self) -> int:
        """How many come out otherwise."""
        return self.all - self.expected


def proof_of(bundle: Bundle) -> Proof:
    """The scenarios of a bundle, played once for each content. Raises `Unplayable`."""
    content = _content(bundle.files)
    key = f"{language.chosen()} {content}"
    with _proving:
        if key not in _proved:
            try:
                proof = keep_newest(_proved, key, _proof(bundle), _KEPT)
            except Unplayable:
                keep_newest(_tallies, content, Tally(playable=False), _KEPT)
                raise
            keep_newest(_tallies, content, _tally(proof), _KEPT)
        return _proved[key]


def tally_known(bundle: Bundle) -> Tally | None:
    """How the scenarios of a bundle came out, where they have been played already; costs no more than reading it."""
    return _tallies.get(_content(bundle.files))


def tally(bundle: Bundle) -> Tally | None:
    """How the scenarios of a bundle come out. None while others are being played: whoever asks again later asks about
    what there is then, so that quick changes make no queue."""
    known = tally_known(bundle)
    if known is not None or not _proving.acquire(blocking=False):
        return known
    try:
        with suppress(Unplayable):
            proof_of(bundle)
    finally:
        _proving.release()
    return tally_known(bundle)


_proving = threading.RLock()
_proved: dict[str, Proof] = {}
_tallies: dict[str, Tally] = {}
_KEPT = 20
_PLAYED = (".bpmn", ".dmn", ".json", "service_levels.toml")


def _tally(proof: Proof) -> Tally:
    return Tally(sum(not proof.differences(run) for run in proof.runs), len(proof.runs))


def _content(files: Mapping[str, str]) -> str:
    """A hash over the files that decide how a scenario comes out."""
    digest = hashlib.sha256()
    for name in sorted(name for name in files if name.endswith(_PLAYED)):
        digest.update(f"{name}\0{len(files[name])}\0{files[name]}".encode())
    return digest.hexdigest()


def _proof(bundle: Bundle) -> Proof:
    try:
        scenarios.read_usual(bundle.files)
        for process in scenarios.entry_processes(bundle):
            bundle.definition(process)
        bundle.forms  # noqa: B018 - All forms are read, so that one that cannot be read is met here.
        runs = tuple(_run(bundle, name) for name in scenarios.names(bundle.files))
    except (engine.InvalidDefinition, BadForm, InvalidServiceLevels, KeyError) as problem:
        raise Unplayable from problem
    except BadScenario as bad:
        raise Unplayable(scenarios.USUAL, str(bad)) from bad
    return Proof(bundle, runs, coverage(bundle, [run.kept for run in runs if run.kept]))


def _run(bundle: Bundle, name: str) -> Run:
    try:
        scenario = scenarios.read(bundle.files, name)
        kept, restored = (play(bundle, scenario, restoring=restoring) for restoring in (False, True))
    except BadScenario as bad:
        return Run(name, unread=str(bad))
    return Run(name, scenario, kept, restored)


def _scenarios(proof: Proof) -> Iterator[BundleProblem]:
    for run in proof.runs:
        rule = P1 if run.scenario else P3
        mend = gettext("Change the procedure, or what the scenario expects.")
        for sentence in proof.differences(run):
            yield BundleProblem(run.file, "", rule, sentence, mend, run.name)


def _outcomes(proof: Proof) -> Iterator[BundleProblem]:
    for outcome in proof.coverage.missed_outcomes:
        words = gettext("No scenario ends as “{outcome}”.").format(outcome=outcome_words(outcome))
        mend = gettext("Add a scenario that does, or take the end out of the diagram.")
        yield BundleProblem(scenarios.FOLDER, "", P2, words, mend, outcome_words(outcome))


def _uncovered(proof: Proof) -> Iterator[BundleProblem]:
    """Elements and flows without a scenario: told, and no hindrance."""
    elements = all_elements(proof.bundle)
    files = proof.bundle.file_of_process
    mend = gettext("Add a scenario that comes this way.")
    for one in proof.coverage.missed_elements:
        element = elements[one]
        reason = gettext("No scenario comes past this element.")
        file = files[element.process_id]
        yield BundleProblem(file, one, P2, reason, mend, gettext(element.name), warning=True)


def trace_problems(bundle: Bundle, elements: Mapping[str, engine.Element]) -> list[BundleProblem]:
    """Every problem of the procedure trace of a bundle; `elements`: all that is drawn, by id."""
    try:
        table = clauses.read(bundle.files)
    except BadTrace as bad:
        return [BundleProblem(TRACE, "", P4, str(bad))]
    return [*_clauses(table, elements), *_strangers(bundle, table, elements)]


def is_open(clause: Clause, elements: Mapping[str, engine.Element]) -> bool:
    """Whether nothing carries out a clause, and no reason says why."""
    return not clause.waiver and not any(one in elements for one in clause.elements)


def _clauses(table: list[Clause], elements: Mapping[str, engine.Element]) -> Iterator[BundleProblem]:
    for clause in table:
        for gone in (one for one in clause.elements if one not in elements):
            reason = gettext("Clause {number} names an element that is not in the diagrams.")
            mend = gettext("Choose another step for the clause.")
            yield BundleProblem(TRACE, gone, P5, reason.format(number=clause.number), mend, clause.number)
        if is_open(clause, elements):
            reason = gettext("Nothing carries out clause {number}: {text}")
            mend = gettext("Choose the steps that do, or write why none does.")
            told = reason.format(number=clause.number, text=gettext(clause.text))
            yield BundleProblem(TRACE, "", P4, told, mend, clause.number)


def _strangers(
    bundle: Bundle, table: list[Clause], elements: Mapping[str, engine.Element]
) -> Iterator[BundleProblem]:
    named = {
        one.id: one.properties["procedureRef"]
        for one in elements.values()
        if "procedureRef" in one.properties
    }
    for one, number in clauses.without_clause(table, named):
        element = elements[one]
        reason = gettext("The element names clause {number}, which the trace does not have.")
        mend = gettext("Name another clause, or add it to the trace.")
        file = bundle.file_of_process[element.process_id]
        told = reason.format(number=number)
        yield BundleProblem(file, one, P6, told, mend, gettext(element.name), warning=True)


def all_elements(bundle: Bundle) -> dict[str, engine.Element]:
    """Every element of the diagrams of a bundle by id, in the order of the files."""
    return {node.id: node.element for node in bundle.routes.nodes}
