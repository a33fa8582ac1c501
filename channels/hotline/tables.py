"""Conversations that a person has, or should have, and everything that happened to them."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from channels.tables import Base
from knowledge.columns import Moment


class HandoverRow(Base):
    """A conversation handed over. ``open_for`` is the conversation until it is closed, then empty,
    so that a conversation has one open handover at most.

    ``inbound`` is the message that led to it; ``sealed`` the summary, encrypted,
    brought up to date while they wait; ``counted``
    whether the wait until it was taken is in the metrics.
    """

    __tablename__ = "handovers"
    __table_args__ = (Index("handovers_waiting", "state", "urgent", "since"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    open_for: Mapped[str | None] = mapped_column(String(200), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    inbound: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(10))
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    sealed: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Moment)
    taken: Mapped[datetime | None] = mapped_column(Moment)
    taken_by: Mapped[str | None] = mapped_column(String(100))
    closed: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(100))
    ending: Mapped[str | None] = mapped_column(String(20))
    counted: Mapped[bool] = mapped_column(Boolean, default=False)


class HandoverEventRow(Base):
    """A step of a handover; only ever added to. ``key`` names a step that is done once."""

    __tablename__ = "handover_events"
    __table_args__ = (UniqueConstraint("handover", "key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    handover: Mapped[int] = mapped_column(ForeignKey("handovers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Moment)
    key: Mapped[str | None] = mapped_column(String(100))
    line: Mapped[int | None] = mapped_column(Integer)


class FailureRow(Base):
    """How many messages of a conversation in a row were of no use, up to ``inbound``."""

    __tablename__ = "failures"

    conversation: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    inbound: Mapped[int] = mapped_column(Integer)
