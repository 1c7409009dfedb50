"""The world of the matrix, a copy for each file of tests."""

from collections.abc import Iterator

import pytest

from tests import services
from tests.permissions import world as worlds


@pytest.fixture(scope="module")
def world(servers: services.Servers, template: str) -> Iterator[worlds.World]:
    """Everybody, and a case in each state, on a database of this file's own."""
    source, known = worlds.built(servers, template)
    name = services.clone(servers, source)
    with services.named(servers.database(name)):
        yield worlds.opened(known)
    services.drop(servers, name)
