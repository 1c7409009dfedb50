"""Deploying a bundle: everything in it is checked, then it becomes the version that new cases start with."""

import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Select, func, select, update

import engine
from engine.expressions import Kind
from notifications import render
from workflows import bundle_words
from workflows.commands import command
from workflows.definitions import MAIN_PROCESS, OPT_OUT_AGAIN, ROLE_OF_LANE, Bundle, ProcessDefinition
from workflows.errors import InvalidBundle, NotAllowed
from workflows.forms import BadForm, Form
from workflows.history import record
from workflows.mail_words import ALLOWED_NAMES
from workflows.outbox import MESSAGES
from workflows.people import SYSTEM
from workflows.service_levels import InvalidServiceLevels
from workflows.steps import RETURNED, STEPS
from workflows.work import Work

BUNDLE_FILE = re.compile(
    r"[\w-]+\.(bpmn|dmn)|forms/[\w-]+\.json|mail/\w+/(subject|body)\.(txt|html)|words/[\w-]+\.po"
    r"|service_levels\.toml"
)
"""The files that belong to a bundle; others in its folder are left out."""


def read_folder(folder: Path) -> dict[str, str]:
    """The files of a bundle, by their path within its folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = ((path.relative_to(folder).as_posix(), path) for path in files)
    return {name: path.read_text("utf-8") for name, path in named if BUNDLE_FILE.fullmatch(name)}


def deploy_bundle(folder: Path) -> int:
    """Deploy the bundle of a folder as the system (`optin deploy`); gives its version, the old one if nothing changed."""
    return deploy(SYSTEM, read_folder(folder))


@command
def deploy(work: Work, files: dict[str, str]) -> int:
    """Check a bundle and make it the version new cases start with; open cases stay on theirs (V12).

    Raises `InvalidBundle` with every problem: a field is `file:element`.
    """
    if work.actor.id is not None and not work.actor.has("program_manager"):
        raise NotAllowed("Program managers deploy processes.")
    problems = check(files)
    if problems:
        raise InvalidBundle(f"The process has {len(problems)} problems.", fields=problems)
    bundle = Bundle(MAIN_PROCESS, files)
    newest = work.db.scalar(_newest().with_for_update())
    if newest and newest.sha256 == bundle.sha256 and newest.state == "deployed":
        return newest.version
    work.db.execute(
        update(ProcessDefinition).where(ProcessDefinition.key == MAIN_PROCESS).values(state="retired")
    )
    return _add(work, bundle)


def check(files: dict[str, str]) -> dict[str, str]:
    """Everything wrong with a bundle: `file:element` → what, and how to mend it."""
    bundle = Bundle(MAIN_PROCESS, files)
    found = _check_forms(bundle) | _check_mail(bundle) | bundle_words.problems(bundle)
    return _check_levels(bundle) or found | _check_diagrams(bundle)


def _check_levels(bundle: Bundle) -> dict[str, str]:
    try:
        bundle.service_levels.keys()
    except KeyError:
        return {
            "service_levels.toml": "The file is missing. Every bundle says its times in service_levels.toml."
        }
    except InvalidServiceLevels as invalid:
        return {"service_levels.toml": str(invalid)}
    return {}


def _check_forms(bundle: Bundle) -> dict[str, str]:
    problems = {}
    for name, text in bundle.files.items():
        if name.startswith("forms/"):
            try:
                Form.parse(text.encode())
            except BadForm as invalid:
                problems[name] = str(invalid)
    return problems


def _check_diagrams(bundle: Bundle) -> dict[str, str]:
    problems: dict[str, str] = {}
    levels = bundle.service_levels.keys()
    for process in (MAIN_PROCESS, OPT_OUT_AGAIN):
        try:
            definition = engine.load(
                bundle.diagrams,
                process,
                steps=frozenset(STEPS),
                lanes=frozenset(ROLE_OF_LANE),
                service_levels=levels,
                names=_variables(bundle),
            )
        except engine.InvalidDefinition as invalid:
            for found in invalid.problems:
                place = f"{found.file}:{found.element_id}"
                sentence = (
                    f"“{found.element_name or found.element_id}” {found.rule}: {found.reason} {found.mend}"
                )
                told = problems.get(place, "")
                problems[place] = told if sentence in told else f"{told} {sentence}".strip()
        else:
            problems |= _check_elements(bundle, definition)
    return problems


def _variables(bundle: Bundle) -> Callable[[engine.Element], dict[str, Kind]]:
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


def _check_elements(bundle: Bundle, definition: engine.Definition) -> dict[str, str]:
    problems, keys = {}, bundle.service_levels.keys()
    for element in definition.elements.values():
        form = element.properties.get("formJsonSchemaFilename")
        dues = [element.properties[name] for name in ("due", "dueAgain") if name in element.properties]
        if element.kind == "userTask" and f"forms/{form}" not in bundle.files:
            problems[f"form:{element.id}"] = (
                f"“{element.name}” names the form {form}, which the bundle does not hold."
            )
        for due in (due for due in dues if due not in keys):
            problems[f"due:{element.id}"] = (
                f"“{element.name}” is due in {due}, which service_levels.toml does not name."
            )
        if element.step in MESSAGES and not bundle.mail(element.step):
            problems[f"mail:{element.id}"] = (
                f"“{element.name}” sends {element.step}, which has no words in mail/."
            )
    return problems


def _check_mail(bundle: Bundle) -> dict[str, str]:
    problems = {}
    for name, text in bundle.files.items():
        if name.startswith("mail/"):
            for problem in render.check(text, ALLOWED_NAMES):
                problems[name] = str(problem)
    for kind in MESSAGES:
        if missing := {"subject.txt", "body.txt", "body.html"} - bundle.mail(kind).keys():
            problems[f"mail/{kind}"] = f"The words of {kind} lack {', '.join(sorted(missing))}."
    return problems


def _newest() -> Select[ProcessDefinition]:
    query = select(ProcessDefinition).where(ProcessDefinition.key == MAIN_PROCESS)
    return query.order_by(ProcessDefinition.version.desc()).limit(1)


def _add(work: Work, bundle: Bundle) -> int:
    version = (work.db.scalar(select(func.max(ProcessDefinition.version))) or 0) + 1
    row = ProcessDefinition(
        key=bundle.key,
        version=version,
        files=dict(bundle.files),
        sha256=bundle.sha256,
        state="deployed",
        deployed_at=work.now,
        deployed_by_id=work.actor.id,
    )
    work.db.add(row)
    record(work, "process_deployed", key=bundle.key, version=version, sha256=bundle.sha256)
    return version
