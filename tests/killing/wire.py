"""A wire between a process and its servers that knows each boundary of what passes: where a process can be killed, cut
off or held.

Nothing in the product knows of it: it reads the protocols. A boundary lies before each statement and each line of mail
that the process sends, and before each acknowledgement (of a COMMIT, of a line of mail) that it would read. What lies
before a boundary has gone to the server; what comes after has not gone, or has not been read.
"""

import re
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

STATEMENT, COMMIT, COMMITTED, LEFT = "statement", "commit", "committed", "left"
LINE, HALF, DOT, TAKEN, REPLY = "line", "half", "dot", "taken", "reply"
"""`commit` is before the COMMIT of a transaction that wrote something, `committed` before its acknowledgement; a
transaction that wrote nothing is `left`. `dot` is before the final dot of a mail, `taken` before the answer to it;
`half` is in the middle of its body."""


@dataclass(frozen=True)
class Boundary:
    """A place in what a process says and hears: its number from 1, its kind, and what comes next there."""

    number: int
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.number} {self.kind}: {' '.join(self.what.split())[:60]}"


class Watch:
    """Counts the boundaries that one process comes to, and does something at one of them.

    `act` is done at the boundary of that number, or at the first of which `when` is true; gives whether anything may
    pass from there on.
    """

    def __init__(
        self,
        act: Callable[[], bool] = lambda: True,
        at: int = 0,
        when: Callable[[Boundary], bool] | None = None,
    ) -> None:
        self.passed: list[Boundary] = []
        self.reached: Boundary | None = None
        self._act, self._at, self._when = act, at, when
        self._lock = threading.Lock()

    def reach(self, kind: str, what: str) -> bool:
        """Come to a boundary; gives whether what comes next may pass."""
        with self._lock:
            here = Boundary(len(self.passed) + 1, kind, what)
            self.passed.append(here)
            if self.reached or not (here.number == self._at or (self._when and self._when(here))):
                return True
            self.reached = here
            return self._act()

    def doubtful(self) -> set[str]:
        """The Message-IDs of mails whose final dot had gone out, and after which nothing was committed, when it did what
        it does."""
        found: set[str] = set()
        for one in self.passed[: self.reached.number if self.reached else None]:
            if one.kind == TAKEN:
                found.add(one.what)
            elif one.kind == COMMITTED:
                found.clear()
        return found


class Wire:
    """A socket that passes everything on to a server, boundary by boundary, as long as its watch lets it."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._socket = self._listen()
        self._open: list[socket.socket] = []
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and end those there are."""
        for end in (self._socket, *self._open):
            _shut(end)

    def _listen(self) -> socket.socket:
        raise NotImplementedError

    def _server(self) -> socket.socket:
        raise NotImplementedError

    def _talk(self) -> "Talk":
        raise NotImplementedError

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                server, talk = self._server(), self._talk()
                self._open += [client, server]
                for source, target, pieces in ((client, server, talk.asked), (server, client, talk.told)):
                    ends = source, target, pieces
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(
        self, source: socket.socket, target: socket.socket, pieces: Callable[[bytes], Iterator["Piece"]]
    ) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                for piece in pieces(data):
                    if piece.kind and not self.watch.reach(piece.kind, piece.what):
                        raise ConnectionAbortedError
                    target.sendall(piece.data)
        _shut(source)
        _shut(target)


@dataclass(frozen=True)
class Piece:
    """Some bytes that pass together; with a kind, the boundary that lies before them."""

    data: bytes
    kind: str = ""
    what: str = ""


class Talk:
    """What one connection has said so far: cuts both directions into pieces."""

    def asked(self, data: bytes) -> Iterator[Piece]:
        """The pieces that are complete with these bytes of the client."""
        raise NotImplementedError

    def told(self, data: bytes) -> Iterator[Piece]:
        """The same of the server."""
        raise NotImplementedError


class DatabaseWire(Wire):
    """Between a process and PostgreSQL."""

    def __init__(self, url: str, watch: Watch) -> None:
        parts = urlsplit(url)
        self._host = unquote(parse_qs(parts.query).get("host", [parts.hostname or ""])[0])
        self._port = parts.port or 5432
        self._folder = tempfile.TemporaryDirectory(prefix="optin-wire-")
        place = quote(self._folder.name, safe="")
        password = f":{parts.password}" if parts.password else ""
        self.url = f"postgresql://{parts.username}{password}@{parts.path}?host={place}"
        super().__init__(watch)

    def close(self) -> None:
        """The same, and no socket is left."""
        super().close()
        self._folder.cleanup()

    def _listen(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        made.bind(str(Path(self._folder.name) / ".s.PGSQL.5432"))
        return made

    def _server(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        made = socket.socket(socket.AF_UNIX)
        made.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return made

    def _talk(self) -> Talk:
        return DatabaseTalk()


_WRITES = re.compile(
    r"\b(INSERT INTO|(?<!FOR )(?<!KEY )UPDATE|DELETE FROM|CREATE|ALTER|DROP)\s+[\"\w]", re.IGNORECASE
)


class DatabaseTalk(Talk):
    """Statements are asked at once (Q), or parsed (P) and bound (B); a COMMIT that is done is told as such (C)."""

    def __init__(self) -> None:
        self._asked, self._told = _Stream(bare=True), _Stream(bare=False)
        self._texts: dict[bytes, str] = {}
        self._wrote = False

    def asked(self, data: bytes) -> Iterator[Piece]:
        """A boundary before each statement."""
        for kind, raw in self._asked.messages(data):
            if kind == b"P":
                name, text, _ = raw[5:].split(b"\0", 2)
                self._texts[name] = text.decode()
            if kind in (b"Q", b"B"):
                text = self._said(kind, raw[5:])
                yield Piece(raw, self._kind(text), text)
            else:
                yield Piece(raw)

    def _kind(self, text: str) -> str:
        word = text.split(maxsplit=1)[0].upper() if text.strip() else ""
        if word == "COMMIT":
            return COMMIT if self._wrote else LEFT
        self._wrote = word != "BEGIN" and (self._wrote or bool(_WRITES.search(text)))
        return STATEMENT

    def _said(self, kind: bytes, body: bytes) -> str:
        if kind == b"Q":
            return body.rstrip(b"\0").decode()
        return self._texts.get(body.split(b"\0", 2)[1], "?")

    def told(self, data: bytes) -> Iterator[Piece]:
        """A boundary before each COMMIT that is acknowledged."""
        for kind, raw in self._told.messages(data):
            done = kind == b"C" and raw[5:].rstrip(b"\0") == b"COMMIT" and self._wrote
            yield Piece(raw, COMMITTED, "the COMMIT is acknowledged") if done else Piece(raw)


class MailWire(Wire):
    """Between a process and a mail server."""

    def __init__(self, url: str, watch: Watch) -> None:
        parts = urlsplit(url)
        self._to = parts.hostname or "", parts.port or 25
        super().__init__(watch)
        self.url = "smtp://{}:{}".format(*self._socket.getsockname())

    def _listen(self) -> socket.socket:
        made = socket.socket()
        made.bind(("127.0.0.1", 0))
        return made

    def _server(self) -> socket.socket:
        return socket.create_connection(self._to)

    def _talk(self) -> Talk:
        return MailTalk()


class MailTalk(Talk):
    """Lines either way, and bodies, which end with a dot that stands alone."""

    def __init__(self) -> None:
        self._asked = self._told = b""
        self._mailing = False
        self._message_id = ""

    def asked(self, data: bytes) -> Iterator[Piece]:
        """A boundary before each line, in the middle of a body and before its final dot."""
        self._asked += data
        if self._mailing:
            if self._asked.endswith(b"\r\n.\r\n"):
                yield from self._body(self._asked.removesuffix(b".\r\n"))
            return
        *lines, self._asked = self._asked.split(b"\r\n")
        for line in lines:
            yield Piece(line + b"\r\n", LINE, line.decode().split(":")[0])

    def _body(self, body: bytes) -> Iterator[Piece]:
        self._asked, self._mailing = b"", False
        headers = body.split(b"\r\n\r\n")[0].decode().splitlines()
        self._message_id = next(
            line.split(":", 1)[1].strip() for line in headers if line.startswith("Message-ID:")
        )
        middle = len(body) // 2
        yield Piece(body[:middle])
        yield Piece(body[middle:], HALF, self._message_id)
        yield Piece(b".\r\n", DOT, self._message_id)

    def told(self, data: bytes) -> Iterator[Piece]:
        """A boundary before each reply, whose last line has a blank after its code."""
        self._told += data
        *lines, self._told = self._told.split(b"\r\n")
        for line in lines:
            last, code = line[3:4] != b"-", line[:3].decode()
            self._mailing = self._mailing or code == "354"
            taken, self._message_id = self._message_id, "" if last else self._message_id
            if not last:
                yield Piece(line + b"\r\n")
            elif taken:
                yield Piece(line + b"\r\n", TAKEN, taken)
            else:
                yield Piece(line + b"\r\n", REPLY, code)


class _Stream:
    """Cuts a stream of PostgreSQL into messages; a client's first one has a length and no kind."""

    def __init__(self, *, bare: bool) -> None:
        self._bare, self._rest = bare, b""

    def messages(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The messages that are complete with these bytes: kind and all bytes."""
        self._rest += data
        while len(self._rest) >= 5:
            start = 0 if self._bare else 1
            end = int.from_bytes(self._rest[start : start + 4], "big") + start
            if len(self._rest) < end:
                return
            raw, self._rest = self._rest[:end], self._rest[end:]
            yield (b"" if self._bare else raw[:1]), raw
            self._bare = False


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        end.close()
