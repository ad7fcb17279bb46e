"""What Alembic runs (迁移环境): one transaction, on the connection that the store hands over."""

from __future__ import annotations

from alembic import context

from reportgen.service.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
