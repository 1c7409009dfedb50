"""A mail server that keeps every message as a file and sends none on: for demonstrations and tests.

    python -m notifications.sink --host 127.0.0.1 --port 2525 --dir var/mail

It can be told to be slow (`--delay`) or to refuse (`--refuse-recipients`, `--refuse-code`). `read` gives back
what was kept. With `--port 0` the system chooses a port; the address stands in the first line of output.
"""

import argparse
import asyncio
import contextlib
import os
import re
import secrets
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

_STAMP = "%Y%m%dT%H%M%S.%f"
_LARGEST = 5_000_000


@dataclass(frozen=True)
class Received:
    """A message the sink has kept. `to` is whom it was handed over for, `at` when; `id` is its file's stem."""

    id: str
    at: datetime
    to: str
    message: EmailMessage = field(repr=False)

    @property
    def sender(self) -> str:
        """The `From` header."""
        return str(self.message["From"] or "")

    @property
    def subject(self) -> str:
        """The `Subject` header."""
        return str(self.message["Subject"] or "")

    @property
    def message_id(self) -> str:
        """The `Message-ID` header."""
        return str(self.message["Message-ID"] or "")

    @property
    def text(self) -> str:
        """The plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML, empty when there is none."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""


def read(folder: Path) -> list[Received]:
    """The messages kept in a folder, oldest first; an unreadable file is left out."""
    found = (_read_one(path) for path in sorted(folder.glob("*.eml")))
    return [message for message in found if message]


def arrived(path: Path) -> datetime:
    """When the message in a file was handed over, by the file's name."""
    return datetime.strptime(path.stem.split("-")[0], _STAMP).replace(tzinfo=UTC)


def _read_one(path: Path) -> Received | None:
    try:
        at = arrived(path)
        message = message_from_bytes(path.read_bytes(), policy=modern)
    except (OSError, ValueError, MessageError):
        return None
    return Received(id=path.stem, at=at, to=str(message["Delivered-To"] or ""), message=message)


@dataclass
class Keeper:
    """What the server does with messages: keep them in `folder`, after `delay` seconds, or refuse them."""

    folder: Path
    delay: float = 0.0
    refuse_recipients: str | None = None
    refuse_code: int = 550

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name.
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        if self.refuse_recipients and re.search(self.refuse_recipients, address):
            return f"{self.refuse_code} This recipient is refused"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name.
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the message: its file is there in full, or not at all."""
        await asyncio.sleep(self.delay)
        content = envelope.content
        body = content.encode() if isinstance(content, str) else content or b""
        try:
            for recipient in envelope.rcpt_tos:
                _keep(self.folder, f"Delivered-To: {recipient}\r\n".encode() + body)
        except OSError:
            return "451 The message cannot be kept now"
        return "250 Kept"


def _keep(folder: Path, content: bytes) -> None:
    name = f"{datetime.now(UTC).strftime(_STAMP)}-{secrets.token_hex(4)}"
    new = folder / f"{name}.new"
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / f"{name}.eml")


async def serve(keeper: Keeper, host: str, port: int, **options: Any) -> asyncio.Server:
    """Start listening; the folder is made when it is missing. The options are those of aiosmtpd's `SMTP`, such as a
    certificate."""
    keeper.folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(keeper, hostname="sink", data_size_limit=_LARGEST, enable_SMTPUTF8=True, **options),
        host,
        port,
    )


def port_of(server: asyncio.Server) -> int:
    """The port a server listens on."""
    return int(server.sockets[0].getsockname()[1])


@contextlib.contextmanager
def running(keeper: Keeper, host: str = "127.0.0.1", **options: Any) -> Iterator[str]:
    """A sink in a thread of its own, for tests: gives its address, `smtp://127.0.0.1:40123`. Options as for `serve`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(serve(keeper, host, 0, **options), loop).result(10)
    try:
        yield f"smtp://{host}:{port_of(server)}"
    finally:
        asyncio.run_coroutine_threadsafe(_shut(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _shut(server: asyncio.Server) -> None:
    """Stop listening and end what is still connected."""
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _run(keeper: Keeper, host: str, port: int) -> None:
    server = await serve(keeper, host, port)
    sys.stdout.write(f"listening on {host}:{port_of(server)}\n")
    sys.stdout.flush()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await _shut(server)


def main(arguments: list[str] | None = None) -> None:
    """Run the sink until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m notifications.sink", description="Keeps mails as files.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2525)
    parser.add_argument("--dir", type=Path, required=True, help="where the .eml files go")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before a message is taken")
    parser.add_argument("--refuse-recipients", metavar="REGEX", help="refuse these addresses")
    parser.add_argument("--refuse-code", type=int, default=550, help="the reply to them")
    options = parser.parse_args(arguments)
    keeper = Keeper(options.dir, options.delay, options.refuse_recipients, options.refuse_code)
    asyncio.run(_run(keeper, options.host, options.port))


if __name__ == "__main__":
    main()
