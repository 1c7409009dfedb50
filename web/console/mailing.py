"""`optin mail`: the catcher of mails for a trial, and `optin mail bounced`, which reads what mail servers report."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from web.console import launch
from web.console.reach import reach

LARGEST_MAILBOX = 100_000_000
TRY_LATER = 75
"""The exit status by which a mail server that pipes a mail to a program keeps it and tries again (sysexits.h)."""

OUTCOMES = {
    "undeliverable": "message cannot be delivered; administrators are told.",
    "again": "message came back for now, and will be sent again.",
    "delayed": "message is delayed; its server goes on trying.",
    "nothing": "report is about a message that has gone on since.",
    "known": "report was dealt with before.",
    "not_ours": "report is about no message of this installation.",
    "no_bounce": "mail is no report of a failed delivery.",
    "later": "report is about a message in hand just now. Read it again in a few minutes.",
}


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8025, show_default=True, help="The port to listen at.")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="Where mails are kept.")
@click.pass_context
def mail(context: click.Context, host: str, port: int, folder: Path | None) -> None:
    """Take every mail and deliver none: for a trial installation."""
    if context.invoked_subcommand:
        return
    if folder is None:
        raise click.UsageError("Name the folder in which mails are kept: --dir FOLDER.")
    launch.mail(host, port, folder)


@mail.command()
@click.argument("files", nargs=-1, type=click.File("rb"), metavar="[FILE…|-]")
def bounced(files: tuple[BinaryIO, ...]) -> None:
    """Read reports of failed delivery from FILES, each a mail or a mailbox (mbox); without one, or with -, from what is
    piped in, such as by a mail server. Whatever else is among them is left alone."""
    reach()
    from notifications.bounces import split_mbox
    from workflows.commands.bounces import take_all

    def mails() -> Iterator[bytes]:
        for file in files or (sys.stdin.buffer,):
            yield from split_mbox(file.read(LARGEST_MAILBOX))

    counted = take_all(mails())
    for outcome, count in counted.items():
        click.echo(f"{count} × {OUTCOMES[outcome]}")
    if counted["later"]:
        raise SystemExit(TRY_LATER)
