"""The demo's children: none outlives its parent, a fallen one comes back, a failed start explains itself."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from web.console import children
from web.console.children import CannotStart, Child, back_off, look_after, stop_all, wait_until

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def child(tmp_path):
    one = Child("The sleeper", SLEEPER, tmp_path / "sleeper.log", os.environ, tmp_path)
    yield one
    one.sweep()


def up(one):
    return one.log.exists() and "up" in one.log.read_text()


def test_a_child_starts_writes_its_log_and_stops_when_asked(child):
    child.start()
    wait_until(lambda: up(child), child)
    stop_all([[child]])
    assert not child.alive
    assert child.process.returncode == -signal.SIGTERM


def test_a_child_that_will_not_stop_is_ended_with_all_its_group(tmp_path):
    stubborn = Child("The stubborn one", STUBBORN, tmp_path / "s.log", os.environ, tmp_path)
    stubborn.start()
    wait_until(lambda: up(stubborn), stubborn)
    stubborn.ask_to_stop()
    stubborn.see_off(seconds=0.2)
    assert stubborn.process.returncode == -signal.SIGKILL


def test_a_failed_start_shows_the_end_of_the_log(tmp_path):
    broken = Child("The broken part", [sys.executable, "-c", "raise SystemExit('no such thing')"],
                   tmp_path / "b.log", os.environ, tmp_path)  # fmt: skip
    broken.start()
    with pytest.raises(
        CannotStart, match=r"The broken part stopped while starting \(exit code 1\)(?s:.*)no such"
    ):
        wait_until(lambda: False, broken)


def test_a_start_that_takes_too_long_says_so(child):
    child.start()
    with pytest.raises(CannotStart, match="did not answer within 0 seconds"):
        wait_until(lambda: False, child, seconds=0.1)


def test_a_fallen_child_is_started_again_at_once_and_then_less_and_less_often(child):
    said = []
    child.start()
    first = child.pid
    child.process.kill()
    child.process.wait()
    assert look_after(child, said.append, time.monotonic())
    assert child.alive
    assert child.pid != first
    assert "The sleeper stopped unexpectedly (exit code -9); starting it again now" in said[0]

    child.process.kill()
    child.process.wait()
    now = time.monotonic()
    assert not look_after(child, said.append, now)
    assert not look_after(child, said.append, now + 0.9)
    assert look_after(child, said.append, now + 1.1)
    assert len(said) == 2, "one sentence a fall"


def test_the_wait_grows_and_has_an_end():
    assert [back_off(falls) for falls in (1, 2, 3, 4, 7, 50)] == [0, 1, 2, 4, 30, 30]


def test_a_child_that_lived_well_starts_at_once_again(child, monkeypatch):
    monkeypatch.setattr(children, "WELL_AFTER", 0.0)
    child.falls = 5
    child.start()
    child.process.kill()
    child.process.wait()
    assert look_after(child, lambda _: None, time.monotonic())
    assert child.falls == 1


PARENT = """
import os, sys, time
from pathlib import Path
from web.console.children import Child
folder = Path(sys.argv[1])
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
child = Child("x", sleep, folder / "x.log", os.environ, folder)
child.start()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    number = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 5
    while _runs(number):
        assert time.monotonic() < until, "the child was left behind"
        time.sleep(0.05)


def _runs(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
