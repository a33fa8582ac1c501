import pytest

from actions.case_systems.case_system import (
    CaseStatus,
    CaseSystem,
    Reference,
    Rejected,
    Unavailable,
)
from actions.case_systems.memory import MemoryCaseSystem
from actions.tickets.ticket import Status
from tests.actions.case_systems.test_ledger import CASE, NOTE


def test_it_takes_a_case_and_a_note_once() -> None:
    system: CaseSystem = (memory := MemoryCaseSystem())
    references = {system.submit(CASE) for _ in range(2)}
    for reference in references:
        system.note(reference, NOTE)
        system.note(reference, NOTE)
    assert memory.cases == {CASE.number: NOTE.case}
    assert memory.notes == {NOTE.event: NOTE}
    assert len(memory.calls) == 4


def test_it_fails_as_told_before_or_after_it_has_taken_the_case() -> None:
    memory = MemoryCaseSystem()
    memory.failures = [Unavailable("down")]
    memory.afterwards = [Unavailable("answer lost")]
    with pytest.raises(Unavailable, match="down"):
        memory.submit(CASE)
    assert memory.cases == {}
    with pytest.raises(Unavailable, match="answer lost"):
        memory.submit(CASE)
    assert memory.cases == {CASE.number: CASE}
    memory.submit(CASE)


def test_it_says_how_far_a_case_is() -> None:
    memory = MemoryCaseSystem()
    reference = memory.submit(CASE)
    assert memory.status(reference).status is Status.SUBMITTED
    memory.statuses[CASE.number] = CaseStatus(status=Status.RESOLVED, at=CASE.resolve_by)
    assert memory.status(reference).status is Status.RESOLVED


def test_what_it_does_not_have_is_rejected() -> None:
    with pytest.raises(Rejected):
        MemoryCaseSystem().note(Reference("M-none"), NOTE)
