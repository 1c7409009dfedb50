"""What the tests of killing share: one application and the mails that came."""

import pytest

from tests.desk import Clock, Desk


@pytest.fixture
def desk(clock: Clock) -> Desk:
    """The product with the sample people, on whatever database the settings name."""
    return Desk()
