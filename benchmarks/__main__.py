"""`python -m benchmarks`: measure everything and print one table.

    python -m benchmarks [--quick] [part …]        the parts by name; all of them without one
    python -m benchmarks --flame FILE.html         a flame graph of completing tasks, as a page

Every part can be run alone. DATABASE_URL names a PostgreSQL to use, otherwise one is started.
"""

from __future__ import annotations

import importlib

import click

from benchmarks import place
from benchmarks.table import Row, show

PARTS = {
    "engine": "engine_state",
    "definition": "definition",
    "command": "command",
    "rivals": "rivals",
    "http": "http",
    "drains": "drains",
    "growth": "growth",
}
"""The parts in the order of the table, each with its module."""


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--quick", is_flag=True, help="Fewer rounds, and growth to a hundred thousand cases only.")
@click.option(
    "--flame", type=click.Path(dir_okay=False, writable=True), help="Write a flame graph here instead."
)
def main(parts: tuple[str, ...], quick: bool, flame: str | None) -> None:
    """Measure the product, and say which of its targets are met."""
    with place.server() as server:
        if flame:
            from benchmarks import flame_graph

            flame_graph.write(server, flame, 20 if quick else 100)
            return
        found: dict[str, list[Row]] = {}
        for part in parts or tuple(PARTS):
            click.echo(f"Measuring: {part}", err=True)
            found[part] = importlib.import_module(f"benchmarks.{PARTS[part]}").run(server, quick)
        show(found)


if __name__ == "__main__":
    main()
