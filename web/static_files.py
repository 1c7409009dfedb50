"""The files of `web/static`: their addresses, named by their content, so that a browser may keep them until they change."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, request, url_for

FOLDER = Path(__file__).parent / "static"
ONE_YEAR = 31_536_000


def asset(name: str) -> str:
    """The address of a file, with the version of its content."""
    return url_for("static", filename=name, v=_version_of(FOLDER / name))


def caching(response: Response) -> str:
    """How long an answer may be kept: for good, if it is the very content that its address names.

    While a new version is brought in, a page of one asks a host of the other, which answers with what it has; a browser
    must not keep that under the name of something else.
    """
    if response.status_code not in (200, 304):
        return "no-cache"
    file = FOLDER / (request.view_args or {}).get("filename", "")
    named = request.args.get("v")
    return f"public, max-age={ONE_YEAR}, immutable" if named and named == _version_of(file) else "no-cache"


@cache
def _version_of(file: Path) -> str:
    """A short name for the content of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
