"""The one table in which everything that was measured stands beside its target."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One thing that was measured; `met` is None where there is no target."""

    what: str
    target: str
    measured: str
    met: bool | None = None


def show(parts: dict[str, list[Row]]) -> None:
    """Print the table, part by part."""
    table = Table("what", "target", "measured", "met", title="Benchmarks")
    for part, rows in parts.items():
        table.add_section()
        table.add_row(f"[bold]{part}", "", "", "")
        for row in rows:
            table.add_row(row.what, row.target, row.measured, {True: "yes", False: "NO", None: ""}[row.met])
    Console(width=150).print(table)
