"""Sample values for the pages that compare, replace and take over, template → what its view passes beside the frame."""

from web.comparisons import SIGNS
from workflows.bundle_checks import BundleProblem
from workflows.comparing import Change
from workflows.comparing_words import Group, Line, Told
from workflows.queries.comparisons import Comparison
from workflows.queries.takeovers import Choice, TakeOver

LINES = (Line(" ", "Good day"), Line("-", "<b>Call</b>"), Line("+", "Please call"))
FILE = "opt_in_request.bpmn"
TOLD = [
    Told(Change("diagram", FILE, "T6", "added"), "Step “Ask the client” is new.", "T6"),
    Told(Change("diagram", FILE, "T7", "removed"), "Step “Record” is gone.", "T7"),
    Told(
        Change("diagram", FILE, "T8", "changed", "documentation"),
        "Step “Try” has another help text.",
        "T8",
        LINES,
    ),
]
MOVED = (Told(Change("diagram", FILE, "T9", "moved"), "Step “Last” stands elsewhere in the drawing.", "T9"),)
GROUP = Group("diagram", FILE, "Diagram “Opt-in request”", tuple(TOLD), MOVED)
IN_WORDS = {"groups": [GROUP], "number": 4, "signs": SIGNS}
FOUND = Comparison("opt_in_5512pro", [GROUP], {FILE: ""}, {FILE: ""}, [2, 1], 1, 2)
SIDES = [
    {"label": "Version 1", "address": "", "marks": {"T7": "removed"}},
    {"label": "Draft", "address": "", "marks": {}},
]
DRAWN = {
    **IN_WORDS, "choices": [(2, "Version 2"), (1, "Version 1")], "sides": SIDES,
    "diagrams": [{"title": f"Diagram {name}", "href": f"/{name}", "current": name == "a"} for name in "ab"],
}  # fmt: skip
PROBLEM = BundleProblem(FILE, "T6", "V8", "It names a form that is gone.", "Choose one.", "Ask the client")
CHOICES = [Choice("a", FILE, "Diagram “A”", TOLD[:1], TOLD[2:]), Choice("b", FILE, "Diagram “B”", TOLD, TOLD)]

COMPARED: dict[str, dict[str, object]] = {
    "compare.html": {"name": "Opt-in requests", "found": FOUND, **DRAWN}
}
TABS_OF_COMPARING: dict[str, dict[str, object]] = {
    "editor/compare.html": {"found": FOUND, **DRAWN},
    "editor/replace.html": {"errors": {"file": "This is no .zip file."}},
    "editor/replace_report.html": {
        "errors": {"take": "Kim has changed this draft in the meantime."}, "left_out": ("README.md",),
        "problems": [PROBLEM], "bundle": "UEs=", **IN_WORDS,
    },
    "editor/newer.html": {
        "found": TakeOver(1, 3, [GROUP], CHOICES), "given": {"choice-0": "mine", "choice-1": ""},
        "errors": {"choice-1": "Choose which of the two is to hold."}, **IN_WORDS,
    },
}  # fmt: skip
