"""All that a running product has written anywhere: tables, logs, mails, the queue, every file of its folder."""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

from notifications import sink
from tests.end_to_end.product import Product

#: Celery's messages hold their arguments in this writing, and so may mails.
FOLDED = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}")
#: How PostgreSQL writes bytes as text.
BYTES = re.compile(rb"\\\\x([0-9a-f]{8,})")


def tables(running: Product) -> Iterator[tuple[str, bytes]]:
    """Every table as a dump would write it, with the bytes in it as they are."""
    with psycopg.connect(running.demo.services["DATABASE_URL"]) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                text = b"".join(bytes(part) for part in copy)
            plain = [bytes.fromhex(found.decode()) for found in BYTES.findall(text)]
            yield f"table {name}", unfolded(b"\n".join([text, *plain]))


def queue(running: Product) -> Iterator[tuple[str, bytes]]:
    """Every key and value that is in Redis now; what was in it stands in its append-only file."""
    with redis.Redis.from_url(running.demo.services["REDIS_URL"]) as client:
        for key in client.scan_iter():
            yield f"Redis key {key!r}", key + unfolded(client.dump(key) or b"") + values(client, key)


def values(client: redis.Redis, key: bytes) -> bytes:
    """The value of a key in plain, for the kinds that Celery uses."""
    readers = {
        b"string": lambda: [client.get(key)],
        b"list": lambda: client.lrange(key, 0, -1),
        b"hash": lambda: client.hgetall(key).values(),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"none": list,  # It went while it was looked at.
    }
    return unfolded(b"\n".join(value or b"" for value in readers[client.type(key)]()))


def mails(running: Product) -> Iterator[tuple[str, bytes]]:
    """Every mail as a person reads it."""
    for mail in sink.read(running.demo.where.mail):
        yield f"mail {mail.id}", "\n".join([str(mail.message), mail.subject, mail.text, mail.html]).encode()


def files(running: Product, with_database: bool) -> Iterator[tuple[str, bytes]]:
    """Every file of the product's folder; those of the database only when asked for."""
    where = running.demo.where
    folders = [where.root, *([where.postgres.resolve()] if with_database else [])]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            inside = where.postgres in path.parents
            if path.is_file() and (with_database or not inside):
                with suppress(FileNotFoundError):  # PostgreSQL puts files away while it is looked at.
                    yield str(path), readable(path, inside or folder != where.root)


def readable(path: Path, database: bool) -> bytes:
    """What a file holds; folded writing is undone where our own programs wrote it."""
    return path.read_bytes() if database else unfolded(path.read_bytes())


def unfolded(data: bytes) -> bytes:
    """The data, and after it what its Base64 pieces say."""
    plain = [data]
    for piece in FOLDED.findall(data):
        with suppress(binascii.Error):
            plain.append(base64.b64decode(piece + b"=" * (-len(piece) % 4)))
    return b"\n".join(plain)


def everything(running: Product, with_database: bool) -> Iterator[tuple[str, bytes]]:
    """All of it, by the place where it stands."""
    yield from tables(running)
    yield from queue(running)
    yield from mails(running)
    yield from files(running, with_database)


def places_of(running: Product, words: list[str], with_database: bool = True) -> dict[str, set[str]]:
    """Where each of these words stands, if anywhere; capitals make no difference."""
    found: dict[str, set[str]] = {}
    wanted = {word: word.lower().encode() for word in words}
    for place, data in everything(running, with_database):
        lower = data.lower()
        for word, needle in wanted.items():
            if needle in lower:
                found.setdefault(word, set()).add(place)
    return found
