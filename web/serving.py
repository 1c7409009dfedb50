"""gunicorn, with one difference: asked to stop, it first tells the balancer by `/readyz` and goes on serving.

gunicorn itself closes its door at once, and whoever the balancer sends in the meantime is turned away. Here the door
stays open for `DRAIN_SECONDS`; then gunicorn finishes what is in hand and ends. A second signal to stop ends the wait.
"""

import os
import signal
import threading
from typing import Any

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.arbiter import Arbiter

from web import draining
from workflows.settings import settings


class Drained(Arbiter):
    """The process that looks after the others."""

    def handle_term(self) -> None:
        """Asked to stop in good order: at once where there is no balancer to wait for, or when asked again."""
        if draining.is_draining() or not settings().drain_seconds:
            super().handle_term()
        draining.begin()
        self.log.info("Asked to stop; serving for %s seconds more.", settings().drain_seconds)
        again = threading.Timer(settings().drain_seconds, os.kill, (os.getpid(), signal.SIGTERM))
        again.daemon = True
        again.start()


class Server(WSGIApplication):
    """gunicorn's own program with that process."""

    def load_config(self) -> None:
        """Its words of the command line, and what is done before each request."""
        super().load_config()
        self.cfg.set("pre_request", _last_of_its_connection)

    def run(self) -> None:
        """Serve until asked to stop."""
        Drained(self).run()


def _last_of_its_connection(_worker: Any, request: Any) -> None:
    """While the server waits, no connection is kept open: the next request of its client goes elsewhere."""
    if draining.is_draining():
        request.force_close()


if __name__ == "__main__":
    Server("%(prog)s [OPTIONS] APP").run()
