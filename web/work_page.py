"""The page of My work: views, filters and rows in the words that the templates show."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template

from workflows.commands.many import Outcome
from workflows.commands.worklist import LONGEST_NAME
from workflows.language import gettext, marked, ngettext
from workflows.privacy import may_open_requests
from workflows.queries.my_work import my_work
from workflows.queries.name_search import may_search
from workflows.queries.saved_views import ViewRow
from workflows.queries.work_filters import HELD, Filters
from workflows.queries.work_views import COUNTED
from workflows.queries.worklist import Row, tasks_named
from workflows.settings import settings

PAGE = 25
"""Rows of a page: fewer than the API gives, so that a page stays small."""

VIEWS = {
    "mine": marked("My work"),
    "role": marked("My role’s work"),
    "late": marked("Late"),
    "waiting": marked("Waiting for the client"),
}


@dataclass(frozen=True)
class Asked:
    """The view and filters of a page; `address` is where they are found again."""

    view: str
    filters: Filters

    @property
    def address(self) -> str:
        """`/work?view=role&office=WSK`: all that narrows the list, and never a client's name."""
        return f"/work?{self.words}"

    @property
    def words(self) -> str:
        """The part of the address after the question mark."""
        chosen = {name: value for name, value in asdict(self.filters).items() if value}
        ticks = {name: "1" for name, value in chosen.items() if value is True}
        return urlencode({"view": self.view, **chosen, **ticks})


def draw(asked: Asked, after: str | None = None, **told: Any) -> str:
    """The page, or its results alone when `part` is told.

    Else it may be told what was `typed` into the search, the rows that were `named` by a client's name, `errors` by
    field, and the `outcomes` of what was done with many tasks: what, how many were done, and those that were not.
    """
    named: list[Row] | None = told.get("named")
    listed = named is None and not (told.get("part") and told.get("errors"))
    view = my_work(g.actor, asked.view, after, PAGE, asked.filters, listed)
    rows = view.found.items if named is None else named
    return render_template(
        "parts/work_results.html" if told.get("part") else "worklist.html",
        view=asked.view,
        tabs=_tabs(asked, view.counts, named is not None),
        counts=view.counts,
        filters=asked.filters,
        words=asked.words,
        narrowed=asked.filters != Filters(),
        rows=rows,
        waiting=asked.view == "waiting" and named is None,
        named=named is not None,
        since=view.since,
        any_changed=any(row.changed for row in rows),
        typed=told.get("typed", asked.filters.q),
        errors=told.get("errors", {}),
        outcome=_outcome(told.get("outcomes")),
        choices={
            "office": _all(view.offices, gettext("All offices")),
            "agency": _all(view.agencies, gettext("All agencies")),
            "held": [(key, gettext(words)) for key, words in HELD.items()],
        },
        receivers=view.receivers,
        saved=[_saved(row, asked) for row in view.views],
        longest_name=LONGEST_NAME,
        first_day=tomorrow(),
        may_start=may_open_requests(g.actor),
        may_take=g.actor.has(*WORKING),
        may_search_names=may_search(g.actor),
        may_be_name=may_search(g.actor) and _may_be_name(asked.filters.q),
        next_href=f"{asked.address}&after={view.found.next}" if view.found.next else "",
        first_href=asked.address if after else "",
    )


def _may_be_name(words: str) -> bool:
    return bool(words) and not any(c.isdigit() for c in words)


WORKING = ("case_manager", "esd_staff", "esd_wioa_supervisor", "program_manager")


def _tabs(asked: Asked, counts: dict[str, int], named: bool) -> list[dict[str, object]]:
    """The views with what each holds; filters stay when one goes from view to view."""
    kept = replace(asked.filters, later=False)
    return [
        {
            "label": gettext(words),
            "href": Asked(name, kept).address,
            "count": f"{counts[name]}+" if counts[name] >= COUNTED else counts[name],
            "current": name == asked.view and not named,
        }
        for name, words in VIEWS.items()
    ]


def _all(choices: list[tuple[str, str]], words: str) -> list[tuple[str, str]]:
    return [("", words), *choices] if choices else []


def _saved(row: ViewRow, asked: Asked) -> dict[str, object]:
    known = {field.name for field in fields(Filters)}
    filters = Filters(**{name: value for name, value in row.filters.items() if name in known})
    view = Asked(str(row.filters.get("view", "mine")), filters)
    return {
        "id": row.id,
        "name": row.name,
        "href": view.address,
        "owner": row.owner,
        "shared": row.shared,
        "current": view == asked,
    }


def done_words(action: str, count: int) -> str:
    """What was done with how many tasks; empty when with none."""
    said = {
        "claim": ngettext("%(num)s task is yours now.", "%(num)s tasks are yours now.", count),
        "release": ngettext("%(num)s task was given back.", "%(num)s tasks were given back.", count),
        "reassign": ngettext(
            "%(num)s task was given to your colleague.", "%(num)s tasks were given to your colleague.", count
        ),
        "later": ngettext("%(num)s task is put off.", "%(num)s tasks are put off.", count),
        "now": ngettext("%(num)s task is shown again.", "%(num)s tasks are shown again.", count),
    }
    return said[action] % {"num": count} if count else ""


def _outcome(told: tuple[str, int, list[Outcome]] | None) -> dict[str, object] | None:
    """What became of many tasks: how many were done, and each that was not with its name and the reason."""
    if told is None:
        return None
    action, done, failed = told
    names = tasks_named(g.actor, [outcome.key for outcome in failed])
    return {
        "done": done_words(action, done),
        "failed": [{"name": names.get(outcome.key), "why": outcome.why} for outcome in failed],
    }


def tomorrow() -> str:
    """The first day to which a task can be put off, as a date field holds it."""
    return (datetime.now(settings().zone).date() + timedelta(days=1)).isoformat()
