"""Running what may be hostile: under a watch that notices files, sockets, processes and code, and in bounded time."""

import signal
import sys
from contextlib import contextmanager

import engine
from engine.hosting import InTurn

LIMITS = engine.Limits(steps=400, instances=50)
SECONDS = 20
ROUNDS = 8
RESTORED = 2

_FORBIDDEN = (
    "open", "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.spawn", "os.posix_spawn", "import",
    "exec", "compile", "ctypes.", "shutil.", "os.remove", "os.mkdir", "os.rename", "pickle.", "urllib.",
)  # fmt: skip
_seen: list[str] | None = None


def _watch(event: str, arguments: tuple) -> None:
    if _seen is None or not event.startswith(_FORBIDDEN):
        return
    # Expressions are read by `ast.parse`, which compiles to a tree under this file name and runs nothing.
    if event == "compile" and arguments[1] == "<unknown>":
        return
    _seen.append(f"{event} {arguments!r}"[:300])


sys.addaudithook(_watch)


class TooSlow(Exception):
    """The time is over."""


@contextmanager
def watched():
    """Nothing is opened, connected to, started or executed inside, and it is over in time (of the processor)."""
    global _seen

    def over(number, frame):
        raise TooSlow(f"It took more than {SECONDS} seconds.")

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    _seen = []
    try:
        yield
        seen = _seen
    finally:
        _seen = None
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    if seen:
        raise AssertionError(f"It reached out: {seen}")


def survive(files: dict[str, bytes], process: str = "P", data=None) -> dict[str, str]:
    """What becomes of a bundle in each strength of the rules: `refused`, `incident`, `ended` or `waiting`."""
    with watched():
        return {rules: _survive(files, process, rules, data or {}) for rules in ("house", "standard", "walk")}


def _survive(files, process, rules, data) -> str:
    terms = {"rules": rules, "limits": LIMITS}
    try:
        definition = engine.load(files, process, **terms)
    except engine.InvalidDefinition as refused:
        assert refused.problems
        assert all(problem.reason and problem.mend for problem in refused.problems)
        return "refused"
    assert all(problem.reason and problem.mend for problem in engine.check(files, process, **terms))
    chooser = InTurn({}) if rules == "walk" else None
    instance = engine.Instance.prepare(definition, lambda element, values: None, chooser=chooser)
    try:
        instance.begin(data if rules != "house" else {})
        return _go_on(definition, instance, chooser)
    except engine.EngineError:
        return "incident"


def _go_on(definition, instance, chooser) -> str:
    for move in range(ROUNDS):
        work = instance.open_work()
        if not work:
            return "ended" if instance.ended else "waiting"
        if work[0].kind in ("user_task", "worker_task"):
            instance.complete(work[0].id, {})
        else:
            instance.fire(work[0].id)
        if move < RESTORED:
            instance = engine.Instance.load(
                definition, instance.dump(), lambda element, values: None, chooser=chooser
            )
    return "waiting"
