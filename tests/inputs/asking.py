"""One request put to the product of which nothing stays, with everything looked at that no answer may do."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from werkzeug.wrappers import Response

from tests.inputs.asked import Asked, Hang, put
from tests.inputs.counting import Tally
from tests.inputs.judging import wrongs
from tests.permissions.people import NOBODY
from tests.permissions.world import World, nothing_stays


def queued(ids: list[int]) -> None:
    """Takes the place of the queue: everything that goes there is in the log of the test."""
    structlog.get_logger().info("queued", ids=ids)


@dataclass(frozen=True)
class Asker:
    """Puts requests to the world of which nothing stays. `told`: what was told elsewhere than in the answers."""

    world: World
    tally: Tally
    told: list[dict[str, Any]]
    log: pytest.LogCaptureFixture
    cookies: str = ""

    def answer(
        self, asked: Asked, around: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> Response | None:
        """The answer, counted; none where the request hung. What was wrong with it, or told in the log, is a finding.

        `around` is entered before the request and left before what it wrote is taken back.
        """
        began = time.perf_counter()
        self.told.clear()
        self.log.clear()
        try:
            with nothing_stays(), around():
                answer = put(self.world, asked, self.cookies)
        except Hang:
            self.tally.found("hangs", asked.rule, asked.words)
            return None
        self.tally.took(time.perf_counter() - began, asked.words)
        self.tally.answers[str(answer.status_code)] += 1
        self._judge(asked, answer)
        return answer

    def _judge(self, asked: Asked, answer: Response) -> None:
        said = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
        elsewhere = f"{self.told} {self.log.text}"
        opened = asked.method == "POST" and asked.rule.endswith("emergency-access")
        found = [*wrongs(asked.who, answer.status_code, said, asked.sent, opened)]
        found += [f"in the log: {what}" for what in wrongs(NOBODY, 200, elsewhere, "")]
        for what in found:
            self.tally.found(what, asked.rule, f"{asked.words}\n    {said[:300]!r} {elsewhere[-800:]}")
