"""A wire between the product and one of its servers, which a test cuts, holds up and joins again."""

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


class Wire:
    """Carries bytes between `127.0.0.1:port` and a server, given as a host and port or as the path of a socket.

    `through`: as it is. `silent`: connections are taken, and nothing is carried. `dead`: connections are refused, and
    those that are open are cut.
    """

    def __init__(self, server: tuple[str, int] | Path) -> None:
        self.server, self.mode = server, "through"
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.door.getsockname()[1])
        self._ends: list[socket.socket] = []
        self._over = False
        threading.Thread(target=self._accept, daemon=True).start()

    def be(self, mode: str) -> None:
        """From now on carry nothing, refuse everything, or carry everything again."""
        before, self.mode = self.mode, mode
        if mode == "dead":
            self._cut()
        elif before == "dead":
            self.door = socket.create_server(("127.0.0.1", self.port))

    @contextmanager
    def away(self, mode: str) -> Iterator[None]:
        """Silent or dead for a while."""
        self.be(mode)
        try:
            yield
        finally:
            self.be("through")

    def close(self) -> None:
        """Take the wire down."""
        self._over = True
        self._cut()

    def _cut(self) -> None:
        for end in [self.door, *self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def _accept(self) -> None:
        while not self._over:
            try:
                near, _ = self.door.accept()
            except OSError:
                time.sleep(0.01)
                continue
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        self._ends.append(near)
        with ExitStack() as at_the_end, suppress(OSError, ValueError):
            at_the_end.callback(near.close)
            far = self._dial()
            at_the_end.callback(far.close)
            self._ends.append(far)
            while not self._over:
                readable, _, _ = select.select([near, far], [], [], 0.05)
                if self.mode == "silent":
                    time.sleep(0.02)
                    continue
                for end in readable:
                    data = end.recv(65536)
                    if not data:
                        raise ConnectionAbortedError
                    (far if end is near else near).sendall(data)

    def _dial(self) -> socket.socket:
        if not isinstance(self.server, Path):
            return socket.create_connection(self.server)
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(self.server))
        return far
