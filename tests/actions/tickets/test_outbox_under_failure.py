"""Whatever fails, dies or is repeated: no ticket and no note is lost, none is doubled."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from actions.case_systems.case_system import (
    Case,
    CaseNote,
    CaseStatus,
    Reference,
    Rejected,
    Unavailable,
)
from actions.case_systems.ledger import Ledger, LedgerNoteRow, LedgerRow
from actions.tickets.follow_up import add_note
from actions.tickets.outbox import LEASE, Patience, deliver_due, redeliver
from actions.tickets.register import file
from actions.tickets.tables import EventRow, TicketRow
from actions.tickets.ticket import Event, EventKind
from tests.actions.tickets.desk import NEW, opened, sqlite

PATIENCE = Patience(first=timedelta(seconds=5), longest=timedelta(minutes=5), attempts=4)
KEYS = [f"key-{n}" for n in range(4)]


class Killed(BaseException):
    """The end of the process."""


FAULTS = {
    "down": Unavailable("down"),
    "refuses": Rejected("refused"),
    "broken": ZeroDivisionError("broken"),
    "killed": Killed(),
}
plans = st.lists(st.tuples(st.sampled_from(["", *FAULTS]), st.booleans()), max_size=6)


class Unreliable:
    """The ledger behind a line that fails as planned: before it gets through, or after."""

    def __init__(self, ledger: Ledger, plan: list[tuple[str, bool]]) -> None:
        self.ledger = ledger
        self.plan = plan

    def submit(self, case: Case) -> Reference:
        fault = self.before()
        reference = self.ledger.submit(case)
        self.after(fault)
        return reference

    def note(self, reference: Reference, note: CaseNote) -> None:
        fault = self.before()
        self.ledger.note(reference, note)
        self.after(fault)

    def status(self, reference: Reference) -> CaseStatus:
        return self.ledger.status(reference)

    def before(self) -> str:
        fault, taken = self.plan.pop(0) if self.plan else ("", False)
        if fault and not taken:
            raise FAULTS[fault]
        return fault

    def after(self, fault: str) -> None:
        if fault:
            raise FAULTS[fault]


def die(event: Event) -> None:
    raise Killed


class Delivering(RuleBasedStateMachine):
    """Residents file and add, the line fails, processes die, operators have things redelivered."""

    @initialize()
    def open(self) -> None:
        self.opened = opened(sqlite(None))
        self.office = self.opened.__enter__()
        self.numbers: dict[str, str] = {}
        self.notes: set[tuple[str, str]] = set()

    @rule(key=st.sampled_from(KEYS))
    def file(self, key: str) -> None:
        number = self.office.file(replace(NEW, description=f"{key}灯坏了"), key=key).number
        assert self.numbers.setdefault(key, number) == number

    @rule(key=st.sampled_from(KEYS))
    def file_and_die(self, key: str) -> None:
        office = self.office
        try:
            with office.sessions.begin() as session:
                file(session, NEW, key=key, vault=office.vault, publish=die, **office.times)
        except Killed:
            assert key not in self.numbers

    @precondition(lambda self: self.numbers)
    @rule(key=st.sampled_from(KEYS), message=st.sampled_from(["m1", "m2"]))
    def add(self, key: str, message: str) -> None:
        if number := self.numbers.get(key):
            self.office.run(add_note, number, message, key=message)
            self.notes.add((number, message))

    @rule(plan=plans, limit=st.integers(1, 8))
    def deliver(self, plan: list[tuple[str, bool]], limit: int) -> None:
        with suppress(Killed):
            deliver_due(
                self.office.sessions,
                Unreliable(self.office.ledger, plan),
                clock=self.office.clock,
                vault=self.office.vault,
                limit=limit,
                patience=PATIENCE,
            )

    @rule(seconds=st.integers(1, 400))
    def wait(self, seconds: int) -> None:
        self.office.wait(seconds=seconds)

    @precondition(lambda self: self.numbers)
    @rule(key=st.sampled_from(KEYS))
    def have_redelivered(self, key: str) -> None:
        if number := self.numbers.get(key):
            self.office.run(redeliver, number)

    @invariant()
    def never_doubled(self) -> None:
        if not hasattr(self, "office"):
            return
        with self.office.sessions() as session:
            filed = list(session.scalars(select(TicketRow.number)))
            entered = list(session.scalars(select(LedgerRow.number)))
            notes = list(
                session.execute(
                    select(LedgerRow.number, LedgerNoteRow.text).join(
                        LedgerRow, LedgerRow.id == LedgerNoteRow.case_id
                    )
                )
            )
            events = list(session.scalars(select(EventRow.kind)))
        assert sorted(filed) == sorted(self.numbers.values())
        assert len(entered) == len(set(entered))
        assert set(entered) <= set(filed)
        assert len(notes) == len(set(notes))
        assert events.count(EventKind.FILED) == len(filed)
        assert events.count(EventKind.DELIVERED) <= len(entered)

    def teardown(self) -> None:
        if not hasattr(self, "office"):
            return
        try:
            self.settle()
        finally:
            self.opened.__exit__(None, None, None)

    def settle(self) -> None:
        """The line holds again; in the end everything is there, once."""
        self.office.now += LEASE
        for number in self.numbers.values():
            self.office.run(redeliver, number)
        self.deliver([], 1000)
        with self.office.sessions() as session:
            entered = list(session.scalars(select(LedgerRow.number)))
            delivered = session.scalars(select(TicketRow.reference)).all()
            notes = session.execute(
                select(LedgerRow.number, LedgerNoteRow.text).join(
                    LedgerRow, LedgerRow.id == LedgerNoteRow.case_id
                )
            ).all()
        assert sorted(entered) == sorted(self.numbers.values())
        assert sorted(delivered) == sorted(entered)
        assert sorted(tuple(row) for row in notes) == sorted(self.notes)


Delivering.TestCase.settings = settings(max_examples=40, stateful_step_count=30)
TestNothingIsLostOrDoubled = Delivering.TestCase
