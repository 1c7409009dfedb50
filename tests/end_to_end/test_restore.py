"""Backups that are taken while people work hold all that was acknowledged until then, whole: `make restore-load`."""

import os
import threading
import time
from itertools import count

import pytest

from tests.end_to_end.keeping import Restored, take
from tests.end_to_end.product import LEASE, product, wait_for
from tests.end_to_end.storm import COMPLETED, UNEVEN, Storm

SECONDS = float(os.environ.get("RESTORE_SECONDS") or 0)
BACKUPS = 3
CLIENTS = 8

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SECONDS, reason="LEFT OUT: make restore-load."),
]


def test_a_backup_taken_under_load_has_everything_acknowledged_until_then() -> None:
    with product(OUTBOX_LEASE_SECONDS=str(LEASE), LOG_LEVEL="WARNING") as running:
        storm, taken = Storm(running, int(os.environ.get("SEED") or 0), CLIENTS), []
        working = threading.Thread(target=storm.blow, args=(0, lambda storm: len(taken) == BACKUPS))
        working.start()
        wait_for(lambda: len(storm.tally.acknowledged) > CLIENTS, 120, "the first tasks to be complete")
        for number in range(BACKUPS):
            time.sleep(SECONDS / BACKUPS)
            taken.append(take(running, f"backup{number}"))
        working.join()
        everything = {task for (task,) in running.rows(COMPLETED)}
        for backup, before in zip(taken, count(1)):
            again = Restored(running, backup)
            assert again.found == []
            there = {task for (task,) in again.rows(COMPLETED)}
            surely = {task for task, at in storm.tally.acknowledged.items() if at < again.moment}
            print(  # noqa: T201 - the sizes and seconds are what a run is about
                f"backup {before}: {len(there)} tasks, {len(surely)} acknowledged before; {backup.megabytes:.2f} MB in "
                f"{backup.seconds:.1f} s, restored and verified in {again.seconds:.1f} s"
            )
            assert surely - there == set(), "acknowledged, and not in the backup"
            assert there - everything == set(), "in the backup, and never committed"
            assert again.rows(UNEVEN) == []
            assert surely
    assert storm.tally.failures == []
