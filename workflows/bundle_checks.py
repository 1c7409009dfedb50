"""What is wrong with a bundle: every problem with its place, the rule it breaks, why, and how to mend it."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import engine
from engine.expressions import Kind
from notifications import render
from workflows import bundle_words, level_edits, own_mails
from workflows.definitions import MAIN_PROCESS, OPT_OUT_AGAIN, ROLE_OF_LANE, Bundle
from workflows.forms import BadForm, Form
from workflows.language import chosen
from workflows.mail_words import ALLOWED_NAMES
from workflows.newest import keep_newest
from workflows.outbox import MESSAGES
from workflows.service_levels import InvalidServiceLevels
from workflows.steps import RETURNED, STEPS

BUNDLE_FILE = re.compile(
    r"[\w-]+\.(bpmn|dmn)|forms/[\w-]+\.json|mail/\w+/(subject|body)\.(txt|html)|words/[\w-]+\.po"
    r"|scenarios/[\w-]+\.json|service_levels\.toml|trace\.toml",
    re.ASCII,
)
"""The files that belong to a bundle; others in its folder are left out."""

SERVICE_LEVELS = "service_levels.toml"


@dataclass(frozen=True)
class BundleProblem:
    """Something wrong in a bundle.

    `file`: its path in the bundle. `element`: the id in the diagram, or empty. `rule`: the code of the rule, such as
    `V8`; empty where a file other than a diagram is wrong, which says all in `reason`. A `warning` refuses nothing.
    """

    file: str
    element: str
    rule: str
    reason: str
    mend: str = ""
    name: str = ""
    warning: bool = False

    @property
    def place(self) -> str:
        """`file`, or `file:element`."""
        return f"{self.file}:{self.element}" if self.element else self.file

    @property
    def sentence(self) -> str:
        """The problem in one line."""
        told = f"{self.reason} {self.mend}".strip()
        return f"“{self.name or self.element}” {self.rule}: {told}" if self.rule else told


def problems(bundle: Bundle) -> list[BundleProblem]:
    """Every problem of a bundle, warnings too; without its service levels nothing else can be judged.

    What was found is kept by content and language: the pages of a draft ask again and again.
    """
    key = chosen(), bundle.sha256
    found = _found.get(key)
    if found is None:
        found = list(_levels(bundle)) or [
            *_forms(bundle), *_mails(bundle), *_words(bundle), *_diagrams(bundle),
        ]  # fmt: skip
        with _keeping:
            keep_newest(_found, key, found, _KEPT)
    return list(found)


_keeping = threading.Lock()
_found: dict[tuple[str, str], list[BundleProblem]] = {}
_KEPT = 20


def refusals(files: dict[str, str]) -> dict[str, str]:
    """What refuses a bundle: `file:element` → what, and how to mend it, all of one place together."""
    found: dict[str, str] = {}
    for problem in problems(Bundle(MAIN_PROCESS, files)):
        told = found.get(problem.place, "")
        if not problem.warning and problem.sentence not in told:
            found[problem.place] = f"{told} {problem.sentence}".strip()
    return found


def _levels(bundle: Bundle) -> Iterator[BundleProblem]:
    try:
        for key in level_edits.lacking(bundle.service_levels):
            kind = "number" if key in level_edits.NUMBERS else "length of time"
            mend = f"Add the table with its {kind} and a sentence that says what it does."
            yield BundleProblem(SERVICE_LEVELS, "", "", f"[{key}] is missing, or is no {kind}.", mend)
    except KeyError:
        reason = "The file is missing. Every bundle says its times in service_levels.toml."
        yield BundleProblem(SERVICE_LEVELS, "", "", reason)
    except InvalidServiceLevels as invalid:
        yield BundleProblem(SERVICE_LEVELS, "", "", str(invalid))


def _forms(bundle: Bundle) -> Iterator[BundleProblem]:
    for name, text in bundle.files.items():
        if name.startswith("forms/"):
            try:
                Form.parse(text.encode())
            except BadForm as invalid:
                yield BundleProblem(name, "", "", str(invalid))


def _mails(bundle: Bundle) -> Iterator[BundleProblem]:
    for name, text in bundle.files.items():
        if name.startswith("mail/"):
            for problem in render.check(text, own_mails.names_for(name, ALLOWED_NAMES)):
                yield BundleProblem(name, "", "", str(problem))
    for kind in dict.fromkeys([*MESSAGES, *bundle.mails]):
        if missing := set(render.PARTS) - bundle.mail(kind).keys():
            lacking = f"The words of {kind} lack {', '.join(sorted(missing))}."
            yield BundleProblem(f"mail/{kind}", "", "", lacking)
        if kind not in MESSAGES and not own_mails.is_good_name(kind):
            reason = "A mail of the bundle’s own cannot be called so."
            mend = (
                "Use up to 40 small letters, digits and underscores, and no name of a message of the product."
            )
            yield BundleProblem(f"mail/{kind}", "", "", reason, mend)


def _words(bundle: Bundle) -> Iterator[BundleProblem]:
    for name, words in bundle_words.problems(bundle).items():
        yield BundleProblem(name, "", "", words)


def _diagrams(bundle: Bundle) -> Iterator[BundleProblem]:
    """Those of the diagrams; first names that lead to nothing, which often are the cause of what follows."""
    yield from _elements(bundle)
    found = engine.check(
        bundle.diagrams,
        MAIN_PROCESS,
        steps=frozenset(STEPS),
        lanes=frozenset(ROLE_OF_LANE),
        service_levels=bundle.service_levels.keys(),
        names=variables(bundle),
    )
    for problem in found:
        named = problem.element_name or ""
        place = problem.file, problem.element_id or ""
        yield BundleProblem(*place, problem.rule, problem.reason, problem.mend, named, problem.warning)
    if OPT_OUT_AGAIN not in bundle.file_of_process:
        reason = f"There is no executable process “{OPT_OUT_AGAIN}” in the bundle."
        yield BundleProblem(
            "", OPT_OUT_AGAIN, "X6", reason, "Add the diagram, or mark its process executable."
        )


def variables(bundle: Bundle) -> Callable[[engine.Element], dict[str, Kind]]:
    """The process variables that an element's form, step or counter sets, with their kinds."""
    kept: dict[str, dict[str, Kind]] = {}
    for name, text in bundle.files.items():
        if name.startswith("forms/") and not Form.problems(text.encode()):
            kept[name.removeprefix("forms/")] = Form.parse(text.encode()).kinds("process")

    def of(element: engine.Element) -> dict[str, Kind]:
        told = element.properties
        counted: dict[str, Kind] = {told["counter"]: "integer"} if "counter" in told else {}
        form = kept.get(told.get("formJsonSchemaFilename", ""), {})
        return {**form, **RETURNED.get(element.step or "", {}), **counted}

    return of


def _elements(bundle: Bundle) -> Iterator[BundleProblem]:
    """Names in a diagram that lead to nothing in the bundle (V8)."""
    for element in (node.element for node in bundle.routes.nodes):
        for reason, mend in _dangling(bundle, element):
            file = bundle.file_of_process.get(element.process_id, "")
            yield BundleProblem(file, element.id, "V8", reason, mend, element.name)


def _dangling(bundle: Bundle, element: engine.Element) -> Iterator[tuple[str, str]]:
    told, keys = element.properties, bundle.service_levels.keys()
    form = told.get("formJsonSchemaFilename")
    if element.kind == "userTask" and f"forms/{form}" not in bundle.files:
        names = f"names the form {form}, which the bundle does not hold" if form else "names no form"
        yield f"It {names}.", "Choose one of the bundle’s forms."
    for due in (told[name] for name in ("due", "dueAgain") if name in told and told[name] not in keys):
        yield (
            f"It is due in {due}, which service_levels.toml does not name.",
            "Choose one of the times there.",
        )
    if element.step in MESSAGES and not bundle.mail(element.step):
        yield f"It sends {element.step}, which has no words in mail/.", "Write the words of the message."
    if element.step == own_mails.SEND_MAIL:
        yield from _own_mail(bundle, told.get("mail", ""), told.get("mailTo", ""))


def _own_mail(bundle: Bundle, kind: str, to: str) -> Iterator[tuple[str, str]]:
    """A step that sends a mail of the bundle's own names one that there is, and somebody to get it."""
    if not own_mails.is_own(kind):
        yield f"It sends {kind}, which the product sends itself.", "Choose a mail of the bundle’s own."
    elif not bundle.mail(kind):
        yield (
            f"It sends the mail “{kind}”, which the bundle does not hold."
            if kind
            else "It names no mail to send.",
            "Choose one of the bundle’s own mails, or write a new one.",
        )
    if to not in own_mails.RECEIVERS:
        yield (
            f"It mails “{to}”, which is nobody." if to else "It says nobody to get the mail.",
            f"Choose one of {', '.join(own_mails.RECEIVERS)}.",
        )
