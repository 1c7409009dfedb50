"""What is counted: processor time, bytes, and, between a client and PostgreSQL, statements and round trips.

`Listener` stands between the two on a socket of its own and knows nothing of the client, so that every contestant is
counted by the same measure. A round trip is a request of the client for the server to say that it is ready.
"""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from benchmarks.place import scalar


@dataclass
class Counts:
    """`statements` are executed ones, `begin` and `commit` included; `trips` are round trips."""

    statements: int = 0
    trips: int = 0


class Listener:
    """A socket that passes everything on to a server and counts. Not for timing: it costs time itself."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = unquote(parse_qs(parts.query).get("host", [parts.hostname or ""])[0])
        self._port = parts.port or 5432
        self.folder = tempfile.TemporaryDirectory(prefix="optin-ear-")
        self._user, self._name = parts.username, parts.path
        self.counts = Counts()
        self.log: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(Path(self.folder.name) / ".s.PGSQL.5432"))
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address through which to speak."""
        return f"postgresql://{self._user}@{self._name}?host={quote(self.folder.name, safe='')}"

    def reset(self) -> None:
        """Count from nought."""
        self.counts = Counts()
        self.log.clear()

    def close(self) -> None:
        """Take no more connections."""
        self._socket.close()
        self.folder.cleanup()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                _Line(self, client, self._server())

    def _server(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return server


class _Line:
    """One connection: two threads, one for each direction.

    The client asks from its first message until the server has answered each of its requests to be told that it is
    ready; one such time of asking is one round trip, however many messages it takes.
    """

    def __init__(self, ear: Listener, client: socket.socket, server: socket.socket) -> None:
        self._ear = ear
        self._asking = True
        self._unanswered = 1
        self._texts: dict[bytes, str] = {}
        both = threading.Lock()
        for source, target, seen, length in (
            (client, server, self._asked, _Messages(starts_bare=True)),
            (server, client, self._told, _Messages(starts_bare=False)),
        ):
            ends = (source, target, seen, length, both)
            threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(
        self,
        source: socket.socket,
        target: socket.socket,
        seen: Callable[[bytes, bytes], None],
        messages: _Messages,
        both: threading.Lock,
    ) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                with both:
                    for kind, body in messages.of(data):
                        seen(kind, body)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _told(self, kind: bytes, _body: bytes) -> None:
        if kind == b"Z":
            self._unanswered -= 1
            self._asking = self._unanswered > 0

    def _asked(self, kind: bytes, body: bytes) -> None:
        """Statements are asked at once (Q), or parsed (P), bound (B) and executed until the client waits (S)."""
        counts = self._ear.counts
        if not self._asking:
            self._asking, counts.trips = True, counts.trips + 1
        if kind in (b"Q", b"S"):
            self._unanswered += 1
        if kind == b"P":
            name, text, _ = body.split(b"\0", 2)
            self._texts[name] = text.decode()
        elif kind in (b"Q", b"B"):
            text = (
                body.rstrip(b"\0").decode() if kind == b"Q" else self._texts.get(body.split(b"\0", 2)[1], "?")
            )
            counts.statements += 1
            self._ear.log.append(text)


class _Messages:
    """Cuts a stream into messages; a client's first one has a length and no kind."""

    def __init__(self, *, starts_bare: bool) -> None:
        self._bare = starts_bare
        self._rest = b""

    def of(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The messages that are complete with these bytes."""
        self._rest += data
        while len(self._rest) >= 5:
            start = 0 if self._bare else 1
            end = struct.unpack("!i", self._rest[start : start + 4])[0] + start
            if len(self._rest) < end:
                return
            message, self._rest = self._rest[:end], self._rest[end:]
            if not self._bare:
                yield message[:1], message[5:]
            self._bare = False


def size(url: str) -> int:
    """The bytes of all tables of a database with their indexes."""
    tables = "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    return scalar(url, f"SELECT coalesce(sum(pg_total_relation_size(oid)), 0) {tables}")


def wal(url: str) -> int:
    """How many bytes the server has written to its log of changes so far."""
    return scalar(url, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
