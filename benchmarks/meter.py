"""What is counted: processor time, bytes, and, between a client and PostgreSQL, statements and round trips.

`Listener` stands between the two on a socket of its own and knows nothing of the client, so that every contestant is
counted by the same measure. A round trip is a turn of the client to speak after the server has spoken.
"""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
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
        self._target = unquote(parse_qs(parts.query)["host"][0])
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
                server = socket.socket(socket.AF_UNIX)
                server.connect(f"{self._target}/.s.PGSQL.5432")
                _Line(self, client, server)


class _Line:
    """One connection: two threads, one for each direction."""

    def __init__(self, ear: Listener, client: socket.socket, server: socket.socket) -> None:
        self.ear = ear
        self.answered = True
        self.waiting = b""
        self.begun = False
        self.texts: dict[bytes, str] = {}
        threading.Thread(target=self._pass, args=(client, server, self._asked), daemon=True).start()
        threading.Thread(target=self._pass, args=(server, client, self._told), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, seen) -> None:  # type: ignore[no-untyped-def]
        with suppress(OSError):
            while data := source.recv(1 << 16):
                seen(data)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _told(self, _data: bytes) -> None:
        self.answered = True

    def _asked(self, data: bytes) -> None:
        if self.answered and self.begun:
            self.ear.counts.trips += 1
        self.answered = False
        self.waiting += data
        if not self.begun:
            length = struct.unpack("!i", self.waiting[:4])[0]
            self.begun, self.waiting = True, self.waiting[length:]
        while len(self.waiting) >= 5:
            length = struct.unpack("!i", self.waiting[1:5])[0] + 1
            if len(self.waiting) < length:
                return
            self._message(self.waiting[:1], self.waiting[5:length])
            self.waiting = self.waiting[length:]

    def _message(self, kind: bytes, body: bytes) -> None:
        """Statements are asked at once (Q) or parsed (P), bound (B) and executed (E)."""
        if kind == b"P":
            name, text, _ = body.split(b"\0", 2)
            self.texts[name] = text.decode()
        elif kind == b"Q":
            self.ear.counts.statements += 1
            self.ear.log.append(body.rstrip(b"\0").decode())
        elif kind == b"B":
            _, name, _ = body.split(b"\0", 2)
            self.ear.counts.statements += 1
            self.ear.log.append(self.texts.get(name, "?"))


def size(url: str) -> int:
    """The bytes of all tables of a database with their indexes."""
    tables = "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    return scalar(url, f"SELECT coalesce(sum(pg_total_relation_size(oid)), 0) {tables}")


def wal(url: str) -> int:
    """How many bytes the server has written to its log of changes so far."""
    return scalar(url, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
