"""The tables of the knowledge base."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from knowledge.columns import Moment


class Base(DeclarativeBase):
    """Every table of ``knowledge``."""


class EntryRow(Base):
    """The newest content of an entry."""

    __tablename__ = "knowledge_entries"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    topic: Mapped[str] = mapped_column(String(100), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20), index=True)
    updated: Mapped[datetime] = mapped_column(Moment)
