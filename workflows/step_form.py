"""What is asked of a step when it is changed or added: the questions, what they hold, and what may be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.drawing import Node, Scope
from engine.narrative import ahead
from workflows import own_mails
from workflows.condition_words import form_titles
from workflows.definitions import ROLE_OF_LANE, Bundle
from workflows.language import gettext
from workflows.outline_words import name_of, service_level_of
from workflows.own_mails import RECEIVERS, is_own
from workflows.queries.processes import role_words
from workflows.step_words import step_choices, step_words, time_choices
from workflows.steps import STEPS

NEW_FORM = "new"
"""The choice of a form that is still to be written."""
OTHER_TIME = "other"
"""The choice of a time that is none of the bundle's."""

COUNT = "count"
"""The step that counts under the name that its `counter` says."""

LONGEST = {"name": 120, "help": 4000, "clause": 120, "label": 120, "condition": 1000, "timer_text": 1000}

_NO_PERSON = ("system", "caller")


@dataclass(frozen=True)
class Question:
    """One question about a step, in the words of `macros/fields.html`; `options`: pairs of value and label."""

    name: str
    label: str
    widget: str = "text"
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    hint: str = ""


def questions_for(bundle: Bundle, scope: Scope, node: Node) -> list[Question]:
    """What may be changed about an element, with what it holds now."""
    told = node.element.properties
    asked = [_name(node.element.name, required="Task" in node.kind)]
    if node.kind in ("userTask", "manualTask", "serviceTask", "callActivity"):
        asked.append(
            _help(node.element.documentation, read_by_person=node.kind in ("userTask", "manualTask"))
        )
    if node.kind in ("userTask", "manualTask", "callActivity"):
        asked.append(_role(lanes_of(scope), node.element.lane or ""))
    if node.kind == "userTask":
        asked += [_form(bundle, told.get("formJsonSchemaFilename", "")), _due(bundle, told.get("due", ""))]
        asked += [_due_again(bundle, told["dueAgain"])] if "dueAgain" in told else []
    if node.kind == "serviceTask":
        asked += _automatic(bundle, node.element.step or "", told)
    if node.kind in ("userTask", "manualTask", "serviceTask", "callActivity"):
        asked.append(_clause(told.get("procedureRef", "")))
    if node.has("timer"):
        asked += _timer(bundle, node.event.text.text if node.event.text else "")
    return [*asked, *_ways(scope, node)]


def questions_for_new(bundle: Bundle, scope: Scope, node: Node, kind: str) -> list[Question]:
    """What is asked of a step that is added behind an element; `kind` is userTask or serviceTask."""
    if kind == "serviceTask":
        return [
            _name("", required=True),
            *_automatic(bundle, "", {}),
            _help("", read_by_person=False),
            _clause(""),
        ]
    lane = node.element.lane or ""
    person = lane if ROLE_OF_LANE.get(lane) not in _NO_PERSON else ""
    return [
        _name("", required=True),
        _help(""),
        _role(lanes_of(scope), person),
        _form(bundle, NEW_FORM),
        _due(bundle, ""),
        _clause(""),
    ]


def lanes_of(scope: Scope) -> list[str]:
    """The names of the lanes of a process that hold anything."""
    return list(dict.fromkeys(node.element.lane for node in scope.nodes if node.element.lane))


def _name(value: str, *, required: bool) -> Question:
    hint = gettext("A few words that say what is done, such as “Search in all offices”.") if required else ""
    return Question("name", gettext("Name"), value=value, required=required, hint=hint)


def _help(value: str, *, read_by_person: bool = True) -> Question:
    hint = gettext("What the person reads above the form. Lines that begin with 1. or - become a list.")
    if not read_by_person:
        hint = gettext("What is done here, for those who read the procedure.")
    return Question("help", gettext("Help text"), "textarea", value, hint=hint)


def _role(drawn: list[str], lane: str) -> Question:
    names = [name for name, role in ROLE_OF_LANE.items() if role not in _NO_PERSON or name in (lane, *drawn)]
    shown = [name for name in names if ROLE_OF_LANE[name] != "system" or name == lane]
    choices = [(name, _role_label(name)) for name in (*shown, *([lane] if lane not in shown else [])) if name]
    return Question("role", gettext("Who does it"), "select", lane, tuple(choices), required=True)


def _role_label(lane: str) -> str:
    role = ROLE_OF_LANE.get(lane)
    if role == "caller":
        return gettext("Whoever does the step that calls this process")
    return gettext("The system") if role == "system" else role_words(lane)


def _form(bundle: Bundle, value: str) -> Question:
    words = gettext("{title} ({file})")
    titles = sorted(form_titles(bundle).items(), key=lambda each: (each[1], each[0]))
    known = [(file, words.format(title=title, file=file)) for file, title in titles]
    if value and value != NEW_FORM and value not in dict(known):
        known.append((value, gettext("{file}, which is missing").format(file=value)))
    new = (NEW_FORM, gettext("A new form, to be written on the tab Forms"))
    return Question("form", gettext("Form"), "select", value, (new, *known), required=True)


def _due(bundle: Bundle, value: str) -> Question:
    return Question("due", gettext("Due"), "choice", value, _times(bundle, value, gettext("No due time")))


def _due_again(bundle: Bundle, value: str) -> Question:
    label = gettext("Due when the case comes here again")
    return Question("due_again", label, "choice", value, _times(bundle, value, gettext("As the first time")))


def _times(bundle: Bundle, value: str, none: str) -> tuple[tuple[str, str], ...]:
    known = time_choices(bundle)
    if value and value not in dict(known):
        known.append((value, gettext("{time}, which is missing").format(time=value)))
    return (("", none), *known)


def _clause(value: str) -> Question:
    hint = gettext("The clause that this step carries out, such as “5512PRO 2a.i”.")
    return Question("clause", gettext("5512PRO clause"), value=value, hint=hint)


def _automatic(bundle: Bundle, step: str, told: Mapping[str, str]) -> list[Question]:
    """Which automatic step it is, and what some of them have to know."""
    choices = step_choices()
    if step and step not in STEPS:
        choices.append((step, gettext("{step}, which is missing").format(step=step)))
    asked = [
        Question("step", gettext("What is done by itself"), "select", step, tuple(choices), required=True)
    ]
    if step in ("", COUNT):
        hint = gettext("Only for “{step}”: a plain word in small letters, such as “lookup_tries”.")
        hint = hint.format(step=step_words(COUNT))
        asked.append(Question("counter", gettext("Its name"), value=told.get("counter", ""), hint=hint))
    if step in ("", own_mails.SEND_MAIL):
        asked += _mail(bundle, told)
    return asked


def _mail(bundle: Bundle, told: Mapping[str, str]) -> list[Question]:
    none, mail = ("", gettext("None")), told.get("mail", "")
    own = [*filter(is_own, bundle.mails), *([mail] if mail else [])]
    mails = (none, *((kind, _subject(bundle, kind)) for kind in dict.fromkeys(own)))
    people = (none, *((role, gettext(words)) for role, words in RECEIVERS.items()))
    hint = gettext("Only where one of your own mails is sent; the tab “Mail” has them.")
    return [
        Question("mail", gettext("Which mail"), "choice", mail, mails, hint=hint),
        Question("mail_to", gettext("Who gets it"), "choice", told.get("mailTo", ""), people, hint=hint),
    ]


def _subject(bundle: Bundle, kind: str) -> str:
    """What a mail of the bundle's own is called."""
    return bundle.mail(kind).get("subject.txt", "").strip() or kind


def _timer(bundle: Bundle, text: str) -> list[Question]:
    key = service_level_of(text)
    known = time_choices(bundle)
    value = key if key and key in dict(known) else OTHER_TIME
    options = (*known, (OTHER_TIME, gettext("Another time, as written below")))
    hint = gettext('In the safe language, such as duration("P2D") for two days.')
    own = "" if value != OTHER_TIME else text
    return [
        Question("timer", gettext("When"), "choice", value, options),
        Question("timer_text", gettext("Another time"), value=own, hint=hint),
    ]


def _ways(scope: Scope, node: Node) -> list[Question]:
    """The words and the condition of each way out of a decision."""
    asked: list[Question] = []
    names = {each.id: name_of(ahead(scope, each)) for each in scope.nodes}
    flows = [flow for flow in scope.flows if flow.source == node.id and flow.drawn_id]
    if node.kind not in ("exclusiveGateway", "inclusiveGateway") or len(flows) < 2:
        return []
    for number, flow in enumerate(flows, 1):
        to = names.get(flow.target, "")
        label = gettext("Way {number}, to “{target}”: the answer").format(number=number, target=to)
        usual = gettext("This way is taken when no condition of the other ways holds.")
        hint = usual if flow.id == node.default else ""
        asked.append(Question(f"label_{flow.id}", label, value=flow.name, hint=hint))
        if flow.id != node.default:
            when = gettext("Way {number}: taken if").format(number=number)
            text = flow.condition.text if flow.condition else ""
            hint = gettext('In the safe language, such as decision == "opt_in".')
            asked.append(Question(f"condition_{flow.id}", when, value=text, hint=hint))
    return asked
