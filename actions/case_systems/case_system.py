"""What stands behind Linli and works on tickets: the embedded ledger, or a city's own system."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from actions.tickets.ticket import Address, EventKind, Kind, Status, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket as it is handed over.

    Name and phone are empty where the ticket is anonymous or confidential.
    """

    number: str
    kind: Kind
    category: tuple[str, ...]
    title: str = field(repr=False)
    description: str = field(repr=False)
    expectation: str = field(repr=False)
    happened: str
    address: Address | None = field(repr=False)
    contact_name: str = field(repr=False)
    contact_phone: str = field(repr=False)
    anonymous: bool
    confidential: bool
    attachments: tuple[str, ...]
    channel: str
    urgency: Urgency
    incomplete: bool
    handler: str
    status: Status
    filed_at: datetime
    accept_by: datetime
    resolve_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """Something that happened to a case after it was handed over.

    Args:
        event: the id of the event; the same note always bears the same.
        case: the case as it stands now.
    """

    event: int
    kind: EventKind
    at: datetime
    actor: str
    text: str = field(repr=False)
    case: Case


@dataclass(frozen=True, slots=True)
class Reference:
    """Under which a case system has a case."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStatus:
    """How far a case system is; ``instead`` says where to go where it refused the case."""

    status: Status
    at: datetime
    reason: str = field(default="", repr=False)
    instead: str = ""


class Unavailable(Exception):
    """The case system cannot be reached or is busy; to be tried again. The message says why."""


class Rejected(Exception):
    """The case system will not take this, however often it is tried. The message says why."""


class CaseSystem(Protocol):
    """Every call may be repeated: a case is known by its number, a note by its event.

    A call must be over, one way or the other, within 30 seconds.

    Raises:
        Unavailable, Rejected: see there.
    """

    def submit(self, case: Case) -> Reference:
        """Takes a case, or gives the reference of one already taken."""
        ...

    def note(self, reference: Reference, note: CaseNote) -> None:
        """Takes a note on a case, once."""
        ...

    def status(self, reference: Reference) -> CaseStatus:
        """How far a case is."""
        ...
