"""`optin demo`, started for real: it comes up, heals, keeps its data, and leaves nothing behind."""

import json
import os
import queue
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from web.console import embedded
from web.console.demo import optin
from web.console.place import Place
from workflows.settings import PROJECT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
#: A demo that needs longer than this to come up is no demo.
UP_WITHIN = 90


class Demo:
    """A running `optin demo`, and what it said."""

    def __init__(self, folder, port):
        self.where, self.port, self.said = Place(folder), port, []
        self._lines = queue.Queue()
        self.process = subprocess.Popen(
            optin("demo"), env=environment(folder, port), cwd=PROJECT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip())
        self._lines.put(None)

    def hear(self, words, seconds=UP_WITHIN):
        """Wait until the demo says something with these words in it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                line = self._lines.get(timeout=until - time.monotonic())
            except queue.Empty:
                break
            assert line is not None, "the demo ended:\n" + "\n".join(self.said)
            self.said.append(line)
            if words in line:
                return line
        pytest.fail(f"the demo did not say '{words}' in time:\n" + "\n".join(self.said))

    @property
    def services(self):
        return json.loads(self.where.services.read_text())

    def descendants(self):
        """Every process that was started for this demo's folder, the demo itself among them."""
        mark = f"DATA_DIR={self.where.root}".encode()
        return {
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/environ")
            if mark in read(path) and b" Z " not in read(path.with_name("stat"))[:80]
        } | {number for number in self.services_numbers if runs(number)}

    @property
    def services_numbers(self):
        return set(self.services["processes"].values()) if self.where.services.exists() else set()


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def runs(number):
    return b") Z" not in (read(Path(f"/proc/{number}/stat")) or b") Z")


def environment(folder, port=None):
    """What a person's shell would hand over."""
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {**clean, "DATA_DIR": str(folder), "COLUMNS": "120", **({"PORT": str(port)} if port else {})}


def run(folder, *words, port=None):
    return subprocess.run(
        optin(*words), env=environment(folder, port), cwd=PROJECT, text=True, capture_output=True, check=False
    )


def gone(numbers, seconds=20):
    """Wait until none of these processes runs; gives those that still do."""
    until = time.monotonic() + seconds
    while (left := {number for number in numbers if runs(number)}) and time.monotonic() < until:
        time.sleep(0.1)
    return left


@pytest.fixture(scope="module")
def folder():
    outer = Path(tempfile.mkdtemp(prefix="optin-"))
    outer.chmod(0o711)
    yield outer / "demo"
    shutil.rmtree(outer)


@pytest.fixture(scope="module")
def demo(folder):
    running = Demo(folder, embedded.free_port())
    try:
        running.hear("Ready: ")
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(30)


def test_it_says_who_can_sign_in_and_where_and_the_pages_answer(demo):
    assert demo.said[-1] == f"Ready: http://127.0.0.1:{demo.port}/"
    assert "SAMPLE" in "\n".join(demo.said)
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/healthz", timeout=5) as answer:
        assert answer.status == 200


def test_what_it_writes_down_is_for_the_owner_alone(demo):
    assert stat.S_IMODE(demo.where.root.stat().st_mode) in (0o700, 0o710)
    for file in (demo.where.services, demo.where.secrets):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {"DATABASE_URL", "REDIS_URL", "SMTP_URL", "PUBLIC_URL"} <= set(demo.services)
    assert set(demo.services["processes"]) == {
        "demo", "postgres", "redis", "mail", "web", "worker", "beat",
    }  # fmt: skip


def test_no_secret_stands_in_a_list_of_processes(demo):
    secrets = json.loads(demo.where.secrets.read_text()).values()
    for number in demo.services_numbers:
        command = read(Path(f"/proc/{number}/cmdline")).decode()
        assert not [secret for secret in secrets if secret in command]


def test_a_token_is_made_for_a_known_user_and_opens_the_api(demo):
    with psycopg.connect(demo.services["DATABASE_URL"]) as connection:
        username = connection.execute("SELECT username FROM person ORDER BY id LIMIT 1").fetchone()[0]
    made = run(demo.where.root, "token", username)
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.strip()) >= 32
    unknown = run(demo.where.root, "token", "nobody.known")
    assert unknown.returncode != 0
    assert "no active user named nobody.known" in unknown.stderr


def test_a_second_demo_in_the_same_folder_and_a_taken_port_are_refused_with_a_sentence(demo):
    second = run(demo.where.root, "demo")
    assert second.returncode != 0
    assert "already runs" in second.stderr
    assert demo.process.poll() is None
    with tempfile.TemporaryDirectory() as elsewhere:
        taken = run(elsewhere, "demo", port=demo.port)
    assert taken.returncode != 0
    assert f"Port {demo.port} is in use" in taken.stderr


@pytest.mark.parametrize("part", ["worker", "web", "redis", "postgres", "mail", "beat"])
def test_a_part_that_is_killed_comes_back(demo, part):
    before = demo.services["processes"][part]
    os.kill(before, signal.SIGKILL)
    demo.hear("stopped unexpectedly (exit code -9); starting it again", seconds=10)
    assert lives_on(demo, part, before), (demo.where.log / f"{part}.log").read_text()[-3000:]


def lives_on(demo, part, before, seconds=30):
    """Wait until a part has a new process that is still there two seconds later."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        now = demo.services["processes"][part]
        time.sleep(2)
        if now not in (before, None) and runs(now) and demo.services["processes"][part] == now:
            return True
    return False


def test_the_pages_work_again_after_all_that(demo):
    until = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/healthz", timeout=5).close()
            break
        except urllib.error.URLError:
            assert time.monotonic() < until
            time.sleep(0.2)


def test_it_stops_quickly_and_leaves_nothing_running(demo):
    family = demo.descendants()
    assert len(family) >= 7
    before = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    demo.hear("Stopped.", seconds=20)
    assert demo.process.wait(5) == 0
    assert time.monotonic() - before < 15
    assert gone(family) == set()
    assert not demo.where.services.exists()
    silent = run(demo.where.root, "token", "anybody")
    assert silent.returncode != 0
    assert "No demo is running" in silent.stderr


def test_a_part_that_cannot_start_is_named_with_the_end_of_its_log(tmp_path):
    broken = subprocess.run(
        optin("demo"),
        env={**environment(tmp_path / "demo"), "DATABASE_URL": "postgresql://u@127.0.0.1:9/none"},
        cwd=PROJECT, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert broken.returncode != 0
    assert "The database could not be prepared" in broken.stderr
    assert "does not answer" in broken.stderr
