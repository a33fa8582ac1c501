from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from actions.case_systems.case_system import Case, CaseNote, Reference, Rejected
from actions.case_systems.ledger import LedgerNoteRow, LedgerRow
from actions.tickets.ticket import Address, EventKind, Kind, Status, Urgency
from tests.actions.tickets.desk import Office, at

CASE = Case(
    number="LL20260302-0001-1",
    kind=Kind.REQUEST,
    category=("城乡建设",),
    title="楼道灯不亮",
    description="三号楼楼道的灯不亮",
    expectation="",
    happened="上周",
    address=Address("云溪家园3号楼"),
    contact_name="示例居民",
    contact_phone="13800000000",
    anonymous=False,
    confidential=False,
    attachments=("a.jpg",),
    channel="web",
    urgency=Urgency.NORMAL,
    incomplete=True,
    handler="",
    status=Status.SUBMITTED,
    filed_at=at("2026-03-02 10:00"),
    accept_by=at("2026-03-03 10:00"),
    resolve_by=at("2026-03-12 00:00"),
)
NOTE = CaseNote(
    event=7,
    kind=EventKind.COMPLETED,
    at=at("2026-03-02 11:00"),
    actor="operator:li",
    text="在二层",
    case=replace(CASE, description="三号楼楼道的灯不亮\n在二层", incomplete=False),
)


def counts(office: Office) -> list[int | None]:
    with office.sessions() as session:
        return [
            session.scalar(select(func.count()).select_from(t)) for t in (LedgerRow, LedgerNoteRow)
        ]


def test_a_case_is_entered_once_by_its_number(office: Office) -> None:
    references = {office.ledger.submit(CASE) for _ in range(3)}
    assert references == {Reference(CASE.number)}
    assert counts(office) == [1, 0]


def test_a_case_submitted_at_the_same_time_is_entered_once(office: Office) -> None:
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda _: office.ledger.submit(CASE), range(16)))
    assert references == {Reference(CASE.number)}
    assert counts(office) == [1, 0]


def test_a_note_is_entered_once_by_its_event_and_brings_the_case_up_to_date(
    office: Office,
) -> None:
    reference = office.ledger.submit(CASE)
    for _ in range(2):
        office.ledger.note(reference, NOTE)
    assert counts(office) == [1, 1]
    with office.sessions() as session:
        row = session.scalars(select(LedgerRow)).one()
        assert (row.description, row.incomplete) == (NOTE.case.description, False)
        assert (row.address, row.category, row.attachments) == (
            "云溪家园3号楼",
            ["城乡建设"],
            ["a.jpg"],
        )


def test_an_old_submission_that_comes_late_does_not_undo_a_note(office: Office) -> None:
    reference = office.ledger.submit(CASE)
    office.ledger.note(reference, NOTE)
    office.ledger.submit(CASE)
    with office.sessions() as session:
        assert session.scalars(select(LedgerRow.incomplete)).one() is False


def test_a_note_on_a_case_that_is_not_there_is_rejected(office: Office) -> None:
    with pytest.raises(Rejected, match=CASE.number):
        office.ledger.note(Reference(CASE.number), NOTE)
    with pytest.raises(Rejected):
        office.ledger.status(Reference(CASE.number))


def test_the_contact_lies_sealed_in_the_ledger_too(office: Office) -> None:
    office.ledger.submit(CASE)
    with office.sessions() as session:
        stored = str(session.execute(text("SELECT * FROM ledger_cases")).one())
        phone = session.scalars(select(LedgerRow.sealed_phone)).one()
    assert "13800000000" not in stored
    assert "示例居民" not in stored
    assert office.vault.open(phone) == "13800000000"


def test_the_ledger_says_how_far_a_case_is(office: Office) -> None:
    reference = office.ledger.submit(CASE)
    assert office.ledger.status(reference).status is Status.SUBMITTED
    office.ledger.set_status(
        reference,
        Status.REFUSED,
        now=at("2026-03-03 10:00"),
        reason="不归本街道管",
        instead="区人力社保局",
    )
    told = office.ledger.status(reference)
    assert (told.status, told.reason) == (Status.REFUSED, "不归本街道管")
    assert (told.instead, told.at) == ("区人力社保局", at("2026-03-03 10:00"))


def test_a_change_made_at_the_desk_reaches_the_ledger(office: Office) -> None:
    reference = office.ledger.submit(CASE)
    moved = replace(NOTE, kind=EventKind.STATUS, case=replace(CASE, status=Status.ACCEPTED))
    office.ledger.note(reference, moved)
    assert office.ledger.status(reference).status is Status.ACCEPTED
