"""The invented clients of a simulation, and the answers that people give about them.

What is answered most of the time are the usual answers of the bundle (`scenarios/usual.json`); `CHOICES` says what else
comes up, and how often. A question of a bundle's own is answered as usual. All weights are assumptions: change them here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.form_fields import Field
from workflows.forms import Form
from workflows.scenario_play import open_boxes
from workflows.simulation.chance import Chance

Weights = Mapping[Any, float]

CHOICES: Mapping[str, Mapping[str, Weights]] = {
    "T1": {"total_own": {0: 96, 1: 4}},
    "T2": {"total_wide": {0: 95, 1: 5}},
    "T3": {"account": {"registered": 88, "not_sure": 6, "not_registered": 6}},
    "T3b": {"registered_now": {"yes": 7, "no": 3}},
    "T4": {
        "lookup": {"opted_out_message": 75, "name_listed": 10, "nothing": 10, "widget_unavailable": 5},
        "same_person": {"yes": 8, "no": 2},
    },
    "T4b": {"esd_check": {"opted_out": 6, "shared": 2, "not_in_eto": 2}},
    "T6": {"asked_by": {"phone": 6, "in_person": 3, "text": 1}},
    "T7": {
        "identity_verified": {"yes": 96, "no": 4},
        "decision": {"opt_in": 62, "remain_opted_out": 22, "undecided": 11, "withdraw": 5},
    },
    "T8": {"cm_reached": {"no": 6, "yes": 4}},
    "T10": {"visible": {"own_office": 86, "worksource_only": 10, "not_found": 4}},
    "T12": {"offer_response": {"accepted": 4, "declined": 4, "wants_time": 2}},
    "AS1": {"result": {"added": 94, "seeker_not_listed": 3, "already_enrolled": 3}},
    "RO1": {"found_in": {"own_office": 85, "worksource_only": 12, "not_found": 3}},
    "RO2": {"opt_out_box_was": {"ticked": 96, "clear": 4}},
    "RO3": {
        "saved": {"yes": 96, "no": 4},
        "eto_result": {"save_greyed_out": 5, "system_error": 4, "record_not_found": 1},
    },
    "RO4": {"read_back_ok": {"yes": 98, "no": 2}},
    "OO1": {"identity_verified": {"yes": 97, "no": 3}, "wish": {"opt_out": 95, "keep_sharing": 5}},
}
"""By task and question what is answered, with weights."""

REACHED: Weights = {"reached": 45, "no_answer": 35, "voicemail_no_details": 15, "number_not_working": 5}
"""What comes of it when Employment Security calls the client."""

_FIRST = ("Ada", "Basil", "Cleo", "Darby", "Edda", "Fenn", "Gale", "Hollis", "Ione", "Jory", "Kit", "Lark")
_BEGIN = (
    "Amber",
    "Birch",
    "Cedar",
    "Dune",
    "Elder",
    "Fern",
    "Gorse",
    "Hazel",
    "Iris",
    "Juniper",
    "Kelp",
    "Laurel",
)
_END = ("brook", "croft", "dale", "field", "gate", "hill", "lake", "mere", "ridge", "stone", "wick", "yard")


@dataclass
class Client:
    """A client of one request. `calls_at` is when the client calls the supervisor, None as long as they do not mean to;
    `asked_at` when the case manager asked them to; `spoke_at` when somebody of Employment Security last spoke with them,
    `tried_at` when somebody last tried. `rounds` counts by task how often it was done for the request."""

    number: int
    office: str
    chance: Chance
    calls_at: datetime | None = None
    asked_at: datetime | None = None
    spoke_at: datetime | None = None
    tried_at: datetime | None = None

    def __post_init__(self) -> None:
        self.rounds: dict[str, int] = {}

    @property
    def facts(self) -> dict[str, str]:
        """Name and phone by the names of their questions; no two clients of a simulation have the same name."""
        rest, first = divmod(self.number, len(_FIRST))
        rest, begin = divmod(rest, len(_BEGIN))
        more, end = divmod(rest, len(_END))
        second = f"-{_FIRST[more % len(_FIRST)]}" if more else ""
        return {
            "client_first_name": f"{_FIRST[first]}{second}",
            "client_last_name": f"{_BEGIN[begin]}{_END[end]} SAMPLE",
            "phone": f"360-555-{100 + self.number % 100:04}",
        }


@dataclass(frozen=True)
class Asked:
    """A form that somebody fills in: its label in the procedure, the lists that the product fills in, and what is usual."""

    label: str
    form: Form
    options: Mapping[str, Mapping[str, str]]
    usual: Mapping[str, Any]


def answers(
    client: Client, asked: Asked, chance: Chance, now: datetime, certain: Mapping[str, Any]
) -> dict[str, Any]:
    """Complete answers to a form: those that are `certain`, else drawn, else as usual; what is not asked stays out."""
    given: dict[str, Any] = {}
    fields = asked.form.declared
    for field in fields:
        known = {**certain, **client.facts}
        value = _value(field, asked, chance, now, known, client.office)
        if value is not None and field.is_shown({**open_boxes(fields), **given}):
            given[field.name] = value
    return given


def _value(
    field: Field, asked: Asked, chance: Chance, now: datetime, known: Mapping[str, Any], office: str
) -> Any:
    """The answer to one question, should it be asked; None for none."""
    weights = CHOICES.get(asked.label, {}).get(field.name)
    drawn = chance.one_of(weights) if weights else None
    wanted = field.name in asked.usual or weights or field.required
    if not wanted:
        return None
    if field.format == "date-time":
        return now.isoformat()
    if field.options:
        listed = asked.options.get(field.options, {})
        return (
            office
            if office in listed
            else chance.one_of(dict.fromkeys(sorted(listed), 1))
            if listed
            else None
        )
    if field.name in known:
        return known[field.name]
    return drawn if drawn is not None else asked.usual.get(field.name)
