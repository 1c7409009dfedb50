"""What the pages that compare two versions show: the diagrams side by side, and every change in words."""

from urllib.parse import urlencode

from flask import request, url_for

from workflows.comparing_words import Group
from workflows.language import gettext, marked
from workflows.queries import whole_number
from workflows.queries.comparisons import Comparison, marks_of

SIGNS = {
    "added": ("+", marked("New")),
    "removed": ("−", marked("Gone")),
    "changed": ("≠", marked("Changed")),
    "moved": ("↔", marked("Stands elsewhere")),
}
"""How each kind of change is marked in a drawing and in the list, and what the mark means."""
_LEFT, _RIGHT = ("removed", "changed", "moved"), ("added", "changed", "moved")


def asked_version(name: str) -> int | None:
    """A version's number from the address, None when it names none."""
    text = request.args.get(name, "")
    return whole_number(name, text) if text else None


def shown(found: Comparison, draft_id: int | None = None) -> dict[str, object]:
    """The values of `parts/comparison.html`."""
    return {
        **in_words(found.groups),
        "choices": [(number, _version(number)) for number in found.versions],
        "diagrams": _diagrams(found),
        "sides": _sides(found, draft_id),
    }


def in_words(groups: list[Group]) -> dict[str, object]:
    """The values of `macros/comparison.html`, and how many changes there are."""
    return {
        "groups": groups,
        "number": sum(len(group.changes) + len(group.moved) for group in groups),
        "signs": {kind: (sign, gettext(words)) for kind, (sign, words) in SIGNS.items()},
    }


def _chosen(found: Comparison) -> str:
    """The file of the diagram that is drawn: the one in the address, else the first that differs."""
    files = [group.file for group in found.diagrams]
    asked = request.args.get("file", "")
    return asked if asked in files else next(iter(files), "")


def _diagrams(found: Comparison) -> list[dict[str, object]]:
    asked = {name: value for name, value in request.args.items() if name in ("from", "to", "with")}
    chosen = _chosen(found)
    return [
        {
            "title": group.title,
            "href": f"{request.path}?{urlencode(asked | {'file': group.file})}",
            "current": group.file == chosen,
        }
        for group in found.diagrams
    ]


def _sides(found: Comparison, draft_id: int | None) -> list[dict[str, object]]:
    """The two drawings; a side whose version lacks the diagram has no address."""
    file = _chosen(found)
    group = next((group for group in found.diagrams if group.file == file), None)
    if group is None:
        return []
    marks = marks_of(group)
    left = {
        "label": _version(found.from_version),
        "address": _address(found.key, found.from_version, file, found.before),
    }
    if draft_id is None:
        new = found.to_version or 0
        right = {"label": _version(new), "address": _address(found.key, new, file, found.after)}
    else:
        address = url_for("draft_comparison.draw", draft_id=draft_id, file=file)
        right = {"label": gettext("Draft"), "address": address if file in found.after else ""}
    return [{**left, "marks": _only(marks, _LEFT)}, {**right, "marks": _only(marks, _RIGHT)}]


def _version(number: int) -> str:
    return gettext("Version {version}").format(version=number)


def _address(key: str, version: int, file: str, files: dict[str, str]) -> str:
    if file not in files:
        return ""
    return url_for("processes.download", key=key, version=version, file=file, drawn="yes")


def _only(marks: dict[str, str], kinds: tuple[str, ...]) -> dict[str, str]:
    return {element: kind for element, kind in marks.items() if kind in kinds}
