"""What these tests share: one running product of their own, whose processes they take away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import chromium
from tests.end_to_end import product
from tests.end_to_end.product import Product

#: Short, so that the tests need not wait for what a real installation waits for.
LEASE = 4


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
