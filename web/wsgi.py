"""The application for a WSGI server: `gunicorn web.wsgi:app`."""

from web.app import create_app

app = create_app()
