"""The job that moves the open cases of a publication."""

from tasks.celery import app
from workflows.commands import moves


@app.task(name="tasks.publications.go_on")
def go_on() -> None:
    """Go on moving cases, or moving them back."""
    moves.go_on()
