"""A diagram of another tool before it is taken into a draft: what of it is kept, mapped, dropped, and still to be done."""

import re
from dataclasses import dataclass

import engine
from engine import dialects
from workflows.bundle_checks import BundleProblem, problems
from workflows.definitions import Bundle
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import InvalidInput
from workflows.language import gettext, marked
from workflows.queries import query
from workflows.ssn_guard import guard
from workflows.work import Work

OUTCOMES = {
    "mapped": marked("Taken over: it means something here"),
    "kept": marked("Kept in the file; it changes nothing here"),
    "dropped": marked("Without effect here: it asks for something that is not done"),
}
"""The outcomes of `engine.dialects` in words, in the order in which they are told."""

_SAID = re.compile(r'encoding\s*=\s*["\'](?!utf-8["\'])', re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """A word of another tool: the name of its element, or its id; what was written, and what becomes of it."""

    element: str
    name: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Upload:
    """What is known of an uploaded diagram.

    `file`: under which name it comes into the draft; `replaces`: whether one of that name is there. `tool`: who drew it,
    as far as it tells. `told`: by outcome in words. `problems`: what is to be done with it in this draft.
    """

    file: str
    text: str
    replaces: bool
    tool: str
    told: list[tuple[str, list[Told]]]
    problems: list[BundleProblem]


@query
def upload_report(work: Work, draft_id: int, name: str, content: bytes, replaces: str = "") -> Upload:
    """The report on a diagram that may be taken into a draft; nothing is written.

    `name`: of the file as its owner calls it. `replaces`: the diagram of the draft whose place it takes, or empty.
    Raises `InvalidInput` for a file that is no diagram, or hostile.
    """
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    file = _file_name(name, replaces, draft.files)
    text = _text(file, content)
    report = dialects.report(text.encode(), file)
    found = problems(Bundle(draft.key, {**draft.files, file: text}))
    return Upload(
        file=file,
        text=text,
        replaces=file in draft.files,
        tool=report.tool or gettext("a tool that does not say its name"),
        told=_told(report, _names(text)),
        problems=[problem for problem in found if problem.file in (file, "")],
    )


def _file_name(name: str, replaces: str, files: dict[str, str]) -> str:
    if replaces in files and replaces.endswith(".bpmn"):
        return replaces
    stem = re.split(r"[\\/]", name)[-1].split(".")[0]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '_', stem).strip('_')[:60] or 'diagram'}.bpmn"


def _text(file: str, content: bytes) -> str:
    """The text of a harmless diagram that holds no client's number."""
    for problem in engine.unreadable(file, content):
        raise InvalidInput(fields={"file": f"{problem.reason} {problem.mend}"})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if not text or _SAID.search(text.partition("?>")[0]):
        raise InvalidInput(fields={"file": gettext("The file is not written in UTF-8. Save it as UTF-8.")})
    guard({"file": engine.drawn_words({file: content})})
    return text


_NAMED = re.compile(r'<[\w:]+\s[^>]*?\bid="([^"]+)"[^>]*?\bname="([^"]+)"')


def _names(text: str) -> dict[str, str]:
    return {found[1]: found[2] for found in _NAMED.finditer(text)}


def _told(report: dialects.Report, names: dict[str, str]) -> list[tuple[str, list[Told]]]:
    """What is said of each element, outcome by outcome; an outcome that nothing has is left out."""
    found: dict[str, list[Told]] = {outcome: [] for outcome in OUTCOMES}
    for element, notes in report.notes.items():
        for note in notes:
            told = Told(names.get(element, element), note.name, note.value, note.sentence)
            found[note.outcome].append(told)
    return [(gettext(OUTCOMES[outcome]), rows) for outcome, rows in found.items() if rows]
