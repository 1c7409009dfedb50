"""`optin simulate`: weeks of work in minutes, to see what other times would lead to, or whether anything ever goes wrong."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.console.children import CannotStart
from workflows.settings import PROJECT

if TYPE_CHECKING:
    from workflows.simulation import Plan

LEVELS = "service_levels.toml"
SHIPPED = PROJECT / "bpmn" / "opt_in_5512pro"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("simulate")
@click.option("--days", type=click.IntRange(1, 1500), default=60, show_default=True, help="How many days.")
@click.option(
    "--cases-per-day", type=click.FloatRange(0.1, 500), default=None, metavar="N",
    help="Requests that begin on a business day. [default: 500 in all, a year's worth]",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same result.")
@click.option("--bundle", type=FOLDER, default=SHIPPED, help="The process bundle. [default: the shipped one]")
@click.option("--levels", type=FILE, default=None, help=f"A file in the place of the bundle's {LEVELS}.")
@click.option("--start", metavar="DATE", default="2026-10-05", show_default=True, help="The first day.")
@click.option("--json", "as_json", is_flag=True, help="All counts as JSON.")
def simulate_command(
    days: int,
    cases_per_day: float | None,
    seed: int,
    bundle: Path,
    levels: Path | None,
    start: str,
    as_json: bool,
) -> None:
    """Run DAYS of invented requests through the product and count what would have been mailed.

    Invented clients and staff act, are late, forget and are absent; the clock is moved; holidays, weekends and changes
    of the clocks are passed through. It works in a database of its own, and mails nothing. At the end everything that
    must always hold is checked: the exit code is 1 when something does not.
    """
    found = _simulated(bundle, levels, days, cases_per_day, seed, start)
    from workflows.simulation.words import lines

    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(lines(found)))
    if found["violations"]:
        raise click.ClickException(f"{len(found['violations'])} violations of what must always hold.")


def _simulated(bundle: Path, levels: Path | None, *words: Any) -> dict[str, Any]:
    """The report; what cannot be simulated ends the command with a sentence."""
    from web.console.scratch import scratch_database
    from workflows import logs
    from workflows.errors import Refused
    from workflows.service_levels import InvalidServiceLevels
    from workflows.simulation import simulate

    try:
        plan = _plan(_files(bundle, levels), *words)
        with scratch_database("optin_simulation"):
            logs.configure()
            return simulate(plan, _tell)
    except (CannotStart, InvalidServiceLevels) as problem:
        raise click.ClickException(str(problem)) from None
    except Refused as refused:
        told = [f"  {place}: {problem}" for place, problem in refused.fields.items()]
        raise click.ClickException("\n".join([refused.message, *told])) from None


def _files(bundle: Path, levels: Path | None) -> Mapping[str, str]:
    from workflows.bundle_files import of_folder

    files = dict(of_folder(bundle).files)
    if levels:
        try:
            files[LEVELS] = levels.read_text("utf-8")
        except UnicodeDecodeError:
            raise click.ClickException(f"{levels} is not a text in UTF-8.") from None
    if LEVELS not in files:
        raise click.ClickException(f"{bundle} is no process bundle: it has no {LEVELS}.")
    return files


def _plan(files: Mapping[str, str], days: int, per_day: float | None, seed: int, start: str) -> "Plan":
    from workflows.simulation import Plan

    try:
        first = date.fromisoformat(start)
    except ValueError:
        raise click.ClickException(f"--start takes a date such as 2026-10-05; it is “{start}”.") from None
    if not 2000 <= first.year < 2090:
        raise click.ClickException("--start takes a date from 2000-01-01 to 2089-12-31.")
    plan = Plan(files, days=days, seed=seed, first_day=first)
    if not plan.business_days:
        raise click.ClickException("The offices are closed on all of these days. Choose others with --start.")
    if per_day is None:
        return plan
    return replace(plan, cases=max(1, round(per_day * len(plan.business_days))))


def _tell(day: int, of: int) -> None:
    """The progress, on standard error: one line that is written over."""
    moment = datetime.now().astimezone()
    end = "\n" if day == of else ""
    click.echo(f"\r{moment:%H:%M:%S}  day {day} of {of}{end}", nl=False, err=True)
