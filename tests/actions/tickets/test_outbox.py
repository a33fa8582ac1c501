import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from actions.case_systems.case_system import Case, CaseSystem, Reference, Rejected, Unavailable
from actions.case_systems.ledger import LedgerRow
from actions.case_systems.memory import MemoryCaseSystem
from actions.tickets.follow_up import add_note, urge, withdraw
from actions.tickets.history import history
from actions.tickets.outbox import (
    LEASE,
    Deliveries,
    Patience,
    backlog,
    claim_next,
    deliver_due,
    redeliver,
)
from actions.tickets.progress import apply_status
from actions.tickets.register import by_number, file
from actions.tickets.tables import Delivery, OutboxRow
from actions.tickets.ticket import Event, EventKind, Status
from actions.vault import Vault
from tests.actions.tickets.desk import NEW, Office, opened, sqlite

SHORT = Patience(first=timedelta(seconds=10), longest=timedelta(minutes=1), attempts=3)
STEADY = replace(SHORT, jitter=lambda: 0.0)


class Killed(BaseException):
    """What stands for the end of a process: nothing in it may catch this."""


def deliver(office: Office, system: CaseSystem, patience: Patience = STEADY) -> Deliveries:
    return deliver_due(
        office.sessions,
        system,
        clock=office.clock,
        vault=office.vault,
        patience=patience,
        publish=office.events.append,
    )


def states(office: Office) -> dict[str, int]:
    with office.sessions() as session:
        return {state: n for state, n in backlog(session).items() if n}


def ledger_numbers(office: Office) -> list[str]:
    with office.sessions() as session:
        return list(session.scalars(select(LedgerRow.number)))


def test_a_filed_ticket_is_delivered_and_bears_its_reference(office: Office) -> None:
    number = office.file().number
    system = MemoryCaseSystem()
    assert deliver(office, system) == Deliveries(delivered=1)
    assert list(system.cases) == [number]
    with office.sessions() as session:
        ticket = by_number(session, number)
    assert ticket is not None
    assert ticket.reference == f"M-{number}"
    assert office.events[-1].kind is EventKind.DELIVERED
    assert deliver(office, system) == Deliveries()
    assert states(office) == {"delivered": 1}


def test_the_case_has_the_contact_unless_the_resident_wants_it_kept(office: Office) -> None:
    system = MemoryCaseSystem()
    plain = office.file().number
    confidential = office.file(replace(NEW, confidential=True)).number
    anonymous = office.file(replace(NEW, anonymous=True)).number
    deliver(office, system)
    phones = [system.cases[n].contact_phone for n in (plain, confidential, anonymous)]
    assert phones == ["13800000000", "", ""]
    assert system.cases[confidential].contact_name == ""


def test_notes_come_after_their_ticket_and_in_order(office: Office) -> None:
    number = office.file().number
    office.run(add_note, number, "一")
    office.run(add_note, number, "二")
    system = MemoryCaseSystem()
    system.failures = [Unavailable("busy")]
    assert deliver(office, system) == Deliveries(failed=1)
    assert system.notes == {}
    office.wait(seconds=10)
    assert deliver(office, system) == Deliveries(delivered=3)
    assert [note.text for note in system.notes.values()] == ["一", "二"]


def test_what_a_resident_does_reaches_the_case_system(office: Office) -> None:
    number = office.file().number
    office.run(urge, number)
    office.run(withdraw, number, reason="修好了")
    system = MemoryCaseSystem()
    deliver(office, system)
    kinds = [note.kind for note in system.notes.values()]
    assert kinds == [EventKind.URGED, EventKind.STATUS]
    assert system.cases[number].status is Status.WITHDRAWN


def test_what_the_case_system_said_is_not_said_back_to_it(office: Office) -> None:
    number = office.file().number
    system = MemoryCaseSystem()
    deliver(office, system)
    office.run(apply_status, number, Status.ACCEPTED, rules=office.rules, calendar=office.calendar)
    assert deliver(office, system) == Deliveries()
    office.take(number, Status.ASSIGNED)
    assert deliver(office, system) == Deliveries(delivered=1)


def test_a_dead_case_system_is_tried_again_with_doubling_pauses(office: Office) -> None:
    office.file()
    system = MemoryCaseSystem()
    system.failures = [Unavailable("connection refused")] * 2
    deliver(office, system)
    office.wait(seconds=9)
    assert deliver(office, system) == Deliveries()
    office.wait(seconds=1)
    assert deliver(office, system) == Deliveries(failed=1)
    office.wait(seconds=19)
    assert deliver(office, system) == Deliveries()
    office.wait(seconds=1)
    assert deliver(office, system) == Deliveries(delivered=1)


def test_pauses_double_up_to_the_longest_and_jitter_shortens_by_half_at_most() -> None:
    pauses = [STEADY.pause(n).total_seconds() for n in (1, 2, 3, 4, 5, 500)]
    assert pauses == [10, 20, 40, 60, 60, 60]
    assert replace(STEADY, jitter=lambda: 1.0).pause(1) == timedelta(seconds=5)
    default = Patience()
    assert timedelta(days=4) < sum(map(default.pause, range(1, 128)), timedelta()) * 2


def test_after_so_many_attempts_it_is_dead_says_why_and_can_be_redelivered(
    office: Office,
) -> None:
    number = office.file().number
    system = MemoryCaseSystem()
    system.failures = [Unavailable("connection refused")] * 3
    for _ in range(3):
        deliver(office, system)
        office.wait(hours=1)
    assert states(office) == {"dead": 1}
    assert deliver(office, system) == Deliveries()
    assert office.events[-1].kind is EventKind.UNDELIVERABLE
    assert office.events[-1].text == "connection refused"
    assert office.run(redeliver, number) == 1
    assert deliver(office, system) == Deliveries(delivered=1)
    assert office.run(redeliver, number) == 0


def test_what_is_rejected_is_not_tried_again(office: Office) -> None:
    office.file()
    system = MemoryCaseSystem()
    system.failures = [Rejected("no such service code")]
    assert deliver(office, system) == Deliveries(dead=1)
    office.wait(days=9)
    assert deliver(office, system) == Deliveries()
    assert office.events[-1].text == "no such service code"


def test_notes_wait_for_a_ticket_that_is_dead(office: Office) -> None:
    number = office.file().number
    office.run(add_note, number, "一")
    system = MemoryCaseSystem()
    system.failures = [Rejected("no such service code")]
    deliver(office, system)
    assert deliver(office, system) == Deliveries()
    office.run(redeliver, number)
    assert deliver(office, system) == Deliveries(delivered=2)


def test_a_rejected_note_does_not_hold_up_the_next(office: Office) -> None:
    number = office.file().number
    system = MemoryCaseSystem()
    deliver(office, system)
    office.run(add_note, number, "一")
    office.run(add_note, number, "二")
    system.failures = [Rejected("notes are not taken at noon")]
    assert deliver(office, system) == Deliveries(delivered=1, dead=1)
    assert [note.text for note in system.notes.values()] == ["二"]


def test_a_fault_in_one_ticket_holds_up_no_other(office: Office) -> None:
    office.file()
    other = office.file().number
    system = MemoryCaseSystem()
    system.failures = [KeyError("13800000000")]
    assert deliver(office, system) == Deliveries(delivered=1, failed=1)
    assert list(system.cases) == [other]
    with office.sessions() as session:
        reasons = set(session.scalars(select(OutboxRow.reason)))
    assert reasons == {"", "KeyError"}


def test_a_contact_that_cannot_be_opened_fails_its_own_ticket_only(office: Office) -> None:
    office.file()
    office.vault = Vault(Fernet.generate_key())
    office.file()
    assert deliver(office, MemoryCaseSystem()) == Deliveries(delivered=1, failed=1)


def test_no_more_than_the_limit_is_delivered_in_a_round(office: Office) -> None:
    for _ in range(3):
        office.file()
    counts = deliver_due(
        office.sessions, MemoryCaseSystem(), clock=office.clock, vault=office.vault, limit=2
    )
    assert counts == Deliveries(delivered=2)


def test_what_is_claimed_is_nobody_elses_until_the_lease_runs_out(office: Office) -> None:
    office.file()
    assert claim_next(office.sessions, office.now) is not None
    assert claim_next(office.sessions, office.now) is None
    office.now += LEASE
    assert claim_next(office.sessions, office.now) is not None


def test_who_comes_back_after_its_lease_changes_nothing(office: Office) -> None:
    number = office.file().number

    class Slow(MemoryCaseSystem):
        def submit(self, case: Case) -> Reference:
            office.now += LEASE
            deliver(office, quick)
            raise Unavailable("too late")

    quick = MemoryCaseSystem()
    assert deliver(office, Slow()) == Deliveries()
    assert list(quick.cases) == [number]
    assert states(office) == {"delivered": 1}


def test_several_who_deliver_at_once_deliver_each_ticket_once(office: Office) -> None:
    numbers = {office.file().number for _ in range(12)}
    system = MemoryCaseSystem()

    def work(_: int) -> int:
        return deliver_due(
            office.sessions, system, clock=office.clock, vault=office.vault
        ).delivered

    with ThreadPoolExecutor(4) as pool:
        delivered = sum(pool.map(work, range(4)))
    assert delivered == 12
    assert set(system.cases) == numbers
    assert len(system.calls) == 12


def test_killed_while_filing_nothing_is_half_filed_and_a_repeat_files_once(
    office: Office,
) -> None:
    def killed(event: Event) -> None:
        raise Killed

    with pytest.raises(Killed), office.sessions.begin() as session:
        file(session, NEW, key="k", vault=office.vault, publish=killed, **office.times)
    number = office.file(key="k").number
    deliver(office, office.ledger)
    assert ledger_numbers(office) == [number]
    assert number[11:15] == "0001"


def test_killed_between_filing_and_delivery_the_ledger_has_it_once(office: Office) -> None:
    number = office.file().number
    system = MemoryCaseSystem()
    system.failures = [Killed()]
    with pytest.raises(Killed):
        deliver(office, system)
    assert states(office) == {"delivering": 1}
    assert deliver(office, office.ledger) == Deliveries()
    office.now += LEASE
    assert deliver(office, office.ledger) == Deliveries(delivered=1)
    assert ledger_numbers(office) == [number]


def test_killed_between_submission_and_its_mark_the_ledger_has_it_once(office: Office) -> None:
    number = office.file().number
    ledger = office.ledger

    class Dying(MemoryCaseSystem):
        def submit(self, case: Case) -> Reference:
            ledger.submit(case)
            raise Killed

    with pytest.raises(Killed):
        deliver(office, Dying())
    assert ledger_numbers(office) == [number]
    office.now += LEASE
    assert deliver(office, ledger) == Deliveries(delivered=1)
    assert ledger_numbers(office) == [number]
    with office.sessions() as session:
        assert [e.kind for e in history(session, number)] == [
            EventKind.FILED,
            EventKind.DELIVERED,
        ]


DYING_PROCESS = """
import os, sys
from pathlib import Path
from actions.case_systems.ledger import Ledger
from actions.tickets.outbox import deliver_due
from actions.vault import Vault
from nlu.clock import system_clock
from sqlalchemy.orm import sessionmaker
from tests.actions.tickets.desk import sqlite

class Dying(Ledger):
    def submit(self, case):
        if sys.argv[3] == "after":
            super().submit(case)
        os._exit(9)

sessions, vault = sessionmaker(sqlite(Path(sys.argv[1]))), Vault(sys.argv[2].encode())
deliver_due(sessions, Dying(sessions, vault), clock=system_clock, vault=vault)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_really_dies_leaves_the_ticket_once(tmp_path: Path, moment: str) -> None:
    key = Fernet.generate_key()
    with opened(sqlite(tmp_path / "db")) as office:
        office.vault = Vault(key)
        office.now = office.now.replace(year=2020)
        number = office.file().number
        command = [sys.executable, "-c", DYING_PROCESS, str(tmp_path / "db"), key.decode(), moment]
        root = Path(__file__).parents[3]
        ended = subprocess.run(command, cwd=root, check=False)  # noqa: S603
        assert ended.returncode == 9
        assert ledger_numbers(office) == ([number] if moment == "after" else [])
        assert states(office) == {"delivering": 1}
        office.now = office.now.replace(year=2100)
        assert deliver(office, office.ledger) == Deliveries(delivered=1)
        assert ledger_numbers(office) == [number]


def test_every_state_is_counted_also_when_empty(office: Office) -> None:
    with sessionmaker(office.sessions.kw["bind"])() as session:
        assert backlog(session) == dict.fromkeys(Delivery, 0)
