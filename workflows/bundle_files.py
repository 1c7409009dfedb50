"""A bundle as files: a folder or a .zip of it, read and written so that nothing of them can do harm."""

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workflows.bundle_checks import BUNDLE_FILE
from workflows.errors import InvalidInput
from workflows.language import gettext

MOST_BYTES = 4_000_000
"""Of all files of a bundle together."""
MOST_FILES = 500
_MOST_ENTRIES = 4 * MOST_FILES
"""In a .zip or a folder, files that are no part of the bundle among them."""
_WRITTEN = (2020, 1, 1, 0, 0, 0)
"""The date of every file in a .zip, so that the same bundle gives the same bytes."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OF_SYSTEMS = ("__MACOSX/", ".git/")
"""Folders that tools put beside what was meant."""


@dataclass(frozen=True)
class Unpacked:
    """The files of a bundle, path → text, and the names of those that are no part of one."""

    files: dict[str, str]
    left_out: tuple[str, ...]


def packed(files: Mapping[str, str]) -> bytes:
    """A bundle as a .zip; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _WRITTEN)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def unpacked(content: bytes) -> Unpacked:
    """What is in a .zip. Raises `InvalidInput` (field `file`) for one that is damaged, too large, or leads elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(entries)
            return _sorted_out(_read((entry.filename, _reader(archive, entry)) for entry in entries))
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        NotImplementedError,
        EOFError,
        LookupError,
        OSError,
        ValueError,
    ):
        raise _refused(gettext("This is no .zip file that can be read. Pack the bundle again.")) from None
    except RuntimeError:
        raise _refused(gettext("The .zip is locked with a password. Pack the bundle without one.")) from None


def of_folder(folder: Path) -> Unpacked:
    """What is in a folder; links are refused, since they lead elsewhere. Raises `InvalidInput` (field `file`)."""
    paths = [path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.is_symlink()]
    named = [(path.relative_to(folder).as_posix(), path) for path in paths]
    named = [(name, path) for name, path in named if not name.startswith(_OF_SYSTEMS)]
    if len(named) > _MOST_ENTRIES:
        raise _too_much()
    for name, path in named:
        if path.is_symlink() or not path.is_file():
            raise _refused(gettext("“{name}” is a link. Put the file itself in its place.").format(name=name))
    return _sorted_out(_read((name, _bounded(path)) for name, path in named))


def write_folder(files: Mapping[str, str], folder: Path) -> list[str]:
    """Write a bundle into a folder and take out the files of an older one; gives the names of those. Others stay."""
    folder.mkdir(parents=True, exist_ok=True)
    known = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    gone = [name for name in known if BUNDLE_FILE.fullmatch(name) and name not in files]
    for name in gone:
        (folder / name).unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return gone


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Everything that can be told from the list of contents, before anything is unpacked."""
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _too_much()
    times = Counter(entry.filename for entry in entries)
    for entry in entries:
        if not _stays_inside(entry) or times[entry.filename] > 1:
            message = gettext(
                "The .zip holds “{name}”, which would not stay in its place. Pack the bundle again."
            )
            raise _refused(message.format(name=entry.filename[:80]))


def _stays_inside(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a plain file at a plain place below the folder."""
    name = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    plain = not any(odd in name for odd in ("\\", "\0", ":")) and not name.startswith("/")
    return plain and ".." not in PurePosixPath(name).parts and kind in (0, stat.S_IFREG) and (
        entry.compress_type in _METHODS
    )  # fmt: skip


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content piece by piece: what the list says of its size is not believed."""
    with archive.open(entry) as file:
        while piece := file.read(65_536):
            yield piece


def _bounded(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(65_536):
            yield piece


def _read(contents: Iterable[tuple[str, Iterator[bytes]]]) -> dict[str, bytes]:
    """The contents, as long as they are not too much together."""
    found, total = dict[str, bytes](), 0
    for name, pieces in contents:
        content = bytearray()
        for piece in pieces:
            total += len(piece)
            if total > MOST_BYTES:
                raise _too_much()
            content += piece
        found[name] = bytes(content)
    return found


def _sorted_out(contents: Mapping[str, bytes]) -> Unpacked:
    """The files of the bundle, without a folder around all of them, and the names of the others."""
    ours = {name: text for name, text in contents.items() if not name.startswith(_OF_SYSTEMS)}
    around = _folder_around(ours)
    named = {name.removeprefix(around): content for name, content in ours.items()}
    files = {name: _text(name, content) for name, content in named.items() if BUNDLE_FILE.fullmatch(name)}
    if not files:
        raise _refused(
            gettext("There is no file of a bundle in it: diagrams, forms/, mail/, service_levels.toml.")
        )
    return Unpacked(files, tuple(sorted(named.keys() - files.keys())))


def _folder_around(names: Iterable[str]) -> str:
    """The one folder that holds everything, when it is none of a bundle's own."""
    first = {name.partition("/")[0] + "/" if "/" in name else "" for name in names}
    only = first.pop() if len(first) == 1 else ""
    return "" if only in ("forms/", "mail/", "words/", "scenarios/") else only


def _text(name: str, content: bytes) -> str:
    """The text, its lines as they end here: tools elsewhere change that."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _refused(gettext("“{name}” is no text in UTF-8. Save it as UTF-8.").format(name=name)) from None


def _too_much() -> InvalidInput:
    message = gettext("It is too large: a bundle holds at most {files} files and {size} MB.")
    return _refused(message.format(files=MOST_FILES, size=MOST_BYTES // 1_000_000))


def _refused(words: str) -> InvalidInput:
    return InvalidInput(fields={"file": words})
