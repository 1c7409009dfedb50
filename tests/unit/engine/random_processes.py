"""Random structured processes, written as the lines of `bpmn_builder`, and random ways through them."""

from hypothesis import strategies as st

import engine

LEAVES = st.sampled_from(["user", "user", "service", "throw", "manual"])
WITH_EVENTS = st.sampled_from(["message", "signal", "timer"])


def blocks():
    """Trees of blocks, with catch events, races and boundary events of all kinds."""

    def deeper(inner):
        around = st.sampled_from(["user", "sub", "call"])
        return st.one_of(
            st.tuples(st.just("seq"), inner, inner),
            st.tuples(st.just("xor"), inner, inner),
            st.tuples(st.just("and"), inner, inner),
            st.tuples(st.just("sub"), inner),
            st.tuples(st.just("call"), inner),
            st.tuples(st.just("loop"), inner),
            st.tuples(st.just("race"), inner, inner),
            st.tuples(st.just("boundary"), around, WITH_EVENTS, st.booleans(), inner, inner),
        )

    return st.recursive(LEAVES | st.sampled_from(["catch", "shout"]), deeper, max_leaves=7)


class Writer:
    """Turns a tree of blocks into processes."""

    def __init__(self) -> None:
        self.processes: dict[str, str] = {}
        self.count = 0

    def new(self, prefix: str) -> str:
        """An id of its own."""
        self.count += 1
        return f"{prefix}{self.count}"

    def process(self, name: str, tree, end: str = "end") -> str:
        """A whole process; its name."""
        start, finish = self.new("s"), self.new("e")
        lines = [f"start {start}", f"{end} {finish} outcome={finish}"]
        first, last = self.block(tree, lines)
        self.processes[name] = "\n".join([*lines, f"{start} -> {first}", f"{last} -> {finish}"])
        return name

    def block(self, tree, lines: list[str]) -> tuple[str, str]:
        """Write a block; the ids of its first and last element."""
        if isinstance(tree, str):
            return self.leaf(tree, lines)
        return getattr(self, f"write_{tree[0]}")(lines, *tree[1:])

    def leaf(self, kind: str, lines: list[str]) -> tuple[str, str]:
        """A single element."""
        name = self.new("n")
        written = {
            "user": f"user {name} @Clerk",
            "manual": f"manual {name} @Clerk",
            "service": f"service {name} step=mark",
            "throw": f"throw {name}",
            "catch": f"catch {name} message=m{self.count % 3}",
            "shout": f"throw {name} signal=s{self.count % 3}",
        }
        lines.append(written[kind])
        return name, name

    def write_seq(self, lines, one, two):
        """One after the other."""
        first, middle = self.block(one, lines)
        then, last = self.block(two, lines)
        lines.append(f"{middle} -> {then}")
        return first, last

    def _split(self, lines, kind: str, one, two, condition: str = ""):
        split, join = self.new("g"), self.new("g")
        lines += [f"{kind} {split}", f"{kind} {join}"]
        for tree, test in ((one, condition), (two, "")):
            first, last = self.block(tree, lines)
            lines += [f"{split} -> {first}{test}", f"{last} -> {join}"]
        return split, join

    def write_xor(self, lines, one, two):
        """One or the other, by the variable x."""
        return self._split(lines, "xor", one, two, " if x > 1")

    def write_and(self, lines, one, two):
        """Both."""
        return self._split(lines, "and", one, two)

    def write_loop(self, lines, inner):
        """Again while x is 0; a task inside lets x change."""
        back, again, task = self.new("g"), self.new("g"), self.new("n")
        first, last = self.block(inner, lines)
        lines += [f"xor {back}", f"xor {again}", f"user {task} @Clerk"]
        lines += [f"{back} -> {first}", f"{last} -> {task} -> {again}", f"{again} -> {back} if x == 0"]
        out = self.new("n")
        lines += [f"throw {out}", f"{again} -> {out}"]
        return back, out

    def write_sub(self, lines, inner):
        """An embedded sub-process."""
        name, inside = self.new("z"), []
        start, finish = self.new("s"), self.new("e")
        first, last = self.block(inner, inside)
        lines += [f"sub {name} {{", f"start {start}", f"end {finish}", *inside]
        lines += [f"{start} -> {first}", f"{last} -> {finish}", "}"]
        return name, name

    def write_call(self, lines, inner):
        """A called process."""
        name = self.new("k")
        lines.append(f"call {name} process={self.process(f'p{name}', inner, 'terminate')} @Boss")
        return name, name

    def write_race(self, lines, one, two):
        """A message or a timer, whichever comes first."""
        gate, join, message, timer = self.new("g"), self.new("g"), self.new("c"), self.new("c")
        lines += [f"race {gate}", f"xor {join}", f"catch {message} message=m{self.count % 3}"]
        lines += [f"catch {timer} timer='\"P1D\"'"]
        for event, tree in ((message, one), (timer, two)):
            first, last = self.block(tree, lines)
            lines += [f"{gate} -> {event} -> {first}", f"{last} -> {join}"]
        return gate, join

    def write_boundary(self, lines, around, kind, interrupting, inner, side):
        """An activity with a boundary event and what follows from it."""
        first, last = self.leaf("user", lines) if around == "user" else self.block((around, inner), lines)
        event, finish = self.new("b"), self.new("e")
        what = {"message": f"message=m{self.count % 3}", "signal": f"signal=s{self.count % 3}"}.get(
            kind, "timer='\"P1D\"'"
        )
        lines.append(f"boundary {event} on={first} {what} interrupting={'yes' if interrupting else 'no'}")
        follow, done = self.block(side, lines)
        lines.append(f"{event} -> {follow}")
        if not interrupting:
            lines += [f"end {finish}", f"{done} -> {finish}"]
            return first, last
        # Instead of the activity its boundary event goes on, so that no join behind waits in vain.
        lines += [f"xor {finish}", f"{done} -> {finish}", f"{last} -> {finish}"]
        return first, finish


def write(tree) -> dict[str, str]:
    """The processes of a tree; the first is `main`."""
    writer = Writer()
    writer.process("main", ("seq", "user", tree))
    return writer.processes


def mark(element, data):
    """The step of every service task: counts its calls in the data."""
    return {"marks": int(data.get("marks", 0)) + 1}


def happen(instance: engine.Instance, choice: int, x: int) -> str | None:
    """Let one of the open things happen; the element where the instance turns in circles, if it does."""
    work = instance.open_work()
    try:
        _happen(instance, work[choice % len(work)], x)
    except engine.Incident as incident:
        # A signal may be thrown by the very branch that its event starts: for ever, but for the limit.
        assert "steps without a wait" in incident.reason
        return incident.element_id
    return None


def _happen(instance: engine.Instance, item: engine.OpenWork, x: int) -> None:
    if item.kind == "user_task":
        instance.complete(item.id, {"x": x})
    elif item.kind == "timer":
        instance.fire(item.id)
    elif item.kind == "message":
        instance.receive(item.name)
    else:
        instance.signal(item.name)


def look(instance: engine.Instance) -> tuple:
    """Everything that can be seen of an instance, without the random ids."""
    work = [(w.element.id, w.kind, w.value, w.name, w.calling_lanes, w.data) for w in instance.open_work()]
    return work, instance.ended, instance.outcome
