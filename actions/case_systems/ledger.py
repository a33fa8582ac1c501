"""The embedded ledger (台账): a case system in two tables of Linli's own database."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from actions.case_systems.case_system import Case, CaseNote, CaseStatus, Reference, Rejected
from actions.tickets.tables import Base
from actions.tickets.ticket import EventKind, Kind, Status, Urgency
from actions.vault import Vault


class LedgerRow(Base):
    """A case, once by its number."""

    __tablename__ = "ledger_cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[Kind]
    category: Mapped[list[str]]
    title: Mapped[str]
    description: Mapped[str]
    expectation: Mapped[str]
    happened: Mapped[str]
    address: Mapped[str]
    sealed_name: Mapped[str]
    sealed_phone: Mapped[str]
    attachments: Mapped[list[str]]
    channel: Mapped[str] = mapped_column(String(60))
    urgency: Mapped[Urgency]
    incomplete: Mapped[bool]
    filed_at: Mapped[datetime]
    resolve_by: Mapped[datetime]
    status: Mapped[Status]
    status_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    instead: Mapped[str] = mapped_column(default="")


class LedgerNoteRow(Base):
    """A note on a case, once by its event."""

    __tablename__ = "ledger_notes"

    event: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey(LedgerRow.id), index=True)
    kind: Mapped[EventKind]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    text: Mapped[str]


class Ledger:
    """A ``CaseSystem``; every call is a transaction of its own."""

    def __init__(self, sessions: sessionmaker[Session], vault: Vault) -> None:
        self.sessions = sessions
        self.vault = vault

    def submit(self, case: Case) -> Reference:
        try:
            with self.sessions.begin() as session:
                if found(session, case.number) is None:
                    row = LedgerRow(number=case.number, status=case.status, status_at=case.filed_at)
                    self.enter(row, case)
                    session.add(row)
        except IntegrityError:
            with self.sessions.begin() as session:
                if found(session, case.number) is None:
                    raise
        return Reference(case.number)

    def note(self, reference: Reference, note: CaseNote) -> None:
        with self.sessions.begin() as session:
            row = taken(session, reference)
            if session.get(LedgerNoteRow, note.event) is not None:
                return
            session.add(
                LedgerNoteRow(
                    event=note.event,
                    case_id=row.id,
                    kind=note.kind,
                    at=note.at,
                    actor=note.actor,
                    text=note.text,
                )
            )
            self.enter(row, note.case)
            if note.kind is EventKind.STATUS:
                row.status, row.status_at = note.case.status, note.at

    def status(self, reference: Reference) -> CaseStatus:
        with self.sessions.begin() as session:
            row = taken(session, reference)
            return CaseStatus(
                status=row.status, at=row.status_at, reason=row.reason, instead=row.instead
            )

    def set_status(
        self,
        reference: Reference,
        status: Status,
        *,
        now: datetime,
        reason: str = "",
        instead: str = "",
    ) -> None:
        """Enters how far a case is, as its handler says."""
        with self.sessions.begin() as session:
            row = taken(session, reference)
            row.status, row.status_at, row.reason, row.instead = status, now, reason, instead

    def enter(self, row: LedgerRow, case: Case) -> None:
        row.kind, row.category, row.title = case.kind, list(case.category), case.title
        row.description, row.expectation = case.description, case.expectation
        row.happened, row.address = case.happened, case.address.said if case.address else ""
        row.sealed_name = self.vault.seal(case.contact_name) if case.contact_name else ""
        row.sealed_phone = self.vault.seal(case.contact_phone) if case.contact_phone else ""
        row.attachments, row.channel = list(case.attachments), case.channel
        row.urgency, row.incomplete = case.urgency, case.incomplete
        row.filed_at, row.resolve_by = case.filed_at, case.resolve_by


def found(session: Session, number: str) -> LedgerRow | None:
    return session.scalar(select(LedgerRow).where(LedgerRow.number == number).with_for_update())


def taken(session: Session, reference: Reference) -> LedgerRow:
    row = found(session, reference.id)
    if row is None:
        raise Rejected(f"the ledger has no case {reference.id}")
    return row
