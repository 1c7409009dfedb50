"""Where the demo keeps its things: one folder, `DATA_DIR`, that nobody else may look into."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from workflows.settings import PROJECT

#: Readable by the owner alone.
PRIVATE = 0o600


@dataclass(frozen=True)
class Place:
    """The folders and files under `DATA_DIR`. Removing the folder is a fresh start."""

    root: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data; as root it may be a link to a folder that its account can reach."""
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        """Redis' append-only file and its configuration."""
        return self.root / "redis"

    @property
    def mail(self) -> Path:
        """Every mail the sink took."""
        return self.root / "mail"

    @property
    def log(self) -> Path:
        """One log file for each part."""
        return self.root / "log"

    @property
    def services(self) -> Path:
        """The addresses of the running parts, so that the other commands find them."""
        return self.root / "services.json"

    @property
    def secrets(self) -> Path:
        """The keys of this installation, made once."""
        return self.root / "secrets.json"

    @property
    def lock(self) -> Path:
        """Held by the demo that runs here; the system lets go of it however the demo ends."""
        return self.root / "demo.lock"

    def make(self) -> None:
        """Make the folders; `DATA_DIR` is closed to others from its first moment, or from now on.

        A group that may only pass through stays: as root that is the one of PostgreSQL's account.
        """
        self.root.parent.mkdir(parents=True, exist_ok=True)
        self.root.mkdir(mode=0o700, exist_ok=True)
        if self.root.stat().st_mode & 0o067:
            self.root.chmod(0o700)
        for folder in (self.redis, self.mail, self.log):
            folder.mkdir(mode=0o700, exist_ok=True)


def place() -> Place:
    """The place that `DATA_DIR` names; by default `var/demo` in the project's folder."""
    return Place(Path(os.environ.get("DATA_DIR") or PROJECT / "var" / "demo").expanduser().resolve())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)


def keys(where: Place) -> dict[str, str]:
    """The secrets of this installation by the names of their settings; made at the first start and kept."""
    if where.secrets.exists():
        return dict(json.loads(where.secrets.read_text("utf-8")))
    made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "FINGERPRINT_KEY", "REDIS_PASSWORD")}
    write_private(where.secrets, json.dumps(made, indent=2))
    return made


def remember(where: Place, services: dict[str, object]) -> None:
    """Write down the addresses of the running parts."""
    write_private(where.services, json.dumps(services, indent=2))


def running(where: Place) -> dict[str, object] | None:
    """The addresses that the running demo wrote down, or None when it wrote none."""
    if not where.services.exists():
        return None
    return dict(json.loads(where.services.read_text("utf-8")))
