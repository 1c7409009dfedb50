# mypy: disallow-subclassing-any=False
"""The only script engine an instance has: conditions in the safe language, service tasks through the host.

SpiffWorkflow asks an engine for `evaluate`, `execute` and `call_service`, and on some paths its `environment`
directly; both are closed here, and a restored instance gets them too (S10, S11). Python is never run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine

from engine.elements import Element
from engine.errors import EngineError, ExpressionError, Incident
from engine.expressions import Context, Expression
from engine.expressions import compile as compile_expression
from engine.expressions.dates import NO_CONTEXT

if TYPE_CHECKING:
    from engine.assignments import Assignments
    from engine.decisions import Decision
    from engine.definition import Definition
    from engine.tokens import Token

Step = Callable[[Element, Mapping[str, object]], Mapping[str, object] | None]
"""The host's service call: the element and the process data in, flat variables to merge out. It may raise."""


class SafeEnvironment(BasePythonScriptEngineEnvironment):
    """Evaluates the safe language and executes nothing."""

    def __init__(self, compiled: Mapping[str, Expression]) -> None:
        super().__init__()
        self.compiled = compiled

    def expression(self, text: str) -> Expression:
        """The compiled expression; those of a definition were compiled when it was loaded."""
        return self.compiled.get(text) or compile_expression(text)

    def evaluate(
        self, expression: str, context: Mapping[str, object], external_context: object = None
    ) -> object:
        """The value of an expression, or `ExpressionError`."""
        return self.expression(expression).evaluate(context)

    def execute(self, script: str, context: object, external_context: object = None) -> NoReturn:
        """Refused, always."""
        raise EngineError("Scripts are not run.")

    def call_service(self, context: object, **kwargs: object) -> NoReturn:
        """Refused: a service task goes through `SafeEngine.call_service`, which knows its element."""
        raise EngineError("A service is called through its element.")


class SafeEngine(PythonScriptEngine):
    """One for each instance, because it holds the host's step."""

    environment: SafeEnvironment

    def __init__(self, definition: Definition, step: Step, context: Context = NO_CONTEXT) -> None:
        super().__init__(SafeEnvironment(definition.conditions))
        self.context = context
        self.definition = definition
        self.step = step

    def validate(self, expression: str) -> None:
        """Compile, or raise `ExpressionError`."""
        compile_expression(expression)

    def evaluate(self, task: Token, expression: str, external_context: object = None) -> bool:
        """The answer of a condition; anything but true or false is an `Incident` at the element."""
        try:
            return self.environment.expression(expression).holds(task.data, self.context)
        except ExpressionError as error:
            raise Incident(f"A condition cannot be answered: {error}", task.element.id) from error

    def execute(self, task: Token, script: str, external_context: object = None) -> NoReturn:
        """Refused, always."""
        self.environment.execute(script, None)

    def call_service(self, task: Token, **kwargs: object) -> dict[str, object]:
        """What the host's step returns. Its exceptions surface as themselves (S24)."""
        element = task.element
        result = self.step(element, MappingProxyType(task.data))
        return self.definition.taken(result, f"The step {element.step} of {element.id}") if result else {}

    def decide(self, task: Token, decision: Decision) -> dict[str, object]:
        """What a decision table gives for the data of a task, or an `Incident` at the element."""
        try:
            result = decision.decide(task.data, self.context)
        except ExpressionError as error:
            raise Incident(f"The decision cannot be made: {error}", task.element.id) from error
        return self.definition.taken(result, f"The decision of {task.element.id}")

    def assign(self, task: Token, assignments: Assignments) -> dict[str, object]:
        """What a script task assigns, or an `Incident` at the element."""
        try:
            result = assignments.values(task.data, self.context)
        except ExpressionError as error:
            raise Incident(f"The script cannot be answered: {error}", task.element.id) from error
        return self.definition.taken(result, f"The script of {task.element.id}")
