"""What these tests share: one running product of their own, whose processes they take away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import chromium
from tests.end_to_end import product
from tests.end_to_end.product import Product

#: Short, so that the tests need not wait for what a real installation waits for.
LEASE = 4


@pytest.hookimpl(tryfirst=True)  # Whoever deals the tests out must find the group on them.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them go to one worker, one after the other, because they share the product that runs."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("end_to_end"))


@pytest.fixture(scope="package")
def running() -> Iterator[Product]:
    """The product with all its processes, for all tests of this folder."""
    with product.product(OUTBOX_LEASE_SECONDS=str(LEASE)) as started:
        yield started


@pytest.fixture(scope="package")
def chrome(browser_path: str) -> Iterator[Browser]:
    """The browser; it is closed before any other test may start one of its own."""
    with chromium(browser_path) as started:
        yield started
