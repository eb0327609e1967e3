"""Projects for adjudication beside those for annotation, and random samples kept apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("purpose", sa.String(), nullable=False, server_default="annotation"))
    op.add_column("task", sa.Column("sample", sa.String(), nullable=True))
    op.create_table(
        "adjudication",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=False),
        sa.Column("article_number", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_number"], ["project.number"], name="fk_adjudication_project_number_project"),
        sa.ForeignKeyConstraint(["article_number"], ["article.number"], name="fk_adjudication_article_number_article"),
        sa.PrimaryKeyConstraint("number", name="pk_adjudication"),
        sa.UniqueConstraint("project_number", "article_number", name="uq_adjudication_project_number_article_number"),
    )
