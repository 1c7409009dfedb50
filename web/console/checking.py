"""`optin check`: what is wrong with diagrams and decision tables, whoever drew them, and what their own words mean here."""

from collections.abc import Iterable
from pathlib import Path

import click

import engine
from engine import dialects
from workflows import bundle_words
from workflows.commands.definitions import read_folder
from workflows.definitions import MAIN_PROCESS, Bundle


def read(paths: Iterable[Path]) -> dict[str, bytes]:
    """The diagrams and decision tables among the files, and in the folders, by name."""
    files: dict[str, bytes] = {}
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        chosen = [each for each in inside if each.is_file() and (path.is_file() or _is_diagram(each))]
        files |= {_name(each): each.read_bytes() for each in chosen}
    return files


def _is_diagram(path: Path) -> bool:
    return path.name.endswith((".bpmn", ".bpmn.xml", ".bpmn20.xml", ".bpmn2", ".dmn"))


def _name(path: Path) -> str:
    """A name that says what the file is; other tools call their diagrams `.xml`."""
    return str(path) if path.suffix in (".bpmn", ".dmn") else f"{path}.bpmn"


def tell(problems: Iterable[engine.Problem], *, with_warnings: bool) -> int:
    """Print each problem with the mend; how many refuse the diagram."""
    errors = 0
    for problem in problems:
        if problem.warning and not with_warnings:
            continue
        errors += not problem.warning
        named = f" “{problem.element_name}”" if problem.element_name else ""
        place = f"{problem.element_id or 'the file'}{named}"
        click.echo(f"{'warning' if problem.warning else 'problem'} {problem.rule} {problem.file}: {place}")
        click.echo(f"  {problem.reason} {problem.mend}")
    return errors


def tell_words(files: dict[str, bytes]) -> None:
    """Print what the words of other tools mean here."""
    for name, content in files.items():
        if name.endswith(".bpmn"):
            report = dialects.report(content, name)
            click.echo(f"{name}: drawn with {report.tool or 'a tool that does not say its name'}")
            for element, notes in report.notes.items():
                for note in notes:
                    click.echo(f"  {note.outcome} {element or 'the file'} {note.name}: {note.sentence}")


def tell_catalogues(paths: Iterable[Path], *, with_warnings: bool) -> int:
    """Print what is wrong with the catalogues of the bundles among the folders; how many refuse their bundle."""
    errors = 0
    for folder in (path for path in paths if (path / "words").is_dir()):
        bundle = Bundle(MAIN_PROCESS, read_folder(folder))
        wrong = bundle_words.problems(bundle)
        errors += len(wrong)
        for name, words in wrong.items():
            click.echo(f"problem {folder / name}:\n  {words}")
        if with_warnings and not wrong:
            _tell_missing(folder, bundle)
    return errors


def _tell_missing(folder: Path, bundle: Bundle) -> None:
    for name, words in bundle_words.warnings(bundle).items():
        click.echo(f"warning {folder / name}:\n  {words}")
