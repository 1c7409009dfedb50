"""What the tests in a browser share: one running product, one browser, and people at it."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import Visitor, chromium
from tests.end_to_end import product
from tests.end_to_end.product import Product

Visit = Callable[..., Visitor]


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


@pytest.fixture(scope="module")
def signed_in(running: Product, chrome: Browser) -> Callable[[str], Any]:
    """What a browser keeps of a person who has signed in, so that each signs in once."""

    @cache
    def keep(username: str) -> Any:
        visitor = Visitor(chrome, running.address).sign_in(username)
        kept = visitor.context.storage_state()
        visitor.close()
        return kept

    return keep


@pytest.fixture
def visit(running: Product, chrome: Browser, signed_in: Callable[[str], Any]) -> Iterator[Visit]:
    """Somebody who comes to the site, signed in when named; nothing may upset the browser on the way."""
    visitors: list[Visitor] = []

    def come(username: str = "", **options: Any) -> Visitor:
        kept = signed_in(username) if username else None
        visitors.append(Visitor(chrome, running.address, kept=kept, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.close()
