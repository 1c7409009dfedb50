"""The journal of a host: what it remembers, also of what was cut off, and what it does when it cannot be written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from notifications.journal import Journal, JournalUnwritable


def test_it_remembers_under_which_lease_a_message_was_taken(tmp_path: Path) -> None:
    book = Journal(tmp_path / "journal")
    lease, other = book.new_lease(), book.new_lease()
    for message in ("<a@desk.example>", "<b@desk.example>"):
        book.began(message, lease)
    book.taken("<a@desk.example>", lease)
    asked = [("<a@desk.example>", lease), ("<b@desk.example>", lease), ("<c@desk.example>", lease),
             ("<a@desk.example>", other)]  # fmt: skip
    known = Journal(tmp_path / "journal")
    assert list(known.fates(asked).values()) == ["taken", "began", "never", "never"]
    assert lease.partition(":")[0] == known.host != ""


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    book = Journal(tmp_path)
    lease = book.new_lease()
    (day,) = tmp_path.glob("*.log")
    with day.open("ab") as file:
        file.write(b"\ntaken <a@desk.exa")
    book.began("<a@desk.example>", lease)
    assert book.fates([("<a@desk.example>", lease)]) == {("<a@desk.example>", lease): "began"}


def test_old_days_are_dropped(tmp_path: Path) -> None:
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC)) as clock:
        Journal(tmp_path).new_lease()
        clock.shift(7 * 86400)
        Journal(tmp_path).new_lease()
        assert len(list(tmp_path.glob("*.log"))) == 2
        clock.shift(86400)
        Journal(tmp_path).new_lease()
        assert sorted(path.stem for path in tmp_path.glob("*.log")) == ["2026-11-08", "2026-11-09"]


def test_without_a_folder_a_lease_names_no_host_and_with_a_lost_one_nothing_begins(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    nowhere = Journal(tmp_path / "file" / "journal")
    lease = nowhere.new_lease()
    assert lease.startswith(":") and nowhere.host == ""
    nowhere.began("<a@desk.example>", lease)
    nowhere.taken("<a@desk.example>", lease)
    with pytest.raises(JournalUnwritable):
        nowhere.began("<a@desk.example>", "host:1")
