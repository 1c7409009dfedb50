"""Everything that is checked before a draft may be published, in groups as its page shows them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workflows import bundle_checks
from workflows.bundle_checks import BundleProblem
from workflows.bundle_proofs import P4, P5, P6, proofs
from workflows.definitions import Bundle
from workflows.language import marked
from workflows.mandatory_steps import mandatory_problems, notice_problems


@dataclass(frozen=True)
class Check:
    """One thing that is checked: its words, the tab of the editor where it is mended (the end of its address), what is
    wrong, and whether it was `asked`: what cannot run is not asked for more."""

    words: str
    tab: str
    problems: tuple[BundleProblem, ...] = ()
    asked: bool = True

    @property
    def is_green(self) -> bool:
        """Whether nothing is wrong."""
        return self.asked and not self.problems


GROUPS: tuple[tuple[str, str, Callable[[BundleProblem], bool]], ...] = (
    (marked("Every step lies in the lane of a role"), "/diagram", lambda one: one.rule == "V4"),
    (
        marked("Every name in a condition, and every form, time and mail, is there"),
        "/steps",
        lambda one: one.rule == "V8",
    ),
    (
        marked("The diagrams can run"),
        "/diagram",
        lambda one: bool(one.rule) or one.file.endswith((".bpmn", ".dmn")),
    ),
    (marked("The forms can be read"), "/forms", lambda one: one.file.startswith("forms/")),
    (marked("The mails can be written"), "/mail", lambda one: one.file.startswith("mail/")),
    (marked("The times can be read"), "/times", lambda one: one.file.endswith(".toml")),
    (marked("The translations fit"), "", lambda one: True),
)

_TRACE = (P4, P5, P6)
"""The rules of `bundle_proofs` that are about clauses."""

LATER: tuple[tuple[str, str, Callable[[Bundle], list[BundleProblem]]], ...] = (
    (marked("The mandatory steps of the procedure are there"), "/steps", mandatory_problems),
    (marked("The client is told the four points of the notice"), "/forms", notice_problems),
    (
        marked("Every scenario comes out as expected, and every outcome has one"),
        "/scenarios",
        lambda bundle: [problem for problem in proofs(bundle) if problem.rule not in _TRACE],
    ),
    (
        marked("Every clause of the procedure is carried out, or waived with a reason"),
        "/trace",
        lambda bundle: [problem for problem in proofs(bundle) if problem.rule in _TRACE],
    ),
)
"""What is asked of a bundle that can run."""


def checks(bundle: Bundle) -> list[Check]:
    """Every check with what it found; warnings set nothing aside here."""
    found = [problem for problem in bundle_checks.problems(bundle) if not problem.warning]
    first = list(_grouped(found))
    return [*first, *(Check(words, tab, _of(ask, bundle, found), not found) for words, tab, ask in LATER)]


def problems(bundle: Bundle) -> list[BundleProblem]:
    """Everything that keeps a bundle from being published."""
    return [problem for check in checks(bundle) for problem in check.problems]


def _grouped(found: Iterable[BundleProblem]) -> Iterable[Check]:
    rest = list(found)
    for words, tab, belongs in GROUPS:
        mine = tuple(problem for problem in rest if belongs(problem))
        rest = [problem for problem in rest if problem not in mine]
        yield Check(words, tab, mine)


def _of(
    ask: Callable[[Bundle], list[BundleProblem]], bundle: Bundle, found: list[BundleProblem]
) -> tuple[BundleProblem, ...]:
    return () if found else tuple(problem for problem in ask(bundle) if not problem.warning)
