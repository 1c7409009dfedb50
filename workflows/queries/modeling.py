"""What the modeler of a draft offers to choose from, and what it says of an expression while that is typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import engine
from engine import timers
from engine.expressions import SIGNATURES, Kind, Mistake, check_types, compile, explain
from engine.timers import TIMER_FUNCTIONS
from workflows.bundle_checks import SERVICE_LEVELS, variables
from workflows.cases import STATUSES
from workflows.definitions import ROLE_OF_LANE, Bundle
from workflows.drafts import check_edits, draft_numbered
from workflows.forms import BadForm, Form
from workflows.language import gettext
from workflows.outbox import MESSAGES
from workflows.queries import query
from workflows.queries.processes import role_words
from workflows.service_levels import InvalidServiceLevels
from workflows.ssn_guard import guard
from workflows.step_words import WHAT_STEPS_DO
from workflows.steps import STEPS
from workflows.work import Work

Row = dict[str, object]
"""A thing to choose: `value` is what the diagram holds, `label` is what people read; some say more."""

FORMS = ("condition", "number", "timeDuration", "timeDate", "timeCycle")
"""What an expression is for: a condition, a number of times, or one of the three kinds of a timer."""


@dataclass(frozen=True)
class Catalogue:
    """All that a diagram of a draft may name, each a list of `Row`.

    `lanes`, `forms`, `levels` (with `meaning`), `steps` (with `sends`: the subject of its mail, or None), `processes`
    (with `file`), `statuses`, `variables` (with `kind` and `options`), `functions`. `known`: values that the diagrams
    hold already, by what they are.
    """

    lanes: list[Row]
    forms: list[Row]
    levels: list[Row]
    steps: list[Row]
    processes: list[Row]
    statuses: list[Row]
    variables: list[Row]
    functions: list[Row]
    known: dict[str, tuple[str, ...]]


@query
def catalogue(work: Work, draft_id: int) -> Catalogue:
    """What the diagrams of a draft of the actor's area may name."""
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    bundle = Bundle(draft.key, draft.files)
    named = engine.vocabulary(bundle.diagrams, variables(bundle))
    return Catalogue(
        lanes=[_row(lane, role_words(lane)) for lane in ROLE_OF_LANE],
        forms=[_row(name, form.schema()["title"]) for name, form in _sound_forms(bundle)],
        levels=list(_levels(bundle)),
        steps=sorted(_steps(bundle), key=lambda row: str(row["label"])),
        processes=[
            _row(key, gettext(name) or key, file=bundle.file_of_process.get(key, ""))
            for key, name in named.processes.items()
        ],
        statuses=[_row(key, gettext(words)) for key, words in STATUSES.items()],
        variables=_variables(bundle, named),
        functions=[_row("has", "has(field)", gives="boolean"), *map(_function, SIGNATURES)],
        known={**named.properties, **named.events},
    )


@query
def expression_mistake(work: Work, draft_id: int, text: str, form: str) -> Mistake | None:
    """The first mistake of an expression that is typed into a diagram of a draft, None when it can be used.

    `form`: one of `FORMS`. Whether a field is known at its own place is found when the diagram is saved (V8).
    """
    check_edits(work)
    guard({"text": text})
    draft = draft_numbered(work, draft_id)
    bundle = Bundle(draft.key, draft.files)
    if form.startswith("time"):
        return _wrong_time(bundle, text, form)
    known = engine.vocabulary(bundle.diagrams, variables(bundle)).variables
    return explain(text, known) or next(_wrong_kinds(text, known, form), None)


def _wrong_kinds(text: str, known: Mapping[str, Kind], form: str) -> Iterator[Mistake]:
    yield from check_types(compile(text), known, "boolean" if form == "condition" else "number")


def _wrong_time(bundle: Bundle, text: str, form: str) -> Mistake | None:
    mistake = explain(text, None, TIMER_FUNCTIONS)
    reason = None if mistake else timers.wrong(form, text, _keys(bundle))
    return Mistake(0, len(text), reason, gettext("Choose a time of the procedure.")) if reason else mistake


def _keys(bundle: Bundle) -> frozenset[str] | None:
    try:
        return bundle.service_levels.keys()
    except (KeyError, InvalidServiceLevels):
        return None


def _row(value: str, label: str, **more: object) -> Row:
    return {"value": value, "label": label, **more}


def _sound_forms(bundle: Bundle) -> Iterator[tuple[str, Form]]:
    """The forms that can be read; a broken one is told of by the check of the bundle."""
    for name, text in sorted(bundle.files.items()):
        if name.startswith("forms/"):
            try:
                yield name.removeprefix("forms/"), Form.parse(text.encode())
            except BadForm:
                continue


def _levels(bundle: Bundle) -> Iterator[Row]:
    """The lengths of time of the procedure; its numbers are no times."""
    if SERVICE_LEVELS not in bundle.files or _keys(bundle) is None:
        return
    for level in bundle.service_levels:
        if level.after is not None:
            label = f"{level.after.words} ({_plain(level.key)})"
            yield _row(level.key, label, meaning=level.meaning)


def _steps(bundle: Bundle) -> Iterator[Row]:
    for name in STEPS:
        subject = bundle.mail(name).get("subject.txt", "").strip() if name in MESSAGES else None
        yield _row(name, gettext(WHAT_STEPS_DO[name]), sends=subject)


def _variables(bundle: Bundle, named: engine.Vocabulary) -> list[Row]:
    """The names that conditions can read, with the question that sets each and the answers it takes."""
    titles: dict[str, str] = {}
    answers: dict[str, dict[str, str]] = {}
    for _, form in _sound_forms(bundle):
        questions = form.schema()["properties"]
        for name in form.kept("process"):
            titles.setdefault(name, questions[name]["title"])
            answers[name] = {**questions[name].get("x-labels", {}), **answers.get(name, {})}
    return [
        _variable(name, kind, titles.get(name, _plain(name)), answers.get(name, {}))
        for name, kind in sorted(named.variables.items())
    ]


def _variable(name: str, kind: Kind, label: str, answers: Mapping[str, str]) -> Row:
    if isinstance(kind, str):
        return _row(name, label, kind=kind, options=[])
    options = [_row(value, answers.get(value, _plain(value))) for value in sorted(kind)]
    return _row(name, label, kind="choice", options=options)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _function(name: str) -> Row:
    signature = SIGNATURES[name]
    return _row(name, f"{name}({', '.join(signature.takes)})", gives=signature.gives)
