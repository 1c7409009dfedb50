"""A request that can be printed and asked for again, and how it is put to the product as a WSGI server would."""

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from tests.permissions.people import Who
from tests.permissions.world import World
from web.session import COOKIE

LONGEST = 60
"""Seconds after which a request hangs, on a machine that has other things to do as well."""


class Hang(BaseException):
    """A request took longer than any may. No `Exception`, so that nothing takes it for its own."""


@dataclass(frozen=True)
class Asked:
    """One request. `query` are pairs, `headers` what comes beside that of who asks; `rule` is the operation it is meant for."""

    who: Who
    method: str
    path: str
    rule: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def words(self) -> str:
        """The request in a line, short enough for a log."""
        query = urlencode(self.query, errors="replace")
        return f"{self.who.username or 'nobody'} {self.method} {self.path}?{query} {self.headers} {self.body[:600]!r}"

    @property
    def sent(self) -> str:
        """Everything that the caller said, in which a word of the answer may have its source."""
        return f"{self.path} {self.query} {self.headers} {self.body.decode('utf-8', 'replace')}"


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Whatever goes on, no longer than `LONGEST` seconds."""

    def rang(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, rang)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def put(world: World, asked: Asked, cookies: str = "") -> Response:
    """The answer to a request, of which whatever it wrote stays with the transaction that is open."""
    session, token = world.things.keys.get(asked.who.username, ("", ""))
    environ = _environ(asked)
    environ.setdefault("HTTP_COOKIE", f"{COOKIE}={session}; {cookies}")
    if asked.path.startswith("/api/") and token:
        environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {token}")
    with bounded():
        content, status, headers = run_wsgi_app(world.app, environ, buffered=True)
        return Response(b"".join(content), status, headers)


def _environ(asked: Asked) -> dict[str, Any]:
    """The environment that a server makes of the request; what is odd goes in as it is, which a polite client refuses to do."""
    environ = EnvironBuilder(method=asked.method, data=asked.body).get_environ()
    environ["PATH_INFO"] = unquote_to_bytes(asked.path).decode("latin-1")
    environ["QUERY_STRING"] = urlencode(asked.query, errors="surrogatepass")
    for name, value in asked.headers.items():
        key = name.upper().replace("-", "_")
        written = value.encode("utf-8", "surrogatepass").decode("latin-1")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = written
    return environ
