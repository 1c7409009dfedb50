"""Verify an exported history, or a proof pack of a case, with Python alone: `python verify_history.py FILE [public key]`.

The first line of an export names the format and the public key, each further one is an event or a signed head. Checked
is that every line is spelled as it was written; that in each chain (the events of a case, and those without one) no
number is missing and every event carries the hash of the one before; that every head follows the one before, is signed
by the key, and that every chain it names still holds what it named.

A proof pack is one JSON document with a part on each line, and below them a seal: the hash of every part, signed. Checked
is that each part is as it was sealed; that the events of the case follow each other from the first on; that every item
names events that are there and say the same; and that a signed head covers the events as far as the pack says.

What is wrong is named with its line. Exit code 0: whole; 1: not; 2: there is nothing to verify.
Give the public key that was told to you before, not with the file: whoever can write a file can write a key.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain as joined
from typing import Any

FORMATS = ("opt-in-desk-history/1", "opt-in-desk-history/2")
PACK = "opt-in-desk-proof/1"
HASHED = ("case_id", "seq", "at", "actor_id", "kind", "element", "detail", "esd_only")
SIGNED = ("number", "at", "ends", "key")


_SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=datetime.isoformat)


def spelled(value: object) -> str:
    """JSON as the product spells it: names in the order of the alphabet, no spaces, moments in ISO 8601."""
    return _SPELLING.encode(value)


def sha256(words: object) -> str:
    """The hash of something that JSON can say, hexadecimal."""
    return hashlib.sha256(spelled(words).encode()).hexdigest()


def link(previous: str, event: Mapping[str, Any]) -> str:
    """The hash that an event carries after that of the event before it."""
    return sha256([previous, *(event[name] for name in HASHED)])


def leaf(chain: str, end: list[Any]) -> str:
    """What a head signs of a chain: a hash over its name and its end, which tells nothing to whoever has not the chain."""
    return sha256([chain, *end])


def leaves(head: Mapping[str, Any]) -> list[str]:
    """The leaves of a head, of all chains that it names."""
    given: list[str] | None = head.get("leaves")
    return sorted(leaf(chain, end) for chain, end in head["ends"].items()) if given is None else given


def digest(previous: str, head: Mapping[str, Any]) -> str:
    """The hash of a head after that of the head before it; this is what is signed. Heads of form 1 sign the ends of the
    chains themselves, those of form 2 their leaves, so that one can be shown without the other chains."""
    if head.get("form", 1) == 1:
        return sha256([previous, *(head[name] for name in SIGNED)])
    return sha256([previous, head["form"], head["number"], head["at"], leaves(head), head["key"]])


Check = Callable[[str, bytes, bytes], bool]
"""Whether the signature, the last one, of the bytes was made with the private half of the key."""


class Verifier:
    """What was read so far: the end of each chain, every event's hash by its place, and the last head."""

    def __init__(self, key: str = "", check: Check | None = None) -> None:
        self.key, self.check = key, check or signed_by
        self.ends: dict[str, tuple[int, str]] = {}
        self.hashes: dict[tuple[str, int], str] = {}
        self.number, self.digest = 0, ""

    def read(self, lines: Iterable[str]) -> Iterator[str]:
        """Every finding, in sentences."""
        for at, line in enumerate(lines, start=1):
            text = line.rstrip("\n")
            try:
                entry = json.loads(text)
                if spelled(entry) != text:
                    yield f"Line {at} is not spelled as it was written."
                yield from (f"Line {at}: {found}" for found in self._take(entry, at))
            except (ValueError, KeyError, TypeError, AttributeError):
                yield f"Line {at} cannot be read."

    def _take(self, entry: dict[str, Any], at: int) -> Iterator[str]:
        if at == 1:
            yield from self._begin(entry)
        elif "event" in entry:
            yield from self._event(entry["event"])
        else:
            yield from self.head(entry["head"])

    def _begin(self, entry: dict[str, Any]) -> Iterator[str]:
        if entry["format"] not in FORMATS:
            yield f"the format is none of {', '.join(FORMATS)}."
        if self.key and entry["key"] != self.key:
            yield "the export was made with another key than the one you trust."
        self.key = self.key or entry["key"]

    def _event(self, event: dict[str, Any]) -> Iterator[str]:
        chain = str(event["case_id"] or "")
        seq, before = self.ends.get(chain, (0, ""))
        named = f"event {event['seq']} of {_chain(chain)}"
        if event["seq"] != seq + 1:
            yield f"{named} stands where event {seq + 1} is wanted."
        if event["hash"] != link(before, event):
            yield f"{named} was changed, or one before it."
        self.ends[chain] = event["seq"], event["hash"]
        self.hashes[chain, event["seq"]] = event["hash"]

    def head(self, head: dict[str, Any]) -> Iterator[str]:
        """What is wrong with a head, given the hashes of the events that it names."""
        if head["number"] != self.number + 1:
            yield f"head {head['number']} stands where head {self.number + 1} is wanted."
        if head["digest"] != digest(self.digest, head):
            yield f"head {head['number']} was changed, or one before it."
        yield from self._signed(head)
        for chain, (seq, known) in head["ends"].items():
            if self.hashes.get((chain, seq)) != known:
                yield f"head {head['number']} names event {seq} of {_chain(chain)}, which is gone or was changed."
        self.number, self.digest = head["number"], head["digest"]

    def _signed(self, head: dict[str, Any]) -> Iterator[str]:
        if not self._holds(head["key"], head["digest"], head["signature"]):
            yield f"head {head['number']} is not signed by its key."
        if head["key"] != self.key:
            yield f"head {head['number']} is signed with another key."

    def _holds(self, key: str, message: str, signature: str) -> bool:
        """Whether a signature holds and is spelled as it was made: in small letters, so that no other spelling passes."""
        try:
            raw = bytes.fromhex(signature)
            return raw.hex() == signature and self.check(key, bytes.fromhex(message), raw)
        except ValueError:
            return False

    def pack(self, text: str) -> Iterator[str]:
        """Every finding about a proof pack, in sentences; its events are known afterwards, and its head."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[0] != PACK_BEGINS:
            yield "Line 1 is not how a proof pack begins."
        if lines[-1]:
            yield f"Line {len(lines)} goes on after the end of the pack."
        try:
            seal = json.loads(lines[-2].removeprefix(PACK_ENDS).removesuffix("}"))
            if f"{PACK_ENDS}{spelled(seal)}}}" != lines[-2]:
                yield f"Line {len(lines) - 1}: the seal is not spelled as it was written."
            yield from (f"Line {len(lines) - 1}: {found}" for found in self._seal(seal))
            yield from self._parts(lines[1:-2], seal["parts"])
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            yield f"Line {max(len(lines) - 1, 1)}: the seal cannot be read."

    def _seal(self, seal: dict[str, Any]) -> Iterator[str]:
        if seal["format"] != PACK:
            yield f"the format is not {PACK}."
        if self.key and seal["key"] != self.key:
            yield "the pack was sealed with another key than the one you trust."
        self.key = self.key or seal["key"]
        if not self._holds(seal["key"], sealed(seal), seal["signature"]):
            yield "the seal was changed, or is not signed by its key."

    def _parts(self, lines: list[str], hashes: list[str]) -> Iterator[str]:
        if len(lines) != len(hashes):
            yield f"There are {len(lines)} parts where {len(hashes)} are sealed."
        known: dict[int, dict[str, Any]] = {}
        for at, line in enumerate(lines, start=2):
            text = line.removesuffix(",") if at < len(lines) + 1 else line
            whole = hashes[at - 2 : at - 1] == [text_hash(text)] and (text != line or at == len(lines) + 1)
            try:
                part = json.loads(text)
                if not whole:
                    yield f"Line {at}: {_called(part)} was changed."
                yield from (f"Line {at}: {found}" for found in self._part(part, known))
            except (ValueError, KeyError, TypeError, AttributeError):
                yield f"Line {at}: this part was changed and cannot be read."

    def _part(self, part: dict[str, Any], known: dict[int, dict[str, Any]]) -> Iterator[str]:
        if "event" in part:
            known[part["event"]["seq"]] = part["event"]
            yield from self._event(part["event"])
        elif "item" in part:
            yield from _item(part["item"], known)
        elif "head" in part:
            yield from self._covers(part["head"])

    def _covers(self, head: dict[str, Any]) -> Iterator[str]:
        """Whether a head is signed, and names the event up to which the pack says that it covers the chain."""
        if head["digest"] != digest(head["before"], head):
            yield f"head {head['number']} was changed."
        yield from self._signed(head)
        chain, seq = str(head["chain"]), head["covers"]
        if leaf(chain, [seq, self.hashes.get((chain, seq))]) not in leaves(head):
            yield f"head {head['number']} does not cover event {seq} of {_chain(chain)}."
        self.number = head["number"]


def _item(item: dict[str, Any], known: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    """Whether the events that prove an item are there, and say who did it and when."""
    for seq, link_of in item["events"]:
        event = known.get(seq)
        if event is None or event["hash"] != link_of:
            yield f"item {item['key']} names event {seq}, which is not there or another one."
    first = known.get(item["events"][0][0]) if item["events"] else None
    if first is not None and (first["at"], first["actor_id"]) != (item["at"], item["who_id"]):
        yield f"item {item['key']} does not say the same as event {first['seq']}."


def _called(part: dict[str, Any]) -> str:
    """How a part of a pack is called."""
    if "event" in part:
        return f"event {part['event']['seq']}"
    return f"item {part['item']['key']}" if "item" in part else f"the part “{next(iter(part), '')}”"


PACK_BEGINS, PACK_ENDS = '{"pack":[', '],"seal":'


def text_hash(text: str) -> str:
    """The hash of a part as it is written."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(seal: Mapping[str, Any]) -> str:
    """The hash that the signature of a seal is over."""
    return sha256([seal["format"], seal["key"], seal["parts"]])


def packed(parts: Iterable[object], key: str, sign: Callable[[str], str]) -> str:
    """A proof pack of these parts; `sign` gives the signature, hexadecimal, of a hash."""
    lines = [spelled(part) for part in parts]
    seal: dict[str, Any] = {"format": PACK, "key": key, "parts": [text_hash(line) for line in lines]}
    seal["signature"] = sign(sealed(seal))
    body = ",\n".join(lines)
    return f"{PACK_BEGINS}\n{body}\n{PACK_ENDS}{spelled(seal)}}}\n"


def _chain(chain: str) -> str:
    return f"case {chain}" if chain else "the events without a case"


# Ed25519 (RFC 8032), verification alone. Slow, and nothing here is secret.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _x_of(y: int, odd: int) -> int | None:
    """The first coordinate of a point of the curve, or None where there is no such point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    return P - x if x % 2 != odd else x


def _point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y = number % 2**255
    x = _x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def _plus(a: Point, b: Point) -> Point:
    low, high = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    cross, double = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = high - low, double - cross, double + cross, high + low
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _plus(found, point)
        point, factor = _plus(point, point), factor >> 1
    return found


def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


_Y = 4 * pow(5, P - 2, P) % P
_X = _x_of(_Y, 0) or 0
BASE: Point = (_X, _Y, 1, _X * _Y % P)


def signed_by(key: str, message: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes over a message was made with the private half of a public key (hexadecimal)."""
    if len(signature) != 64 or len(key) != 64:
        return False
    public, first = _point(bytes.fromhex(key)), _point(signature[:32])
    second = int.from_bytes(signature[32:], "little")
    if public is None or first is None or second >= ORDER:
        return False
    asked = hashlib.sha512(signature[:32] + bytes.fromhex(key) + message).digest()
    challenge = int.from_bytes(asked, "little") % ORDER
    return _same(_times(second, BASE), _plus(first, _times(challenge, public)))


def main(arguments: list[str]) -> int:
    """Verify the file that the arguments name; the findings are printed."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    verifier = Verifier("".join(arguments[1:]))
    with open(arguments[0], encoding="utf-8", errors="replace", newline="\n") as lines:
        first = lines.readline()
        is_pack = first.startswith('{"pack"')
        found = list(
            verifier.pack(first + lines.read()) if is_pack else verifier.read(joined([first], lines))
        )
    for sentence in found:
        print(sentence)
    what = "proof pack" if is_pack else "history"
    if found:
        print(f"The {what} is not whole: {len(found)} findings.")
        return 1
    print(f"The {what} is whole: {_counted(verifier, is_pack)}, signed with {verifier.key}.")
    return 0


def _counted(verifier: Verifier, is_pack: bool) -> str:
    events = f"{len(verifier.hashes)} events"
    if is_pack:
        return (
            f"{events}, covered by head {verifier.number}"
            if verifier.number
            else f"{events}, not covered by a head yet"
        )
    return f"{events}, {len(verifier.ends)} chains, {verifier.number} signed heads"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
