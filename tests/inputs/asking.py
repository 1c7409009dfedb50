"""One request put to the product of which nothing stays, with everything looked at that no answer may do."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest
from werkzeug.wrappers import Response

from tests.inputs.asked import Asked, Hang, put
from tests.inputs.counting import Tally
from tests.inputs.judging import wrongs
from tests.permissions.people import NOBODY
from tests.permissions.world import World, nothing_stays


def answered(
    world: World, asked: Asked, tally: Tally, log: pytest.LogCaptureFixture, cookies: str = "",
    around: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Response | None:  # fmt: skip
    """The answer, counted; none where the request hung. What was wrong with it, or told in the log, is a finding.

    `around` is entered before the request and left before what it wrote is taken back.
    """
    began = time.perf_counter()
    log.clear()
    try:
        with nothing_stays(), around():
            answer = put(world, asked, cookies)
    except Hang:
        tally.found("hangs", asked.rule, asked.words)
        return None
    tally.took(time.perf_counter() - began, asked.words)
    tally.answers[str(answer.status_code)] += 1
    told = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
    opened = asked.method == "POST" and asked.rule.endswith("emergency-access")
    found = [
        *wrongs(asked.who, answer.status_code, told, asked.sent, opened),
        *wrongs(NOBODY, 200, log.text, ""),
    ]
    for what in found:
        tally.found(what, asked.rule, f"{asked.words}\n    {told[:300]!r} {log.text[-800:]}")
    return answer
