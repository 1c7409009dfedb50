"""Decision files for tests: tables as rows of text."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(
    inputs: Sequence[str | tuple[str, str] | tuple[str, str, str]],
    outputs: Sequence[str | tuple[str, str]],
    rules: Sequence[Sequence[str]],
    policy: str = "UNIQUE",
    aggregation: str = "",
) -> str:
    """A table: inputs as expression, or with a type, or with a type and the allowed values; outputs with a default.

    A rule is its cells and then its outputs.
    """
    parts = [
        f"<decisionTable id='table' hitPolicy='{policy}'"
        + (f" aggregation='{aggregation}'>" if aggregation else ">")
    ]
    parts += [_input(place, given) for place, given in enumerate(inputs, 1)]
    parts += [_output(place, given) for place, given in enumerate(outputs, 1)]
    parts += [_rule(number, rule, len(inputs)) for number, rule in enumerate(rules, 1)]
    return "".join([*parts, "</decisionTable>"])


def _input(place: int, given: str | tuple[str, ...]) -> str:
    text, kind, allowed = (*((given,) if isinstance(given, str) else given), "", "")[:3]
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    typed = f" typeRef={quoteattr(kind)}" if kind else ""
    return f"<input id='in{place}'><inputExpression{typed}><text>{escape(text)}</text></inputExpression>{values}</input>"


def _output(place: int, given: str | tuple[str, ...]) -> str:
    name, default = (*((given,) if isinstance(given, str) else given), "")[:2]
    inner = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f"<output id='out{place}' name={quoteattr(name)}>{inner}</output>"


def _rule(number: int, rule: Sequence[str], inputs: int) -> str:
    tags = ["inputEntry"] * inputs + ["outputEntry"] * (len(rule) - inputs)
    cells = (
        f"<{tag} id='r{number}c{place}'><text>{escape(text)}</text></{tag}>"
        for place, (tag, text) in enumerate(zip(tags, rule, strict=True), 1)
    )
    return f"<rule id='r{number}'>{''.join(cells)}</rule>"


def decision(
    inner: str, identity: str = "fee", requires: Sequence[str] = (), name: str = "", variable: str = ""
) -> str:
    """A decision around a table or an expression."""
    required = "".join(
        f"<informationRequirement><requiredDecision href='#{other}'/></informationRequirement>"
        for other in requires
    )
    named = f"<variable name={quoteattr(variable)}/>" if variable else ""
    return f"<decision id='{identity}' name={quoteattr(name or identity)}>{named}{required}{inner}</decision>"


def literal(text: str) -> str:
    """A decision's logic that is one expression."""
    return f"<literalExpression id='literal'><text>{escape(text)}</text></literalExpression>"


def file(*decisions: str, namespace: str = NAMESPACE, extra: str = "") -> bytes:
    """A file with these decisions."""
    return f"<definitions xmlns='{namespace}' id='d' name='SAMPLE'>{extra}{''.join(decisions)}</definitions>".encode()
