"""The report of a simulation as a table that is readable at 80 columns."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from workflows.people import ROLES
from workflows.simulation.report import EVENTS

WIDTH = 80
NAME = 36
COLUMN = 5
MOST_COLUMNS = 8

Report = Mapping[str, Any]


def lines(report: Report) -> Iterator[str]:
    """The lines of a report, from the plan to what must always hold."""
    for part in (_plan, _requests, _events, _tasks, _mails, _end):
        yield from part(report)
        yield ""


def _plan(report: Report) -> Iterator[str]:
    plan, staff = report["plan"], report["staff"]
    yield f"Simulated: {plan['days']} days from {plan['first_day']}, {plan['business_days']} of them business days"
    closed = plan["closing_day"] or "none"
    yield f"  closing day of the offices: {closed}; clocks change: {', '.join(plan['clocks_change']) or 'never'}"
    yield f"  {plan['requests']} requests, seed {plan['seed']}; all people are invented, nothing was mailed"
    words = [f"{count} {ROLES[role]}" for role, count in staff.items()]
    yield from _wrapped("  staff: ", words)


def _requests(report: Report) -> Iterator[str]:
    requests, lengths = report["requests"], report["business_days_to_the_end"]
    yield f"Requests: {requests['begun']} begun, {requests['ended']} ended"
    for outcome, count in report["outcomes"].items():
        yield _row(outcome, [count])
    for status, count in requests["open"].items():
        yield _row(f"open: {status}", [count])
    if lengths["counted"]:
        yield (
            f"  from sent to the end: half within {lengths['half_within']} business days, "
            f"nine in ten within {lengths['nine_in_ten_within']}"
        )


def _events(report: Report) -> Iterator[str]:
    yield "What happened"
    for kind, count in report["events"].items():
        yield _row(EVENTS[kind], [count])
    for kind, count in report["refused"].items():
        yield _row(f"refused: {kind}", [count])


def _tasks(report: Report) -> Iterator[str]:
    kinds = ("done", "done_late", "open", "open_late")
    yield _row("Tasks", ["done", "late", "open", "late"], 7)
    for task in report["tasks"]:
        yield _row(task["task"], [task[kind] for kind in kinds], 7)


def _mails(report: Report) -> Iterator[str]:
    mails = report["mails"]
    weeks = len(mails[0]["weeks"]) if mails else 0
    each = -(-weeks // MOST_COLUMNS) or 1
    heads = [f"w{first + 1}" for first in range(0, weeks, each)]
    yield _row("Mails that would have gone out", [*heads, "all"])
    for role, rows in groupby(mails, key=lambda row: row["role"]):
        yield f" {ROLES[role]}"
        for row in rows:
            counts = [sum(row["weeks"][first : first + each]) for first in range(0, weeks, each)]
            yield _row(row["kind"], [*counts, row["all"]])
    if each > 1:
        yield f"  each column holds {each} weeks"
    held = {state: count for state, count in report["messages"].items() if state != "sent"}
    yield from _wrapped("  not mailed: ", [f"{count} {state}" for state, count in held.items()] or ["none"])


def _end(report: Report) -> Iterator[str]:
    found = report["violations"]
    yield f"What must always hold: {len(found)} violations"
    yield from (f"  {one}" for one in found)


def _row(name: str, cells: list[Any], column: int = COLUMN) -> str:
    told = "".join(f"{cell or '·':>{column}}" for cell in cells)
    return f"  {name[: NAME - 3]:<{NAME - 3}}{told}"


def _wrapped(begin: str, words: list[str]) -> Iterator[str]:
    line = begin
    for place, word in enumerate(words):
        word += "," if place < len(words) - 1 else ""
        if len(line) + len(word) > WIDTH:
            yield line.rstrip()
            line = " " * 4
        line += f"{word} "
    yield line.rstrip()
