"""What an operator watches: ready or not and why, the measures, the page Health."""

import json
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from tests.desk import AVERY, PAT, Clock, Desk
from tests.integration.acting import actor, browser
from workflows import clock as moment
from workflows import db
from workflows.commands.heads import sign_head
from workflows.commands.job_runs import job_ended
from workflows.errors import NotAllowed
from workflows.queries.health import health
from workflows.settings import settings

TOKEN = "a-token-for-tests"


def read(desk: Desk, token: str = TOKEN) -> dict[tuple[str, ...], float]:
    """The measures as Prometheus reads them."""
    answer = desk.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.status_code
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation whose operator reads the measures."""
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    settings.cache_clear()


def test_ready_means_the_database_answers_and_has_the_schema(desk: Desk) -> None:
    client = desk.app.test_client()
    assert client.get("/readyz").status_code == 200
    with db.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0012'"))
    answer = client.get("/readyz")
    assert (answer.status_code, "schema" in answer.text) == (503, True)
    with db.transaction() as session:
        session.execute(text("DROP TABLE alembic_version"))
    assert client.get("/readyz").status_code == 503


def test_the_measures_count_what_there_is_and_tell_of_nobody(desk: Desk, clock: Clock, token: None) -> None:
    number = desk.to_request()
    job_ended("outbox.sweep", 0.25)
    job_ended("outbox.sweep", 0.5, "OperationalError")
    told = read(desk)
    assert told["optin_open_cases", "submitted"] == 1
    assert told["optin_open_tasks", "day", "esd_wioa_supervisor"] >= 1
    assert told["optin_outbox_messages", "waiting"] >= 1
    assert told["optin_job_runs_total", "outbox.sweep"] == 2
    assert told["optin_job_failures_total", "outbox.sweep"] == 1
    assert told["optin_job_seconds_total", "outbox.sweep"] == 0.75
    raw = desk.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not [word for word in (number, "Pennywhistle", AVERY, "360-555") if word in raw]


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}"])
def test_without_the_token_there_is_no_such_page(desk: Desk, token: None, shown: str) -> None:
    assert desk.app.test_client().get("/metrics", headers={"Authorization": shown}).status_code == 404


def test_without_a_setting_there_is_no_such_page(desk: Desk) -> None:
    assert desk.app.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_health_says_in_words_what_is_not_well_and_what_to_do(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    sign_head()
    job_ended("outbox.sweep", 0.1)
    assert {sign.what: sign.tone for sign in health(actor(PAT))}["Clock and worker"] == "good"
    with db.transaction() as session:
        session.execute(text("UPDATE timer SET due_at = :at"), {"at": moment.now()})
    clock.move(hours=4)
    with db.transaction() as session:
        session.execute(
            text("UPDATE outbox_message SET state = 'failed' WHERE id = (SELECT min(id) FROM outbox_message)")
        )
        session.execute(text("DELETE FROM job_run"))
        session.execute(text("UPDATE outbox_message SET state = 'waiting', next_attempt_at = '2026-11-01' WHERE id = "
                             "(SELECT max(id) FROM outbox_message)"))  # fmt: skip
    signs = health(actor(PAT))
    assert all(sign.mend for sign in signs if sign.tone != "good")
    assert {sign.what for sign in signs if sign.tone != "good"} >= {"Clock and worker", "Mail", "History"}
    page = browser(desk, PAT).get("/admin/health")
    assert page.status_code == 200 and "No job has ever run" in page.text
    with pytest.raises(NotAllowed):
        health(actor(AVERY))


def test_every_line_of_the_log_is_json_and_names_its_request(desk: Desk) -> None:
    """In a process of its own, as the web server has it."""
    program = (
        "import web.wsgi, logging\n"
        "client = web.wsgi.app.test_client()\n"
        "print(client.get('/audit?who=Pennywhistle').headers['X-Request-Id'])\n"
        "try: raise ValueError('360-555-0101')\n"
        "except ValueError: logging.getLogger('some.library').exception('it failed')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert not [word for word in ("Pennywhistle", "360-555") if word in done.stderr]
    (told,) = [line for line in lines if line["event"] == "answered"]
    assert (told["rule"], told["request"], told["status"]) == ("/audit", done.stdout.strip(), 302)
    assert [line["error"] for line in lines if line["event"] == "it failed"] == ["ValueError"]
