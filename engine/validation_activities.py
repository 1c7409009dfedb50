"""Rules about activities: what they call, how often they run, how many tokens they take."""

from __future__ import annotations

from collections.abc import Iterator

from engine.drawing import Drawing, Loop, Node, Text
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.judging import Host, Rule, of_node
from engine.texts import compile_condition
from engine.walking import following, walk


def calls(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G10: a called process is in the bundle and may run. G11: no process calls itself, nor deeper than the limit.

    Elsewhere than in the house a call that leads nowhere is a warning: it waits as work, to be completed by hand.
    """
    known = {scope.id for scope in drawing.scopes if scope.around is None}
    callers = [node for node in drawing.nodes if node.kind == "callActivity"]
    called = following((node.element.process_id, node.called or "") for node in callers)
    reached_from = {process: walk([process], called) for process in known}
    for node in callers:
        if node.called not in known:
            idle = " It is not executable." if node.called in drawing.idle else ""
            by_hand = "" if host.rules == "house" else " The call is work to be completed by hand."
            reason = f"The process “{node.called or ''}” is not in the bundle.{idle}{by_hand}"
            yield of_node(node, "G10", reason, "Call a process of the bundle.", warning=host.rules != "house")
        elif node.element.process_id in reached_from[node.called or ""]:
            reason = "The process calls itself, perhaps through others."
            yield of_node(node, "G11", reason, "Draw a loop instead.")
        elif len(reached_from[node.called or ""]) > host.limits.calls:
            reason = f"More than {host.limits.calls} processes are called in a row."
            yield of_node(node, "G11", reason, "Draw some of them as one.")


def loops(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G25: an activity with a loop marker says how often it runs, within the limit."""
    for node in drawing.nodes:
        if node.loop is not None:
            yield from _of_loop(node, node.loop, host)


def _of_loop(node: Node, loop: Loop, host: Host) -> Iterator[Problem]:
    if loop.behavior != "All" and not loop.throws:
        reason = f"The behavior “{loop.behavior}” names no event to throw."
        yield of_node(node, "G25", reason, "Choose the event, or the behavior All.")
    if any(condition is not None and not condition.text for condition, _ in loop.throws):
        reason = "The behavior “Complex” does not say when it throws and ends."
        yield of_node(node, "G25", reason, "Write its condition.")
    if loop.maximum is not None and not _is_number(loop.maximum, host.limits.instances):
        reason = f"The loop maximum is no number from 0 to {host.limits.instances}."
        yield of_node(node, "G25", reason, "Write a smaller whole number.")
    if host.rules == "walk":
        return
    if loop.kind == "while" and loop.maximum is None and (loop.condition is None or not loop.condition.text):
        yield of_node(node, "G25", "The loop says neither how often nor how long.", "Write a loop condition.")
    if (
        loop.kind != "while"
        and loop.collection is None
        and (not loop.cardinality or not loop.cardinality.text)
    ):
        yield of_node(
            node, "G25", "The activity does not say how many instances it has.", "Write a loop cardinality."
        )


def token_numbers(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G26: an activity begins with at least one token, and sends at least one."""
    for node in drawing.nodes:
        for name, number in (("startQuantity", node.tokens_in), ("completionQuantity", node.tokens_out)):
            if not _is_number(number, host.limits.instances) or int(number) < 1:
                yield of_node(node, "G26", f"The {name} is no whole number from 1.", "Remove it.")


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most


def ad_hoc(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G28: (a warning) in an ad-hoc sub-process each activity is done once; one after the other only without flows."""
    nodes = {node.id: node for node in drawing.nodes}
    for scope in drawing.scopes:
        if scope.kind == "adHocSubProcess" and scope.nodes:
            reason = "Each activity in the ad-hoc sub-process is done once, and then it is over."
            yield of_node(nodes[scope.id], "G28", reason, "Draw the order that is meant.", warning=True)
            if scope.until is not None:
                wrong = _wrong_until(scope.until, host)
                if wrong:
                    yield of_node(nodes[scope.id], "V5", wrong, "Correct the completion condition.")
            if scope.in_turn and scope.flows:
                reason = "The activities come one after the other, but flows connect some of them."
                yield of_node(nodes[scope.id], "G28", reason, "Remove the flows, or the order.")


def _wrong_until(until: Text, host: Host) -> str | None:
    try:
        compile_condition(until, host.rules)
    except ExpressionError as error:
        return f"The completion condition cannot be used: {error}"
    return None


RULES: tuple[Rule, ...] = (calls, loops, token_numbers, ad_hoc)
