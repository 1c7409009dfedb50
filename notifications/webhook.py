"""Telling another program something by https: the signature, the guard on where a request may go, and the request.

A request goes to the address that was looked up and checked, never to one that is looked up again, follows no
redirect, uses no proxy, waits a few seconds and reads no answer but its status. What it carries is signed:

    Desk-Signature: t=1796083200,v1=<hex of HMAC-SHA256(secret, "1796083200." + body)>

A receiver computes the same over the bytes it got, compares in constant time, and refuses a time that is more than
five minutes from its own.
"""

import hashlib
import hmac
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TookTooLong

SIGNATURE = "Desk-Signature"
EVENT = "Desk-Event"
DELIVERY = "Desk-Delivery"
TOLERANCE = 300
"""Seconds by which a receiver's clock may differ; an older request is one that somebody plays again."""

CONNECT, READ, WHOLE = 3.0, 5.0, 10.0
"""Seconds until the address is reached, between two pieces of an answer, and for everything together."""

LONGEST_URL = 500
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""Every address of a host and port."""


class AddressRefused(ValueError):
    """A request may not go there; the sentence says why and never repeats the address."""


class NotDelivered(Exception):
    """The other side did not take it: `code` is the status of its answer, or None when there was none."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        self.code = code
        super().__init__(reason)


@dataclass(frozen=True)
class Target:
    """Where a request goes: the one address to connect to, the host that its certificate must name, port and path."""

    scheme: str
    address: str
    host: str
    port: int
    path: str


def sign(secret: str, body: bytes, at: int) -> str:
    """The signature of a body sent at a moment (seconds since 1970), as the header has it."""
    code = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={code}"


def check_url(url: str, *, allow_loopback: bool = False) -> SplitResult:
    """The parts of an address that may be kept: https, a host, no password, no fragment. Raises `AddressRefused`.

    `allow_loopback`: http to this very machine as well, for a demonstration or a test.
    """
    parts = _parts(url)
    loopback = allow_loopback and (parts.hostname or "") in _LOOPBACK_NAMES
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise AddressRefused("The address must begin with https://.")
    if not parts.hostname or not parts.hostname.isascii():
        raise AddressRefused(
            "The address must name a host in plain letters, such as https://hooks.example.org/desk."
        )
    if parts.username or parts.password or parts.fragment:
        raise AddressRefused("The address must hold no user name, no password and nothing after #.")
    return parts


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(f"The address must be at most {LONGEST_URL} plain characters without blanks.")
    try:
        parts = urlsplit(url)
        _ = parts.port  # It is read only when asked for, and may be no number.
    except ValueError:
        raise AddressRefused(
            "This is no address. Enter one such as https://hooks.example.org/desk."
        ) from None
    return parts


def look_up(host: str, port: int) -> list[str]:
    """Every address of a host, as the system knows it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def target(url: str, *, allow_loopback: bool = False, resolve: Resolve = look_up) -> Target:
    """Where a request to an address goes. Raises `AddressRefused` when any address of its host is inside a network
    of one's own, and `NotDelivered` when the host has none."""
    parts = check_url(url, allow_loopback=allow_loopback)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError):
        raise NotDelivered("The host of the address is not known.") from None
    inside = allow_loopback and host in _LOOPBACK_NAMES
    for address in found:
        _check_address(address.partition("%")[0], loopback=inside)
    if not found:
        raise NotDelivered("The host of the address is not known.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    first = min(found, key=lambda address: ":" in address)  # Not every network of ours knows IPv6.
    return Target(parts.scheme, first, host, port, path)


def _check_address(text: str, *, loopback: bool) -> None:
    address = _embedded(ipaddress.ip_address(text))
    if loopback and address.is_loopback:
        return
    if not address.is_global or address.is_multicast:
        raise AddressRefused("The address leads into a network of our own, where no webhook may go.")


def _embedded(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that is only a way to write it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def post(url: str, body: bytes, headers: dict[str, str], *, allow_loopback: bool = False) -> int:
    """Send a body; gives the status of the answer, which is one of success. Raises `NotDelivered`, and
    `AddressRefused` when the address has come to lead inside."""
    to = target(url, allow_loopback=allow_loopback)
    own = {"Host": _host_header(to), "Content-Type": "application/json", "User-Agent": "Opt-In-Desk"}
    try:
        status = _status(to, body, {**headers, **own})
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise NotDelivered(_reason(error)) from None
    if not 200 <= status < 300:
        raise NotDelivered(f"The address answered {status}.", status)
    return status


def _status(to: Target, body: bytes, headers: dict[str, str]) -> int:
    """Send, and read no more of the answer than its status and headers."""
    connection = _connection(to)
    try:
        connection.connect()
        connection.sock.settimeout(READ)
        with _at_most(WHOLE, connection.sock):
            connection.request("POST", to.path, body=body, headers=headers, preload_content=False)
            return int(connection.getresponse().status)
    finally:
        connection.close()


def _connection(to: Target) -> HTTPConnection:
    """To the address that was checked; the certificate is held against the name of the host."""
    if to.scheme == "http":
        return HTTPConnection(to.address, to.port, timeout=CONNECT)
    trusted = ssl.create_default_context()
    return HTTPSConnection(
        to.address,
        to.port,
        timeout=CONNECT,
        ssl_context=trusted,
        server_hostname=to.host,
    )


@contextmanager
def _at_most(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Cut off whoever answers a byte at a time, each just in time."""
    end = threading.Timer(seconds, _cut_off, [connected])
    end.daemon = True
    end.start()
    try:
        yield
    finally:
        end.cancel()


def _cut_off(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _host_header(to: Target) -> str:
    usual = {"https": 443, "http": 80}[to.scheme]
    host = f"[{to.host}]" if ":" in to.host else to.host
    return host if to.port == usual else f"{host}:{to.port}"


def _reason(error: Exception) -> str:
    """Why there was no answer, without the address that the library's own words hold."""
    if isinstance(error, ssl.SSLError):
        return "The certificate of the address is not good."
    if isinstance(error, TookTooLong | TimeoutError) and not isinstance(error, NewConnectionError):
        return "The address took too long to answer."
    return "The address could not be reached."
