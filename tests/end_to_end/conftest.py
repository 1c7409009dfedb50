"""What these tests share: one running product of their own, whose processes they take away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import chromium
from tests.end_to_end import product
from tests.end_to_end.product import Product


@pytest.fixture(scope="session")
def running() -> Iterator[Product]:
    """The product with all its processes, one for all tests of this kind that a worker runs."""
    yield product.shared()
    product.let_go()


@pytest.fixture(scope="module")
def chrome(browser_path: str) -> Iterator[Browser]:
    """The browser; it is closed at the end of a file, since a process can drive only one."""
    with chromium(browser_path) as started:
        yield started
