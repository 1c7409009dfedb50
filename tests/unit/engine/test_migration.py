"""Why an instance cannot move, with the element; and what becomes of timers, messages and rivals when it can."""

import pytest
from bpmn_builder import files

import engine
from engine.migration import CannotMove, move

TWO = "start S\nend E\nuser A @C\nuser B @C\n"
SPLIT = "start S\nend E\nuser A @C\nuser B @C\nand P\nand J\n"
JOINED = "S -> P\nP -> A\nA -> J\nP -> B\nB -> J\nJ -> E"
RACE = "start S\nend E\nrace R\nxor X\ncatch M message=paid\ncatch N message=gone\n"
RACED = "S -> R\nR -> M\nM -> X\nX -> E\nR -> N\nN -> X"
CALL = "start S\nend E\ncall K process=inner @C\nS -> K\nK -> E"
DRAWN = "start S{0}\nend E{0}\nuser I{0} @C\nS{0} -> I{0}\nI{0} -> E{0}"
INNER = {name: DRAWN.format(number) for number, name in enumerate(("inner", "other"))}
A_B = "S -> A\nA -> B\nB -> E"


def loaded(main: str, **called: str) -> engine.Definition:
    return engine.load(files(main=main, **called), "main", rules="standard")


def instance(definition: engine.Definition, *done: str) -> engine.Instance:
    """An instance in which some tasks are completed."""
    begun = engine.Instance.start(definition, {"x": 1}, lambda *_: None)
    for name in done:
        begun.complete(next(work.id for work in begun.open_work() if work.element.id == name), {})
    return begun


def waits(definition: engine.Definition, state: bytes) -> set[str]:
    return {work.element.id for work in engine.Instance.load(definition, state, lambda *_: None).open_work()}


@pytest.mark.parametrize(
    ("old", "new", "done", "element", "words"),
    [
        (TWO + A_B, "start S\nend E\nuser B @C\nS -> B\nB -> E", (), "A", "no longer has it"),
        (TWO + A_B, TWO.replace("user A", "manual A") + A_B, (), "A", "another kind"),
        (SPLIT + JOINED, TWO + A_B, (), "B", "otherwise"),
        (TWO + A_B, SPLIT + JOINED, (), "J", "otherwise"),
        (SPLIT + JOINED, SPLIT + "user Z @C\n" + JOINED + "\nP -> Z\nZ -> J", ("A",), "J", "other paths"),
        (SPLIT + JOINED, SPLIT + "user Z @C\n" + JOINED + "\nP -> Z\nZ -> J", (), "J", "otherwise"),
        (RACE + RACED, RACE.replace("race R", "and R").replace("xor X", "and X") + RACED, (), "M", "chooses elsewhere"),
        (CALL, CALL.replace("process=inner", "process=other"), (), "K", "another procedure"),
        (TWO.replace("user A @C", "user A times=3 sequential=yes @C") + A_B,
         TWO.replace("user A @C", "user A times=3 @C") + A_B, (), "A", "repeats it otherwise"),
        (TWO + "catch M message=paid\nS -> A\nA -> M\nM -> B\nB -> E",
         TWO + "catch M signal=paid\nS -> A\nA -> M\nM -> B\nB -> E", ("A",), "M", "something else"),
    ],
)  # fmt: skip
def test_it_cannot_move_and_says_where_and_why(old, new, done, element, words):
    before = loaded(old, **INNER)
    with pytest.raises(CannotMove) as no:
        move(before, loaded(new, **INNER), instance(before, *done).dump())
    assert (no.value.element_id, words in no.value.reason) == (element, True), no.value.reason


def test_a_case_is_not_moved_behind_a_question_whose_answer_lies_ahead():
    lines = TWO + "xor G\nS -> A\nA -> B\nB -> G\nG -> E if y == 1\nG -> E else"
    before, after = loaded(TWO + A_B), loaded(lines)

    def sets(element):
        return {"y": "integer"} if element.id == "A" else {}

    mover = engine.Mover(before, after, old_sets=sets, new_sets=sets)
    assert mover.move(instance(before).dump()).work
    with pytest.raises(CannotMove, match="y"):
        mover.move(engine.Instance.start(before, {}, lambda *_: None) and instance(before, "A").dump())


def test_events_beside_an_activity_follow_the_new_drawing():
    flows = "S -> A\nA -> B\nB -> E"
    ends = "end F\nT -> F\n"
    old = loaded(TWO + f"boundary T on=A timer='\"PT1H\"' interrupting=no\n{ends}" + flows)
    other = loaded(TWO + f"boundary T on=A timer='\"PT9H\"' interrupting=no\n{ends}" + flows)
    message = loaded(TWO + f"boundary T on=A message=paid\n{ends}" + flows)
    none = loaded(TWO + flows)
    state = instance(old).dump()
    (changed,) = move(old, other, state).changes
    assert (changed.kind, changed.what, changed.before, changed.after) == ("changed", "timer", "PT1H", "PT9H")
    told = {(change.kind, change.what) for change in move(old, message, state).changes}
    assert told == {("lost", "timer"), ("gained", "message")}
    assert waits(none, move(old, none, state).state) == {"A"}
    fired = engine.Instance.load(old, state, lambda *_: None)
    fired.fire(next(work.id for work in fired.open_work() if work.kind == "timer"))
    assert move(old, other, fired.dump()).changes == (), "a time limit that has passed does not begin again"


def test_rivals_come_and_go_and_one_of_them_still_ends_the_race():
    old = loaded(RACE + RACED)
    more = loaded(RACE + "catch T timer='\"PT1H\"'\n" + RACED + "\nR -> T\nT -> X")
    moved = move(old, more, instance(old).dump())
    assert waits(more, moved.state) == {"M", "N", "T"}
    again = engine.Instance.load(more, moved.state, lambda *_: None)
    again.receive("gone")
    assert again.ended
    back = move(more, old, moved.state)
    assert [(change.kind, change.element) for change in back.changes] == [("lost", "T")]
