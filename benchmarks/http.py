"""The page "complete task" through HTTP, against what Flask alone does with the same form on the same gunicorn."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from benchmarks import permit, place, product
from benchmarks.table import Row
from web.console.embedded import free_port
from web.session import COOKIE
from workflows import sample
from workflows.commands import people
from workflows.settings import PROJECT

TARGET = 0.4
CLIENTS = 8
FORM = {**permit.ANSWERS["Apply"], "version": "1", "action": "complete"}


def floor() -> Flask:
    """Flask's floor: it reads the same form and sends the browser on, and does nothing in between."""
    app = Flask(__name__)

    @app.post("/tasks/<task_id>")
    def answer_task(task_id: str) -> Response:
        assert request.form["version"]
        return redirect(f"/tasks/{task_id}")

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def run(server: str, quick: bool) -> list[Row]:
    """The rows of the table."""
    place.prepare(server, "bench_http")
    permit_ = product.Permit()
    rounds, batch = (2, 100) if quick else (3, 400)
    tasks = iter([product.open_task(permit_.open())[0] for _ in range((rounds + 1) * batch)])
    os.environ["PUBLIC_URL"] = "http://127.0.0.1"
    with _serving("web.wsgi:app") as ours, _serving("benchmarks.http:floor()") as bare:
        headers, token = _signed_in(ours)
        body = urlencode({**FORM, "csrf_token": token})
        rates: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(rounds + 1):
            mine = [next(tasks) for _ in range(batch)]
            rates["ours"].append(_rate(ours, mine, headers, body))
            rates["bare"].append(_rate(bare, mine, headers, body))
    ours_best, bare_best = (max(rates[name][1:]) for name in ("ours", "bare"))
    share = ours_best / bare_best
    said = f"{share:.0%} ({ours_best:.0f} and {bare_best:.0f} requests a second)"
    return [Row("page “complete task” against Flask's floor", f"≥ {TARGET:.0%}", said, share >= TARGET)]


@contextmanager
def _serving(app: str) -> Iterator[int]:
    """gunicorn with an application, two workers of eight threads; its port."""
    port = free_port()
    words = ["gunicorn", app, "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    words += ["--threads", "8", "--keep-alive", "5", "--log-level", "error", "--no-control-socket"]
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=PROJECT)
    try:
        _until(lambda: _asked(port, "GET", "/healthz", {}, "")[0] == 200)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _until(ready: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if ready():
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise SystemExit("The web server did not start.")
        time.sleep(0.1)


def _asked(port: int, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, str, str]:
    """One request on a connection of its own: status, page, cookies that were set."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), answer.getheader("Set-Cookie") or ""
    connection.close()
    return found


def _signed_in(port: int) -> tuple[dict[str, str], str]:
    """The headers of a signed-in browser, and the token of its forms."""
    key = people.sign_in(product.CLERK, sample.PASSWORD)
    _, page, cookies = _asked(port, "GET", "/work", {"Cookie": f"{COOKIE}={key}"}, "")
    token = re.search(r'name="csrf[_-]token"[^>]*(?:value|content)="([^"]+)"', page)
    assert token, "The page has no token for its forms."
    other = cookies.split(";", 1)[0]
    kind = "application/x-www-form-urlencoded"
    return {"Cookie": f"{COOKIE}={key}; {other}", "Content-Type": kind}, token[1]


def _rate(port: int, tasks: list[str], headers: dict[str, str], body: str) -> float:
    """Forms a second, posted by several clients that keep their connections; each must be taken."""

    def client(own: list[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for task in own:
            connection.request("POST", f"/tasks/{task}", body, headers)
            answer = connection.getresponse()
            page = answer.read()
            assert answer.status == 302, (answer.status, page[-2000:])
        connection.close()

    begin = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(client, [tasks[number::CLIENTS] for number in range(CLIENTS)]))
    return len(tasks) / (time.perf_counter() - begin)
