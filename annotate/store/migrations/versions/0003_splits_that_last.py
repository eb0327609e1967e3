"""Which split of a released dataset an article belongs to, for good."""

import sqlalchemy as sa
from alembic import op

from annotate.errors import StoreError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_assignment"),
        sa.UniqueConstraint("sha256", name="uq_assignment_sha256"),
    )
    op.create_index("ix_assignment_article_id", "assignment", ["article_id"])


def downgrade() -> None:
    """Go back while nothing is lost: assignments, once made, hold for good."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM assignment")).scalar_one():
        raise StoreError(
            "the splits of released articles would be lost", where="assignment", mend="go back to a backup instead"
        )
    op.drop_index("ix_assignment_article_id", "assignment")
    op.drop_table("assignment")
