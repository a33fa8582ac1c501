"""The ticket (工单): one request of a resident, from intake to archive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    INQUIRY = "inquiry"
    REQUEST = "request"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class Status(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    ARCHIVED = "archived"
    RETURNED = "returned"
    EXTENDED = "extended"
    DIFFICULT = "difficult"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class Datum(StrEnum):
    """What coordinates are measured against; the same place differs by some 500 m."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


class EventKind(StrEnum):
    FILED = "filed"
    COMPLETED = "completed"
    NOTED = "noted"
    ENDORSED = "endorsed"
    URGED = "urged"
    STATUS = "status"
    RATED = "rated"
    SUPERVISED = "supervised"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"


KIND_NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.INQUIRY: "咨询",
        Kind.REQUEST: "求助",
        Kind.COMPLAINT: "投诉",
        Kind.REPORT: "举报",
        Kind.SUGGESTION: "建议",
        Kind.PRAISE: "表扬",
    }
)
STATUS_NAMES: Mapping[Status, str] = MappingProxyType(
    {
        Status.SUBMITTED: "待受理",
        Status.ACCEPTED: "已受理",
        Status.ASSIGNED: "已派单",
        Status.IN_PROGRESS: "办理中",
        Status.RESOLVED: "已办结",
        Status.ARCHIVED: "已归档",
        Status.RETURNED: "退回",
        Status.EXTENDED: "延期",
        Status.DIFFICULT: "疑难",
        Status.REFUSED: "不予受理",
        Status.WITHDRAWN: "已撤销",
        Status.REOPENED: "重新办理",
    }
)
URGENCY_NAMES: Mapping[Urgency, str] = MappingProxyType(
    {Urgency.NORMAL: "一般", Urgency.URGENT: "紧急", Urgency.CRITICAL: "特急"}
)

RESIDENT = "resident"
CASE_SYSTEM = "case_system"
LINLI = "linli"
"""Who did something; a member of staff stands as ``operator:NAME``."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where it is: as said, and taken apart as far as known (empty: not known).

    ``building`` is a building (5号楼) or, on a road, the house number (12号).

    Raises:
        ValueError: half a pair of coordinates, coordinates without datum, or off the globe.
    """

    said: str
    district: str = ""
    street: str = ""
    community: str = ""
    road: str = ""
    building: str = ""
    grid: str = ""
    latitude: float | None = None
    longitude: float | None = None
    datum: Datum | None = None

    def __post_init__(self) -> None:
        if self.latitude is None and self.longitude is None:
            return
        if self.latitude is None or self.longitude is None or self.datum is None:
            raise ValueError("coordinates need latitude, longitude and datum")
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"no such place: {self.latitude}, {self.longitude}")


@dataclass(frozen=True, slots=True)
class Contact:
    """Kept out of every log and representation."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a resident wants filed.

    Args:
        category: names from the general to the special, at most three; empty: not known.
        confidence: of the category, 0–1; None where a person chose it.
        title: empty: made from the description.
        description: in the resident's own words; phones in it are masked when it is filed.
        happened: when, as said.
        happened_at: what that means, as ``nlu.interval.stored`` reads it; empty: not known.
        plates: licence plates that are spoken of.
        anonymous: name and phone are not kept, even where given.
        confidential: name and phone are kept but not handed to the case system.
        attachments: names of stored files.
        conversation: where the resident is told what becomes of it.
        incomplete: kept while the dialogue was down, to be completed by an operator.

    Raises:
        ValueError: nothing described, no conversation, a category too deep, a confidence
            outside 0–1.
    """

    kind: Kind
    description: str = field(repr=False)
    channel: str
    conversation: str
    category: tuple[str, ...] = ()
    confidence: float | None = None
    title: str = field(default="", repr=False)
    expectation: str = field(default="", repr=False)
    happened: str = ""
    happened_at: str = ""
    plates: tuple[str, ...] = field(default=(), repr=False)
    address: Address | None = field(default=None, repr=False)
    contact_name: str = field(default="", repr=False)
    contact_phone: str = field(default="", repr=False)
    anonymous: bool = False
    confidential: bool = False
    attachments: tuple[str, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    incomplete: bool = False

    def __post_init__(self) -> None:
        if not self.description.strip() and not self.attachments:
            raise ValueError("a ticket needs a description or an attachment")
        if not self.conversation:
            raise ValueError("a ticket needs its conversation")
        check_category(self.category, self.confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What is added to or put right in a ticket; None: left as it is.

    Args:
        more: added to the description on a line of its own.
        attachments: added to those there are.
        complete: nothing more is needed from an operator.

    Raises:
        ValueError: as for ``NewTicket``.
    """

    kind: Kind | None = None
    category: tuple[str, ...] | None = None
    confidence: float | None = None
    title: str | None = field(default=None, repr=False)
    more: str = field(default="", repr=False)
    expectation: str | None = field(default=None, repr=False)
    happened: str | None = None
    address: Address | None = field(default=None, repr=False)
    contact_name: str | None = field(default=None, repr=False)
    contact_phone: str | None = field(default=None, repr=False)
    anonymous: bool | None = None
    confidential: bool | None = None
    attachments: tuple[str, ...] = ()
    urgency: Urgency | None = None
    complete: bool = False

    def __post_init__(self) -> None:
        check_category(self.category or (), self.confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as it stands, without name and phone. All moments are in UTC.

    Args:
        deadline_assumed: the calendar did not know a year it needed and took Monday to Friday.
        reassign_by: until when a returned ticket must have a new handler.
        reference: under which the case system has it; empty: not yet delivered.
    """

    number: str
    kind: Kind
    category: tuple[str, ...]
    confidence: float | None
    title: str = field(repr=False)
    description: str = field(repr=False)
    expectation: str = field(repr=False)
    happened: str
    happened_at: str
    plates: tuple[str, ...] = field(repr=False)
    address: Address | None = field(repr=False)
    anonymous: bool
    confidential: bool
    has_phone: bool
    attachments: tuple[str, ...]
    channel: str
    conversation: str
    urgency: Urgency
    incomplete: bool
    handler: str
    co_handlers: tuple[str, ...]
    status: Status
    filed_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    accept_by: datetime
    resolve_by: datetime
    reassign_by: datetime | None
    deadline_rule: str
    deadline_assumed: bool
    extensions: int
    duplicate_of: str
    endorsements: int
    urges: int
    urged_at: datetime | None
    rating: int | None
    rating_reason: str = field(repr=False)
    reopenings: int
    supervised: bool
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a ticket; enough to tell the resident without looking it up.

    Args:
        id: grows with every event; 1 is the first.
        before, status: the status before and after.
        text: the note or reason.
        instead: where to go where a ticket was refused.
        fields: names of what was amended, never the values.
        stars: 1–5 where it was rated.
    """

    id: int
    number: str
    kind: EventKind
    at: datetime
    actor: str
    channel: str
    conversation: str
    before: Status
    status: Status
    text: str = field(default="", repr=False)
    instead: str = ""
    fields: tuple[str, ...] = ()
    stars: int | None = None


Publish = Callable[[Event], None]
"""Called inside the transaction, before its commit: write with the same session, or collect and
tell the world afterwards."""


def nobody(event: Event) -> None:
    """The listener of those who need none."""


class TicketError(Exception):
    """A request that cannot be met; the message says why."""


class UnknownTicket(TicketError):
    """No ticket has this number."""


class TicketClosed(TicketError):
    """The ticket is closed, and this can be done to an open one only."""

    def __init__(self, number: str, status: Status) -> None:
        super().__init__(f"{number}: {STATUS_NAMES[status]}")
        self.status = status


def check_category(category: tuple[str, ...], confidence: float | None) -> None:
    if len(category) > 3 or not all(category):
        raise ValueError(f"a category has at most three levels and no gap: {category}")
    if confidence is not None and not 0 <= confidence <= 1:
        raise ValueError(f"confidence must be within 0–1: {confidence}")
