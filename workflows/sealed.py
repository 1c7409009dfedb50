"""Sealed files: encrypted with a key and kept from being changed, written and read in pieces of any length together.

A file is the line `optin-sealed/1`, 16 random bytes, and pieces of at most a megabyte, each with its length and AES-256-GCM.
The number of a piece and whether it is the last are part of what is authenticated, so that no piece can be left out,
moved or cut off.
"""

import io
import secrets
import struct
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"optin-sealed/1\n"
PIECE = 1024 * 1024
_SALT, _TAG = 16, 16
_LENGTH = struct.Struct(">I")


class NotSealedForUs(Exception):
    """This file was sealed with another key, was changed, or is no sealed file."""


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(key.encode()))


def _nonce(number: int) -> bytes:
    """The salt makes a key of each file its own, so that a counter may be the nonce."""
    return number.to_bytes(12, "big")


class Sealing(io.RawIOBase):
    """A file to write into; what is written reaches `target` sealed. Close it, or the end is missing."""

    def __init__(self, target: IO[bytes], key: str) -> None:
        salt = secrets.token_bytes(_SALT)
        self._target, self._cipher = target, _cipher(key, salt)
        self._waiting, self._number = bytearray(), 0
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Seal whole pieces as they fill up."""
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        """Seal what is left as the last piece."""
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), piece, _about(last))
        self._target.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def _about(last: bool) -> bytes:
    return b"last" if last else b"more"


class Opening(io.RawIOBase):
    """A sealed file to read from as it was written; raises `NotSealedForUs` at the first piece that is not."""

    def __init__(self, source: io.BufferedReader, key: str) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise NotSealedForUs
        self._source, self._cipher = source, _cipher(key, source.read(_SALT))
        self._left, self._number, self._last = b"", 0, False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from this piece or the next; 0 at the end."""
        while not self._left and not self._last:
            self._left = self._opened()
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

    def _opened(self) -> bytes:
        piece = _next(self._source)
        self._last = not self._source.peek(1)
        try:
            found = self._cipher.decrypt(_nonce(self._number), piece, _about(self._last))
        except InvalidTag:
            raise NotSealedForUs from None
        self._number += 1
        return found


def _next(source: IO[bytes]) -> bytes:
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise NotSealedForUs
    (length,) = _LENGTH.unpack(head)
    piece = source.read(length) if length <= PIECE + _TAG else b""
    if len(piece) != length or not piece:
        raise NotSealedForUs
    return piece
