"""The API under requests out of its own description, right ones and spoilt ones, by everybody: each answer is one that the
description promises, and tells nobody what the table of permissions keeps from them."""

from typing import Any

import pytest

from tests.inputs.asking import Asker
from tests.inputs.counting import INPUTS, SEED, Tally, share
from tests.inputs.document import Document, Requests
from tests.inputs.known import Known
from tests.inputs.odd import Chance
from tests.permissions.world import World

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not INPUTS, reason="LEFT OUT: make inputs puts generated requests to the API."),
]


def test_every_answer_is_as_described_and_tells_nothing(
    world: World, told: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    document, tally = Document(world.app), Tally("API")
    requests, asker = Requests(world, Known(world), document), Asker(world, tally, told, caplog)
    for number in tally.numbers(share(0.04)):
        operation, asked = requests.made(number, Chance(f"{SEED} API {number}"))
        answer = asker.answer(asked)
        assert told, "the log was not looked at"
        if answer and (what := document.broken_promise(operation, answer)):
            tally.found(what, asked.rule, f"{number}: {asked.words}\n    {answer.get_data()[:300]!r}")
    tally.close()
