"""What the demo shows on the terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def show_sign_ins(people: Iterable[tuple[str, str]], password: str) -> None:
    """The table of sign-ins of the sample data."""
    table = Table(title=f"Sign-ins (SAMPLE persons; the password of all is: {escape(password)})")
    table.add_column("Name", no_wrap=True)
    table.add_column("Who this is")
    for username, description in people:
        table.add_row(escape(username), escape(description))
    Console().print(table)
