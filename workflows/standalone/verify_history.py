"""Verify an exported history with Python alone: `python verify_history.py history.jsonl [public key]`.

The first line of an export names the format and the public key, each further one is an event or a signed head. Checked
is that every line is spelled as it was written; that in each chain (the events of a case, and those without one) no
number is missing and every event carries the hash of the one before; that every head follows the one before, is signed
by the key, and that every chain it names still holds what it named. What is wrong is named with its line. Exit code 0:
whole; 1: not; 2: this is no export.

Give the public key that was told to you before, not with the export: whoever can write an export can write a key.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

FORMAT = "opt-in-desk-history/1"
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


def digest(previous: str, head: dict[str, Any]) -> str:
    """The hash of a head after that of the head before it; this is what is signed."""
    return sha256([previous, *(head[name] for name in SIGNED)])


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
        if entry["format"] != FORMAT:
            yield f"the format is not {FORMAT}."
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
        if not self.check(head["key"], bytes.fromhex(head["digest"]), bytes.fromhex(head["signature"])):
            yield f"head {head['number']} is not signed by its key."
        if head["key"] != self.key:
            yield f"head {head['number']} is signed with another key."
        for chain, (seq, known) in head["ends"].items():
            if self.hashes.get((chain, seq)) != known:
                yield f"head {head['number']} names event {seq} of {_chain(chain)}, which is gone or was changed."
        self.number, self.digest = head["number"], head["digest"]


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
    with open(arguments[0], encoding="utf-8", newline="\n") as lines:
        found = list(verifier.read(lines))
    for sentence in found:
        print(sentence)
    if found:
        print(f"The history is not whole: {len(found)} findings.")
        return 1
    counted = f"{len(verifier.hashes)} events, {len(verifier.ends)} chains, {verifier.number} signed heads"
    print(f"The history is whole: {counted}, signed with {verifier.key}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
