"""The world of the permission matrix is what requests are put to; what takes long to begin with runs in a long run alone."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.inputs import asking
from tests.inputs.counting import INPUTS
from tests.permissions.conftest import world  # noqa: F401 - the fixture
from workflows.settings import settings

collect_ignore = [] if INPUTS else ["test_schemathesis.py"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, object]]]:
    """What is told elsewhere than in the answer: every line of the log, and what is put into the queue."""
    lines: list[dict[str, object]] = []
    capture = structlog.testing.LogCapture()
    capture.entries = lines  # type: ignore[assignment]
    before = structlog.get_config()
    structlog.configure(
        processors=[capture], wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG)
    )
    monkeypatch.setenv("JOB_HINT", f"{asking.__name__}:queued")
    settings.cache_clear()
    yield lines
    structlog.configure(**before)
