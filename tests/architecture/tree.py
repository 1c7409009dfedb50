"""The files of the project, for the tests about them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from workflows.settings import PROJECT

PACKAGES = ("engine", "workflows", "notifications", "tasks", "web")
#: Made on a machine, never part of the project.
LEFT_OUT = {".git", ".venv", "var", "node_modules", "__pycache__", "build", "dist"}


def files(*suffixes: str) -> Iterator[Path]:
    """Every file of the project, those with one of the endings when endings are named."""
    for folder, folders, names in PROJECT.walk() if hasattr(PROJECT, "walk") else _walk(PROJECT):
        folders[:] = [name for name in folders if not _is_left_out(name)]
        yield from (folder / name for name in names if not suffixes or name.endswith(suffixes))


def _walk(top: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """What `Path.walk` does, for Python 3.11."""
    import os

    for folder, folders, names in os.walk(top):
        yield Path(folder), folders, names


def _is_left_out(name: str) -> bool:
    return name in LEFT_OUT or name.endswith((".egg-info", "_cache")) or name == ".hypothesis"


def modules() -> list[Path]:
    """Every Python file of the five packages, but for the migrations: those are records, and are not edited."""
    ours = (path for path in files(".py") if path.relative_to(PROJECT).parts[0] in PACKAGES)
    return sorted(path for path in ours if "versions" not in path.parts)


def short(path: Path) -> str:
    """A path as one says it."""
    return str(path.relative_to(PROJECT))


def public_things(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """The module itself, and each public function, class and method in it."""
    tree = ast.parse(path.read_text("utf-8"))
    yield short(path), tree
    for node in tree.body:
        yield from _public(node, short(path))


def _public(node: ast.stmt, where: str) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
        return
    yield f"{where}: {node.name}", node
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _public(inner, f"{where}: {node.name}")


def lengths(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its number of lines, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            words = ast.get_docstring(node, clean=False)
            first = node.body[1] if words and len(node.body) > 1 else node.body[0]
            yield f"{short(path)}: {node.name}", (node.end_lineno or 0) - first.lineno + 1
