"""Disclosures, the file of a case and proof packs: who was shown what, and what is verified with Python alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.desk import AVERY, CASEY, LEE, PAT, ROBIN, TAMSIN, Clock, Desk
from tests.integration.acting import Recorder, actor, browser, deliver
from web.console import auditing
from workflows.commands import agreements
from workflows.commands.emergency_access import open_in_emergency
from workflows.heads import public_key
from workflows.queries.disclosures import case_disclosures, sheet_for_client
from workflows.queries.emergency_access import emergency_view
from workflows.queries.name_search import tasks_by_name
from workflows.queries.proofs import proof_pack
from workflows.standalone import verify_history


def parts(text: str, kind: str) -> list[dict[str, Any]]:
    """The parts of a pack of one kind."""
    return [part[kind] for part in json.loads(text)["pack"] if kind in part]


def states(text: str) -> dict[str, str]:
    """Each item of a pack with its state."""
    return {item["key"]: item["state"] for item in parts(text, "item")}


def findings(text: str, key: str = "") -> list[str]:
    return list(verify_history.Verifier(key).pack(text))


def test_the_ledger_says_who_was_shown_what_how_and_why(desk: Desk) -> None:
    number = desk.to_request(aux_aid="Large print")
    deliver(Recorder())
    desk.case(CASEY, number)
    browser(desk, CASEY).get(f"/cases/{number}")
    tasks_by_name(actor(CASEY), "pennywhistle")
    open_in_emergency(actor(PAT), number, "A court asks for the name at once.")
    emergency_view(actor(PAT), number)
    for who in (AVERY, ROBIN, PAT):
        assert desk.call(who, "GET", f"/cases/{number}/disclosures").status_code == 403
    rows = desk.get(CASEY, f"/cases/{number}/disclosures")["items"]
    told = {(row["where"], row["channel"], row["basis"], row["clause"]) for row in rows}
    assert told >= {
        ("case", "api", "supervisor", "5512PRO 4"),
        ("case", "screen", "supervisor", "5512PRO 4"),
        ("worklist", "screen", "supervisor", "5512PRO 4"),
        ("emergency_access", "screen", "emergency", ""),
        ("message", "mail", "told", "5512PRO 4"),
        ("case", "api", "request", "5512PRO 4"),
    }
    assert all(row["fields"] and row["basis_words"] and row["who"] for row in rows)
    read = next(row for row in rows if (row["where"], row["basis"]) == ("case", "supervisor"))
    assert {"client_name", "contact", "reason", "aid", "lookup"} <= set(read["fields"])
    assert "client_first_name" not in read["fields"] and "Large print" not in json.dumps(rows)
    assert [row["reason"] for row in rows if row["where"] == "emergency_access"] == [""]
    audited = case_disclosures(actor(LEE), number).rows
    assert [row.number for row in audited] == [None] * len(audited)
    assert "A court asks for the name at once." in [row.reason for row in audited]
    lines = sheet_for_client(actor(CASEY), number).lines
    assert {(line.who, line.channel, line.times) for line in lines} >= {
        ("Casey Thistledown (SAMPLE)", "on a page", 2)
    }
    _of_the_area(desk, number)
    _on_the_pages(desk, number)


def _of_the_area(desk: Desk, number: str) -> None:
    """In Audit, by the way it left."""
    for channel, kinds in {
        "mail": {"message_sent"},
        "screen": {"client_facts_read", "clients_searched"},
        "api": {"client_facts_read"},
        "": {"client_facts_read", "clients_searched", "message_sent"},
    }.items():
        items = desk.get(LEE, f"/disclosures?case={number}&channel={channel}")["items"]
        assert {item["kind"] for item in items} == kinds
        assert all(channel in ("", "mail", item["detail"].get("channel")) for item in items)
    assert desk.get(LEE, "/disclosures?since=2099-01-01")["items"] == []
    assert desk.call(PAT, "GET", "/disclosures/export").status_code == 403
    assert b"Pennywhistle" not in desk.call(LEE, "GET", "/disclosures/export?form=csv").data


def _on_the_pages(desk: Desk, number: str) -> None:
    page = browser(desk, CASEY)
    assert "how to reach the client" in page.get(f"/cases/{number}/disclosures").text
    assert "Who has seen my information?" in page.get(f"/cases/{number}/disclosures/sheet").text
    found = browser(desk, LEE).get(f"/audit/disclosures?case={number}&channel=mail").text
    assert '<td role="cell" data-label="To whom"><div>Casey Thistledown' in found
    assert "Pennywhistle" not in found
    for path in ("/audit/disclosures", "/audit"):
        found = browser(desk, LEE).get(f"{path}?case={number}").text
        assert "answers to “Search in your own office”" in found and "total own" not in found


def test_a_message_about_no_client_discloses_nothing(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    clock.move(days=400)
    agreements.review()
    deliver(Recorder())
    told = {(item["kind"], bool(item["case"])) for item in desk.get(LEE, "/audit")["items"]}
    assert ("message_sent", False) in told
    for channel in ("", "mail"):
        items = desk.get(LEE, f"/disclosures?channel={channel}")["items"]
        assert items and all(item["case"] for item in items)


def test_a_pack_is_verified_with_python_alone_and_says_what_is_missing(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = desk.to_decision()
    begun = desk.call(CASEY, "GET", f"/cases/{number}/proof").text
    assert (states(begun)["decision"], states(begun)["edit"], states(begun)["offer"]) == (
        "done",
        "missing",
        "not_called_for",
    )
    (edit,) = [item for item in parts(begun, "item") if item["key"] == "edit"]
    assert edit["words"] == "Missing: not done yet (5512PRO 7d)." and edit["clause_words"]
    assert "Pennywhistle" not in begun
    desk.record_edit(number)
    text = proof_pack(actor(CASEY), number, with_name=True).text
    assert states(text)["read_back"] == "done" and parts(text, "header")[0]["client"] == "Marlo Pennywhistle"
    (head,) = parts(text, "head")
    assert head["covers"] == len(parts(text, "event")) and "ends" not in head
    program, file = tmp_path / "verify_history.py", tmp_path / "pack.json"
    auditing.verifier.callback()  # type: ignore[misc]
    program.write_text(capsys.readouterr().out)
    file.write_text(text)
    words = [sys.executable, "-I", "-S", str(program), str(file), public_key()]
    told = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert told.returncode == 0 and f"covered by head {head['number']}" in told.stdout, told.stdout
    assert any("another key" in one for one in findings(text, "0" * 64))
    item = text.replace('"Clear"', '"Ticked"')
    assert any("item edit was changed" in one for one in findings(item, public_key()))


def test_an_auditors_pack_tells_nothing_of_the_answer_to_the_offer(desk: Desk) -> None:
    packs = {}
    for answer, client in (("accepted", {}), ("declined", TAMSIN)):
        number = desk.to_decision(decision="remain_opted_out", **client)
        desk.do(CASEY, number, "T12", offer_response=answer)
        assert desk.call(LEE, "GET", f"/cases/{number}/proof?name=true").status_code == 200
        packs[answer] = desk.call(LEE, "GET", f"/cases/{number}/proof").text
        assert findings(packs[answer], public_key()) == []
        assert states(packs[answer])["remains_told"] == states(packs[answer])["offer"] == "done"
        assert not {"Marlo", "Tamsin", answer} & set(packs[answer].replace('"', " ").split())
        whole = desk.call(CASEY, "GET", f"/cases/{number}/proof").text
        assert len(parts(whole, "event")) > len(parts(packs[answer], "event"))
        assert findings(whole, public_key()) == []
    kinds = [[(one["kind"], one["element"]) for one in parts(text, "event")] for text in packs.values()]
    assert kinds[0] == kinds[1] and kinds[0][-1][0] == "message_waiting"


def test_the_file_of_a_case_is_for_its_supervisors_and_is_a_disclosure(desk: Desk) -> None:
    number = desk.to_request()
    for who in (AVERY, LEE, ROBIN, PAT):
        assert desk.call(who, "GET", f"/cases/{number}/file").status_code == 403
    file = desk.get(CASEY, f"/cases/{number}/file")
    assert file["case"]["client"]["client_first_name"] == "Marlo" and file["format"].endswith("/1")
    assert file["steps"] and file["history"] and file["disclosures"]
    page = browser(desk, CASEY)
    assert "Pennywhistle" in page.get(f"/cases/{number}/file").text
    assert page.get(f"/cases/{number}/file.json").json["case"]["number"] == number
    taken = [row for row in case_disclosures(actor(LEE), number).rows if row.where == "case_file"]
    assert [row.channel for row in taken] == ["api", "export", "export"]
    assert all("client_name" in row.fields and row.basis == "supervisor" for row in taken)
    assert "case_exported" in desk.history(LEE, number)


def test_a_hold_is_seen_on_the_case_and_kept_in_the_api(desk: Desk) -> None:
    number = desk.to_request()
    assert (
        desk.call(AVERY, "POST", "/records/holds", {"number": number, "reason": "A court."}).status_code
        == 403
    )
    kept = {"number": number, "reason": "Records request 17 of 2026."}
    assert desk.call(PAT, "POST", "/records/holds", kept).status_code == 201
    assert desk.get(LEE, "/records")["holds"][0]["number"] == number
    words = "The records of this case are on hold since"
    assert [words in browser(desk, who).get(f"/cases/{number}").text for who in (CASEY, LEE, AVERY)] == [
        True,
        True,
        False,
    ]
    assert desk.call(PAT, "DELETE", f"/records/holds/{number}").status_code == 200
    assert desk.call(PAT, "DELETE", f"/records/holds/{number}").status_code == 409
    assert desk.call(PAT, "GET", "/records/certificates/2020").status_code == 404
