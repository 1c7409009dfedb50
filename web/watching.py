"""What an operator watches: `/readyz` and `/metrics` for machines, the page Health for people."""

import hmac
import secrets
import time

import structlog
from flask import Blueprint, Flask, Response, g, render_template, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from web import draining
from workflows.errors import NotFound
from workflows.queries.health import current_measures, health, ready
from workflows.settings import settings

watching = Blueprint("watching", __name__)

log = structlog.get_logger()

TEXT = "text/plain; version=0.0.4; charset=utf-8"


STOPPING = "this web server was asked to stop"


@watching.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when people can be served; 503 with the reason else, so that no requests are sent here."""
    why_not = STOPPING if draining.is_draining() else ready()
    return Response(why_not or "ok", mimetype="text/plain"), 503 if why_not else 200


@watching.get("/metrics")
def metrics() -> Response:
    """The measures for Prometheus, to whoever shows `METRICS_TOKEN`; without one there is no such page."""
    token, shown = settings().metrics_token, request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        raise NotFound
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Measured())
    return Response(generate_latest(registry), content_type=TEXT)


class _Measured(Collector):
    """The measures of this moment as families of gauges."""

    def collect(self) -> list[GaugeMetricFamily]:
        """Each name once, with all its labels."""
        families: dict[str, GaugeMetricFamily] = {}
        for measure in current_measures():
            labels = [name for name, _ in measure.labels]
            family = families.setdefault(
                measure.name, GaugeMetricFamily(measure.name, measure.words, labels=labels)
            )
            family.add_metric([value for _, value in measure.labels], measure.value)
        return list(families.values())


@watching.get("/admin/health")
def read_health() -> str:
    """How the parts of the product are, in words."""
    return render_template("admin/health.html", signs=health(g.actor))


REQUEST_ID = "X-Request-Id"


def log_requests(app: Flask) -> None:
    """Have each request told in one line of the log, under an id that is in every line written meanwhile and in the
    answer, so that who reports a problem can name it."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_forget)


def _begin() -> None:
    g.began, g.request_id = time.perf_counter(), secrets.token_hex(8)
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _tell(response: Response) -> Response:
    """The rule and not the address, which holds a case's number or what somebody searches for."""
    response.headers[REQUEST_ID] = g.request_id
    if request.endpoint not in ("static", "healthz", "watching.readyz"):
        took = round((time.perf_counter() - g.began) * 1000, 1)
        rule = request.url_rule.rule if request.url_rule else ""
        person = getattr(g.get("actor"), "id", None)
        log.info(
            "answered", method=request.method, rule=rule, status=response.status_code, ms=took, person=person
        )
    return response


def _forget(_error: BaseException | None) -> None:
    structlog.contextvars.unbind_contextvars("request")
