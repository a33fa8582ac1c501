"""What came in, what was said, and what is still to be sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from knowledge.columns import Moment


class Base(DeclarativeBase):
    """Tables of the channels."""


class InboundState(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"


class Late(StrEnum):
    """What becomes of an answer for which nobody waits any more.

    WAIT: whoever asked waits as long as it takes, or reads it in the transcript. PUSH: the channel
    may write first. OWE: it may not; a repeat of the message, or the next message, takes it along.
    SEND: nobody waits at all; every answer goes out by writing first.
    """

    WAIT = "wait"
    PUSH = "push"
    OWE = "owe"
    SEND = "send"


class Handed(StrEnum):
    """How an answer reaches its resident. OPEN: a request may still take it along."""

    OPEN = "open"
    GIVEN = "given"
    QUEUED = "queued"
    OWED = "owed"


class OutgoingState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class InboundRow(Base):
    """One message as it arrived; unique by channel, account and the channel's own number.

    ``owner`` is the process that answers it, until ``held_until``; a later claim by another one
    counts in ``tries``. ``deliveries`` and ``delivered`` tell how often and when it last came in.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "account", "external"),
        Index("inbound_of_conversation", "conversation", "state"),
        Index("inbound_unfinished", "state", "held_until"),
        Index("inbound_handed", "handed", "delivered"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(200))
    external: Mapped[str] = mapped_column(String(200))
    conversation: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    received: Mapped[datetime] = mapped_column(Moment)
    answered: Mapped[datetime | None] = mapped_column(Moment)
    late: Mapped[str] = mapped_column(String(10), default=Late.WAIT)
    handed: Mapped[str] = mapped_column(String(10), default=Handed.OPEN)
    owner: Mapped[str | None] = mapped_column(String(40))
    held_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    deliveries: Mapped[int] = mapped_column(Integer, default=1)
    delivered: Mapped[datetime] = mapped_column(Moment)


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


class RecipientRow(Base):
    """How the resident of a conversation is written to, on a channel that may write first.

    ``sealed`` is the channel's own name of the person, encrypted; ``heard`` when they last wrote,
    pressed or followed, and ``heard_by`` how (a message, a menu); ``reachable`` is False after
    they have left.
    """

    __tablename__ = "recipients"

    conversation: Mapped[str] = mapped_column(String(200), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[str] = mapped_column(Text)
    heard: Mapped[datetime] = mapped_column(Moment)
    heard_by: Mapped[str] = mapped_column(String(20), default="message")
    reachable: Mapped[bool] = mapped_column(Boolean, default=True)


class OutgoingRow(Base):
    """A line of the transcript on its way to the resident, by the channel's writing first."""

    __tablename__ = "outgoing"
    __table_args__ = (
        Index("outgoing_due", "state", "next_try"),
        Index("outgoing_of_conversation", "conversation", "state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    conversation: Mapped[str] = mapped_column(String(200))
    line: Mapped[int] = mapped_column(ForeignKey("transcript.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=OutgoingState.PENDING)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str] = mapped_column(String(200), default="")
    next_try: Mapped[datetime] = mapped_column(Moment)
    owner: Mapped[str | None] = mapped_column(String(40))
    created: Mapped[datetime] = mapped_column(Moment)
    ended: Mapped[datetime | None] = mapped_column(Moment)


class SignatureRow(Base):
    """A signature that was used, so that it is used for one message only; hashes alone."""

    __tablename__ = "signatures"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    message: Mapped[str] = mapped_column(String(64))
    seen: Mapped[datetime] = mapped_column(Moment, index=True)


class RestRow(Base):
    """What did not fit into a message and is read on with “更多”; ``sealed`` is encrypted."""

    __tablename__ = "rests"

    conversation: Mapped[str] = mapped_column(String(200), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    inbound: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)


class PassRow(Base):
    """The access token of an account at its platform, one for all processes.

    Where ``sealed`` is empty there is none: ``renewed_by`` has only the turn to act for it.
    """

    __tablename__ = "passes"

    account: Mapped[str] = mapped_column(String(200), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text, default="")
    renewed: Mapped[datetime | None] = mapped_column(Moment)
    expires: Mapped[datetime] = mapped_column(Moment)
    renewed_by: Mapped[str | None] = mapped_column(String(40))
    renewing_until: Mapped[datetime] = mapped_column(Moment)


class CursorRow(Base):
    """How far the messages of a customer-service account (微信客服) have been collected.

    ``open_kfid`` is empty where it is still to be asked which accounts there are. What was said
    before ``since`` is not answered. ``called`` is when WeCom last said that there is something,
    ``sealed`` the token it gave for fetching it. ``calls`` counts these, ``collected`` how many
    the last collection that came to its end had seen, and ``begun`` is when it began. ``owner``
    collects until ``held_until``.
    """

    __tablename__ = "wecom_cursors"

    account: Mapped[str] = mapped_column(String(200), primary_key=True)
    open_kfid: Mapped[str] = mapped_column(String(100), primary_key=True)
    cursor: Mapped[str] = mapped_column(String(200), default="")
    since: Mapped[datetime] = mapped_column(Moment)
    called: Mapped[datetime | None] = mapped_column(Moment)
    sealed: Mapped[str] = mapped_column(Text, default="")
    calls: Mapped[int] = mapped_column(Integer, default=0)
    collected: Mapped[int] = mapped_column(Integer, default=0)
    begun: Mapped[datetime | None] = mapped_column(Moment)
    owner: Mapped[str | None] = mapped_column(String(40))
    held_until: Mapped[datetime | None] = mapped_column(Moment)


class AttendedRow(Base):
    """A conversation that a servicer (接待人员) holds on WeCom itself, where Linli is silent."""

    __tablename__ = "wecom_attended"

    conversation: Mapped[str] = mapped_column(String(200), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
