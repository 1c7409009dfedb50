"""Alembic's environment: migrations run on the connection that `workflows.db.migrate` hands over."""

from alembic import context

from workflows import models

connection = context.config.attributes["connection"]
with connection.begin():
    context.configure(connection=connection, target_metadata=models.Base.metadata, compare_type=True)
    context.run_migrations()
