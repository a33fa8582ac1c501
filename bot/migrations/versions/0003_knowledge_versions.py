"""Every version of entries and documents is kept, and what was done to them.

What was published before becomes version 1, published; there is no telling who wrote it.
"""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
BATCH = 1000
AUTHOR, APPROVER, NOTE = "导入", "升级", "升级以前就有的条目"

OLD = sa.table(
    "knowledge_entries",
    sa.column("id", sa.String),
    sa.column("topic", sa.String),
    sa.column("content", sa.JSON),
    sa.column("content_hash", sa.String),
    sa.column("status", sa.String),
    sa.column("updated", MOMENT),
)


def upgrade() -> None:
    items = op.create_table(
        "knowledge_items",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=True),
        sa.Column("published", sa.Integer(), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id"),
    )
    op.create_index("ix_knowledge_items_topic", "knowledge_items", ["topic"])
    op.create_index("ix_knowledge_items_source", "knowledge_items", ["source"])
    versions = op.create_table(
        "knowledge_versions",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("submitted_by", sa.String(100), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.String(100), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("snapshot_id", sa.String(100), nullable=True),
        sa.PrimaryKeyConstraint("kind", "id", "number"),
    )
    op.create_index("ix_knowledge_versions_status", "knowledge_versions", ["status"])
    op.create_table(
        "knowledge_events",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("knowledge_events_of", "knowledge_events", ["kind", "id"])
    _carry_over(items, versions)
    op.drop_table("knowledge_entries")


def _carry_over(items: sa.Table, versions: sa.Table) -> None:
    connection, last = op.get_bind(), ""
    while True:
        query = sa.select(OLD).where(OLD.c.id > last).order_by(OLD.c.id).limit(BATCH)
        rows = list(connection.execute(query).mappings())
        if not rows:
            return
        last = rows[-1]["id"]
        connection.execute(sa.insert(items), [_item(row) for row in rows])
        connection.execute(sa.insert(versions), [_version(row) for row in rows])


def _item(row: Any) -> dict[str, Any]:
    return {
        "kind": "entry",
        "id": row["id"],
        "topic": row["topic"],
        "title": row["content"]["question"],
        "source": _source(row["content"]["source"]),
        "current": 1,
        "approved": None,
        "published": 1 if row["status"] == "published" else None,
        "archived": False,
    }


def _version(row: Any) -> dict[str, Any]:
    at: datetime = row["updated"]
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    done = row["status"] == "published"
    who, when = (APPROVER, at) if done else (None, None)
    return {
        "kind": "entry",
        "id": row["id"],
        "number": 1,
        "content": row["content"],
        "content_hash": row["content_hash"],
        "status": row["status"],
        "author": AUTHOR,
        "created": at,
        "note": NOTE,
        "warnings": [],
        "submitted_by": AUTHOR if done else None,
        "submitted_at": when,
        "approved_by": who,
        "approved_at": when,
        "published_at": when,
        "snapshot_id": None,
    }


def _source(source: dict[str, str]) -> str:
    """As ``knowledge.store.source_key`` was when this was written."""
    parts = (re.sub(r"[\s《》]+", "", source.get(name) or "") for name in ("title", "article"))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def downgrade() -> None:
    op.create_table(
        "knowledge_entries",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("updated", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_knowledge_entries_status", "knowledge_entries", ["status"])
    op.create_index("ix_knowledge_entries_topic", "knowledge_entries", ["topic"])
    op.execute(
        "INSERT INTO knowledge_entries (id, topic, content, content_hash, status, updated) "
        "SELECT i.id, i.topic, v.content, v.content_hash, "
        "CASE WHEN i.published IS NULL THEN 'draft' ELSE 'published' END, v.created "
        "FROM knowledge_items i JOIN knowledge_versions v ON v.kind = i.kind AND v.id = i.id "
        "AND v.number = COALESCE(i.published, i.current) WHERE i.kind = 'entry' AND NOT i.archived"
    )
    op.drop_table("knowledge_events")
    op.drop_table("knowledge_versions")
    op.drop_table("knowledge_items")
