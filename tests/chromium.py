"""Where the browser of the tests is. `python -m tests.chromium` prints it, or fails when there is none."""

import os
import shutil
import sys

#: The one without windows first: it does the same in half the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: Without its own errands into the network, which may be closed, and without the sandbox root cannot have.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, else the first on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


if __name__ == "__main__":
    sys.stdout.write(f"{chromium() or ''}\n")
    sys.exit(chromium() is None)
