"""Whatever a process keeps is written down with how soon a change at another host holds."""

import ast
from collections.abc import Iterator
from pathlib import Path

from workflows.settings import PROJECT

PACKAGES = ("engine", "workflows", "notifications", "tasks", "web")
EMPTY = ("{}", "[]", "set()", "dict()", "list()", "[0.0]")
KEEPERS = ("WeakKeyDictionary()", "count()", "defaultdict(", "OrderedDict(")


def kept() -> Iterator[str]:
    """Every cache, and everything at the top of a module that is made empty and filled later."""
    for package in PACKAGES:
        for file in sorted((PROJECT / package).rglob("*.py")):
            module = ".".join(file.relative_to(PROJECT).with_suffix("").parts)
            for node in ast.parse(file.read_text("utf-8")).body:
                if name := _name(node):
                    yield f"{module}.{name}"


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        is_cached = any("cache" in ast.unparse(one).split("(")[0] for one in node.decorator_list)
        return node.name if is_cached else ""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        made = ast.unparse(node.value)
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        return ast.unparse(target) if made in EMPTY or made.startswith(KEEPERS) else ""
    return ""


def test_what_a_process_keeps_is_listed() -> None:
    page = Path(PROJECT / "docs/several-hosts.md").read_text("utf-8")
    found = set(kept())
    assert len(found) > 15
    assert {name for name in found if f"`{name}`" not in page} == {"workflows.forms._NO_OPTIONS"}, (
        "a constant"
    )
    listed = {
        part
        for line in page.splitlines()
        for part in line.split("`")[1::2]
        if part.startswith(PACKAGES) and "._" in part
    }
    assert listed - found == set(), "these are not kept any more"
