"""Rules about activities: what they call, how often they run, how many tokens they take."""

from __future__ import annotations

from collections.abc import Iterator

from engine.drawing import Drawing, Loop, Node
from engine.elements import Problem
from engine.judging import Host, Rule, of_node
from engine.walking import following, walk


def calls(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G10: a called process is in the bundle and may run. G11: no process calls itself, nor deeper than the limit."""
    known = {scope.id for scope in drawing.scopes if scope.around is None}
    callers = [node for node in drawing.nodes if node.kind == "callActivity"]
    called = following((node.element.process_id, node.called or "") for node in callers)
    reached_from = {process: walk([process], called) for process in known}
    for node in callers:
        if node.called not in known:
            idle = " It is not executable." if node.called in drawing.idle else ""
            reason = f"The process “{node.called or ''}” is not in the bundle.{idle}"
            yield of_node(node, "G10", reason, "Call a process of the bundle.")
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
    if loop.behavior != "All":
        yield of_node(node, "G25", f"The behavior “{loop.behavior}” is not supported.", "Choose All.")
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
    """G26: an activity begins with one token; it may send several."""
    for node in drawing.nodes:
        if node.tokens_in != "1":
            yield of_node(node, "G26", "startQuantity is not supported here.", "Draw a parallel gateway.")
        if not _is_number(node.tokens_out, host.limits.instances) or node.tokens_out == "0":
            yield of_node(node, "G26", "completionQuantity is no whole number from 1.", "Remove it.")


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most


RULES: tuple[Rule, ...] = (calls, loops, token_numbers)
