"""Random structured processes over the constructs that `random_processes` leaves out.

Inclusive and complex gateways, instances and loops, event sub-processes, errors, escalations, compensation,
transactions, termination, links, conditional events, receive and send tasks, ad-hoc work, token quantities.
"""

import random

from hypothesis import strategies as st
from random_processes import Writer

from engine import BpmnError

MARKERS = (
    "times=2", "times=2 sequential=yes", "times=3 until='x > 2'", "times=0", "times=x sequential=yes",
    "while='x == 0' most=3", "while='x == 1' most=2 before=yes",
)  # fmt: skip
STARTS = (
    "message=m0", "signal=s1", "timer=PT1H", "cycle=R2/PT1H", "condition='x > 2'", "escalation=late",
    "message=m1,m2 all=yes",
)  # fmt: skip
LEAVES = (
    "user", "user", "user", "service", "throw", "catch", "shout", "receive", "send", "escalate", "cond", "every",
)  # fmt: skip
HANDLERS = (
    "",
    "times=2",
    "while='x == 0' most=2 reminded",
    "reminded",
    "interrupted",
    "times=2 sequential=yes interrupted",
)
"""What a compensation handler is like: its loop marker, and whether an event stands beside it."""
INNER = object()
"""Stands for a tree inside of a block."""
FLAG = (False, True)
BLOCKS = {
    "seq": (INNER, INNER), "xor": (INNER, INNER), "and": (INNER, INNER), "call": (INNER,), "loop": (INNER,), "sub": (INNER,),
    "race": (INNER, INNER), "or": (INNER, INNER), "complex": (INNER, INNER), "link": (INNER,), "adhoc": (FLAG,),
    "boundary": (("user", "sub", "call"), ("message", "signal", "timer"), FLAG, INNER, INNER),
    "repeat": (MARKERS, INNER), "tasks": (MARKERS, STARTS, INNER), "handled": (STARTS, FLAG, INNER, INNER),
    "error": (("boundary", "inside"), MARKERS, INNER, INNER), "escalation": (FLAG, INNER, INNER),
    "undo": (("task", "sub", "event"), HANDLERS, INNER, INNER), "transaction": (HANDLERS, INNER, INNER),
    "fails": (MARKERS, INNER),
    "terminate": (INNER, INNER), "pair": (INNER,),
}  # fmt: skip
"""Each kind of block with its parts: a tree, or one of several words."""
UNPAIRED = tuple(name for name in BLOCKS if name != "pair")
"""Blocks that send one token out for each that comes in, whatever is inside of them.

A pair demands as many as it sent; complex and inclusive joins inside of it may melt them into one.
"""


def wide_blocks(kinds=tuple(BLOCKS), most: int = 7, leaves=LEAVES, blocks=BLOCKS):
    """Trees of blocks of these kinds, of at most so many leaves."""

    def deeper(inner):
        return st.one_of(*[
            st.tuples(st.just(name), *[inner if part is INNER else st.sampled_from(part) for part in blocks[name]])
            for name in kinds
        ])  # fmt: skip

    return st.recursive(st.sampled_from(leaves), deeper, max_leaves=most)


def grown(chance: random.Random, depth: int, kinds=tuple(BLOCKS)):
    """A tree of blocks of at most this depth, and hardly less."""
    if not depth or chance.random() < 0.1:
        return chance.choice(LEAVES)
    # Much happens one after the other or side by side, so that a walk is long.
    name = chance.choice(("seq", "and")) if chance.random() < 0.3 else chance.choice(kinds)
    parts = [
        grown(chance, depth - 1, kinds) if part is INNER else chance.choice(part) for part in BLOCKS[name]
    ]
    return (name, *parts)


class WideWriter(Writer):
    """Turns a tree of such blocks into processes."""

    def leaf(self, kind: str, lines: list[str]) -> tuple[str, str]:
        """A single element."""
        written = {
            "receive": "receive {} message=m{}",
            "send": "send {} message=m{}",
            "escalate": "throw {} escalation=late",
            "cond": "catch {} condition='x > 1'",
            "every": "catch {} message=m0,m1 signal=s0 all=yes",
        }
        if kind not in written:
            return super().leaf(kind, lines)
        name = self.new("n")
        lines.append(written[kind].format(name, self.count % 3))
        return name, name

    def inside(self, kind: str, tree, marker: str = "", end: str = "end {}", more=()) -> str:
        """A sub-process of a kind around a tree; its name."""
        name, start, finish = self.new("z"), self.new("s"), self.new("e")
        inner: list[str] = []
        first, last = self.block(tree, inner)
        lines = [
            f"start {start}",
            end.format(finish),
            *inner,
            f"{start} -> {first}",
            f"{last} -> {finish}",
            *more,
        ]
        self.pending = [f"{kind} {name} {marker} {{", *lines, "}"]
        return name

    def put(self, lines: list[str], *args, **options) -> str:
        """Write such a sub-process; its name."""
        name = self.inside(*args, **options)
        lines += self.pending
        return name

    def write_or(self, lines, one, two):
        """One, the other or both."""
        split, join, aside = self.new("g"), self.new("g"), self.new("n")
        lines += [f"or {split}", f"or {join}", f"user {aside} @Clerk"]
        for tree, test in ((one, "x > 0"), (two, "x > 1")):
            first, last = self.block(tree, lines)
            lines += [f"{split} -> {first} if {test}", f"{last} -> {join}"]
        lines += [f"{split} -> {aside} else", f"{aside} -> {join}"]
        return split, join

    def write_complex(self, lines, one, two):
        """Both, and on with the first one or with both."""
        split, join = self.new("g"), self.new("g")
        lines += [f"and {split}", f"complex {join} when='activationCount > x'"]
        for tree in (one, two, "user"):
            first, last = self.block(tree, lines)
            lines += [f"{split} -> {first}", f"{last} -> {join}"]
        # Where the condition asks for more than can come, nothing would go on: a fourth token lets it pass.
        lines[-2:] += [f"{split} -> {join}"]
        return split, join

    def write_repeat(self, lines, marker, inner):
        """A sub-process with a loop marker."""
        name = self.put(lines, "sub", inner, marker)
        return name, name

    def write_tasks(self, lines, marker, what, side):
        """A task with a loop marker and a boundary event."""
        task, event = self.new("n"), self.new("b")
        lines += [f"user {task} {marker} @Clerk", f"boundary {event} on={task} {what} interrupting=no"]
        lines += [f"{event} -> {self.block(side, lines)[0]}"]
        return task, task

    def write_handled(self, lines, what, interrupts, inner, handler):
        """A sub-process with an event sub-process inside."""
        handling: list[str] = []
        first, last = self.block(handler, handling)
        on, start, finish = self.new("z"), self.new("s"), self.new("e")
        more = [
            f"on {on} {{", f"start {start} {what} interrupting={'yes' if interrupts else 'no'}", f"end {finish}",
            *handling, f"{start} -> {first}", f"{last} -> {finish}", "}",
        ]  # fmt: skip
        name = self.put(lines, "sub", inner, more=more)
        return name, name

    def _throwing(self, inner, thrown: str, marker: str, more, lines) -> str:
        """A sub-process that throws where x is more than 1."""
        gate, throw = self.new("g"), self.new("e")
        tree = ("then", inner, gate, [f"xor {gate}", thrown.format(throw), f"{gate} -> {throw} if x > 1"])
        return self.put(lines, "sub", tree, marker, more=more)

    def write_then(self, lines, inner, behind, written):
        """A tree, and given lines behind it."""
        first, last = self.block(inner, lines)
        lines += [*written, f"{last} -> {behind}"]
        return first, behind

    def _joined(self, lines, name: str, event: str, side) -> tuple[str, str]:
        """The event's way and the normal one meet."""
        first, last = self.block(side, lines)
        join = self.new("g")
        lines += [f"xor {join}", f"{event} -> {first}", f"{last} -> {join}", f"{name} -> {join}"]
        return name, join

    def write_error(self, lines, where, marker, inner, side):
        """An error, caught at the border or by an event sub-process inside."""
        if where == "boundary":
            name, event = self._throwing(inner, "end {} error=lost", marker, (), lines), self.new("b")
            lines.append(f"boundary {event} on={name} error=any")
            return self._joined(lines, name, event, side)
        handling: list[str] = []
        first, last = self.block(side, handling)
        start, finish, on = self.new("s"), self.new("e"), self.new("z")
        more = [f"on {on} {{", f"start {start} error=lost", f"end {finish}", *handling]
        more += [f"{start} -> {first}", f"{last} -> {finish}", "}"]
        name = self._throwing(inner, "end {} error=lost", marker, more, lines)
        return name, name

    def write_escalation(self, lines, interrupts, inner, side):
        """An escalation, caught at the border."""
        name, event = self._throwing(inner, "end {} escalation=late", "", (), lines), self.new("b")
        lines.append(
            f"boundary {event} on={name} escalation=any interrupting={'yes' if interrupts else 'no'}"
        )
        if interrupts:
            return self._joined(lines, name, event, side)
        lines.append(f"{event} -> {self.block(side, lines)[0]}")
        return name, name

    def _undoable(self, lines, handled: str) -> str:
        """A task with its handler."""
        task, event, handler, beside = self.new("n"), self.new("b"), self.new("h"), self.new("b")
        marker, how = handled.removesuffix("reminded").removesuffix("interrupted"), handled.split(" ")[-1]
        lines += [f"user {task} @Clerk", f"boundary {event} on={task} compensate={handler}"]
        lines.append(f"user {handler} handler=yes {marker} @Clerk")
        if how in ("reminded", "interrupted"):
            interrupts = "no" if how == "reminded" else "yes"
            lines.append(f"boundary {beside} on={handler} cycle=R2/PT1H interrupting={interrupts}")
            lines.append(f"{beside} -> {self.leaf('user', lines)[0]}")
        return task

    def write_undo(self, lines, how, handled, inner, then):
        """A sub-process in which something is done and then undone."""
        throw = self.new("t")
        written: list[str] = []
        task = self._undoable(written, handled)
        more = {"task": [], "sub": [], "event": self._undoing()}[how]
        tree = ("begun", task, written, inner)
        name = self.put(lines, "sub", tree, more=more)
        lines += [f"throw {throw} compensate={'all' if how == 'task' else name}"]
        first, last = self.block(then, lines)
        lines += [f"{name} -> {first}", f"{last} -> {throw}"]
        return name, throw

    def _undoing(self) -> list[str]:
        """An event sub-process that compensates the scope around it."""
        on, start, throw, user = self.new("z"), self.new("s"), self.new("t"), self.new("n")
        return [
            f"on {on} {{", f"start {start} compensate=all", f"throw {throw} compensate=all", f"user {user} @Clerk",
            f"{start} -> {throw} -> {user}", "}",
        ]  # fmt: skip

    def write_begun(self, lines, task, written, inner):
        """Given lines, and a tree behind them."""
        first, last = self.block(inner, lines)
        lines += [*written, f"{task} -> {first}"]
        return task, last

    def write_transaction(self, lines, handled, inner, side):
        """A transaction that is cancelled where x is more than 1."""
        written: list[str] = []
        task, gate, cancel = self._undoable(written, handled), self.new("g"), self.new("e")
        behind = [f"xor {gate}", f"end {cancel} cancel=yes", f"{gate} -> {cancel} if x > 1"]
        tree = ("begun", task, written, ("then", inner, gate, behind))
        more = self._heard()
        name, event = self.put(lines, "transaction", tree, more=more), self.new("b")
        lines.append(f"boundary {event} on={name} cancel=yes")
        return self._joined(lines, name, event, side)

    def _heard(self) -> list[str]:
        """An event sub-process that waits for a message and does not interrupt."""
        on, start, user = self.new("z"), self.new("s"), self.new("n")
        return [
            f"on {on} {{",
            f"start {start} message=m1 interrupting=no",
            f"user {user} @Clerk",
            f"{start} -> {user}",
            "}",
        ]

    def write_fails(self, lines, marker, side):
        """A task whose step may throw an error."""
        task, event = self.new("n"), self.new("b")
        lines += [f"service {task} step=fail {marker}", f"boundary {event} on={task} error=any"]
        return self._joined(lines, task, event, side)

    def write_terminate(self, lines, one, two):
        """A sub-process that ends with the first of two branches."""
        split, end = self.new("g"), self.new("e")
        aside: list[str] = []
        first, last = self.block(two, aside)
        tree = (
            "begun",
            split,
            [f"and {split}", f"end {end}", *aside, f"{split} -> {first}", f"{last} -> {end}"],
            one,
        )
        name = self.put(lines, "sub", tree, end="terminate {}")
        return name, name

    def write_link(self, lines, inner):
        """A link behind a tree."""
        throw, catch = self.new("k"), self.new("k")
        first, last = self.block(inner, lines)
        lines += [f"throw {throw} link={throw}", f"catch {catch} link={throw}", f"{last} -> {throw}"]
        return first, catch

    def write_adhoc(self, lines, in_turn):
        """Ad-hoc work of three tasks."""
        name = self.new("z")
        tasks = [f"user {self.new('n')} @Clerk" for _ in range(3)]
        lines += [f"adhoc {name} {'ordering=Sequential' if in_turn else ''} {{", *tasks, "}"]
        return name, name

    def write_pair(self, lines, inner):
        """Two tokens through a tree, and one again behind it."""
        two, one = self.new("n"), self.new("n")
        first, last = self.block(inner, lines)
        lines += [f"service {two} step=mark sends=2", f"service {one} step=mark takes=2"]
        lines += [f"{two} -> {first}", f"{last} -> {one}"]
        return two, one


def write_wide(tree) -> dict[str, str]:
    """The processes of a tree; the first is `main`."""
    writer = WideWriter()
    writer.process("main", ("seq", "user", tree))
    return writer.processes


def mark_or_fail(element, data):
    """The steps of service tasks: count the calls in the data, or throw where x is 3."""
    if element.step == "fail" and data.get("x") == 3:
        raise BpmnError("lost")
    return {"marks": int(data.get("marks", 0)) + 1}
