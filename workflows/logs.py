"""The log: one JSON object a line, with the moment, the level, and under which request or job it was written.

What is said is an event and ids; a fact about a client is never given to the log. Records of libraries keep their
sentence and lose everything that was attached to them.
"""

import logging
import sys

import structlog
from structlog.types import Processor

from workflows.settings import settings

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Have this process log so; once, when it starts."""
    structlog.configure(
        processors=[*_SHARED, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings().log_level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_library_lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.INFO, logging.getLevelName(settings().log_level)))


def _library_lines() -> logging.Formatter:
    """A record of a library: its sentence and where it comes from. Without the trace, whose values may be facts."""
    named: list[Processor] = [structlog.stdlib.add_logger_name, _without_trace, *_SHARED]
    drawn: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(),
    ]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=named, processors=drawn)


def _without_trace(
    _logger: object, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """The kind of what was raised, in place of the whole of it."""
    raised = event.pop("exc_info", None)
    if isinstance(raised, tuple) and raised[0] is not None:
        event["error"] = raised[0].__name__
    return event
