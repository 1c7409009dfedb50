"""The saved state: small, flat, the same after loading, and refused when anything about it is wrong."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from bpmn_builder import files
from test_engine_boundaries import NEST
from test_engine_walks import PARALLEL

import engine
from engine.restoring import KEYS
from engine.state import VERSION, fingerprint

GOLDEN = Path(__file__).parents[2] / "golden"
RACE = """
start S
user A @Clerk
race R
catch M message=paid
catch T timer='"P2D"'
xor G
end E outcome=late
S -> A -> R
R -> M -> G
R -> T -> E
G -> A if again
G -> E
"""


def nothing(element, data):
    """A step that does nothing."""


def work(instance, element):
    return next(item for item in instance.open_work() if item.element.id == element)


def seal(body: dict, version: int = 2) -> bytes:
    """A state with a right checksum, as somebody who knows the format would write it."""
    content = json.dumps(body).encode()
    return b"bpmn-state/%d %s\n%s" % (version, hashlib.sha256(content).hexdigest().encode(), content)


def body_of(state: bytes) -> dict:
    return json.loads(state.partition(b"\n")[2])


def nested():
    """An instance with tokens at every kind of wait but a race, three processes deep."""
    definition = engine.load(files(**NEST), "main")
    return definition, engine.Instance.start(definition, {"case": 1}, nothing)


def test_loading_and_dumping_again_gives_the_same_bytes():
    definition, instance = nested()
    instance.receive("lapsed")
    state = instance.dump()
    assert engine.Instance.load(definition, state, nothing).dump() == state


def test_the_header_names_format_version_and_checksum():
    _, instance = nested()
    header, _, content = instance.dump().partition(b"\n")
    assert re.fullmatch(rb"bpmn-state/2 [0-9a-f]{64}", header)
    assert header.split()[1].decode() == hashlib.sha256(content).hexdigest()
    assert fingerprint(instance.dump()) == instance.definition.fingerprint


def test_each_distinct_set_of_data_is_saved_once():
    definition, instance = nested()
    assert len(body_of(instance.dump())["data"]) == 1
    instance.receive("lapsed")
    instance.fire(work(instance, "T2").id)
    instance.receive("lapsed")
    assert len(body_of(instance.dump())["data"]) == 1
    instance.complete(work(instance, "U3").id, {"seen": True})
    again = engine.Instance.load(definition, instance.dump(), nothing)
    assert body_of(again.dump())["data"] == [{"case": 1}, {"case": 1, "seen": True}]


def test_one_and_true_are_different_data():
    text = "start S\n and F\n user A @C\n user B @C\n user A2 @C\n user B2 @C\n end E\n S -> F"
    definition = engine.load(files(main=text + "\nF -> A -> A2 -> E\nF -> B -> B2 -> E"), "main")
    instance = engine.Instance.start(definition, {}, nothing)
    instance.complete(work(instance, "A").id, {"x": 1})
    instance.complete(work(instance, "B").id, {"x": True})
    again = engine.Instance.load(definition, instance.dump(), nothing)
    assert work(again, "A2").data["x"] is not True
    assert work(again, "B2").data["x"] is True


LOOP = """
start S
user A @Clerk
boundary T on=A timer='"P2D"' interrupting=no
call K process=inner @Boss
boundary M on=K message=note interrupting=no
and F
user B @Clerk
user C @Clerk
and J
xor G
end E outcome=done
end EM
end ET
S -> A -> K -> F
F -> B -> J
F -> C -> J
J -> G
G -> A if turns < 2000
G -> E
T -> ET
M -> EM
"""
INNER = "start SI\n user I @Clerk\n end EI\n SI -> I -> EI"


def turn(instance, number: int) -> None:
    """Once round the loop, with every event on the way."""
    instance.fire(work(instance, "T").id)
    instance.complete(work(instance, "A").id, {"turns": number})
    instance.receive("note")
    for element in ("I", "B", "C"):
        instance.complete(work(instance, element).id, {})


@pytest.mark.parametrize("restoring", [False, True])
def test_neither_state_nor_memory_grows_with_the_turns_of_a_loop(restoring):
    definition = engine.load(files(main=LOOP, inner=INNER), "main")
    instance = engine.Instance.start(definition, {"turns": 1000}, nothing)
    turn(instance, 1000)
    sizes, alive = [], []
    for number in range(1001, 1301 if restoring else 2001):
        turn(instance, number)
        if not instance.ended:
            sizes.append(len(instance.dump()))
        alive.append(len(instance._run.tasks))
        if restoring:
            instance = engine.Instance.load(definition, instance.dump(), nothing)
    assert set(sizes) == {sizes[0]}
    assert max(alive) == 3
    assert instance.ended is not restoring
    assert max(sizes) < 500


def test_a_very_long_walk_never_stalls():
    text = "start S\n user A @Clerk\n xor G\n end E outcome=done\n S -> A -> G\n G -> A if n < 3000\n G -> E"
    definition = engine.load(files(main=text), "main")
    instance = engine.Instance.start(definition, {}, nothing)
    for n in range(1, 3001):
        instance.complete(work(instance, "A").id, {"n": n})
        instance.trace.clear()
    assert (instance.ended, instance.outcome) == (True, "done")


def test_any_changed_byte_is_noticed():
    definition, instance = nested()
    state = instance.dump()
    for position in range(0, len(state), 7):
        changed = state[:position] + bytes([state[position] ^ 1]) + state[position + 1 :]
        with pytest.raises(engine.DamagedState):
            engine.Instance.load(definition, changed, nothing)


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{}",
        b"bpmn-state/1",
        b"bpmn-state/1 \n{}",
        b"bpmn-state/3 x\n{}",
        b"\xff\n\xff",
        b"bpmn-state/1 x y\n",
    ],
)
def test_what_is_no_state_is_refused(state):
    definition, _ = nested()
    with pytest.raises(engine.DamagedState):
        engine.Instance.load(definition, state, nothing)


def test_a_state_of_another_version_or_definition_is_refused():
    definition, instance = nested()
    with pytest.raises(engine.DamagedState, match="version"):
        engine.Instance.load(definition, seal(body_of(instance.dump()), version=3), nothing)
    changed = engine.load(
        files(**{**NEST, "inner": NEST["inner"].replace("message=never", "message=ever")}), "main"
    )
    with pytest.raises(engine.DamagedState, match="another definition"):
        engine.Instance.load(changed, instance.dump(), nothing)
    with pytest.raises(engine.DamagedState, match="another definition"):
        engine.Instance.load(engine.load(files(**NEST), "middle"), instance.dump(), nothing)


def at(body: dict, element: str) -> list:
    """The saved token at an element."""
    return next(token for token in body["tokens"] if token[1] == element)


FORGERIES = {
    "an approval skipped": lambda body: at(body, "U3").__setitem__(1, "E3"),
    "a token at a gateway": lambda body: at(body, "U2").__setitem__(1, "F2"),
    "an unknown element": lambda body: at(body, "U2").__setitem__(1, "nowhere"),
    "an element of another process": lambda body: at(body, "U2").__setitem__(1, "U3"),
    "the engine's own element": lambda body: at(body, "U2").__setitem__(1, "[root]"),
    "a boundary event dropped": lambda body: body["tokens"].remove(at(body, "M")),
    "a boundary event twice": lambda body: body["tokens"].append(["x", *at(body, "B3")[1:]]),
    "a boundary event on something else": lambda body: at(body, "M")[4].update(host=3),
    "a boundary event on nothing": lambda body: at(body, "M")[4].clear(),
    "a host that does not exist": lambda body: at(body, "M")[4].update(host=99),
    "a negative position": lambda body: at(body, "M")[4].update(host=-1),
    "a timer without text": lambda body: at(body, "T2")[4].pop("value"),
    "a timer with a number": lambda body: at(body, "T2")[4].update(value=7),
    "data that are not flat": lambda body: body["data"][0].update(x=[1]),
    "data with a forbidden name": lambda body: body["data"][0].update(__class__=1),
    "data that do not exist": lambda body: at(body, "U2").__setitem__(3, 9),
    "data at a negative position": lambda body: at(body, "U2").__setitem__(3, -1),
    "data that are no mapping": lambda body: body.update(data=[[1]]),
    "a called process dropped": lambda body: (
        body["scopes"].pop(),
        body["tokens"].pop(),
        body["tokens"].pop(),
    ),
    "a called process that is another": lambda body: body["scopes"][2].__setitem__(0, "middle"),
    "a called process under a task": lambda body: body["scopes"][2].__setitem__(1, 0),
    "a called process under nothing": lambda body: body["scopes"][2].__setitem__(1, None),
    "another top process": lambda body: body["scopes"][0].__setitem__(0, "inner"),
    "a scope that does not exist": lambda body: at(body, "U3").__setitem__(2, 9),
    "two tokens with one id": lambda body: at(body, "U2").__setitem__(0, at(body, "K2")[0]),
    "an id that is no text": lambda body: at(body, "U2").__setitem__(0, 7),
    "an unknown status": lambda body: body.update(status="done"),
    "ended with open work": lambda body: body.update(status="ended"),
    "open without work": lambda body: body.update(tokens=[], scopes=body["scopes"][:1]),
    "no tokens at all": lambda body: body.pop("tokens"),
    "no status": lambda body: body.pop("status"),
    "an outcome that is no text": lambda body: body.update(outcome=["x"]),
    "tokens that are no lists": lambda body: body.update(tokens=[1]),
    "tokens that are too short": lambda body: at(body, "U2").pop(),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_state_with_a_right_checksum_does_not_fit(forgery):
    definition, instance = nested()
    body = body_of(instance.dump())
    FORGERIES[forgery](body)
    with pytest.raises(engine.DamagedState):
        engine.Instance.load(definition, seal(body), nothing)


def test_a_forged_race_or_join_does_not_fit():
    race = engine.load(files(main=RACE), "main")
    instance = engine.Instance.start(race, {}, nothing)
    instance.complete(work(instance, "A").id, {})
    body = body_of(instance.dump())
    at(body, "M")[4].pop("race")
    with pytest.raises(engine.DamagedState):
        engine.Instance.load(race, seal(body), nothing)
    join = engine.load(files(main=PARALLEL), "main")
    instance = engine.Instance.start(join, {}, nothing)
    instance.complete(work(instance, "A").id, {})
    body = body_of(instance.dump())
    at(body, "J")[4]["via"] = "C"
    with pytest.raises(engine.DamagedState):
        engine.Instance.load(join, seal(body), nothing)


@pytest.mark.parametrize("junk", [[], 1, "x", None, {"definition": 1}])
def test_json_that_is_no_state_is_refused(junk):
    definition, _ = nested()
    with pytest.raises(engine.DamagedState):
        engine.Instance.load(definition, seal(junk), nothing)


def test_the_page_of_the_format_names_every_key_and_member():
    page = (GOLDEN.parents[1] / "docs" / "saved-state.md").read_text()
    rows = {key for row in re.findall(r"^\| (.+?) \|", page, re.M) for key in re.findall(r"`(\w+)`", row)}
    keys = {key for _, allowed in KEYS for key in allowed} | {"records", "enclosed"}
    _, instance = nested()
    assert keys | body_of(instance.dump()).keys() <= rows
    folders = {path.parent.name for path in GOLDEN.glob("*/*.state")}
    assert folders <= rows


def golden_bundle(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.bpmn")}


STATES = sorted(GOLDEN.glob("*/*.state"))


def test_there_are_golden_states_of_every_version():
    versions = {path.read_bytes().split(b" ")[0] for path in STATES}
    assert versions == {b"bpmn-state/%d" % version for version in range(1, VERSION + 1)}


def make(instance, kind: str, target: str, data: dict) -> None:
    """A move of a golden state."""
    if kind == "receive":
        instance.receive(target)
    elif kind == "signal":
        instance.signal(target)
    elif kind == "fire":
        instance.fire(work(instance, target).id)
    else:
        element, _, index = target.partition("#")
        item = next(
            item
            for item in instance.open_work()
            if item.element.id == element and index in ("", str(item.index))
        )
        instance.complete(item.id, data)


@pytest.mark.parametrize("path", STATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_state_saved_by_an_earlier_release_still_loads_and_goes_on(path):
    """Files in `tests/golden/` are never written again: a new format adds files and keeps reading these."""
    expected = json.loads(path.with_suffix(".json").read_text())
    definition = engine.load(golden_bundle(path.parent), "main", rules=expected.get("rules", "house"))
    instance = engine.Instance.load(definition, path.read_bytes(), nothing)
    assert [[item.element.id, item.kind, item.data] for item in instance.open_work()] == expected["open"]
    for move in expected["moves"]:
        make(instance, *move)
    ends = {"ended": instance.ended, "failed": instance.failed, "cancelled": instance.cancelled}
    assert [name for name, holds in ends.items() if holds] == [expected.get("end", "ended")]
    assert instance.outcome == expected["outcome"]


@pytest.mark.parametrize(
    "path",
    [path for path in STATES if path.read_bytes().startswith(b"bpmn-state/%d " % VERSION)],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_a_golden_state_of_the_newest_version_is_saved_again_as_the_same_bytes(path):
    expected = json.loads(path.with_suffix(".json").read_text())
    definition = engine.load(golden_bundle(path.parent), "main", rules=expected.get("rules", "house"))
    state = path.read_bytes()
    assert engine.Instance.load(definition, state, nothing).dump() == state


def test_a_state_of_an_earlier_version_is_saved_as_the_newest_one_and_goes_on():
    for path in STATES:
        expected = json.loads(path.with_suffix(".json").read_text())
        definition = engine.load(golden_bundle(path.parent), "main", rules=expected.get("rules", "house"))
        raised = engine.Instance.load(definition, path.read_bytes(), nothing).dump()
        assert raised.startswith(b"bpmn-state/%d " % VERSION)
        again = engine.Instance.load(definition, raised, nothing)
        assert [[item.element.id, item.kind, item.data] for item in again.open_work()] == expected["open"]
