"""The application for a WSGI server: `gunicorn web.wsgi:app`."""

from web.app import create_app
from workflows import logs

logs.configure()

app = create_app()
