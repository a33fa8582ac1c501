"""What a conversation is in the middle of: drafts of reports, and what was offered last."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from knowledge.columns import Moment


class Base(DeclarativeBase):
    """Tables of the flows."""


class DraftRow(Base):
    """A report being taken. ``sealed`` holds its facts, encrypted, since they name people."""

    __tablename__ = "drafts"
    __table_args__ = (Index("drafts_of_conversation", "conversation", "state"),)

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    updated: Mapped[datetime] = mapped_column(Moment)


class OfferRow(Base):
    """The last thing a conversation was offered or asked outside of a report."""

    __tablename__ = "offers"

    conversation: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(Moment)
