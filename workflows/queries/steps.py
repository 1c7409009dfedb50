"""The steps of a draft: each process as a table and as an outline in sentences, with what is wrong at each step."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.drawing import Node
from engine.narrative import Line, Tale, ahead, tales
from engine.rewiring import simple_neighbours
from workflows import own_mails
from workflows.bundle_checks import problems
from workflows.condition_words import form_titles
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import NotFound
from workflows.language import gettext
from workflows.outline_words import Sentence, Teller, name_of
from workflows.queries import query
from workflows.queries.drafts import DraftView, view_of
from workflows.queries.processes import role_words
from workflows.step_form import Question, questions_for, questions_for_new
from workflows.step_words import kind_words, step_words, time_words
from workflows.work import Work

_PERSONS = ("userTask", "manualTask", "callActivity")


@dataclass(frozen=True)
class Step:
    """A row of the table: one element, in words. `wrong`: what is wrong with it.

    `earlier`, `later`: whether it can trade places with the step before or after; `removable`: whether it can be taken
    away; `exits`: the flows out of it, each with its words, behind which a step can be added.
    """

    element: str
    name: str
    kind: str
    tag: str
    role: str
    what: str
    form: str
    due: str
    clause: str
    wrong: tuple[str, ...]
    earlier: str | None
    later: str | None
    removable: bool
    exits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ToldProcess:
    """A process of a draft: its name, its steps in the order of the work, and its outline."""

    name: str
    steps: tuple[Step, ...]
    outline: list[list[Sentence]]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class StepsView:
    """The steps of one diagram of a draft; `files`: each diagram with the name of its first process."""

    draft: DraftView
    file: str
    files: list[tuple[str, str]]
    processes: list[ToldProcess]


@dataclass(frozen=True)
class StepView:
    """One step of a draft, to be changed: what is asked, with what it holds; and what is asked of a new one behind it."""

    draft: DraftView
    file: str
    process: str
    step: Step
    questions: list[Question]
    for_new: dict[str, list[Question]]


@query
def steps_view(work: Work, draft_id: int, file: str = "") -> StepsView:
    """The steps of one diagram of a draft; without a name, of the one with the main process."""
    check_edits(work)
    draft = view_of(work, draft_numbered(work, draft_id))
    name = file or draft.bundle.file_of_process.get(draft.key, "")
    told, table = _told(draft.bundle, name), _Table(draft.bundle, name)
    processes = [
        ToldProcess(
            gettext(tale.scope.name),
            table.rows(tale),
            table.teller.tale(tale),
            table.wrong({tale.scope.id, ""}),
        )
        for tale in told
    ]
    return StepsView(draft, name, titles_of(draft.bundle), processes)


@query
def step_view(work: Work, draft_id: int, file: str, element: str) -> StepView:
    """One step of a draft with the questions of its form."""
    check_edits(work)
    draft = view_of(work, draft_numbered(work, draft_id))
    tale, node = _node(draft.bundle, file, element)
    scope = tale.scopes[node.scope]
    return StepView(
        draft=draft,
        file=file,
        process=gettext(tale.scope.name),
        step=_Table(draft.bundle, file).row(tale, node),
        questions=questions_for(draft.bundle, scope, node),
        for_new={
            kind: questions_for_new(draft.bundle, scope, node, kind) for kind in ("userTask", "serviceTask")
        },
    )


def _node(bundle: Bundle, file: str, element: str) -> tuple[Tale, Node]:
    """An element of a diagram with the process it is in."""
    for tale in _told(bundle, file):
        for scope in tale.scopes.values():
            for node in scope.nodes:
                if node.id == element and node.element.process_id == tale.scope.id:
                    return tale, node
    raise NotFound(gettext("There is no such step in the draft. It may have been taken away."))


def _told(bundle: Bundle, file: str) -> list[Tale]:
    if file not in bundle.diagrams:
        raise NotFound(gettext("The draft has no diagram of this name."))
    return list(tales({file: bundle.diagrams[file]}).values())


def titles_of(bundle: Bundle) -> list[tuple[str, str]]:
    """Each diagram with the name of its first process; the main one first."""
    told = tales(bundle.diagrams)
    named = {bundle.file_of_process.get(key, ""): tale.scope.name for key, tale in reversed(told.items())}
    main = bundle.file_of_process.get(MAIN_PROCESS)
    return sorted(
        ((file, gettext(name)) for file, name in named.items() if file), key=lambda each: each[0] != main
    )


class _Table:
    """The rows of one diagram of a bundle."""

    def __init__(self, bundle: Bundle, file: str) -> None:
        self.bundle = bundle
        self.file = file
        self.found = problems(bundle)
        self.simple = simple_neighbours(bundle.diagrams[file])
        self.titles = form_titles(bundle)
        self.teller = Teller(bundle)

    def rows(self, tale: Tale) -> tuple[Step, ...]:
        """Every element of a process that is told, those on the border of a step after it."""
        return tuple(self.row(tale, node) for line in tale.every() for node in (line.node, *_events(line)))

    def row(self, tale: Tale, node: Node) -> Step:
        """One element."""
        told, scope = node.element.properties, tale.scopes[node.scope]
        form = told.get("formJsonSchemaFilename", "")
        flows = [flow for flow in scope.flows if flow.source == node.id]
        before, after = self.simple.get(node.id, (None, None))
        names = {each.id: name_of(ahead(scope, each)) for each in scope.nodes}
        return Step(
            element=node.id,
            name=name_of(node),
            kind=kind_words(node.element),
            tag=node.kind,
            role=role_words(node.element.lane) if node.kind in _PERSONS else "",
            what=_what(node),
            form=self.titles.get(form, form),
            due=self._time(node),
            clause=told.get("procedureRef", ""),
            wrong=(
                *self.wrong({node.id, *(flow.id for flow in flows)}),
                *(self.wrong({""}, f"forms/{form}") if form else ()),
            ),
            earlier=before,
            later=after,
            removable=node.id in self.simple,
            exits=tuple(
                (flow.id, _exit(flow.name, names.get(flow.target, ""))) for flow in flows if flow.drawn_id
            ),
        )

    def _time(self, node: Node) -> str:
        """When a step is due, or how long a timer waits."""
        if node.has("timer"):
            return self.teller.timer(node)
        return time_words(self.bundle, node.element.properties.get("due"))

    def wrong(self, elements: set[str], file: str = "") -> tuple[str, ...]:
        """What is wrong at some elements of a file, this diagram by default; warnings left out."""
        return tuple(
            f"{problem.reason} {problem.mend}".strip()
            for problem in self.found
            if problem.file == (file or self.file) and problem.element in elements and not problem.warning
        )


def _events(line: Line) -> Iterable[Node]:
    return (way.event for way in line.ways if way.event is not None)


def _what(node: Node) -> str:
    """What an automatic step does, when it is not what it is called."""
    if node.kind != "serviceTask":
        return ""
    if node.element.step == own_mails.SEND_MAIL:
        return node.element.properties.get("mail", "")
    return step_words(node.element.step) if node.element.step else ""


def _exit(answer: str, target: str) -> str:
    if answer:
        return gettext("“{answer}”, before “{target}”").format(answer=gettext(answer), target=target)
    return gettext("before “{target}”").format(target=target)
