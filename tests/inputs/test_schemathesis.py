"""The API under the requests of schemathesis, another reader of the same description: right ones and wrong ones."""

import time
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.inputs.asked import Hang, bounded
from tests.inputs.counting import SEED, Tally, share
from tests.inputs.document import somebody
from tests.inputs.judging import wrongs
from tests.inputs.odd import Chance
from tests.permissions.world import World, nothing_stays

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def test_schemathesis_finds_nothing(world: World) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    trial = _Trial(world, Tally("schemathesis"))
    for operation in operations:
        for mode in MODES:
            trial.try_one(operation, mode, max(share(0.002) // len(operations) // len(MODES), 2))
    trial.tally.close()


class _Trial:
    def __init__(self, world: World, tally: Tally) -> None:
        self._world, self.tally, self._chance = world, tally, Chance(f"{SEED} schemathesis")

    def try_one(self, operation: Any, mode: GenerationMode, count: int) -> None:
        """Some requests to an operation, each by somebody else."""

        @seed(SEED)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            self._ask(case)

        ask()

    def _ask(self, case: Any) -> None:
        who, began = somebody(self._chance), time.perf_counter()
        _, token = self._world.things.keys.get(who.username, ("", ""))
        rule, words = f"{case.method} {case.path}", f"{who.username} {case.as_curl_command()}"
        try:
            with nothing_stays(), bounded():
                answer = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(answer, checks=CHECKS)
        except (FailureGroup, Hang) as failure:
            self.tally.found(
                " ".join(str(one) for one in getattr(failure, "exceptions", [failure]))[:300], rule, words
            )
            return
        self.tally.answers[str(answer.status_code)] += 1
        self.tally.took(time.perf_counter() - began, words)
        for what in wrongs(who, answer.status_code, answer.text + str(answer.headers), words):
            self.tally.found(what, rule, words)
