"""Fills a database with cases in the shape that the commands write, by the hundred thousand.

A few cases are led to where they stand by the commands themselves; PostgreSQL then copies their rows, with new ids in
rows and saved states alike. A batch is one transaction, so a loading that was broken off goes on where it stood.
"""

from __future__ import annotations

import re

import psycopg
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks import permit, place
from benchmarks.product import Permit

BATCH = 5_000
FIRST = 1_000
"""The id of a copy is its number and this, so that copies and what the commands make do not meet."""

SHARES = {"done": 0.94, "Inspect": 0.04, "waiting": 0.01, "HandOver": 0.01}
"""Where how many of the cases stand: at their end, at a task of the inspectors, at the event-based gateway with its
timer, at a task of the clerks."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NEW_ID = "md5({old} || n)::uuid::text"
_SPREAD = "(n %% 200000) * interval '1 minute'"
"""Due times are spread over five months, so that a page is somewhere in the middle of many."""

_CHANGED = {
    "case": {
        "id": f"n + {FIRST}",
        "number": "'OLY-2025-' || n",
        "office_code": "(ARRAY['WSK', 'WSC', 'WSJ', 'DEMO'])[n %% 4 + 1]",
    },
    "process_instance": {"case_id": f"n + {FIRST}", "state": "{state}"},
    "user_task": {
        "id": _NEW_ID.format(old="t.id"),
        "case_id": f"n + {FIRST}",
        "office_code": "(ARRAY['WSK', 'WSC', 'WSJ', 'DEMO'])[n %% 4 + 1]",
        "due_at": f"t.due_at + {_SPREAD}",
    },
    "timer": {
        "id": _NEW_ID.format(old="t.id"),
        "case_id": f"n + {FIRST}",
        "due_at": f"t.due_at + {_SPREAD} - interval '30 days'",
    },
    "task_record": {"task_id": _NEW_ID.format(old="t.task_id"), "case_id": f"n + {FIRST}"},
    "history_event": {"id": "nextval('history_event_id_seq')", "case_id": f"n + {FIRST}"},
    "outbox_message": {
        "id": "nextval('outbox_message_id_seq')",
        "case_id": f"n + {FIRST}",
        "message_id": "'<' || md5(t.message_id || n) || '@desk.example>'",
        "state": "'sent'",
        "sent_at": "t.queued_at",
    },
}
"""What a copy has of its own, by table and column; the rest is as in the pattern."""


def patterns(permit_: Permit) -> dict[str, int]:
    """The id of one case for each place where cases stand."""
    found = {}
    for place_ in SHARES:
        case = found[place_] = permit_.open()
        for name, step in permit_.steps(case):
            if name == place_ or (place_ == "waiting" and name == permit.MESSAGE):
                break
            step()
    return found


def prepared(server: str, name: str) -> str:
    """The address of a database to be filled: the one that is there, or a new one with its patterns."""
    url = place.address(server, name)
    if place.exists(server, name) and place.scalar(url, "SELECT count(to_regclass('benchmark_pattern'))"):
        place.use(url)
        return url
    place.prepare(server, name)
    permit_ = Permit()
    places = ", ".join(f"('{key}', {case}, {permit_.definition})" for key, case in patterns(permit_).items())
    place.execute(
        url,
        "CREATE TABLE benchmark_pattern (place text PRIMARY KEY, case_id integer, definition_id integer)",
        "CREATE TABLE benchmark_filled (cases integer)",
        "INSERT INTO benchmark_filled VALUES (0)",
        f"INSERT INTO benchmark_pattern VALUES {places}",  # noqa: S608
    )
    return url


def filled(url: str) -> int:
    """How many copies a database holds."""
    return place.scalar(url, "SELECT cases FROM benchmark_filled")


def fill(url: str, cases: int) -> None:
    """Bring a database to so many cases, with a bar that shows how far it is."""
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with bar, psycopg.connect(place.plain(url)) as connection:
        copies = _copies(connection)
        task = bar.add_task(f"cases in {connection.info.dbname}", total=cases, completed=filled(url))
        while (have := filled(url)) < cases:
            upto = min(have + BATCH, cases)
            for share, statement in copies:
                first, last = (have + round((upto - have) * edge) for edge in share)
                connection.execute(statement, {"first": first + 1, "last": last})
            connection.execute("UPDATE benchmark_filled SET cases = %s", [upto])
            connection.execute("SELECT setval('case_id_seq', %s)", [FIRST + upto + 1])
            connection.commit()
            bar.update(task, completed=upto)
    place.execute(url, "VACUUM (ANALYZE)", "CHECKPOINT")


def _copies(connection: psycopg.Connection) -> list[tuple[tuple[float, float], str]]:
    """The statements that copy one batch, each with its share of the batch, from where to where."""
    found, start = [], 0.0
    for place_, share in SHARES.items():
        row = connection.execute(
            "SELECT p.case_id, convert_from(i.state, 'UTF8') FROM benchmark_pattern p "
            "JOIN process_instance i USING (case_id) WHERE p.place = %s",
            [place_],
        ).fetchone()
        assert row is not None
        for table, changed in _CHANGED.items():
            statement = _copy(connection, table, row[0], changed, _state(row[1]))
            found.append(((start, start + share), statement))
        start += share
    return found


def _state(text: str) -> str:
    """The saved state with new ids and the checksum that then is right, as SQL."""
    head, _, body = text.partition("\n")
    content = "'" + body.replace("'", "''").replace("%", "%%") + "'"
    for old in sorted(set(_UUID.findall(body))):
        new = _NEW_ID.format(old=f"'{old}'")
        content = f"replace({content}, '{old}', {new})"
    name = head.split()[0]
    return (
        f"(SELECT convert_to('{name} ' || encode(sha256(convert_to(s, 'UTF8')), 'hex') || E'\\n' || s, 'UTF8') "  # noqa: S608
        f"FROM (SELECT {content} AS s) x)"
    )


def _copy(
    connection: psycopg.Connection, table: str, case_id: int, changed: dict[str, str], state: str
) -> str:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
        "ORDER BY ordinal_position",
        [table],
    )
    columns = [name for (name,) in rows]
    values = [changed.get(name, f't."{name}"').replace("{state}", state) for name in columns]
    listed = ", ".join(f'"{name}"' for name in columns)
    key = "id" if table == "case" else "case_id"
    return (
        f'INSERT INTO "{table}" ({listed}) SELECT {", ".join(values)} FROM "{table}" t, '  # noqa: S608
        f"generate_series(%(first)s::integer, %(last)s::integer) n WHERE t.{key} = {case_id}"
    )
