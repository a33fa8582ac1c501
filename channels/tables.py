"""What came in and what was said, both ways."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from knowledge.columns import Moment


class Base(DeclarativeBase):
    """Tables of the channels."""


class InboundState(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"


class InboundRow(Base):
    """One message as it arrived; unique by channel, account and the channel's own number."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("channel", "account", "external"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(200))
    external: Mapped[str] = mapped_column(String(200))
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    state: Mapped[str] = mapped_column(String(20))
    received: Mapped[datetime] = mapped_column(Moment)
    answered: Mapped[datetime | None] = mapped_column(Moment)


class TranscriptRow(Base):
    """One thing said, by the resident or by Linli; ``sealed`` holds it encrypted."""

    __tablename__ = "transcript"
    __table_args__ = (Index("transcript_of_conversation", "conversation", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    conversation: Mapped[str] = mapped_column(String(200))
    inbound: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"), index=True)
    speaker: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
