"""From a failure in a case's process to an incident: what kind, which cause in words, where; never a value.

The engine's own sentences hold no value of process data. The text of any other failure may, so only its kind is kept.
"""

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

import engine
from workflows.cases import Case
from workflows.errors import Incident, Refused, Trouble
from workflows.language import marked
from workflows.work import Work

log = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")

_CAUSES: dict[type[engine.EngineError], str] = {
    engine.StepLimit: marked(
        "The process takes too many steps without a wait: the diagram turns in circles."
    ),
    engine.DamagedState: "The saved state of the process is damaged. {}",
    engine.NotFlat: "A step or an answer gave something that process data cannot hold. {}",
    engine.NotWaiting: marked("The saved state of the process does not wait for this."),
    engine.InvalidDefinition: marked("The diagrams of this version break a rule of the engine."),
}


FAILED = marked("A part of the product failed ({kind}).")
"""The cause of any failure whose own text may hold a value."""


class Uncaught(engine.Incident):
    """The process threw an error that nothing in the diagram catches, and would have ended without an outcome."""


def guarded(
    function: Callable[Concatenate[Work, Case, P], R],
) -> Callable[Concatenate[Work, Case, P], R]:
    """Whatever fails while a case's process moves is an `Incident` of that case; refusals and what the database
    says stay what they are."""

    @wraps(function)
    def run(work: Work, case: Case, /, *args: P.args, **kwargs: P.kwargs) -> R:
        case_id = case.id
        try:
            return function(work, case, *args, **kwargs)
        except (Refused, DBAPIError, psycopg.Error):
            raise
        except Exception as error:
            raise incident_of(work, case_id, error) from error

    return run


def incident_of(work: Work, case_id: int | None, error: Exception) -> Incident:
    """The incident for a failure; the log gets its kind and place."""
    element = getattr(error, "element_id", None) or work.at
    log.error("incident", case=case_id, element=element, error=type(error).__name__, at=_places(error))
    return Incident(Trouble(type(error).__name__, _cause(error), case_id, element))


def check_not_failed(instance: engine.Instance) -> None:
    """An error that nothing caught ends a process without an outcome; a case must not go on from there in silence."""
    if instance.failed:
        thrown = next((t for t in reversed(instance.trace) if t.event == "uncaught_error"), None)
        reason = marked("The process throws an error that nothing in the diagram catches.")
        raise Uncaught(reason, thrown.element.id if thrown else None)


def _cause(error: Exception) -> str:
    if type(error) in _CAUSES:
        return _CAUSES[type(error)].format(error).strip()  # type: ignore[index]
    if isinstance(error, engine.Incident):
        return error.reason
    if isinstance(error, engine.EngineError):
        return str(error)
    return FAILED.format(kind=type(error).__name__)


def _places(error: Exception) -> str:
    """Where it was raised, the innermost place first."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    named = (f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return " < ".join(named)
