"""How Alembic reaches the store: always through a connection that annotate.store.migrate hands over."""

from alembic import context

from annotate.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()
