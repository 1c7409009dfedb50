"""Random walks through the procedure: any valid answer, any timer, any message, in any order.

A walk never meets an incident; at every moment it has ended or waits for a named role; and what it promises the
client holds. Every walk is made in two copies (`tests.bundle.walk`), which must agree after every move.

To make the same walks again: WALK_SEED=<the number printed with a failure> pytest tests/bundle
"""

import os
import random
from typing import Any

from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

from engine import OpenWork
from tests.bundle.draws import answers
from tests.bundle.procedure import BUNDLE, elements, fields_of, flows, process_answers, user_tasks
from tests.bundle.stories import answers as complete
from tests.bundle.stories import stories
from tests.bundle.walk import Walk
from workflows.definitions import MAIN_PROCESS, OPT_OUT_AGAIN, ROLE_OF_LANE, role_of

SEED = int(os.environ.get("WALK_SEED") or random.randrange(2**32))
FEW = settings(max_examples=100, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
LONGEST = 40
PEOPLE = set(ROLE_OF_LANE.values()) - {"system", "caller"}
INTAKE = stories()["opted_in"].moves[:5]


def names_allowed() -> set[str]:
    """All that may stand in process data: kept answers, what the steps return, and the outcome."""
    kept = {field.name for task in user_tasks() for field in fields_of(task) if field.keep == "process"}
    counters = {element.properties.get("counter", "outcome") for element in elements().values()}
    return kept | counters | {"may_open", "duplicate", "attempts_left", "outcome"}


ALLOWED = names_allowed()


def wander(data: st.DataObject, walk: Walk) -> list[tuple[str, dict[str, Any]]]:
    """Let things happen until the end, or for long enough; gives what happened, with complete answers."""
    note(f"WALK_SEED={SEED}")
    happened: list[tuple[str, dict[str, Any]]] = []
    while not walk.ended and len(happened) < LONGEST:
        place, work = data.draw(st.sampled_from(possible(data, walk)))
        given = data.draw(answers(work.element)) if work.kind == "user_task" else {}
        walk.happen(place, process_answers(work.element, given) if given else {})
        happened.append((work.name or work.element.id, given))
        check_waiting(walk)
    return happened


def possible(data: st.DataObject, walk: Walk) -> list[tuple[int, OpenWork]]:
    """Open work of one kind. People's work comes up most; signals are the process's own."""
    wish = data.draw(st.sampled_from(["user_task"] * 7 + ["timer", "message"]))
    places = list(enumerate(walk.open))
    return [place for place in places if place[1].kind == wish] or [
        place for place in places if place[1].kind == "user_task"
    ]


def check_waiting(walk: Walk) -> None:
    """It has ended, or somebody with a name for a role has something to do; and data stay decisions."""
    tasks = [work for work in walk.open if work.kind == "user_task"]
    assert bool(tasks) is not walk.ended
    assert {role_of(task.lane, task.calling_lanes) for task in tasks} <= PEOPLE
    for work in walk.open:
        assert work.data.keys() <= ALLOWED
        assert work.kind != "timer" or BUNDLE.service_levels.duration(work.value or "")


def check_promises(walk: Walk, happened: list[tuple[str, dict[str, Any]]]) -> None:
    """What the outcome says has really happened (domain 3.6, 5.2): nothing is ever decided for the client."""
    done = {element.id for element in walk.seen("completed")}
    decided = [given["decision"] for _, given in happened if "decision" in given][-1:]
    elsewhere = "opted_in_elsewhere" in {name for name, _ in happened}
    if walk.outcome == "opted_in":
        assert decided == ["opt_in"] or elsewhere
        assert done & {"End_done", "End_already_opted_in"} or elsewhere
        assert {"S3_NotifyChangeMade", "T10_ConfirmVisible", "T11_AssistOptedIn"} <= done
    if (walk.outcome or "").startswith("remained_opted_out"):
        assert decided == ["remain_opted_out"]
        assert {"T12_OfferEsdWioaStaff", "S4_NotifyRemainsOptedOut", "T14_AssistRemainedOptedOut"} <= done
        offer = [given["offer_response"] for _, given in happened if "offer_response" in given]
        accepted = walk.outcome == "remained_opted_out_accepted"
        assert (offer == ["accepted"]) is accepted is ("T13_AssignEsdWioaStaff" in done)
    if walk.outcome == "client_unreachable":
        assert decided in ([], ["undecided"])
        assert done & {"T8_CaseManagerLastTry", "TM_LastTryOver"}
    if walk.outcome == "opted_out_again":
        assert ("OO1_VerifyIdentityAndWish", "opt_out") in {
            (name, given.get("wish")) for name, given in happened
        }


REACHED: set[str] = set()
"""The sequence flows of all walks in this process, to know that they get about."""


@FEW
@seed(SEED)
@given(st.data(), st.sampled_from([True, True, True, False]))
def test_a_walk_through_the_main_process(data: st.DataObject, from_the_request: bool) -> None:
    walk = Walk(
        MAIN_PROCESS,
        may_open=data.draw(st.sampled_from([True] * 9 + [False]), "may open"),
        duplicate=data.draw(st.sampled_from([False] * 9 + [True]), "duplicate"),
    )
    check_waiting(walk)
    for move in INTAKE if from_the_request and not walk.ended else ():
        walk.happen_to(
            move.target, process_answers(elements()[move.target], complete(move.target, move.data))
        )
    check_promises(walk, wander(data, walk))
    REACHED.update(walk.kept.taken)


@FEW
@seed(SEED)
@given(st.data())
def test_a_walk_through_opting_out_again(data: st.DataObject) -> None:
    walk = Walk(OPT_OUT_AGAIN)
    check_waiting(walk)
    check_promises(walk, wander(data, walk))
    assert walk.ended
    REACHED.update(walk.kept.taken)


def test_the_walks_get_about() -> None:
    """They would say little if they all ended at the first gateway."""
    if len(REACHED) <= len(flows()) // 2:  # The walks were made in another process of the test run.
        test_a_walk_through_the_main_process()
        test_a_walk_through_opting_out_again()
    assert len(REACHED) > len(flows()) // 2
