"""What the tests of killing share."""

import pytest

from tests.desk import Clock, Desk
from workflows import publication_checks


@pytest.fixture
def desk(clock: Clock) -> Desk:
    """The product with the sample people, on whatever database the settings name."""
    return Desk()


@pytest.fixture(autouse=True)
def _without_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    """What publishing asks of a version is tested elsewhere; here it is published time and again."""
    monkeypatch.setattr(publication_checks, "proofs", lambda bundle: [])
