"""Values that nobody means: odd texts, numbers, JSON and bytes, by chance from one number."""

import json
import random
from collections.abc import Callable
from typing import Any

SSN = "900-12-3456"
"""A number that the guard must know; found in an answer, it was repeated."""

TEXTS = (
    "", " ", "0", "-1", "x", "true", "None", "null", "é", "ſ", "İ", "\u202ereversed", "\u200b", "\ufeff", "\ufffd", "\ud83d", "\udcff", "\x00",
    "a\x00b", "\x1b[31m", "\r\nSet-Cookie: x=1", "\t", "\x7f", "𝔘𝔫𝔦", "👩‍👩‍👧", "e\u0301" * 40, "ﷺ" * 30, "١٢٣", "１２３", "²", "Ⅷ", "½", "'", '"',
    "' OR 1=1 --", '";--', "%", "_", "%%", "%s", "{0}", "{{7*7}}", "{% raw %}", "${x}", "<script>alert(1)</script>", "<b>", "]]>", "&amp;",
    "../../etc/passwd", "..", ".", "/", "//", "\\", "file:///etc/passwd", "javascript:alert(1)", "http://[::1", "http://x@y:z/", "//evil.example",
    "=1+1", "+1", "@SUM(A1)", "-2+3", "\t=1", "|calc", "1e400", "1e-400", "NaN", "Infinity", "-0", "0x10", "1_000", "00", "1.0", "9" * 30, "-" + "9" * 30,
    "2147483648", "9223372036854775808", "2026-11-21", "2026-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "10000-01-01", "2026-11-21T10:00:00Z",
    "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00", "2026-11-01T01:30", "2026-03-08T02:30", "24:00", "25:61", "2026-11-21T10:00:00.1234567891Z",
    "PT1S", "P1Y", "R/PT0S", "360-555-0101", "+13605550102", SSN, "900 12 3456", "sample@desk.example", "a@b", "@", "a" * 254 + "@x.example",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    10,
    100,
    255,
    65536,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**63 - 1,
    2**63,
    10**30,
    0.5,
    -0.0,
    1e300,
    1e-300,
    2.0,
)
MARKS = "aZ09 _-.,:;/\\'\"<>&%{}[]()=+@#|~`^*?!$\x00\x01\x0b\x1f\x7f\x85\xa0ßéİıſÿ\u0301\u200d\u202e\u2028\ud800\udfff\ufeff\uffff😀𐀀"


class Chance(random.Random):
    """A source of odd values; the same number gives the same ones."""

    def often(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.random() < share

    def text(self, most: int = 40) -> str:
        """A text that is known to be trouble, any marks, or a long one."""
        kind = self.randrange(20)
        if kind < 12:
            return self.choice(TEXTS)
        if kind < 18:
            return "".join(self.choices(MARKS, k=self.randrange(most)))
        return (
            self.choice(TEXTS) * self.choice((2, 50, 400))
            if kind == 18
            else "A" * self.choice((41, 201, 5000))
        )

    def number(self) -> Any:
        """A number at a border, or any."""
        return self.choice(NUMBERS) if self.often(0.7) else self.randrange(-(10**9), 10**9)

    def json(self, depth: int = 3) -> Any:
        """Anything that JSON can say."""
        kind = self.randrange(8 if depth else 5)
        if kind == 0:
            return self.choice((None, True, False))
        if kind == 1:
            return self.number()
        if kind < 5:
            return self.text()
        if kind == 5:
            return [self.json(depth - 1) for _ in range(self.randrange(4))]
        return {self.text(8): self.json(depth - 1) for _ in range(self.randrange(4))}

    def spoilt(self, value: Any) -> Any:
        """A value with one of its parts changed, left out, doubled or added."""
        if isinstance(value, dict) and value and self.often(0.8):
            return self._spoilt_object(value)
        if isinstance(value, list) and value and self.often(0.8):
            place = self.randrange(len(value))
            return [*value[:place], self.spoilt(value[place]), *value[place + self.randrange(2) :]]
        return self.json()

    def _spoilt_object(self, value: dict[str, Any]) -> dict[str, Any]:
        name, kind = self.choice(list(value)), self.randrange(10)
        if kind == 0:
            return {known: one for known, one in value.items() if known != name}
        if kind == 1:
            return {**value, self.text(12): self.json()}
        return {**value, name: self.spoilt(value[name])}

    def spoilt_bytes(self, content: bytes) -> bytes:
        """Some bytes left out, doubled, changed or put in."""
        for _ in range(self.randint(1, 3)):
            start = self.randrange(len(content) + 1)
            end = start + self.choice((0, 0, 1, 2, 10, 200))
            content = content[:start] + self._instead(content[start:end]) + content[end:]
        return content

    def _instead(self, piece: bytes) -> bytes:
        ways: tuple[Callable[[], bytes], ...] = (
            lambda: b"",
            lambda: piece * 3,
            lambda: self.randbytes(self.randrange(1, 5)),
            lambda: self.text().encode("utf-8", "surrogatepass"),
            lambda: piece[::-1],
        )
        return self.choice(ways)()

    def raw_json(self, value: Any) -> bytes:
        """A body as bytes: as it should be, or cut, doubled, in another writing, too deep, or no JSON at all."""
        text = json.dumps(value, ensure_ascii=self.often(0.5))
        good = text.encode("utf-8", "surrogatepass")
        ways: tuple[Callable[[], bytes], ...] = (
            lambda: good[: self.randrange(len(good) + 1)],
            lambda: self.spoilt_bytes(good),
            lambda: _doubled(good),
            lambda: text.encode(self.choice(("utf-16", "utf-8-sig", "utf-32")), "surrogatepass"),
            lambda: b"[" * self.choice((11, 13, 5000)),
            lambda: b'{"a":' * self.choice((12, 2000)) + b"1" + b"}" * 12,
            lambda: self.choice((b"", b"null", b"[]", b"0", b'""', b"NaN", b'{"a": NaN}', b'{"a": 1e999}', b"\xff\xfe", b"{}" * 2)),
            lambda: self.randbytes(30),
        )  # fmt: skip
        return self.choice(ways)()


def _doubled(content: bytes) -> bytes:
    """The same keys twice, the second time with other values."""
    return content[:-1] + b", " + content[1:] if len(content) > 2 and content[:1] == b"{" else content * 2
