"""The world of the matrix, a copy for each file of tests."""

from collections.abc import Callable, Iterator

import pytest

from tests import services
from tests.conftest import PERMISSION_CHECKS
from tests.permissions import world as worlds

Report = Callable[[int], None]


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Notes how many cells of the matrix a test looked at, for the sum at the end of the run."""
    return lambda number: record_property(PERMISSION_CHECKS, number)


@pytest.fixture(scope="module")
def world(servers: services.Servers, template: str) -> Iterator[worlds.World]:
    """Everybody, and a case in each state, on a database of this file's own."""
    source, known = worlds.built(servers, template)
    name = services.clone(servers, source)
    with services.named(servers.database(name)), worlds.identified_once():
        yield worlds.opened(known)
    services.drop(servers, name)
