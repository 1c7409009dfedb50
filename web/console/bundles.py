"""`optin bundle`: procedures as files, so that a team can keep them beside its other work: export, import, check, diff."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from web.console.reach import reach

if TYPE_CHECKING:
    from workflows.bundle_files import Unpacked
    from workflows.comparing_words import Group
    from workflows.definitions import Bundle

T = TypeVar("T")

Source = click.Path(exists=True, path_type=Path)
NAMED = "a folder, a .zip, version:NUMBER or draft:AREA"


@click.group("bundle")
def bundle() -> None:
    """A procedure as files: take it out, take it in, check it, compare two."""


@bundle.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--version", "number", type=int, help="A version, instead of the one in use.")
@click.option("--draft", "area", help="The draft of an area.")
def export(target: Path, number: int | None, area: str | None) -> None:
    """Write a bundle to TARGET, a folder or a .zip; in a folder, files of an older bundle are taken out."""
    if number is not None and area is not None:
        raise click.UsageError("Name a version or a draft, not both.")
    name = f"draft:{area}" if area is not None else f"version:{number or ''}"
    files = _stored(name).files
    from workflows import bundle_files

    if target.suffix == ".zip":
        target.write_bytes(bundle_files.packed(files))
        gone: list[str] = []
    else:
        gone = bundle_files.write_folder(files, target)
    for each in gone:
        click.echo(f"taken out: {each}")
    click.echo(f"{len(files)} files written to {target}.")


@bundle.command("import")
@click.argument("source", type=Source)
@click.option("--area", required=True, help="The area whose draft it becomes.")
@click.option("--as", "username", required=True, help="The program manager who takes it in.")
@click.option("--replace", is_flag=True, help="Also when the draft holds changes of somebody.")
def take_in(source: Path, area: str, username: str, replace: bool) -> None:
    """Take the bundle in SOURCE, a folder or a .zip, into the draft of an area; tell what that changes there."""
    reach()
    from workflows.commands.bundles import import_bundle

    found = _asked(lambda: _unpacked(source))
    for name in found.left_out:
        click.echo(f"left out: {name}")
    done = _asked(lambda: import_bundle(username, area, found.files, replace=replace))
    number = _tell_groups(_groups(done.before, done.after))
    click.echo(f"{number} {'change' if number == 1 else 'changes'} in the draft of {area}.")
    _tell_problems(done.after, with_warnings=False)


@bundle.command("check")
@click.argument("source", type=Source)
@click.option("--quiet", is_flag=True, help="Leave out the warnings.")
def check(source: Path, quiet: bool) -> None:
    """Tell every problem of the bundle in SOURCE, a folder or a .zip, with place and mend."""
    from workflows.definitions import MAIN_PROCESS, Bundle

    found = _asked(lambda: _unpacked(source))
    errors = _tell_problems(Bundle(MAIN_PROCESS, found.files), with_warnings=not quiet)
    if errors:
        raise click.ClickException(f"{errors} problems in {len(found.files)} files.")
    click.echo(f"No problem in {len(found.files)} files.")


@bundle.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when anything differs.")
def diff(before: str, after: str, as_json: bool, exit_code: bool) -> None:
    """Tell in words what differs from BEFORE to AFTER: each a folder, a .zip, version:NUMBER or draft:AREA."""
    groups = _groups(_named(before), _named(after))
    if as_json:
        changes = [
            {**asdict(told.change), "sentence": told.sentence}
            for group in groups
            for told in (*group.changes, *group.moved)
        ]
        click.echo(json.dumps(changes, ensure_ascii=False, indent=2))
    elif not _tell_groups(groups):
        click.echo("Nothing differs.")
    if exit_code and groups:
        raise click.exceptions.Exit(1)


def _named(name: str) -> "Bundle":
    """The bundle that an argument names."""
    from workflows.definitions import MAIN_PROCESS, Bundle

    if name.startswith(("version:", "draft:")):
        return _stored(name)
    path = Path(name)
    if not path.exists():
        raise click.UsageError(f"There is no {name}. Name {NAMED}.")
    return Bundle(MAIN_PROCESS, _asked(lambda: _unpacked(path)).files)


def _stored(name: str) -> "Bundle":
    """A version, or the draft of an area, from the installation."""
    reach()
    from workflows.commands.bundles import files_of_draft, files_of_version

    kind, _, which = name.partition(":")
    if kind == "draft":
        return _asked(lambda: files_of_draft(which))
    if which and not which.isdecimal():
        raise click.UsageError(f"“{which}” is no number of a version.")
    return _asked(lambda: files_of_version(int(which) if which else None))


def _unpacked(source: Path) -> "Unpacked":
    """The files of a folder or a .zip."""
    from workflows import bundle_files
    from workflows.errors import InvalidInput

    if source.is_dir():
        return bundle_files.of_folder(source)
    if not zipfile.is_zipfile(source):
        raise InvalidInput(fields={"file": f"{source} is neither a folder nor a .zip."})
    return bundle_files.unpacked(source.read_bytes())


def _asked(ask: Callable[[], T]) -> T:
    """What the product answers; a refusal in its own words."""
    from workflows.errors import Refused

    try:
        return ask()
    except Refused as refused:
        words = [f"{name}: {sentence}" for name, sentence in refused.fields.items() if name != "file"]
        first = refused.fields.get("file", refused.message)
        raise click.ClickException("\n  ".join([first, *words])) from None


def _groups(before: "Bundle", after: "Bundle") -> "list[Group]":
    from workflows.comparing_words import told

    return told(before, after)


def _tell_groups(groups: "list[Group]") -> int:
    """Print every change in words, by file; how many there are."""
    for group in groups:
        click.echo(f"{group.title} ({group.file})")
        for told in (*group.changes, *group.moved):
            click.echo(f"  {told.sentence}{f' [{told.place}]' if told.place else ''}")
            for line in told.lines:
                click.echo(f"    {line.sign} {line.text}".rstrip())
    return sum(len(group.changes) + len(group.moved) for group in groups)


def _tell_problems(found: "Bundle", *, with_warnings: bool) -> int:
    """Print each problem of a bundle with its mend; how many refuse it."""
    from workflows.bundle_checks import problems

    wrong = [problem for problem in problems(found) if with_warnings or not problem.warning]
    for problem in wrong:
        named = f" “{problem.name}”" if problem.name else ""
        rule = f" {problem.rule}" if problem.rule else ""
        click.echo(f"{'warning' if problem.warning else 'problem'}{rule} {problem.place}{named}")
        click.echo(f"  {problem.reason} {problem.mend}".rstrip())
    return sum(not problem.warning for problem in wrong)
