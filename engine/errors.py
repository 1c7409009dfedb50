"""What the engine refuses, one class each. No message carries a value of process data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.elements import Problem


class EngineError(Exception):
    """Anything the engine refuses."""


class InvalidDefinition(EngineError):
    """The diagrams break rules; `problems` names every one of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.element_id or p.file}: {p.reason}" for p in problems))


class ExpressionError(EngineError):
    """An expression is outside the safe language, or cannot be answered from the data it was given."""


class Incident(EngineError):
    """The instance cannot go on; `element_id` says where it stands. Load it again to try again."""

    def __init__(self, reason: str, element_id: str | None = None) -> None:
        self.reason = reason
        self.element_id = element_id
        super().__init__(f"{reason} (at {element_id})" if element_id else reason)


class NotWaiting(EngineError):
    """What should be completed, fired or received is not open (any more). Nothing was changed."""


class NotFlat(EngineError):
    """Process data are names with text, whole numbers, true, false or nothing, and nothing else."""


class DamagedState(EngineError):
    """A saved state has a wrong checksum or version, or does not fit the definition it is loaded with."""


class Stuck(Incident):
    """Nothing is left that could happen, and no end was reached. The instance can still be looked at and saved."""


class StepLimit(Incident):
    """Too many elements were completed without a wait: the diagram turns in circles."""


class BpmnError(EngineError):
    """What a host's step raises to throw a BPMN error with a `code`, for the events of the diagram to catch."""

    def __init__(self, code: str | None = None) -> None:
        self.code = code
        super().__init__(f"BPMN error {code}")
