"""What a case has to prove, clause by clause: the searches, the notice, identity, the client's decision, the edit and its
read-back, the offer, and that everybody was told (5512PRO 1-8; policy 4013, definition 2).

A piece of evidence is known by the questions that are answered, not by the step that asks them, so that whoever draws the
procedure anew may name its steps as they like; a notice is known by the kind of its message.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.language import marked

OPT_IN, REMAIN = "opt_in", "remain_opted_out"
FULL = frozenset(
    {"opted_in", "remained_opted_out", "remained_opted_out_accepted", "remained_opted_out_declined"}
)
"""Outcomes to which the whole procedure leads; any other one ends it early."""


@dataclass(frozen=True)
class Evidence:
    """A thing to prove: the clause, what it is in words, and the `asks` (names of questions) or the kind of `message`
    that prove it. An answer to the first question proves it, where `values` are named one of these alone. `branch` is
    the client's decision with which alone it is called for."""

    key: str
    clause: str
    words: str
    asks: tuple[str, ...] = ()
    message: str = ""
    branch: str = ""
    values: tuple[str, ...] = ()

    def is_proved_by(self, answers: Mapping[str, object]) -> bool:
        """Whether the answers of a step prove it."""
        name = self.asks[0]
        return name in answers and (not self.values or answers[name] in self.values)


NOTICE = "policy 4013, definition 2"

EVIDENCE = (
    Evidence(
        "search_own",
        "5512PRO 1",
        marked("Search in the case manager’s own office"),
        ("total_own", "search_key"),
    ),
    Evidence(
        "search_all", "5512PRO 2a.i", marked("Search in all of WorkSource"), ("total_wide", "right_person")
    ),
    Evidence(
        "account", "5512PRO 2", marked("Account verified with the client"), ("account", "spoke_with_client")
    ),
    Evidence("notice", NOTICE, marked("Notice given to the client"), ("notice_form", "notice_language")),
    Evidence(
        "lookup",
        "5512PRO 3b",
        marked("Opt-out lookup"),
        ("lookup", "same_person", "i_typed_ssn_only_in_eto"),
    ),
    Evidence(
        "request",
        "5512PRO 4",
        marked("Request, with the client’s agreement"),
        ("client_agrees_to_this_request", "notice_4_points_given"),
    ),
    Evidence(
        "supervisor_told", "5512PRO 4", marked("Supervisor told of the request"), message="notify_supervisor"
    ),
    Evidence(
        "asked_to_call",
        "5512PRO 5",
        marked("Client asked to call the supervisor"),
        ("asked_at", "asked_by", "contact_card_given"),
    ),
    Evidence(
        "contact",
        "5512PRO 6",
        marked("Contact with the client"),
        ("contact_result", "contact_direction", "contact_at"),
        values=("reached",),
    ),
    Evidence(
        "identity",
        "5512PRO 6",
        marked("Identity of the client verified"),
        ("identity_verified", "identity_method", "spoke_through", "signed_release_on_file"),
        values=("yes",),
    ),
    Evidence("notice_points", NOTICE, marked("Four points told before the choice"), ("notification_points",)),
    Evidence(
        "decision",
        "5512PRO 6",
        marked("Client’s own decision"),
        ("decision",),
        values=(OPT_IN, REMAIN, "withdraw"),
    ),
    Evidence("record_found", "5512PRO 7b", marked("Record found"), ("found_in", "eto_office"), branch=OPT_IN),
    Evidence("record_opened", "5512PRO 7c", marked("Record opened"), ("opt_out_box_was",), branch=OPT_IN),
    Evidence(
        "edit",
        "5512PRO 7d",
        marked("Opt-Out box cleared and saved"),
        ("opt_out_box_is_now", "saved"),
        branch=OPT_IN,
    ),
    Evidence(
        "read_back",
        "5512PRO 7d",
        marked("Record opened again and read back"),
        ("read_back_ok",),
        branch=OPT_IN,
        values=("yes",),
    ),
    Evidence(
        "change_told",
        "5512PRO 7e",
        marked("Partner told of the change"),
        message="notify_partner_change_made",
        branch=OPT_IN,
    ),
    Evidence(
        "offer",
        "5512PRO 7g",
        marked("Offer to work with ESD WIOA staff"),
        ("offer_made", "offer_response"),
        branch=REMAIN,
    ),
    Evidence(
        "remains_told",
        "5512PRO 7h",
        marked("Partner told that the client remains opted out"),
        message="notify_partner_remains_opted_out",
        branch=REMAIN,
    ),
    Evidence("help", "5512PRO 8", marked("Help with program information"), ("assistance", "contacted_at")),
)
"""What the request of a client has to prove, in the order of the procedure."""

POLICY = "policy 4013, policy"

EVIDENCE_AGAIN = (
    Evidence(
        "identity",
        POLICY,
        marked("Identity of the client verified"),
        ("identity_verified", "identity_method", "spoke_through", "signed_release_on_file"),
        values=("yes",),
    ),
    Evidence("wish", POLICY, marked("Client’s wish to opt out again"), ("wish",)),
    Evidence(
        "opt_out_set",
        "desk aid, View/Edit participant",
        marked("Opt-Out box set and saved"),
        ("opt_out_box_is_now", "saved", "eto_office"),
    ),
    Evidence("read_back", POLICY, marked("Record opened again and read back"), ("read_back_ok",)),
)
"""The same for a client who opts out again; that the partners were told (N11) is proved on their own cases."""
