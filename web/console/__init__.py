"""The command `optin`: start the demo, or one part of an installation; make tokens, deploy, migrate.

The commands are thin. The ones that run for long become the program they start, so that whoever started
them (the demo, a container, a service manager) speaks with that program itself. What a command needs of the
product is imported after it was found that there is an installation to speak with: a wrong address is told
in an instant.
"""

import json
from pathlib import Path

import click

import engine
from engine.texts import Rules
from web.console import launch
from web.console.auditing import audit
from web.console.bundles import bundle
from web.console.keeping import backup, restore
from web.console.mailing import mail
from web.console.place import place
from web.console.reach import reach
from web.console.simulating import simulate_command

PROCEDURE = "opt_in_5512pro"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="opt-in-desk", prog_name="optin")
def main() -> None:
    """Opt-In Desk: procedure 5512PRO as a process."""


main.add_command(bundle)
main.add_command(audit)
main.add_command(backup)
main.add_command(restore)
main.add_command(simulate_command)
main.add_command(mail)


@main.command("demo")
def start_demo() -> None:
    """Start everything on this machine with sample data, until Ctrl-C.

    DATA_DIR is the folder of its data (var/demo), PORT the port of its pages (8000). DATABASE_URL,
    REDIS_URL and SMTP_URL name servers to use instead of the ones that the demo brings.
    """
    from web.console import demo
    from web.console.children import CannotStart

    try:
        demo.run(place(), launch.wanted_port())
    except CannotStart as problem:
        raise click.ClickException(str(problem)) from None


@main.command()
def web() -> None:
    """Serve the pages and the API."""
    launch.web(reach(greet=False))


@main.command()
def worker() -> None:
    """Run the jobs: send the mails, fire the timers."""
    reach(greet=False)
    launch.worker()


@main.command()
def beat() -> None:
    """Be the clock of the jobs. Two of them do no harm."""
    reach(greet=False)
    launch.beat()


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    reach()
    from workflows import db

    db.migrate()
    click.echo("The database has the newest schema.")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--unless-deployed", is_flag=True, help="Leave it at that when any version is deployed.")
def deploy(folder: Path | None, unless_deployed: bool) -> None:
    """Deploy the process bundle in FOLDER (the procedure that comes with the product)."""
    chosen = reach()
    version = _deploy(folder or chosen.bundles_dir / PROCEDURE, unless_deployed)
    click.echo(
        f"Deployed: version {version}" if version else "A version is deployed already; nothing was changed."
    )


def _deploy(folder: Path, unless_deployed: bool) -> int | None:
    """Deploy a bundle and give its version; None when there was one, which then may be a manager's own."""
    from workflows import db, definitions
    from workflows.commands.definitions import deploy_bundle
    from workflows.errors import Refused

    with db.transaction() as transaction:
        known = definitions.deployed(transaction)
    if known is not None and unless_deployed:
        return None
    try:
        return deploy_bundle(folder)
    except Refused as refusal:
        lines = [f"  {place}: {problem}" for place, problem in refusal.fields.items()]
        raise click.ClickException("\n".join([refusal.message, *lines])) from None


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--rules", type=click.Choice(["house", "standard", "walk"]), default="standard", show_default=True,
    help="house: a case can be worked with it; standard: it runs as BPMN says; walk: a person can walk through it.",
)  # fmt: skip
@click.option("--all", "all_processes", is_flag=True, help="Also processes that are not marked executable.")
@click.option("--quiet", is_flag=True, help="Leave out the warnings.")
@click.option("--words", is_flag=True, help="Tell what the words of other tools mean here.")
def check(paths: tuple[Path, ...], rules: Rules, all_processes: bool, quiet: bool, words: bool) -> None:
    """Tell every problem of the diagrams and decision tables in PATHS (files or folders), whoever drew them."""
    from web.console import checking

    files = checking.read(paths)
    if words:
        checking.tell_words(files)
    problems = engine.check(files, rules=rules, all_processes=all_processes)
    errors = checking.tell(problems, with_warnings=not quiet)
    if not errors:
        errors = checking.tell_catalogues(paths, with_warnings=not quiet)
    if errors:
        raise click.ClickException(f"{errors} problems in {len(files)} files.")
    click.echo(f"No problem in {len(files)} files.")


@main.command()
def sample() -> None:
    """Load the sample data, and show the sign-ins."""
    reach()
    from web.console.show import show_sign_ins
    from workflows import sample as data

    show_sign_ins(data.load(), data.PASSWORD)


@main.command(hidden=True)
def prepare() -> None:
    """Schema, procedure unless one is deployed, and sample data; the last line is what the demo shows."""
    chosen = reach()
    from workflows import db
    from workflows import sample as data

    db.migrate()
    _deploy(chosen.bundles_dir / PROCEDURE, unless_deployed=True)
    people = [list(line) for line in data.load()]
    click.echo(json.dumps({"people": people, "password": data.PASSWORD}))


@main.command()
def inspect() -> None:
    """Look for whatever must never be: rows and saved states that differ, forgotten mail, a fact in a wrong place.

    Looks at one moment of the data and changes nothing, so it may run while people work.
    """
    reach()
    from workflows.invariants import INVARIANTS, violations

    found = list(violations())
    for violation in found:
        click.echo(f"{violation.invariant}: {violation.about}: {violation.what}", err=True)
    if found:
        raise click.ClickException(
            f"{len(found)} violations. See the operator’s guide, “What inspect finds”."
        )
    click.echo(f"Nothing is wrong: {len(INVARIANTS)} invariants hold.")


@main.command()
@click.argument("username")
def token(username: str) -> None:
    """Print a bearer token for USERNAME, for the API. It is shown this once."""
    reach()
    from workflows.commands.tokens import create_token
    from workflows.errors import Refused

    try:
        click.echo(create_token(username))
    except Refused as refusal:
        raise click.ClickException(refusal.message) from None
