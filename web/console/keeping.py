"""`optin backup` and `optin restore`: everything in one sealed file, and back again, verified."""

import os
import time
from pathlib import Path

import click

from web.console.reach import reach


def _key(chosen: str | None) -> str:
    if not chosen:
        raise click.ClickException(
            "Set BACKUP_KEY (at least 32 characters): a backup holds facts about clients and is sealed with it. "
            "Keep the key apart from the backups; without it they cannot be opened."
        )
    return chosen


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write everything into FILE as it is at one moment, sealed with BACKUP_KEY. People go on working."""
    chosen = reach()
    from workflows.backups import back_up

    key, began, part = _key(chosen.backup_key), time.monotonic(), file.with_name(f"{file.name}.part")
    if file.exists():
        raise click.ClickException(f"{file} is there already. Choose another name.")
    try:
        with part.open("xb") as target:
            part.chmod(0o600)
            kept = back_up(target, key)
            target.flush()
            os.fsync(target.fileno())
    except FileExistsError:
        raise click.ClickException(
            f"{part} is there: another backup is being written, or one was cut off."
        ) from None
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise click.ClickException(
            f"The backup could not be written: {problem.strerror}. Nothing is left of it."
        ) from None
    part.rename(file)
    size = file.stat().st_size
    click.echo(
        f"{file}: {kept.rows} rows, {size:,} bytes, {time.monotonic() - began:.1f} s; signed up to head {kept.head}."
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--verify", is_flag=True, help="Then check the history and every invariant.")
def restore(file: Path, verify: bool) -> None:
    """Fill the empty database of DATABASE_URL from the backup FILE: all of it or nothing."""
    chosen = reach()
    from workflows.backups import CannotRestore, verified
    from workflows.backups import restore as fill

    began = time.monotonic()
    try:
        with file.open("rb") as source:
            kept = fill(source, _key(chosen.backup_key))
    except CannotRestore as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(
        f"Restored: {kept.rows} rows as of {kept.made_at:%Y-%m-%d %H:%M:%S} UTC, {time.monotonic() - began:.1f} s."
    )
    if verify:
        _verify(list(verified()))


def _verify(found: list[str]) -> None:
    for line in found:
        click.echo(line, err=True)
    if found:
        raise click.ClickException(
            f"{len(found)} findings: do not use this database before they are explained."
        )
    click.echo("Verified: the history is whole and every invariant holds.")
