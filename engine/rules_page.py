"""The page of all rules, made from the rules themselves: `python -m engine.rules_page > docs/rules.md`.

What a rule demands stands in its docstring, as `CODE: sentence`; what it says to a person, and whether it refuses,
is read from the calls that make its problems.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_HERE = Path(__file__).parent
_CODE = re.compile(r"[VGXS][0-9]{1,2}")
_TOLD = re.compile(r"\b([VGXS][0-9]{1,2}): (.+?)(?=\s[VGXS][0-9]{1,2}: |\Z)", re.DOTALL)

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "The file": ("every file", ("door", "validation")),
    "Ids and elements": ("everywhere", ("validation_elements", "reading")),
    "Ways and gateways": ("everywhere", ("validation_graph",)),
    "Events": ("everywhere", ("validation_events",)),
    "Activities": ("everywhere", ("validation_activities",)),
    "Expressions": ("house and standard", ("validation_expressions", "validation_names", "deciding")),
    "The house": ("house", ("validation_house",)),
    "References and types": ("everywhere", ("validation_references",)),
    "Drawing": ("everywhere", ("validation_notation",)),
    "Marks of activities and events": ("everywhere", ("validation_activity_marks",)),
    "Data": ("everywhere", ("validation_data",)),
    "Services, messages and pools": ("everywhere", ("validation_services",)),
}
"""The parts of the page, where their rules hold, and the modules they are in."""

_HEAD = """# The rules of a diagram

Every diagram is checked before it is used: all problems at once, each with its element, the reason and how to mend it.
A refusal keeps the process from running, and those that call it; the other processes of the file stay usable. A
warning says what is set aside, or what the standard asks for and the run does not depend on.

The rules hold in three strengths: the *house* works cases with a diagram and demands the most; the *standard* takes
every diagram that the engine runs as BPMN says; for a *walk* a person chooses each way, and expressions stay unread.
Codes: X the file, G the graph, V what people write, S what the standard demands of a file as it is written. The rules
of decision tables (D) are in [decision-tables.md](decision-tables.md).

This page is generated: `python -m engine.rules_page > docs/rules.md`.
"""


@dataclass
class Entry:
    """One rule: what it demands, whether it refuses, and its mends."""

    code: str
    demands: list[str] = field(default_factory=list)
    severities: set[str] = field(default_factory=set)
    mends: list[str] = field(default_factory=list)


def entries(modules: tuple[str, ...]) -> dict[str, Entry]:
    """The rules of some modules of the engine, by code."""
    found: dict[str, Entry] = {}
    for module in modules:
        tree = ast.parse((_HERE / f"{module}.py").read_text("utf-8"))
        for documented in _documented(tree):
            for code, told in _TOLD.findall(ast.get_docstring(documented) or ""):
                found.setdefault(code, Entry(code)).demands.append(_first(told))
        fixed = _fixed_texts(tree.body)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for call in _problems(function, fixed):
                    _add(found.setdefault(call[0], Entry(call[0])), call)
    return found


def _documented(tree: ast.Module) -> Iterator[ast.Module | ast.FunctionDef]:
    yield tree
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _first(told: str) -> str:
    """The paragraph of a rule as one sentence on one line."""
    text = " ".join(told.split("\n\n")[0].split()).rstrip(" .;,")
    return f"{text[:1].upper()}{text[1:]}."


def _fixed_texts(body: Iterable[ast.stmt]) -> dict[str, str | None]:
    """The names that are given a text."""
    return {
        target.id: _text(statement.value) for statement in body if isinstance(statement, ast.Assign)
        for target in statement.targets if isinstance(target, ast.Name)
    }  # fmt: skip


_MAKERS = frozenset({
    "Problem", "of_node", "of_flow", "of_scope", "problem", "refusal", "_refuse", "_problem", "_by_hand", "_Unreadable",
    "_of",
})  # fmt: skip
"""What makes a problem; in each the mend stands two places behind the code."""


def _problems(
    function: ast.FunctionDef, fixed: Mapping[str, str | None]
) -> Iterator[tuple[str, str, str | None]]:
    """Each problem that a function makes: its code, how severe it is, and its mend when it is a fixed text."""
    texts = {**fixed, **_fixed_texts(node for node in ast.walk(function) if isinstance(node, ast.stmt))}
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and _name(call) in _MAKERS:
            codes = [at for at, argument in enumerate(call.args) if _CODE.fullmatch(_text(argument) or "")]
            if codes:
                mend = call.args[codes[0] + 2] if len(call.args) > codes[0] + 2 else None
                text = texts.get(mend.id) if isinstance(mend, ast.Name) else _text(mend)
                yield _text(call.args[codes[0]]) or "", _severity(call), text


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _severity(call: ast.Call) -> str:
    told = next((each.value for each in call.keywords if each.arg == "warning"), None)
    if _name(call) in ("problem", "_by_hand") or (isinstance(told, ast.Constant) and told.value):
        return "warning"
    return (
        "refusal"
        if told is None or isinstance(told, ast.Constant)
        else "refusal in the house, else a warning"
    )


def _text(node: ast.expr | None) -> str | None:
    """The text of a constant; the parts of a formatted one with … between; the constant among several choices."""
    if isinstance(node, ast.BoolOp):
        return next(filter(None, map(_text, node.values)), None)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "…" for part in node.values)
    return None


def _add(entry: Entry, problem: tuple[str, str, str | None]) -> None:
    _, severity, mend = problem
    entry.severities.add(severity)
    if mend and mend not in entry.mends:
        entry.mends.append(mend)


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for title, (where, modules) in GROUPS.items():
        found = entries(modules)
        rows = [_row(found[code], where) for code in sorted(found, key=_order) if found[code].demands]
        parts.append(
            f"\n## {title}\n\n| code | demands | where | what follows | a mend |\n|---|---|---|---|---|\n"
        )
        parts.extend(rows)
    return "".join(parts)


def _row(entry: Entry, where: str) -> str:
    cells = (
        entry.code, " ".join(entry.demands), where, "; ".join(sorted(entry.severities)) or "refusal",
        entry.mends[0] if entry.mends else "",
    )  # fmt: skip
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |\n"


def _order(code: str) -> tuple[str, int]:
    return code[0], int(code[1:])


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - the page is what the command is for.
