"""Deploying through the plain interface: what runs, what is refused, and why."""

import pytest
from sketches import node, process, timer

from engine import conformance


def line(prefix: str) -> tuple[str, ...]:
    """A start event, a user task and an end event in a row."""
    s, a, e = prefix + "s", prefix + "a", prefix + "e"
    return node("startEvent", s), node("userTask", a), node("endEvent", e), f"{s} -> {a} -> {e}"


LINE = line("")


def test_each_process_of_a_file_is_reported(draw):
    conformance.configure()
    report = conformance.deploy(draw(process("one", *LINE), process("idle", *line("i"), executable="false")))
    one, idle = report["definitions"]
    assert one == {
        "id": "one", "name": "Process one", "executable": True, "status": "ok", "refusals": [], "warnings": [],
    }  # fmt: skip
    assert (idle["id"], idle["executable"], idle["status"]) == ("idle", False, "not-executable")
    assert report["error"] is None


def test_a_process_that_is_not_executable_runs_when_that_is_forced(draw):
    path = draw(process("idle", *LINE, executable="false"))
    conformance.configure(force_executable=True, unknown_option=7)
    (idle,) = conformance.deploy(path)["definitions"]
    assert (idle["executable"], idle["status"]) == (False, "ok")
    assert conformance.state(conformance.start("idle")) == "waiting"
    assert conformance.export("idle") == path.read_bytes()


def test_a_refused_process_leaves_the_others_usable(draw):
    conformance.configure()
    broken = process("broken", *LINE, "a -> nowhere")
    report = conformance.deploy(
        draw(process("sound", *LINE), broken.replace('id="', 'id="b_').replace('Ref="', 'Ref="b_'))
    )
    sound, refused = report["definitions"]
    assert (sound["status"], refused["status"]) == ("ok", "refused")
    for refusal in refused["refusals"]:
        assert (
            refusal["named"]
            and refusal["element_id"]
            and refusal["reason"]
            and refusal["mend"]
            and refusal["rule"]
        )
    assert conformance.start("sound")
    with pytest.raises(conformance.Incident) as incident:
        conformance.start("b_broken")
    assert incident.value.element_id == refused["refusals"][0]["element_id"]


@pytest.mark.parametrize("content", [b"", b"no XML", b"<html/>", b"<!DOCTYPE d []><d/>", b"\xff\xfe\x00"])
def test_a_bad_file_is_an_error_and_raises_nothing(tmp_path, content):
    path = tmp_path / "bad.bpmn"
    path.write_bytes(content)
    conformance.configure()
    report = conformance.deploy(str(path))
    assert report["definitions"] == []
    assert report["error"]["reason"] and report["error"]["mend"]


def test_a_missing_file_is_an_error(tmp_path):
    conformance.configure()
    assert conformance.deploy(tmp_path / "none.bpmn")["error"]["reason"] == "The file cannot be read."


def test_a_called_process_may_come_in_another_file(draw):
    main = draw(
        process("main", node("startEvent", "s"), node("callActivity", "c", calledElement="part"), "s -> c")
    )
    part = draw(process("part", *line("p")), name="part.xml")
    conformance.configure()
    (alone,) = conformance.deploy(main)["definitions"]
    found = [
        (warning["rule"], warning["element_id"], warning["element_name"]) for warning in alone["warnings"]
    ]
    assert ("G10", "c", "Name of c") in found
    (both,) = conformance.deploy(main, [part])["definitions"]
    assert both["status"] == "ok"
    conformance.start("main")
    assert [task["element_id"] for task in conformance.ready_tasks()] == ["pa"]


def test_the_file_comes_back_byte_for_byte(tmp_path, draw):
    text = draw(process("one", *LINE)).read_text()
    path = tmp_path / "wide.bpmn"
    path.write_bytes(f'<?xml version="1.0" encoding="UTF-16"?>\r\n<!-- prüfen -->{text}\n\n'.encode("utf-16"))
    conformance.configure()
    assert conformance.deploy(path)["definitions"][0]["status"] == "ok"
    assert conformance.export("one") == path.read_bytes()


def test_configuring_again_forgets_everything(draw):
    conformance.configure()
    conformance.deploy(draw(process("one", *LINE)))
    conformance.start("one")
    conformance.configure()
    assert (conformance.ready_tasks(), conformance.waiting(), conformance.log()) == ([], [], [])
    for forgotten in (conformance.start, conformance.export):
        with pytest.raises(conformance.Incident):
            forgotten("one")


def test_files_of_a_bundle_may_use_the_same_ids_for_their_elements(draw):
    call = node("callActivity", "c", calledElement="part")
    main = draw(process("main", node("startEvent", "s"), call, node("endEvent", "e"), "s -> c -> e"))
    part = draw(process("part", *line("")), name="part.bpmn")
    conformance.configure()
    (entry,) = conformance.deploy(main, part)["definitions"]
    assert (entry["status"], entry["refusals"]) == ("ok", [])
    one = conformance.start("main")
    conformance.complete("a")
    assert conformance.state(one) == "ended"
    done = [(entry["definition"], entry["element_id"]) for entry in conformance.log(one)]
    assert done == [("main", "s"), ("part", "s"), ("part", "a"), ("part", "e"), ("main", "c"), ("main", "e")]
    assert conformance.canonical(conformance.load(conformance.save(one)))


def test_an_extra_file_that_is_missing_or_bad_is_told_and_leaves_the_first_one_usable(draw, tmp_path):
    main = draw(process("main", *LINE))
    bad = tmp_path / "bad.bpmn"
    bad.write_text("no XML")
    for extra in ([bad], [tmp_path / "none.bpmn"]):
        conformance.configure()
        report = conformance.deploy(main, extra)
        assert report["error"]["reason"]
        assert [entry["id"] for entry in report["definitions"]] == ["main"]


@pytest.mark.parametrize("text", ["PT1M", "P10D", "R3/PT10S", "2026-11-21T10:00:00Z"])
def test_a_plain_time_is_no_reason_to_warn(draw, text):
    form = "timeDuration" if text.startswith("P") else "timeCycle" if text.startswith("R") else "timeDate"
    event = node("intermediateCatchEvent", "t", timer(text, form))
    conformance.configure()
    (entry,) = conformance.deploy(draw(process("one", *LINE[:3], event, "s -> a -> t -> e")))["definitions"]
    assert (entry["status"], [warning for warning in entry["warnings"] if warning["rule"] == "V2"]) == (
        "ok",
        [],
    )
