"""The file of a proof pack, and the program that verifies it: any changed byte is named, with nothing but Python."""

import json
import random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workflows.heads import _signed_by
from workflows.standalone import verify_history as program

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = SECRET.public_key().public_bytes_raw().hex()


def sign(digest: str) -> str:
    return SECRET.sign(bytes.fromhex(digest)).hex()


def event(number: int, before: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "case_id": 7, "seq": number, "at": f"2026-11-0{number}T10:00:00+00:00", "actor_id": number % 3,
        "kind": "task_completed", "element": "T1", "detail": {"words": "ñ"}, "esd_only": False,
    }  # fmt: skip
    return {**said, "hash": program.link(before, said)}


def parts(count: int = 8) -> list[dict[str, Any]]:
    """The parts of a pack of a case with so many events, two of which prove something, covered by a head."""
    events: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        events.append(event(number, events[-1]["hash"] if events else ""))
    ends = {"7": [count, events[-1]["hash"]], "": [900, "ab"], "12": [31, "cd"]}
    head: dict[str, Any] = {
        "number": 3,
        "form": 2,
        "at": "2026-11-30T17:00:00+00:00",
        "key": KEY,
        "ends": ends,
    }
    digest = program.digest("00", head)
    shown = {name: value for name, value in head.items() if name != "ends"}
    shown |= {"leaves": program.leaves(head), "digest": digest, "signature": sign(digest)}
    proofs = [
        {
            "key": f"k{one['seq']}",
            "who_id": one["actor_id"],
            "at": one["at"],
            "events": [[one["seq"], one["hash"]]],
        }
        for one in (events[1], events[4])
    ]
    found: list[dict[str, Any]] = [{"header": {"case": "OLY-2026-000123", "client": ""}}]
    found += [{"event": one} for one in events] + [{"item": one} for one in proofs]
    return [*found, {"head": {**shown, "chain": "7", "covers": count, "before": "00"}}]


def findings(text: str, key: str = KEY) -> list[str]:
    return list(program.Verifier(key, _signed_by).pack(text))


def test_any_flipped_byte_is_named_with_its_line() -> None:
    text, chance = program.packed(parts(), KEY, sign), random.Random(5512)
    content = text.encode()
    assert findings(text) == [] and json.loads(text)["seal"]["key"] == KEY
    seal = content.rindex(b"\n", 0, -1)
    for place in [*chance.sample(range(seal), 250), *range(seal, len(content))]:
        flipped = bytearray(content)
        flipped[place] ^= 1 << chance.choice((0, 1, 5, 7))
        line = content[:place].count(b"\n") + 1
        found = findings(flipped.decode("utf-8", "replace"))
        assert any(f"Line {at}" in one for one in found for at in (line, line + 1)), (place, line, found)


def test_what_was_changed_is_called_by_its_name() -> None:
    text = program.packed(parts(), KEY, sign)
    assert any("event 4 was changed" in one for one in findings(text.replace("11-04T10", "11-04T11")))
    assert any("item k3 was changed" in one for one in findings(text.replace('"key":"k2"', '"key":"k3"')))
    assert any("“header” was changed" in one for one in findings(text.replace("000123", "000124")))
    assert any("another key" in one for one in findings(text, "0" * 64))
    assert any("There are 11 parts where 12 are sealed" in one for one in findings(_without_line(text, 5)))


def _without_line(text: str, number: int) -> str:
    lines = text.split("\n")
    return "\n".join(lines[: number - 1] + lines[number:])


def test_a_pack_that_was_sealed_anew_must_still_fit_together() -> None:
    whole = parts()
    unsigned = program.packed(whole, KEY, lambda _: "00" * 64)
    assert any("not signed by its key" in one for one in findings(unsigned))

    def seen(changed: list[dict[str, Any]]) -> str:
        return " ".join(findings(program.packed(changed, KEY, sign)))

    assert seen(whole) == ""
    assert "stands where event 5 is wanted" in seen([p for p in whole if p.get("event", {}).get("seq") != 5])
    other = [
        {"item": {**p["item"], "who_id": 9}} if p.get("item", {}).get("key") == "k5" else p for p in whole
    ]
    assert "item k5 does not say the same as event 5" in seen(other)
    short = [p for p in whole if p.get("event", {}).get("seq", 0) < 7]
    assert "head 3 does not cover event 8 of case 7" in seen(short)
    forged = [{"head": {**p["head"], "leaves": []}} if "head" in p else p for p in whole]
    assert "head 3 was changed" in seen(forged)


def test_a_head_is_signed_over_leaves_and_an_older_one_over_its_ends() -> None:
    told: dict[str, Any] = {"number": 1, "at": "x", "ends": {"7": [3, "ab"]}, "key": KEY}
    first, second = program.digest("", told), program.digest("", {**told, "form": 2})
    assert first == program.digest("", {**told, "form": 1}) != second
    without = {**told, "form": 2, "ends": {}, "leaves": program.leaves(told)}
    assert program.digest("", without) == second, "the leaves stand for the ends"
