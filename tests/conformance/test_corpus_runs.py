"""Every executable process of the corpus: it ends, waits for somebody it names, or is refused with a reason."""

import corpus
import pytest
from stubbed import every_process

GOOD = ("ended", "waits", "error", "cancelled", "circles")


@corpus.present
@pytest.mark.slow
def test_no_process_sticks_crashes_or_hangs_and_each_goes_on_the_same_after_loading():
    bad, accepted, tried = [], 0, 0
    for path in corpus.diagrams():
        kind, rows = corpus.alone(every_process, path)
        if kind != "done":
            bad.append((path, kind, rows))
            continue
        for row in rows:
            tried += row["status"] != "not-executable" and row["id"] != ""
            accepted += row["status"] == "ok"
            bad += [(path, row["id"], fault) for fault in faults(row)]
    assert bad == []
    assert accepted >= 0.92 * tried


def faults(row: dict) -> list[object]:
    """What is wrong with the way a process came out."""
    found: list[object] = [
        refusal for refusal in row["refusals"] if not (refusal["reason"] and refusal["mend"])
    ]
    if not row.get("same_file", True):
        found.append("another file")
    if row["status"] == "ok":
        verdict, _, unequal = row["kept"]
        # With choices made in turn, a join may wait for a branch that was not taken; it is named.
        found += [] if verdict in GOOD or verdict.startswith("stands at") else [verdict]
        found += [] if row["restored"][:2] == row["kept"][:2] else ["another course after loading"]
        found += unequal or row["restored"][2]
    return found
