"""How many inputs of which kind were tried, how fast, and what was found."""

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

SEED = int(os.environ.get("SEED", "0"))
INPUTS = int(os.environ.get("INPUTS", "0"))
TOLD_EVERY = 1000
"""After so many inputs a long run says how far it is."""
MOST_FINDINGS = 40
"""A kind stops when it has found so many."""


def share(part: float, few: int = 0) -> int:
    """How many inputs a kind gets: its part of INPUTS in a long run, `few` with every change."""
    return int(INPUTS * part) if INPUTS else few


@dataclass
class Tally:
    """The inputs of one kind: what came of them, and each finding once."""

    kind: str
    answers: Counter[str] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    spent: float = field(default_factory=time.process_time)
    slowest: tuple[float, str] = (0.0, "")

    def numbers(self, count: int) -> Iterator[int]:
        """The numbers of the inputs, until too much is found; each names its input with SEED."""
        for number in range(count):
            if len(self.findings) >= MOST_FINDINGS:
                return
            yield number
            if number and number % TOLD_EVERY == 0:
                print(self.words, flush=True)

    def found(self, what: str, where: str, words: str) -> None:
        """Keep a finding, once for each place."""
        kind = re.split(r"[:\d]", what)[0]
        if f"{where}: {kind}" not in self.findings:
            self.findings[f"{where}: {kind}"] = f"{what} | {words}"
            print(f"FOUND by {self.kind}: {where}: {what} | {words}", flush=True)

    def took(self, seconds: float, words: str) -> None:
        """Keep the slowest."""
        self.slowest = max(self.slowest, (seconds, words))

    @property
    def words(self) -> str:
        """What was tried so far, in a line."""
        count, seconds = self.answers.total(), max(time.monotonic() - self.began, 0.001)
        slowest, of = self.slowest
        return (f"{self.kind}: {count} inputs, seed {SEED}, {count / seconds:.0f} a second, {1000 * (time.process_time() - self.spent) / max(count, 1):.1f} ms of the processor each; {dict(self.answers.most_common(12))}; "
                f"slowest {slowest:.2f} s {of[:160]!r}")  # fmt: skip

    def close(self) -> None:
        """Say what was tried; a finding fails the test."""
        print(f"\n{self.words}", flush=True)
        assert self.answers, f"{self.kind}: nothing was tried"
        assert not self.findings, "\n".join(f"{what}\n    {words}" for what, words in self.findings.items())
