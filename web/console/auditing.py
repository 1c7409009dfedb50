"""`optin audit`: check the history here, hand it out, and the program with which others check it."""

from pathlib import Path

import click

from web.console.reach import reach


@click.group()
def audit() -> None:
    """Check that the history is whole, here or with nothing but Python."""


@audit.command()
@click.argument("export", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--key", default="", help="The public key that was told to you before the export was made.")
def verify(export: str | None, key: str) -> None:
    """Check that no event of the history is missing or changed: of this installation, of an EXPORT, or of a proof pack."""
    from workflows.standalone import verify_history

    if export:
        raise SystemExit(verify_history.main([export, *[key] * bool(key)]))
    _verify_here()


def _verify_here() -> None:
    reach()
    from workflows.chains import chains
    from workflows.db import at_leisure, snapshot
    from workflows.heads import head_findings, newest_head

    with snapshot() as db, at_leisure(db):
        found, heads, newest = list(chains(db)), list(head_findings(db)), newest_head(db)
    broken = [chain for chain in found if chain.broken_at]
    for chain in broken:
        about = f"of case {chain.case}" if chain.case else "without a case"
        click.echo(f"Broken: the history {about}, from event {chain.broken_at} on.", err=True)
    for sentence in heads:
        click.echo(f"Broken: {sentence}", err=True)
    if broken or heads:
        raise click.ClickException("The history was changed. Tell whoever answers for the records.")
    click.echo(f"The history is whole: {sum(chain.events for chain in found)} events, {len(found)} chains.")
    if newest:
        click.echo(f"Head {newest.number} of {newest.at:%Y-%m-%d %H:%M} UTC: {newest.digest}")


@audit.command()
def head() -> None:
    """Sign the ends of all chains now, and print the head: keep it where nobody of this installation can write."""
    reach()
    from workflows.commands.heads import sign_head

    signed = sign_head()
    click.echo(signed or "Nothing has happened since the last head.")


@audit.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path) -> None:
    """Write the whole history to FILE, to be checked with Python alone. It holds no fact about a client."""
    reach()
    from workflows.db import at_leisure, snapshot
    from workflows.heads import exported

    with snapshot() as db, at_leisure(db), file.open("x", encoding="utf-8", newline="\n") as target:
        lines = 0
        for line in exported(db):
            target.write(f"{line}\n")
            lines += 1
    click.echo(f"{file}: {lines} lines. Check it with: optin audit verifier > verify_history.py")


@audit.command()
def verifier() -> None:
    """Print the program that checks an export or a proof pack; it needs nothing but Python."""
    from workflows.standalone import verify_history

    click.echo(Path(verify_history.__file__).read_text("utf-8"), nl=False)


@audit.command()
def key() -> None:
    """Print the public key with which the heads are signed; tell it to those who will check."""
    reach()
    from workflows.heads import public_key

    click.echo(public_key())
