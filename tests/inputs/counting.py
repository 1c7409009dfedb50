"""How many inputs of which kind were tried, how fast, and what was found."""

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

SEED = int(os.environ.get("SEED", "0"))
INPUTS = int(os.environ.get("INPUTS", "0"))
MOST_FINDINGS = 40
"""A kind stops when it has found so many."""


def share(part: float, few: int) -> int:
    """How many inputs a kind gets: `few` with every change, its part of INPUTS in a long run."""
    return int(INPUTS * part) if INPUTS else few


@dataclass
class Tally:
    """The inputs of one kind: what came of them, and each finding once."""

    kind: str
    answers: Counter[str] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    slowest: tuple[float, str] = (0.0, "")

    def numbers(self, count: int) -> Iterator[int]:
        """The numbers of the inputs, until too much is found; each names its input with SEED."""
        for number in range(count):
            if len(self.findings) >= MOST_FINDINGS:
                return
            yield number

    def found(self, what: str, where: str, words: str) -> None:
        """Keep a finding, once for each place."""
        kind = re.split(r"[:\d]", what)[0]
        self.findings.setdefault(f"{where}: {kind}", f"{what} | {words}")

    def took(self, seconds: float, words: str) -> None:
        """Keep the slowest."""
        self.slowest = max(self.slowest, (seconds, words))

    def close(self) -> None:
        """Say what was tried; a finding fails the test."""
        count, seconds = self.answers.total(), time.monotonic() - self.began
        print(f"\n{self.kind}: {count} inputs, seed {SEED}, {count / max(seconds, 0.001):.0f} a second; "
              f"{dict(self.answers.most_common(12))}; slowest {self.slowest[0]:.2f} s {self.slowest[1][:200]}", flush=True)  # fmt: skip
        assert count, f"{self.kind}: nothing was tried"
        assert not self.findings, "\n".join(f"{what}\n    {words}" for what, words in self.findings.items())
