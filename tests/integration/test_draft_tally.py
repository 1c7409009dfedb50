"""What a draft's pages say of its scenarios after every save, and what that costs."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.desk import ROBIN, Desk
from tests.integration.acting import actor, browser
from workflows import bundle_proofs
from workflows.commands.drafts import begin_draft, change_draft

UNKNOWN = "See whether the scenarios still come out as expected"


def test_each_save_is_played_once_and_quick_ones_make_no_queue(desk: Desk) -> None:
    draft, robin = begin_draft(actor(ROBIN)), browser(desk, ROBIN)
    page, part = f"/processes/drafts/{draft}", f"/processes/drafts/{draft}/tally"
    files = robin.get(f"{page}/files").json["files"]
    name = next(name for name in sorted(files) if name.startswith("scenarios/") and "expect" in files[name])
    told = json.loads(files[name])
    told["expect"]["outcome"] = "opened_in_error"
    change_draft(actor(ROBIN), draft, {name: json.dumps(told)}, 1)
    assert UNKNOWN in robin.get(f"{page}/times").text
    with played_by_somebody_else():
        waits = robin.get(part)
        assert (waits.status_code, "being played" in waits.text) == (202, True)
    many = len([name for name in files if name.startswith("scenarios/")]) - 1
    done = robin.get(part)
    assert done.status_code == 200 and f"1 of {many} differs" in done.text
    with played_by_somebody_else():
        assert f"1 of {many} differs" in robin.get(f"{page}/times").text, "it is known, and nothing is played"
        assert robin.get(part).status_code == 200
    change_draft(actor(ROBIN), draft, {"service_levels.toml": "["}, 2)
    assert "cannot be played" in robin.get(part).text


@contextmanager
def played_by_somebody_else() -> Iterator[None]:
    """While another request plays scenarios."""
    begun, end = threading.Event(), threading.Event()

    def play() -> None:
        with bundle_proofs._proving:
            begun.set()
            end.wait(10)

    thread = threading.Thread(target=play)
    thread.start()
    begun.wait(10)
    yield
    end.set()
    thread.join()
