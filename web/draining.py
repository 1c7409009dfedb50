"""Whether this web server was asked to stop and only serves what still comes: one byte that its processes share.

The byte lies in memory that the processes inherit, so whoever is asked `/readyz` knows at once.
"""

import mmap

_asked = mmap.mmap(-1, 1)


def begin() -> None:
    """From now on `/readyz` says that no more requests should be sent here."""
    _asked[0] = 1


def is_draining() -> bool:
    """Whether the server was asked to stop."""
    return _asked[0] == 1
