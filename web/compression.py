"""Files of `web/static` sent smaller to browsers that can read them so.

Pages are left as they are: what they hold besides what somebody typed could be guessed from their compressed size.
"""

import gzip
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request

SMALLER = frozenset({".css", ".js", ".svg"})
"""Kinds of files that compressing makes much smaller; fonts are compressed already."""
LEAST = 1024


def compress_static(app: Flask) -> None:
    """Compress the files of `web/static` on their way out."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    """A whole file, for whoever asks for one; a part of one stays as it is."""
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return response
    name = (request.view_args or {}).get("filename", "")
    file = Path(current_app.static_folder or "") / name
    if file.suffix not in SMALLER or file.stat().st_size < LEAST:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and request.accept_encodings["gzip"] > 0:
        response.direct_passthrough = False
        response.set_data(_small(file, file.stat().st_mtime_ns))
        response.content_encoding = "gzip"
        etag, _weak = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)
    return response


@cache
def _small(file: Path, changed: int) -> bytes:
    """The compressed content; `changed` tells one state of a file from the next."""
    return gzip.compress(file.read_bytes(), mtime=0)
