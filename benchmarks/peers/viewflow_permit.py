"""The permit on Viewflow: `python -m benchmarks.peers.viewflow_permit ADDRESS`, on an empty database.

Viewflow's flows are Python; this one has the nodes of the diagram. Its free edition has neither an event-based
gateway nor timers, so what waits for the message is a plain handle and no timer is armed; no mail is written either.
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

from benchmarks import permit
from benchmarks.peers.loop import serve


def _database(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": unquote(parse_qs(parts.query).get("host", [parts.hostname or ""])[0]),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
    }


settings.configure(
    DATABASES={"default": _database(sys.argv[1])},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "viewflow",
        "viewflow.workflow",
        "benchmarks.peers",
    ],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SECRET_KEY="only-for-measuring",  # noqa: S106
    ROOT_URLCONF=__name__,
)
django.setup()

from benchmarks.peers.viewflow_flow import Contestant  # noqa: E402

urlpatterns: list[Any] = []

if __name__ == "__main__":
    serve(Contestant(), permit.MESSAGE)
