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
    "GET /api/v1/cases/<string:number>/clock",
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
    Row(("GET /cases/<number>/disclosures", "GET /cases/<number>/disclosures/sheet",
         "GET /api/v1/cases/<string:number>/disclosures", "GET /cases/<number>/proof", "GET /cases/<number>/proof.json",
         "GET /api/v1/cases/<string:number>/proof"),
        "6.2 Export: own case file by the supervisor, the trail by the auditor; 7.3 every read of client facts",
        """
        supervisor auditor  yes: *
        partner given uncleared unkeyed esd_here manager administrator  no: *
        """),
    Row(("GET /cases/<number>/file", "GET /cases/<number>/file.json", "GET /api/v1/cases/<string:number>/file"),
        "6.2 Export: own case file by the supervisor",
        """
        supervisor  yes: *
        partner given auditor uncleared unkeyed esd_here manager administrator  no: *
        """),
    Row(("GET /cases/<number>/emergency-access", "GET /api/v1/cases/<string:number>/emergency-access"),
        "6.2 Reveal client identity outside duty: ADM break-glass, AUD as ADM; without an open one no fact is shown",
        """
        administrator auditor  yes: *
        partner supervisor given uncleared unkeyed esd_here manager  no: *
        """),
    Row(("POST /cases/<number>/emergency-access", "POST /api/v1/cases/<string:number>/emergency-access"),
        "The same; where nothing is stored about the client there is nothing to open",
        """
        administrator auditor  late: draft wish wish_closed closed_bare | yes: *
        partner supervisor given uncleared unkeyed esd_here manager  no: *
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
         "GET /api/v1/cases/<string:number>/entries/<string:id>",
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
    Row(("GET /tasks/<task_id>", "GET /tasks/<task_id>/done", "GET /api/v1/tasks/<string:id>"),
        "6.2 Steps 1-5, 8 and See queue; 6.3 on hold: number and state only; X14 for the offer; "
        "decision 0009: the questions of the lane ESD staff are for all of the office's ESD staff",
        SEES),
    Row(("POST /tasks/<task_id>/claim", "POST /api/v1/tasks/<string:id>/claim",
         "POST /tasks/<task_id>", "POST /tasks/<task_id>/form", "POST /tasks/<task_id>/draft",
         "GET /tasks/<task_id>/check", "POST /tasks/<task_id>/check", "POST /api/v1/tasks/<string:id>/preview",
         "GET /api/v1/tasks/<string:id>/draft", "PUT /api/v1/tasks/<string:id>/draft",
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
    `local`; `public`: nobody has to sign in; `secret`: who may not is answered `hidden`; `stateful`: whoever may can still be told
    that it is not possible now."""

    rules: tuple[str, ...]
    why: str
    may: str = ""
    local: bool = False
    public: bool = False
    anybody: bool = False
    secret: bool = False
    stateful: bool = False


PLACES = (
    Place(("GET /healthz", "GET /readyz", "GET /static/<path:filename>", "GET /sign-in", "POST /sign-in", "GET /notice", "POST /language",
           "GET /api/v1/", "GET /api/v1/openapi.json", "GET /api/v1/swagger", "GET /api/v1/swagger/<path:filename>",
           "GET /api/v1/static/<path:filename>", "GET /api/v1/oauth2-redirect.html"),
          "7.1: the notice is for everybody; the description of the API holds no fact", public=True),
    Place(("GET /", "POST /sign-out", "GET /work", "GET /api/v1/worklist", "GET /tokens", "GET /api/v1/tokens",
           "GET /account", "GET /api/v1/sessions", "POST /account/sessions/end-others", "POST /account/password"),
          "6.2 See queue: each their own; so with the account", anybody=True),
    Place(("GET /manage",), "Links alone, to the places of one's roles", anybody=True),
    Place(("POST /account/sessions/<int:number>/end", "DELETE /api/v1/sessions/<int:id>"),
          "One's own; whose a number is, is told to nobody else", "nobody", secret=True),
    Place(("GET /set-up/<token>", "POST /set-up/<token>"),
          "Whoever has the link of a mail chooses a password with it, once", public=True),
    Place(("POST /work/seen", "POST /work/views", "GET /api/v1/worklist/views", "POST /api/v1/worklist/views",
           "GET /keyboard", "GET /keyboard/list", "POST /keyboard", "GET /api/v1/preferences",
           "PATCH /api/v1/preferences"),
          "What people keep for themselves", anybody=True),
    Place(("POST /work/search", "POST /api/v1/worklist/search"),
          "6.3 client facts: by name search those who read names; cleared partners, ESD with both keys", "names"),
    Place(("POST /work/bulk", "POST /api/v1/worklist/bulk"),
          "Each task is decided by the command of its own: asked with one that is not there, all are told so", anybody=True),
    Place(("POST /work/next",), "6.2 Claim: who may not claim finds nothing free, or is told what is missing", "next"),
    Place(("POST /api/v1/worklist/next",), "The same", "next"),
    Place(("POST /work/views/<view_id>/remove", "DELETE /api/v1/worklist/views/<int:id>"),
          "One's own alone; asked with one that is nobody's", "nobody", secret=True),
    Place(("GET /cases", "GET /api/v1/cases"),
          "6.2 See queue; 6.3 outcome, dates, office, agency; the administrator has no client facts and no queue",
          "case_manager esd_staff esd_wioa_supervisor program_manager auditor"),
    Place(("GET /cases/new",), "6.2 Open a request: a supervisor with both keys on behalf", "case_manager keyed"),
    Place(("POST /cases/new/draft",), "The person's own typing, kept for themselves", anybody=True),
    Place(("POST /cases", "POST /api/v1/cases"),
          "6.2 Open a request: agreement active, user cleared (7.2), or by a supervisor on behalf", "opens"),
    Place(("GET /processes", "GET /processes/<key>/compare", "GET /processes/<key>/<int:version>", "GET /processes/<key>/<int:version>/files/<file>",
           "GET /api/v1/processes", "GET /api/v1/processes/<string:key>/versions/<int:n>/bpmn"),
          "6.2 Edit, publish: only they are restricted; reading the procedure is for every role", ALL),
    Place(("GET /api/v1/processes/<string:key>/versions/<int:n>",), "The same", ALL),
    Place(("POST /processes/drafts",), "6.2 Edit BPMN (draft): program managers", "program_manager"),
    Place(("GET /processes/drafts/<int:draft_id>", "GET /processes/drafts/<int:draft_id>/files",
           "POST /processes/drafts/<int:draft_id>/files", "GET /processes/drafts/<int:draft_id>/problems",
           "POST /processes/drafts/<int:draft_id>/discard",
           "GET /processes/drafts/<int:draft_id>/scenarios", "GET /processes/drafts/<int:draft_id>/tally",
           "POST /processes/drafts/<int:draft_id>/scenarios/follow",
           "GET /processes/drafts/<int:draft_id>/scenarios/<key>", "POST /processes/drafts/<int:draft_id>/scenarios/<key>",
           "POST /processes/drafts/<int:draft_id>/scenarios/<key>/remove",
           "POST /processes/drafts/<int:draft_id>/scenarios/like",
           "GET /processes/drafts/<int:draft_id>/walk", "POST /processes/drafts/<int:draft_id>/walk",
           "POST /processes/drafts/<int:draft_id>/walk/happen", "POST /processes/drafts/<int:draft_id>/walk/forget",
           "GET /processes/drafts/<int:draft_id>/trace", "GET /processes/drafts/<int:draft_id>/trace/<int:place>",
           "POST /processes/drafts/<int:draft_id>/trace/<int:place>",
           "GET /processes/drafts/<int:draft_id>/procedure",
           "GET /processes/drafts/<int:draft_id>/compare", "GET /processes/drafts/<int:draft_id>/drawn/<file>",
           "GET /processes/drafts/<int:draft_id>/bundle.zip", "GET /processes/drafts/<int:draft_id>/replace",
           "POST /processes/drafts/<int:draft_id>/replace", "POST /processes/drafts/<int:draft_id>/replace/take",
           "GET /processes/drafts/<int:draft_id>/newer", "POST /processes/drafts/<int:draft_id>/newer",
           "GET /processes/drafts/<int:draft_id>/diagram", "GET /processes/drafts/<int:draft_id>/diagram/<file>",
           "GET /processes/drafts/<int:draft_id>/diagram/catalogue",
           "POST /processes/drafts/<int:draft_id>/diagram/check-expression",
           "GET /processes/drafts/<int:draft_id>/diagram/upload",
           "POST /processes/drafts/<int:draft_id>/diagram/upload",
           "POST /processes/drafts/<int:draft_id>/diagram/take",
           *(f"{way} /processes/drafts/<int:draft_id>/steps{end}" for way, end in (
               ("GET", ""), ("GET", "/<file>"), ("GET", "/<file>/<element>"), ("POST", "/<file>/<element>"),
               ("POST", "/<file>/<element>/move"), ("GET", "/<file>/<element>/remove"),
               ("POST", "/<file>/<element>/remove"), ("GET", "/<file>/<element>/add"),
               ("POST", "/<file>/<element>/add")))),
          "6.2 Edit BPMN (draft): program managers of the area", "program_manager", local=True),
    Place(tuple(f"{way} /processes/drafts/<int:draft_id>{end}" for way, end in (
              ("GET", "/forms"), ("POST", "/forms"), ("GET", "/forms/<form>"), ("POST", "/forms/<form>"),
              ("POST", "/forms/<form>/preview"), ("POST", "/forms/<form>/take-back"),
              ("GET", "/forms/<form>/questions/new"), ("POST", "/forms/<form>/questions"),
              ("GET", "/forms/<form>/questions/<question>"), ("POST", "/forms/<form>/questions/<question>"),
              ("POST", "/forms/<form>/questions/<question>/move"), ("POST", "/forms/<form>/questions/<question>/remove"),
              ("GET", "/mail"), ("POST", "/mail"), ("GET", "/mail/<mail>"), ("POST", "/mail/<mail>"),
              ("POST", "/mail/<mail>/test"), ("POST", "/mail/<mail>/take-back"),
              ("GET", "/times"), ("POST", "/times"), ("POST", "/times/take-back"), ("GET", "/times/<time>"),
              ("POST", "/times/<time>"))),
          "6.2 Edit BPMN (draft): program managers of the area", "program_manager", local=True),
    Place(tuple(f"POST /processes/drafts/<int:draft_id>/{part}/remove" for part in ("forms/<form>", "mail/<mail>", "times/<time>")),
          "The same; what a step uses, or the product itself, is not removed", "program_manager", local=True, stateful=True),
    Place(("GET /processes/drafts/<int:draft_id>/publish", "GET /api/v1/processes/drafts/<int:id>/proof"),
          "6.2 Publish BPMN: program managers of the area", "program_manager", local=True),
    Place(("POST /processes/drafts/<int:draft_id>/publish", "POST /api/v1/processes/drafts/<int:id>/propose",
           "POST /processes/publications/<int:publication_id>/withdraw", "POST /api/v1/publications/<int:id>/withdraw"),
          "6.2 Publish BPMN: program managers; one publication at a time", "program_manager", local=True, stateful=True),
    Place(("GET /processes/publications", "GET /api/v1/publications"),
          "6.2 Publish BPMN: whoever proposes or approves", "program_manager esd_wioa_supervisor"),
    Place(("GET /processes/publications/<int:publication_id>", "GET /processes/publications/<int:publication_id>/progress",
           "GET /api/v1/publications/<int:id>",
           "GET /api/v1/publications/<int:id>/cases"),
          "6.2 Publish BPMN: whoever proposes or approves, by case numbers", "program_manager esd_wioa_supervisor", local=True),
    Place(("POST /processes/publications/<int:publication_id>/approve", "POST /api/v1/publications/<int:id>/approve",
           "POST /processes/publications/<int:publication_id>/decline", "POST /api/v1/publications/<int:id>/decline",
           "POST /processes/publications/<int:publication_id>/undo", "POST /api/v1/publications/<int:id>/undo"),
          "6.2 Publish BPMN: a second person, another program manager or a supervisor", "program_manager esd_wioa_supervisor",
          local=True, stateful=True),
    Place(("GET /processes/drafts/<int:draft_id>/walk/tasks/<element>",
           "POST /processes/drafts/<int:draft_id>/walk/tasks/<element>",
           "POST /processes/drafts/<int:draft_id>/walk/tasks/<element>/form",
           "POST /processes/drafts/<int:draft_id>/walk/back", "POST /processes/drafts/<int:draft_id>/walk/keep"),
          "The same; whoever has not begun a walk is told so", "program_manager", local=True, stateful=True),
    Place(("GET /processes/<key>/<int:version>/procedure",),
          "6.2 Edit, publish: only they are restricted; reading the procedure is for every role", ALL),
    Place(("GET /admin/people", "GET /api/v1/people/lift-requests", "GET /api/v1/people"),
          "6.2 Users and roles", "administrator auditor esd_wioa_supervisor"),
    Place(("GET /admin/people/new", "POST /admin/people", "POST /api/v1/people"), "6.2 Users and roles", "administrator"),
    Place(("POST /admin/people/<username>/end-access", "POST /admin/people/<username>/set-up-link",
           "GET /api/v1/people/<string:username>/access", "DELETE /api/v1/people/<string:username>/access",
           "POST /api/v1/people/<string:username>/set-up-link"),
          "6.2 Users and roles: a person's sessions ended at once", "administrator", local=True),
    Place(("POST /admin/people/<username>/roles/<role>/approve",
           "POST /api/v1/people/<string:username>/roles/<string:role>/approve"),
          "6.2 ESD roles need a supervisor's approval; X06: one who holds both keys", "keyed", local=True),
    Place(("POST /admin/people/<username>/roles/<role>/decline",
           "POST /api/v1/people/<string:username>/roles/<string:role>/decline"),
          "6.2 Users and roles", "administrator esd_wioa_supervisor", local=True),
    Place(("PATCH /api/v1/people/<string:username>",),
          "6.2 Users and roles: administrator, ESD roles by a supervisor", "administrator esd_wioa_supervisor",
          local=True),
    Place(("GET /admin/settings", "GET /api/v1/settings"), "6.2 Timers, labels, templates",
          "program_manager administrator"),
    Place(("POST /admin/settings/<name>", "PUT /api/v1/settings/<string:name>"), "6.2 Timers, labels, templates",
          "program_manager administrator"),
    Place(("POST /admin/settings/<name> mail", "PUT /api/v1/settings/<string:name> mail"),
          "X12: what a mail may say of a client is the administrator's", "administrator"),
    Place(("GET /admin/people/<username>", "GET /api/v1/people/<string:username>"),
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
    Place(("GET /api/v1/agreements",), "The same", "program_manager administrator esd_wioa_supervisor auditor"),
    Place(("GET /admin/agreements/<path:number>", "GET /api/v1/agreements/<path:number>"),
          "6.2 Agreements: view", "program_manager administrator esd_wioa_supervisor auditor", local=True),
    Place(("GET /admin/agreements/<path:number>/change", "POST /admin/agreements/<path:number>",
           "POST /api/v1/agreements/<path:number>"),
          "6.2 Agreements: renew, suspend", "program_manager administrator", local=True),
    Place(("POST /admin/agreements", "POST /api/v1/agreements"), "6.2 Agreements: enter",
          "program_manager administrator"),
    Place(("POST /admin/agreements/<path:number>/decide", "POST /api/v1/agreements/<path:number>/decisions"),
          "T90: the program manager", "program_manager", local=True),
    Place(("GET /team", "GET /team/ageing", "GET /api/v1/team", "GET /api/v1/team/ageing"),
          "6.2 See queue: own office; program managers counts and ages; X06", "keyed program_manager"),
    Place(("GET /team/absences", "GET /team/backup", "GET /api/v1/team/tasks", "GET /api/v1/team/absences",
           "GET /api/v1/team/backup-groups", "POST /team/reassign", "POST /api/v1/team/reassign",
           "POST /team/absences", "POST /api/v1/team/absences"),
          "6.2 Claim / release / reassign by the supervisor, with both keys (X06)", "keyed"),
    Place(("POST /team/backup/<office>", "POST /api/v1/team/backup-groups/<string:office>",
           "POST /team/absences/<int:absence_id>/end", "POST /api/v1/team/absences/<int:id>/end"),
          "6.1 candidate group and backup group: the supervisor of the office", "leads", secret=True),
    Place(("GET /admin/outbox", "GET /api/v1/outbox"), "6.2 Timers, labels, templates; N12 and scenario 39: PM's undelivered list",
          "program_manager administrator"),
    Place(("GET /admin/outbox/<int:message_id>", "GET /api/v1/outbox/<int:id>",
           "POST /admin/outbox/<int:message_id>/send-again", "POST /api/v1/outbox/<int:id>/send-again",
           "POST /admin/outbox/<int:message_id>/arrived", "POST /api/v1/outbox/<int:id>/arrived"),
          "Scenario 39", "program_manager administrator", local=True),
    Place(("GET /audit", "GET /api/v1/audit"), "6.1 auditor; 7.3; ADM keeps the product, no client facts are in it",
          "auditor administrator"),
    Place(("GET /audit/disclosures", "GET /api/v1/disclosures"), "7.3 every read of client facts; no fact is in it",
          "auditor administrator"),
    Place(("GET /audit/disclosures/export", "GET /api/v1/disclosures/export"), "6.2 Export: the trail, by the auditor",
          "auditor"),
    Place(("GET /audit/export", "GET /api/v1/audit/export"), "6.2 Export: the trail, by the auditor", "auditor"),
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
    Place(("GET /api/v1/contact-cards/<string:office>",), "Step 5: the same",
          "case_manager esd_staff esd_wioa_supervisor administrator", local=True),
    Place(("POST /contact-card/<office>/phone", "PUT /api/v1/contact-cards/<string:office>/phone"), "6.1 administrator, supervisor: offices",
          "esd_wioa_supervisor administrator", local=True),
    Place(("GET /inbox", "GET /api/v1/inbox", "POST /inbox/read-all", "POST /api/v1/inbox/read-all",
           "GET /account/preferences", "POST /account/preferences", "GET /developers", "GET /api/v1/me"),
          "5.1 the in-app inbox is the record: each their own", anybody=True),
    Place(("GET /inbox/<int:message_id>", "POST /inbox/<int:message_id>/read", "POST /api/v1/inbox/<int:id>/read"),
          "5.1 in-app: whoever it is addressed to", "owner", secret=True),
    Place(("GET /admin/webhooks", "GET /admin/webhooks/new", "POST /admin/webhooks",
           "GET /api/v1/webhooks", "POST /api/v1/webhooks"),
          "6.2 configuration: administrator; what is told is number and state, as 6.3 gives them", "administrator"),
    Place(("GET /admin/webhooks/<int:webhook_id>", "GET /admin/webhooks/<int:webhook_id>/change",
           "POST /admin/webhooks/<int:webhook_id>", "POST /admin/webhooks/<int:webhook_id>/secret",
           "POST /admin/webhooks/<int:webhook_id>/turn-on", "POST /admin/webhooks/<int:webhook_id>/turn-off",
           "POST /admin/webhooks/<int:webhook_id>/remove", "POST /admin/webhooks/<int:webhook_id>/replay",
           "GET /api/v1/webhooks/<int:id>", "PUT /api/v1/webhooks/<int:id>", "DELETE /api/v1/webhooks/<int:id>",
           "POST /api/v1/webhooks/<int:id>/secret", "POST /api/v1/webhooks/<int:id>/turn-on",
           "POST /api/v1/webhooks/<int:id>/turn-off", "GET /api/v1/webhooks/<int:id>/deliveries",
           "POST /api/v1/webhooks/<int:id>/replay"),
          "6.2 configuration: administrator of the area", "administrator", local=True),
    Place(("GET /admin/records", "GET /api/v1/records"), "5.2 retention; 6.5 hold; 7.3 retention runs", "program_manager administrator auditor"),
    Place(("GET /admin/records/certificates/<int:year>", "GET /api/v1/records/certificates/<int:year>"), "7.3 retention runs", "program_manager administrator auditor",
          local=True),
    Place(("POST /admin/records/holds", "POST /admin/records/holds/<number>/end", "POST /api/v1/records/holds",
           "DELETE /api/v1/records/holds/<string:number>"), "6.5 hold: who keeps the records",
          "program_manager administrator", local=True),
    Place(("GET /admin/health",), "6.1 administrator: the product", "administrator"),
    Place(("GET /metrics",), "For a machine with its token; nobody else learns that it is there", "nobody", secret=True),
    Place(("GET /demo/mails", "GET /demo/mails/<mail_id>"), "Only in the demo; elsewhere there is no such page",
          "nobody", secret=True),
)  # fmt: skip
