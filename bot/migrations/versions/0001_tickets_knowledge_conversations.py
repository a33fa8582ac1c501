"""Tickets with their outbox, the ledger, knowledge, drafts and offers, what was said."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
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
    op.create_table(
        "ledger_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("category", sa.JSON(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("expectation", sa.Text(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sealed_name", sa.Text(), nullable=False),
        sa.Column("sealed_phone", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("urgency", sa.String(20), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("resolve_by", MOMENT, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("status_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "ticket_numbers",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("category_1", sa.String(60), nullable=False),
        sa.Column("category_2", sa.String(60), nullable=False),
        sa.Column("category_3", sa.String(60), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("expectation", sa.Text(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("address_said", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("building", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("datum", sa.String(20), nullable=True),
        sa.Column("sealed_name", sa.Text(), nullable=False),
        sa.Column("sealed_phone", sa.Text(), nullable=False),
        sa.Column("phone_fingerprint", sa.String(64), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("urgency", sa.String(20), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("co_handlers", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("accept_by", MOMENT, nullable=False),
        sa.Column("resolve_by", MOMENT, nullable=False),
        sa.Column("reassign_by", MOMENT, nullable=True),
        sa.Column("deadline_rule", sa.Text(), nullable=False),
        sa.Column("deadline_assumed", sa.Boolean(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("duplicate_of", sa.String(24), nullable=False),
        sa.Column("endorsements", sa.Integer(), nullable=False),
        sa.Column("urges", sa.Integer(), nullable=False),
        sa.Column("urged_at", MOMENT, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_reason", sa.Text(), nullable=False),
        sa.Column("reopenings", sa.Integer(), nullable=False),
        sa.Column("supervised", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_tickets_category_filed", "tickets", ["category_1", "filed_at"])
    op.create_index("ix_tickets_conversation", "tickets", ["conversation"])
    op.create_index("ix_tickets_phone_fingerprint", "tickets", ["phone_fingerprint"])
    op.create_index("ix_tickets_status", "tickets", ["status"])
    op.create_table(
        "ledger_notes",
        sa.Column("event", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["ledger_cases.id"]),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index("ix_ledger_notes_case_id", "ledger_notes", ["case_id"])
    op.create_table(
        "ticket_endorsements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("phone_fingerprint", sa.String(64), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_id", "conversation"),
        sa.UniqueConstraint("ticket_id", "phone_fingerprint"),
    )
    op.create_table(
        "ticket_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("before", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_id", "key"),
    )
    op.create_index("ix_ticket_events_ticket_id", "ticket_events", ["ticket_id"])
    op.create_table(
        "ticket_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("errand", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_try", MOMENT, nullable=False),
        sa.Column("lease", sa.String(32), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["ticket_events.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index("ix_ticket_outbox_due", "ticket_outbox", ["state", "next_try"])
    op.create_index("ix_ticket_outbox_ticket_id", "ticket_outbox", ["ticket_id"])
    op.create_table(
        "drafts",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("updated", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("drafts_of_conversation", "drafts", ["conversation", "state"])
    op.create_table(
        "offers",
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("external", sa.String(200), nullable=False),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("received", MOMENT, nullable=False),
        sa.Column("answered", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "account", "external"),
    )
    op.create_index("ix_inbound_conversation", "inbound", ["conversation"])
    op.create_table(
        "transcript",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("inbound", sa.Integer(), nullable=True),
        sa.Column("speaker", sa.String(20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["inbound"], ["inbound.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_transcript_inbound", "transcript", ["inbound"])
    op.create_index("transcript_of_conversation", "transcript", ["conversation", "id"])


def downgrade() -> None:
    op.drop_table("transcript")
    op.drop_table("inbound")
    op.drop_table("offers")
    op.drop_table("drafts")
    op.drop_table("ticket_outbox")
    op.drop_table("ticket_events")
    op.drop_table("ticket_endorsements")
    op.drop_table("ledger_notes")
    op.drop_table("tickets")
    op.drop_table("ticket_numbers")
    op.drop_table("ledger_cases")
    op.drop_table("knowledge_entries")
