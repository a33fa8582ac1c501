"""The tables of tickets. Every moment is stored in UTC, every name and phone sealed."""

import enum
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import event as events
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column, relationship, validates
from sqlalchemy.types import TypeDecorator

from actions.tickets.ticket import Address, Datum, Event, EventKind, Kind, Status, Ticket, Urgency
from knowledge.columns import Moment


class Words(TypeDecorator[str]):
    """Text as people send it; what no database stores (NUL, half characters) is dropped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        if value is None:
            return None
        return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def values(choices: type[enum.Enum]) -> list[str]:
    return [choice.value for choice in choices]


def in_utc(moment: datetime | None) -> datetime | None:
    """So that a row just written reads as it will when read back."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a stored moment must carry a timezone")
    return moment.astimezone(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Moment,
        str: Words,
        list[str]: JSON,
        enum.Enum: Enum(enum.Enum, native_enum=False, length=20, values_callable=values),
    }


class Errand(enum.StrEnum):
    """What a row of the outbox brings to the case system."""

    SUBMIT = "submit"
    NOTE = "note"


class Delivery(enum.StrEnum):
    PENDING = "pending"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    FAILED = "failed"
    DEAD = "dead"


class NumberRow(Base):
    """The last sequence number of each day."""

    __tablename__ = "ticket_numbers"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class TicketRow(Base):
    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_category_filed", "category_1", "filed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[Kind]
    category_1: Mapped[str] = mapped_column(String(60), default="")
    category_2: Mapped[str] = mapped_column(String(60), default="")
    category_3: Mapped[str] = mapped_column(String(60), default="")
    confidence: Mapped[float | None]
    title: Mapped[str]
    description: Mapped[str]
    expectation: Mapped[str]
    happened: Mapped[str]
    happened_at: Mapped[str] = mapped_column(default="")
    plates: Mapped[list[str]] = mapped_column(default=list)
    address_said: Mapped[str | None]
    district: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    community: Mapped[str] = mapped_column(default="")
    road: Mapped[str] = mapped_column(default="")
    building: Mapped[str] = mapped_column(default="")
    grid: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    datum: Mapped[Datum | None]
    sealed_name: Mapped[str] = mapped_column(default="")
    sealed_phone: Mapped[str] = mapped_column(default="")
    phone_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    anonymous: Mapped[bool]
    confidential: Mapped[bool]
    attachments: Mapped[list[str]]
    channel: Mapped[str] = mapped_column(String(60))
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    urgency: Mapped[Urgency]
    incomplete: Mapped[bool]
    handler: Mapped[str] = mapped_column(default="")
    co_handlers: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[Status] = mapped_column(index=True)
    filed_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    accept_by: Mapped[datetime]
    resolve_by: Mapped[datetime]
    reassign_by: Mapped[datetime | None]
    deadline_rule: Mapped[str]
    deadline_assumed: Mapped[bool]
    extensions: Mapped[int] = mapped_column(default=0)
    duplicate_of: Mapped[str] = mapped_column(String(24), default="")
    endorsements: Mapped[int] = mapped_column(default=0)
    urges: Mapped[int] = mapped_column(default=0)
    urged_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    rating_reason: Mapped[str] = mapped_column(default="")
    reopenings: Mapped[int] = mapped_column(default=0)
    supervised: Mapped[bool] = mapped_column(default=False)
    reference: Mapped[str] = mapped_column(default="")

    @validates(
        "filed_at",
        "accepted_at",
        "closed_at",
        "updated_at",
        "accept_by",
        "resolve_by",
        "reassign_by",
        "urged_at",
    )
    def keep_in_utc(self, name: str, moment: datetime | None) -> datetime | None:
        return in_utc(moment)

    @property
    def category(self) -> tuple[str, ...]:
        return tuple(c for c in (self.category_1, self.category_2, self.category_3) if c)

    @category.setter
    def category(self, names: tuple[str, ...]) -> None:
        self.category_1, self.category_2, self.category_3 = (*names, "", "", "")[:3]

    @property
    def address(self) -> Address | None:
        if self.address_said is None:
            return None
        return Address(
            said=self.address_said,
            district=self.district,
            street=self.street,
            community=self.community,
            road=self.road,
            building=self.building,
            grid=self.grid,
            latitude=self.latitude,
            longitude=self.longitude,
            datum=self.datum,
        )

    @address.setter
    def address(self, address: Address | None) -> None:
        known = address or Address("")
        self.address_said = address.said if address else None
        self.district, self.street, self.community = known.district, known.street, known.community
        self.road, self.building, self.grid = known.road, known.building, known.grid
        self.latitude, self.longitude, self.datum = known.latitude, known.longitude, known.datum

    def ticket(self) -> Ticket:
        """The ticket as it stands."""
        return Ticket(
            number=self.number,
            kind=self.kind,
            category=self.category,
            confidence=self.confidence,
            title=self.title,
            description=self.description,
            expectation=self.expectation,
            happened=self.happened,
            happened_at=self.happened_at,
            plates=tuple(self.plates),
            address=self.address,
            anonymous=self.anonymous,
            confidential=self.confidential,
            has_phone=bool(self.sealed_phone),
            attachments=tuple(self.attachments),
            channel=self.channel,
            conversation=self.conversation,
            urgency=self.urgency,
            incomplete=self.incomplete,
            handler=self.handler,
            co_handlers=tuple(self.co_handlers),
            status=self.status,
            filed_at=self.filed_at,
            accepted_at=self.accepted_at,
            closed_at=self.closed_at,
            updated_at=self.updated_at,
            accept_by=self.accept_by,
            resolve_by=self.resolve_by,
            reassign_by=self.reassign_by,
            deadline_rule=self.deadline_rule,
            deadline_assumed=self.deadline_assumed,
            extensions=self.extensions,
            duplicate_of=self.duplicate_of,
            endorsements=self.endorsements,
            urges=self.urges,
            urged_at=self.urged_at,
            rating=self.rating,
            rating_reason=self.rating_reason,
            reopenings=self.reopenings,
            supervised=self.supervised,
            reference=self.reference,
        )


class EventRow(Base):
    """One line of a ticket's history, which is only ever added to."""

    __tablename__ = "ticket_events"
    __table_args__ = (UniqueConstraint("ticket_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(TicketRow.id), index=True)
    key: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[EventKind]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    before: Mapped[Status]
    status: Mapped[Status]
    text: Mapped[str]
    instead: Mapped[str]
    fields: Mapped[list[str]]
    stars: Mapped[int | None]
    ticket: Mapped[TicketRow] = relationship()

    @validates("at")
    def keep_in_utc(self, name: str, moment: datetime | None) -> datetime | None:
        return in_utc(moment)

    def event(self) -> Event:
        """The event as it was."""
        return Event(
            id=self.id,
            number=self.ticket.number,
            kind=self.kind,
            at=self.at,
            actor=self.actor,
            channel=self.ticket.channel,
            conversation=self.ticket.conversation,
            before=self.before,
            status=self.status,
            text=self.text,
            instead=self.instead,
            fields=tuple(self.fields),
            stars=self.stars,
        )


class HistoryIsKept(TypeError):
    """An event was to be changed or removed."""


@events.listens_for(EventRow, "before_update")
@events.listens_for(EventRow, "before_delete")
def keep_history(mapper: Mapper[EventRow], connection: Connection, row: EventRow) -> None:
    raise HistoryIsKept(f"event {row.id}: the history of a ticket is only added to")


class EndorsementRow(Base):
    """A further resident who joined a ticket already open."""

    __tablename__ = "ticket_endorsements"
    __table_args__ = (
        UniqueConstraint("ticket_id", "conversation"),
        UniqueConstraint("ticket_id", "phone_fingerprint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(TicketRow.id))
    channel: Mapped[str] = mapped_column(String(60))
    conversation: Mapped[str] = mapped_column(String(200))
    phone_fingerprint: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class OutboxRow(Base):
    """An event on its way to the case system; how far it is, how often it failed and why."""

    __tablename__ = "ticket_outbox"
    __table_args__ = (Index("ix_ticket_outbox_due", "state", "next_try"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(TicketRow.id), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(EventRow.id), unique=True)
    errand: Mapped[Errand]
    state: Mapped[Delivery] = mapped_column(default=Delivery.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    next_try: Mapped[datetime]
    lease: Mapped[str] = mapped_column(String(32), default="")
    leased_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    ticket: Mapped[TicketRow] = relationship()
    event: Mapped[EventRow] = relationship()
