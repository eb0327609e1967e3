"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_article"),
        sa.UniqueConstraint("id", name="uq_article_id"),
        sa.UniqueConstraint("sha256", name="uq_article_sha256"),
    )
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
        sa.UniqueConstraint("kind", "key", name="uq_ledger_kind_key"),
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_head"),
    )
    op.create_table(
        "project",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("remote_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("lease_holder", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_project"),
        sa.UniqueConstraint("server", "remote_id", name="uq_project_server_remote_id"),
    )
    op.create_table(
        "annotation",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=False),
        sa.Column("article_number", sa.Integer(), nullable=True),
        sa.Column("remote_task", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("annotator", sa.String(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("ground_truth", sa.Boolean(), nullable=False),
        sa.Column("lead_time", sa.Float(), nullable=True),
        sa.Column("pipeline", sa.String(), nullable=True),
        sa.Column("annotated_at", sa.String(), nullable=True),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_number"], ["article.number"], name="fk_annotation_article_number_article"),
        sa.ForeignKeyConstraint(["project_number"], ["project.number"], name="fk_annotation_project_number_project"),
        sa.PrimaryKeyConstraint("number", name="pk_annotation"),
    )
    op.create_index("ix_annotation_article_number", "annotation", ["article_number"])
    op.create_index("ix_annotation_identity", "annotation", ["identity"])
    op.create_table(
        "prediction",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("article_number", sa.Integer(), nullable=False),
        sa.Column("pipeline", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_number"], ["article.number"], name="fk_prediction_article_number_article"),
        sa.PrimaryKeyConstraint("number", name="pk_prediction"),
        sa.UniqueConstraint("article_number", "pipeline", name="uq_prediction_article_number_pipeline"),
    )
    op.create_index("ix_prediction_pipeline", "prediction", ["pipeline"])
    op.create_table(
        "task",
        sa.Column("push_key", sa.String(length=64), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=False),
        sa.Column("article_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("remote_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["article_number"], ["article.number"], name="fk_task_article_number_article"),
        sa.ForeignKeyConstraint(["project_number"], ["project.number"], name="fk_task_project_number_project"),
        sa.PrimaryKeyConstraint("push_key", name="pk_task"),
        sa.UniqueConstraint("project_number", "article_number", name="uq_task_project_number_article_number"),
    )
    op.create_index("ix_task_project_number_state", "task", ["project_number", "state"])
    op.create_table(
        "duplicate",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("push_key", sa.String(), nullable=False),
        sa.Column("remote_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["push_key"], ["task.push_key"], name="fk_duplicate_push_key_task"),
        sa.PrimaryKeyConstraint("number", name="pk_duplicate"),
    )
    op.create_index("ix_duplicate_push_key", "duplicate", ["push_key"])
    op.create_table(
        "sent_prediction",
        sa.Column("push_key", sa.String(), nullable=False),
        sa.Column("pipeline", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["push_key"], ["task.push_key"], name="fk_sent_prediction_push_key_task"),
        sa.PrimaryKeyConstraint("push_key", "pipeline", name="pk_sent_prediction"),
    )
