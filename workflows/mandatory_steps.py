"""What procedure 5512PRO may not do without (V10, policy 4013): no version is published that lacks one of these.

A step is known by what it records, not by its id: whoever draws it anew may name it as they like.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import engine
from workflows.bundle_checks import BundleProblem
from workflows.definitions import MAIN_PROCESS, ROLE_OF_LANE, Bundle
from workflows.language import gettext, marked

ESD = frozenset({"esd_staff", "esd_wioa_supervisor"})
NOTICE_POINTS = {
    "what_is_shared": marked("what is shared, for what use and among whom"),
    "services_only": marked("that it is used for services only and may not be passed on"),
    "may_ask_not_to_share": marked("that the client may ask that it is not shared"),
    "eligibility_unaffected": marked("that asking so in no way affects eligibility for services"),
}
"""The four points of the notice (policy 4013, definition 2), by the options of the question `notification_points`."""


@dataclass(frozen=True)
class Mandatory:
    """A step that has to be there: the clause, what it does in words, the questions it asks, and whose work it is
    (`roles`, None for anybody)."""

    clause: str
    words: str
    asks: frozenset[str]
    roles: frozenset[str] | None = None


STEPS = (
    Mandatory(
        "policy 4013",
        marked("The client is given the data-sharing notice"),
        frozenset({"notice_form", "notice_language"}),
    ),
    Mandatory(
        "5512PRO 7",
        marked("Employment Security records the client’s decision"),
        frozenset({"decision", "identity_verified"}),
        ESD,
    ),
    Mandatory(
        "5512PRO 7d",
        marked("Employment Security clears the Opt-Out box"),
        frozenset({"opt_out_box_is_now", "saved"}),
        ESD,
    ),
    Mandatory(
        "5512PRO 7g",
        marked("The client is offered ESD staff"),
        frozenset({"offer_made", "offer_response"}),
        ESD,
    ),
)
PRODUCT = {
    "forms/T1_QuickSearchOwnOffice.json": marked("A request is opened with this form"),
    "forms/T5_WriteRequest.json": marked("What is known of a client is shown by this form"),
}
"""The files that the product itself reads, whatever the diagrams say."""

MAILS = {
    "notify_partner_change_made": marked("The partner is told that the change was made"),
    "notify_partner_remains_opted_out": marked("The partner is told that the client remains opted out"),
}


def mandatory_problems(bundle: Bundle) -> list[BundleProblem]:
    """What a sound bundle lacks of the mandatory steps on the way of a case; one that cannot be loaded is not asked."""
    definition = bundle.definition(MAIN_PROCESS)
    coming = [name for start in definition.starts for name in bundle.routes.after(start, ())]
    elements = [definition.elements[name] for name in coming]
    return [*_steps(bundle, elements), *_mails(elements), *_product(bundle)]


def notice_problems(bundle: Bundle) -> list[BundleProblem]:
    """Which of the four points of the notice no question makes sure of before the client's decision is recorded."""
    forms = [
        _questions(bundle, name.removeprefix("forms/")) for name in bundle.files if name.startswith("forms/")
    ]
    deciding = [form for form in forms if STEPS[1].asks <= form.keys()]
    found = {point for form in deciding for point in _points(form)}
    reason = gettext("No question makes sure that the client is told {point} (policy 4013, definition 2).")
    mend = gettext(
        "Ask for “{option}” in “notification_points” of the form with the decision, and show the decision only then."
    )
    return [
        BundleProblem("forms", "", "N4", reason.format(point=gettext(words)), mend.format(option=option))
        for option, words in NOTICE_POINTS.items()
        if option not in found
    ]


def _points(form: Mapping[str, Any]) -> list[str]:
    """The points that a form with the decision asks for; none where the decision does not depend on them."""
    asked = form.get("notification_points", {})
    depends = "notification_points" in form["decision"].get("x-shown-if", "")
    return asked.get("items", {}).get("enum", []) if depends else []


def _steps(bundle: Bundle, elements: list[engine.Element]) -> Iterator[BundleProblem]:
    for step in STEPS:
        if not any(_does(bundle, element, step) for element in elements):
            reason = gettext("{step} ({clause}), and no step does that any more.")
            mend = gettext("Put the step back, in the lane of those whose work it is.")
            told = reason.format(step=gettext(step.words), clause=step.clause)
            yield BundleProblem("", "", "V10", told, mend)


def _mails(elements: list[engine.Element]) -> Iterator[BundleProblem]:
    sent = {element.step for element in elements}
    for kind, words in MAILS.items():
        if kind not in sent:
            reason = gettext("{step} ({clause}), and no step does that any more.")
            told = reason.format(step=gettext(words), clause="5512PRO 7e, 7h")
            yield BundleProblem("", "", "V10", told, gettext("Put the step “{}” back.").format(kind))


def _product(bundle: Bundle) -> Iterator[BundleProblem]:
    for name, words in PRODUCT.items():
        if name not in bundle.files:
            reason = gettext("{}, and it is gone.").format(gettext(words))
            yield BundleProblem(name, "", "V10", reason, gettext("Put the form back under this name."))


def _does(bundle: Bundle, element: engine.Element, step: Mandatory) -> bool:
    allowed = step.roles is None or ROLE_OF_LANE.get(element.lane or "") in {*step.roles, "caller"}
    form = element.properties.get("formJsonSchemaFilename", "")
    return element.kind == "userTask" and allowed and step.asks <= _questions(bundle, form).keys()


def _questions(bundle: Bundle, form: str) -> Mapping[str, Any]:
    """The questions of a sound form as written, by name; none when there is no such form."""
    text = bundle.files.get(f"forms/{form}")
    properties: Mapping[str, Any] = json.loads(text)["properties"] if text else {}
    return properties
