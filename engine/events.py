# mypy: disallow-subclassing-any=False
"""What an event waits for or throws: one class for each way in which it comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.errors import ExpressionError, Incident
from engine.expressions import Context, Expression

if TYPE_CHECKING:
    from engine.tokens import Token


class Trigger(EventDefinition):
    """An event definition as the engine runs it; `kind` is that of the diagram. It carries no data (V13)."""

    def __init__(self, kind: str, name: str | None = None) -> None:
        super().__init__(name)
        self.kind = kind

    def hears(self, kind: str, name: str | None) -> bool:
        """Whether what is thrown is what this one waits for: a message or signal of the same name."""
        return kind == self.kind and self.name is not None and (name or "") == self.name

    def value(self, token: Token) -> str | None:
        """The text that a timer waits with; None for every other kind."""
        return None


def throw_from(token: Token, trigger: Trigger) -> None:
    """Throw a message or signal to whoever hears it, or an error, escalation or cancellation outwards."""
    run = token.workflow.top_workflow
    if trigger.kind in ("error", "escalation", "cancel"):
        run.raise_from(token, trigger.kind, trigger.name)
    elif trigger.kind in ("message", "signal"):
        run.throw(token, trigger.kind, trigger.name)


class Coded(Trigger):
    """An error or escalation: one without a code catches every code (BPMN 2.0.2, 10.5.1)."""

    def hears(self, kind: str, name: str | None) -> bool:
        """Whether it catches what is thrown."""
        return kind == self.kind and (self.name is None or name == self.name)


class Timer(Trigger):
    """A timer that the host fires; the engine has no clock."""

    def __init__(self, expression: Expression) -> None:
        super().__init__("timer")
        self.expression = expression

    def value(self, token: Token) -> str:
        """The evaluated text, or an `Incident` when the expression gives none."""
        try:
            text = self.expression.evaluate(token.data, token.workflow.top_workflow.context)
        except ExpressionError as error:
            raise Incident(f"The timer cannot be evaluated: {error}", token.element.id) from error
        if not isinstance(text, str) or not text:
            raise Incident("The timer's expression gave no text.", token.element.id)
        return text


class Conditional(Trigger):
    """A condition on process data that becomes true (BPMN 2.0.2, 10.5.5). None: only the host can say that it did."""

    def __init__(self, expression: Expression | None) -> None:
        super().__init__("conditional")
        self.expression = expression

    def holds(self, data: dict[str, object], context: Context) -> bool:
        """Whether the condition is true; what reads a field that has no value yet is not."""
        try:
            return self.expression is not None and self.expression.holds(data, context)
        except ExpressionError:
            return False


class Compensate(Trigger):
    """A compensation: of one activity, or of everything completed in the scope."""

    def __init__(self, activity: str | None) -> None:
        super().__init__("compensate")
        self.activity = activity
