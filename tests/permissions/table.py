"""The table: for each route, who may, who is refused, and who must not learn that it is there.

Each row quotes the sections of the domain specification that it follows. A line of a row reads
`relations  answer: columns | answer: columns`; the first answer that names the column holds, `*` names all. Whoever
no line names gets `hidden`.

Answers: `may` done or `late`, as the case then stands; `yes` done; `no` refused (403); `hidden` (404), as if it had never been; `late` (409), the state of the case
does not allow it any more, or not yet. Work on a task that somebody else holds is `taken` (409).

Columns of the routes about a case are its phases (those of the table of domain 6.3, closed by outcome), of the routes
about a task its kinds (`KINDS`).

Relations of a person to a case (domain 6.1, 6.2, 7.2):
`partner` case manager of the case's agency with all clearances; `uncleared` one who lacks a clearance;
`supervisor` in the candidate group, both keys; `unkeyed` the same but a restricted user, or ESD staff of the office who
is one; `given` ESD staff with a task of the case; `esd_here` ESD staff of the office without one;
`manager`, `administrator`, `auditor` of the case's area; `stranger` everybody else who is signed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tests.permissions.cases import OPEN, STATES, State

PHASES = frozenset(state.phase for state in STATES)
DECIDED = frozenset(
    [
        "deciding",
        "told_in",
        "offering",
        "told_out",
        "partner_done",
        "closed_in",
        "closed_out",
        "long_ago",
        "reduced",
        "held_decided",
        "lapsed_in",
    ]
)
"""Where the client's decision has been recorded."""
SETS = {"open": OPEN, "closed": PHASES - OPEN, "decided": DECIDED}
STATUS = {
    "no": {403},
    "hidden": {404},
    "late": {409},
    "taken": {409},
    "yes": {200, 201, 302},
    "may": {200, 201, 302, 409},
}


@dataclass(frozen=True)
class Row:
    """Some routes with the same answers, as method and rule of the map of addresses."""

    rules: tuple[str, ...]
    why: str
    lines: str

    @cached_property
    def cells(self) -> dict[str, list[tuple[str, frozenset[str]]]]:
        """Relation → answers with their columns, in order."""
        found: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for line in filter(None, (line.strip() for line in self.lines.splitlines())):
            relations, _, answers = line.partition("  ")
            for relation in relations.split():
                found[relation] = [_cell(cell) for cell in answers.split("|")]
        return found

    def answer(self, relation: str, columns: Iterable[str]) -> str:
        """What somebody of a relation is answered where any of these columns holds."""
        for answer, named in self.cells.get(relation, []):
            if "*" in named or named & set(columns):
                return answer
        return "hidden"


def _cell(cell: str) -> tuple[str, frozenset[str]]:
    answer, _, columns = cell.partition(":")
    names = [SETS.get(name, {name}) for name in columns.split()]
    return answer.strip(), frozenset().union(*names)


READ = (
    "GET /cases/<number>",
    "GET /api/v1/cases/<string:number>",
    "GET /api/v1/cases/<string:number>/history",
    "GET /api/v1/cases/<string:number>/messages",
)
OPTS_OUT = "told_in closed_in long_ago reduced lapsed_in"
"""The phases of a case whose partner was told of an opt-in; only that can be undone."""

CASES = (
    Row(READ, "6.2 See queue; 6.3; 7.2; scenarios 36 and 44; decision 0009 for ESD staff without a task",
        """
        partner supervisor given auditor  yes: *
        uncleared unkeyed esd_here manager administrator  no: *
        """),
    Row(("POST /cases/<number>/withdraw", "POST /api/v1/cases/<string:number>/withdraw"),
        "6.2 Withdraw on client's word: the case manager before the decision, the supervisor; 7.2 for held cases",
        """
        partner  yes: draft submitted in_contact | no: held wish | late: *
        supervisor  yes: open | late: closed
        uncleared given esd_here unkeyed manager administrator auditor  no: *
        """),
    Row(("POST /cases/<number>/opened-in-error", "POST /api/v1/cases/<string:number>/opened-in-error"),
        "6.2 Opened in error: the case manager in draft and submitted, the supervisor",
        """
        partner  yes: draft submitted | no: held wish | late: *
        supervisor  yes: open | late: closed
        uncleared given esd_here unkeyed manager administrator auditor  no: *
        """),
    Row(("POST /cases/<number>/opt-out-again", "POST /api/v1/cases/<string:number>/opt-out-again"),
        "6.2 Start opt_out_again: case managers relay, ESD, supervisors; 3.5: no agreement is asked",
        f"""
        partner supervisor given esd_here  yes: {OPTS_OUT} | late: *
        uncleared unkeyed manager administrator auditor  no: *
        """),
    Row(("POST /cases/<number>/note", "POST /api/v1/cases/<string:number>/notes"),
        "6.3 Two channels of notes: shared ones by partner and ESD; on hold the partner has number and state only",
        """
        partner  no: held lapsed lapsed_in reduced | yes: *
        supervisor given  yes: *
        uncleared esd_here unkeyed manager administrator auditor  no: *
        """),
    Row(("POST /cases/<number>/note esd_only", "POST /api/v1/cases/<string:number>/notes esd_only"),
        "6.3 ESD notes: only ESD",
        """
        supervisor given  yes: *
        partner uncleared esd_here unkeyed manager administrator auditor  no: *
        """),
    Row(("POST /cases/<number>/remind", "POST /api/v1/cases/<string:number>/remind"),
        "5.1 N6; 6.2 See queue: the two sides of the case; on hold number and state only",
        """
        partner  no: held lapsed lapsed_in reduced | may: *
        supervisor  may: *
        uncleared given esd_here unkeyed manager administrator auditor  no: *
        """),
    Row(("GET /cases/<number>/entries/<task_id>", "POST /cases/<number>/entries/<task_id>",
         "POST /api/v1/cases/<string:number>/entries/<string:id>/corrections"),
        "6.3: asked with a step that the case does not have, so that those who read the case find nothing either",
        "uncleared unkeyed esd_here manager administrator  no: *"),
)  # fmt: skip

KINDS = {
    "case_manager": "partners",
    "esd_wioa_supervisor": "supervisors",
    "esd_staff": "staffs",
    "program_manager": "managers",
}
"""The kinds of tasks by lane. Those of T13 are `offer` (X14); `held`: those of partners in a held case."""

SEES = """
    partner  no: held supervisors staffs offer managers | yes: *
    supervisor given  yes: *
    auditor  no: offer | yes: *
    esd_here unkeyed  yes: staffs | no: *
    manager  yes: managers | no: *
    uncleared administrator  no: *
    """
WORKS = """
    partner  no: held supervisors staffs offer managers | yes: *
    supervisor  yes: supervisors staffs offer | no: *
    given  yes: staffs mine | no: *
    esd_here  yes: staffs | no: *
    manager  yes: managers | no: *
    uncleared unkeyed administrator auditor  no: *
    """

TASKS = (
    Row(("GET /tasks/<task_id>", "GET /api/v1/tasks/<string:id>"),
        "6.2 Steps 1-5, 8 and See queue; 6.3 on hold: number and state only; X14 for the offer; "
        "decision 0009: the questions of the lane ESD staff are for all of the office's ESD staff",
        SEES),
    Row(("POST /tasks/<task_id>/claim", "POST /api/v1/tasks/<string:id>/claim",
         "POST /tasks/<task_id>", "POST /tasks/<task_id>/form",
         "POST /api/v1/tasks/<string:id>/draft", "POST /api/v1/tasks/<string:id>/complete"),
        "6.2 Steps 1-5, 8; Claim; Record contact and decision; Record the edit (A24, X06); T90 by the program manager",
        WORKS),
    Row(("POST /tasks/<task_id>/release", "POST /api/v1/tasks/<string:id>/release"),
        "6.2 Claim / release: whoever holds the task gives it back, on hold too, since that shows nothing",
        WORKS),
    Row(("POST /tasks/<task_id>/reassign", "POST /api/v1/tasks/<string:id>/reassign"),
        "6.2 colleague by reassignment; Claim / release / reassign by the supervisor",
        """
        partner  no: held supervisors staffs offer managers | yes: *
        supervisor  yes: supervisors staffs offer | no: *
        uncleared unkeyed given esd_here manager administrator auditor  no: *
        """),
)  # fmt: skip


FACTS = {
    "client": """
        partner  yes: submitted in_contact deciding told_in offering told_out partner_done closed_in closed_out closed_else
        supervisor  no: draft wish wish_closed closed_bare | yes: *
        given  yes: in_contact deciding held
        """,
    "reason": """
        partner  yes: submitted in_contact deciding told_in offering told_out partner_done closed_in closed_out closed_else
        supervisor  no: draft wish wish_closed closed_bare | yes: *
        """,
    "aid": """
        partner  yes: submitted in_contact deciding told_in offering told_out
        supervisor  no: draft wish wish_closed closed_bare | yes: *
        given  yes: in_contact deciding held
        """,
    "lookup": """
        partner  yes: draft submitted in_contact deciding told_in offering told_out
        supervisor  no: draft wish wish_closed found added unregistered not_permitted | yes: *
        """,
    "attempts": """
        supervisor  yes: in_contact decided unreachable
        given  yes: in_contact deciding
        """,
    "identity": """
        supervisor auditor  yes: decided wish_closed
        given  yes: deciding
        """,
    "decision": """
        supervisor  yes: decided
        given  yes: deciding
        """,
    "offer": "supervisor  yes: told_out partner_done closed_out",
    "assigned": "supervisor  yes: closed_accepted",
    "edit": "supervisor auditor  yes: told_in closed_in long_ago reduced lapsed_in",
    "edit_date": """
        partner  yes: told_in closed_in long_ago
        supervisor  yes: told_in closed_in long_ago reduced lapsed_in
        """,
    "shared_note": """
        partner  no: held lapsed lapsed_in reduced | yes: *
        supervisor given  yes: *
        """,
    "esd_note": "supervisor given  yes: *",
}  # fmt: skip
"""The table of domain 6.3: fact → who reads it in which phase (or case); whoever no line names does not.

The columns are those in which the fact has been recorded at all. `reason`: domain 4, T5: whoever deals with the
request. `lookup`: T4, case manager and supervisor. `edit`: the read-back (RO4). Where the partner's part is done the
partner reads as in a closed case, because ESD still being at work would tell the answer to the offer (X14)."""

FACT_ROWS = {fact: Row((), "6.3", lines) for fact, lines in FACTS.items()}


def columns(state: State) -> tuple[str, str]:
    """The columns of a case: its phase, and its own key where a row names a single case."""
    return state.phase, state.key


ALL = "case_manager esd_staff esd_wioa_supervisor program_manager administrator auditor"


@dataclass(frozen=True)
class Place:
    """Routes about no case. `may`: the roles; of those, people of another area do not find things of this one when
    `local`; `public`: nobody has to sign in; `secret`: who may not is answered `hidden`; `ask` names what is asked."""

    rules: tuple[str, ...]
    why: str
    may: str = ""
    local: bool = False
    public: bool = False
    anybody: bool = False
    secret: bool = False


PLACES = (
    Place(("GET /healthz", "GET /static/<path:filename>", "GET /sign-in", "POST /sign-in", "GET /notice", "POST /language",
           "GET /api/v1/", "GET /api/v1/openapi.json", "GET /api/v1/swagger", "GET /api/v1/swagger/<path:filename>",
           "GET /api/v1/static/<path:filename>", "GET /api/v1/oauth2-redirect.html"),
          "7.1: the notice is for everybody; the description of the API holds no fact", public=True),
    Place(("GET /", "POST /sign-out", "GET /work", "GET /api/v1/worklist", "GET /tokens", "GET /api/v1/tokens"),
          "6.2 See queue: each their own", anybody=True),
    Place(("GET /cases", "GET /api/v1/cases"),
          "6.2 See queue; 6.3 outcome, dates, office, agency; the administrator has no client facts and no queue",
          "case_manager esd_staff esd_wioa_supervisor program_manager auditor"),
    Place(("GET /cases/new",), "6.2 Open a request", "case_manager esd_wioa_supervisor"),
    Place(("POST /cases", "POST /api/v1/cases"),
          "6.2 Open a request: agreement active, user cleared (7.2), or by a supervisor on behalf", "opens"),
    Place(("GET /processes", "GET /processes/<key>/<int:version>", "GET /processes/<key>/<int:version>/files/<file>",
           "GET /api/v1/processes", "GET /api/v1/processes/<string:key>/versions/<int:n>/bpmn"),
          "6.2 Edit, publish: only they are restricted; reading the procedure is for every role", ALL),
    Place(("GET /admin/people", "GET /api/v1/people/lift-requests"),
          "6.2 Users and roles", "administrator auditor esd_wioa_supervisor"),
    Place(("GET /admin/people/<username>",),
          "6.2 Users and roles", "administrator auditor esd_wioa_supervisor", local=True),
    Place(("POST /admin/people/<username>",),
          "6.2 Users and roles: administrator, ESD roles by a supervisor", "administrator esd_wioa_supervisor",
          local=True),
    Place(("POST /api/v1/people/<string:username>/lift-request",), "6.2 Users and roles", "administrator", local=True),
    Place(("POST /admin/people/<username>/lift/approve",
           "POST /api/v1/people/<string:username>/lift-request/approve"),
          "6.2 ESD roles need a supervisor's approval; X06: one who holds both keys", "keyed", local=True),
    Place(("POST /admin/people/<username>/lift/decline",
           "POST /api/v1/people/<string:username>/lift-request/decline"),
          "6.2 Users and roles", "administrator esd_wioa_supervisor", local=True),
    Place(("GET /admin/agreements",),
          "6.2 Agreements: kept by PM and ADM, viewed by SUP and AUD",
          "program_manager administrator esd_wioa_supervisor auditor"),
    Place(("GET /admin/agreements/new",), "6.2 Agreements: enter", "program_manager administrator"),
    Place(("GET /admin/agreements/<path:number>", "POST /admin/agreements/<path:number>"),
          "6.2 Agreements: renew, suspend", "program_manager administrator", local=True),
    Place(("POST /admin/agreements",), "6.2 Agreements: enter", "program_manager administrator"),
    Place(("GET /admin/outbox",), "6.2 Timers, labels, templates; N12 and scenario 39: PM's undelivered list",
          "program_manager administrator"),
    Place(("POST /admin/outbox/<int:message_id>/send-again",), "Scenario 39", "program_manager administrator",
          local=True),
    Place(("GET /audit",), "6.1 auditor; 7.3; ADM keeps the product, no client facts are in it",
          "auditor administrator"),
    Place(("GET /problems", "GET /api/v1/problems"), "6.1 administrator, auditor", "administrator auditor"),
    Place(("GET /problems/<int:incident_id>", "GET /api/v1/problems/<int:id>"), "6.1", "administrator auditor",
          local=True),
    Place(("POST /problems/retry", "POST /problems/<int:incident_id>/dismiss", "POST /api/v1/problems/retry",
           "POST /api/v1/problems/<int:id>/dismiss"), "6.1 administrator", "administrator", local=True),
    Place(("POST /tokens/<int:token_id>/revoke", "DELETE /api/v1/tokens/<int:id>"),
          "One's own, or the administrator of the area; whose a number is, is told to nobody else", "owner administrator",
          local=True, secret=True),
    Place(("GET /tokens of another", "GET /api/v1/tokens of another"), "The same", "owner administrator", local=True,
          secret=True),
    Place(("GET /contact-card/<office>", "GET /contact-card/<office>/phone"),
          "Step 5: those who hand the card out and those who keep it",
          "case_manager esd_staff esd_wioa_supervisor administrator", local=True),
    Place(("POST /contact-card/<office>/phone",), "6.1 administrator, supervisor: offices",
          "esd_wioa_supervisor administrator", local=True),
    Place(("GET /demo/mails", "GET /demo/mails/<mail_id>"), "Only in the demo; elsewhere there is no such page",
          "nobody", secret=True),
)  # fmt: skip
