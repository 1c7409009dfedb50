"""Find the installation a command speaks with: the one the environment names, else the running demo."""

import os
from urllib.parse import urlsplit

import click
import psycopg
from pydantic import ValidationError

from web.console.place import Place, keys, place, running
from workflows.settings import Settings, settings


def reach(*, greet: bool = True) -> Settings:
    """The settings to work with; ends the command with a sentence when nothing is there to speak with.

    What runs for long does not greet: it has to live with a database that is away for a moment.
    """
    if not os.environ.get("DATABASE_URL"):
        _take_over_demo(place())
    try:
        chosen = settings()
    except ValidationError as problem:
        raise click.ClickException(_what_is_wrong(problem)) from None
    if greet:
        _greet(chosen)
    return chosen


def _take_over_demo(where: Place) -> None:
    """Put what the running demo wrote down into the environment; what is set already stays."""
    services = running(where)
    if services is None:
        raise click.ClickException(
            f"No demo is running with its data in {where.root}, and DATABASE_URL is not set. "
            "Start the demo with 'make demo', or name the database in DATABASE_URL."
        )
    known = {**keys(where), **{name: str(value) for name, value in services.items() if name.isupper()}}
    for name, value in known.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DEMO", "true")


def _greet(chosen: Settings) -> None:
    """Ask the database for a sign of life, so that a person gets a sentence and not a stack of calls."""
    address = chosen.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.OperationalError as problem:
        raise click.ClickException(
            f"The database does not answer at {_without_password(address)}. "
            "Is it running? Start the demo with 'make demo', or check DATABASE_URL. "
            f"It said: {str(problem).strip().splitlines()[0]}"
        ) from None


def _without_password(address: str) -> str:
    """An address that may be shown on a terminal."""
    parts = urlsplit(address)
    return address.replace(f":{parts.password}@", ":…@") if parts.password else address


def _what_is_wrong(problem: ValidationError) -> str:
    """The settings that are missing or wrong, by the names of their variables; never their values."""
    lines = ["These settings are missing or wrong (see docs/settings.md):"]
    for error in problem.errors(include_input=False, include_url=False):
        name = "__".join(str(part) for part in error["loc"]).upper()
        lines.append(f"  {name}: {error['msg']}")
    return "\n".join(lines)
