"""A mailbox server for tests: the few commands of IMAP that reading bounces needs, over TLS."""

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

PASSWORD = "only for tests"


@dataclass
class Kept:
    """The mails of the mailbox by their numbers, and which are marked as read. `breaks_after`: so many of the answers
    to `FETCH` are given, then the connection breaks."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    epoch: int = 7
    breaks_after: int = 1000

    def put(self, mail: bytes) -> int:
        """A mail comes in."""
        number = max(self.mails, default=0) + 1
        self.mails[number] = mail
        return number


class _Talk(StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        with suppress(OSError):
            self._say(b"* OK ready")
            while line := self.rfile.readline():
                tag, _, rest = line.strip().partition(b" ")
                if not self._answer(rest):
                    return
                self._say(tag + self.done)

    def _answer(self, line: bytes) -> bool:
        """Whether the talk goes on."""
        kept: Kept = self.server.kept
        self.done = b" OK done"
        words = line.split(b" ", 1)[0].upper()
        if words == b"CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1")
        elif words == b"LOGIN" and PASSWORD.encode() not in line:
            self.done = b" NO not you"
        elif words == b"SELECT":
            self._say(b"* %d EXISTS" % len(kept.mails))
            self._say(b"* OK [UIDVALIDITY %d] numbers" % kept.epoch)
        elif found := re.match(rb"UID SEARCH UID (\d+):\*", line):
            numbers = [n for n in kept.mails if n >= int(found[1])] or [max(kept.mails, default=0)]
            self._say(b"* SEARCH " + b" ".join(b"%d" % n for n in numbers if n))
        elif found := re.match(rb"UID FETCH (\d+) \(UID BODY.PEEK\[\]<0.(\d+)>\)", line):
            return self._fetch(kept, int(found[1]), int(found[2]))
        elif found := re.match(rb"UID STORE (\d+) \+FLAGS.SILENT \(\\Seen\)", line):
            kept.seen.add(int(found[1]))
        elif words == b"LOGOUT":
            self._say(b"* BYE")
        return True

    def _fetch(self, kept: Kept, number: int, most: int) -> bool:
        if kept.breaks_after == 0:
            return False
        kept.breaks_after -= 1
        body = kept.mails[number][:most]
        self._say(b"* %d FETCH (UID %d BODY[]<0> {%d}" % (number, number, len(body)))
        self.wfile.write(body)
        self._say(b")")
        return True

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def serving(kept: Kept, context: ssl.SSLContext) -> Iterator[str]:
    """The server while the block lasts; gives its address, `imaps://desk:…@127.0.0.1:40123/INBOX`."""
    server = ThreadingTCPServer(("127.0.0.1", 0), _Talk, bind_and_activate=False)
    server.daemon_threads, server.kept = True, kept  # type: ignore[attr-defined]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.server_bind()
    server.server_activate()
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        password = PASSWORD.replace(" ", "%20")
        yield f"imaps://desk:{password}@127.0.0.1:{server.server_address[1]}/INBOX"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
