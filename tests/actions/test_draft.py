from dataclasses import replace

import pytest

from actions.draft import (
    BEGINNINGS,
    KINDS,
    PLACELESS,
    Draft,
    DraftState,
    Step,
    latest,
    new_draft,
    save,
)
from actions.tickets.ticket import Kind
from actions.turn import Guess, Location
from tests.actions.stage import Stage

WHOLE = new_draft(
    "web:1",
    "web",
    Kind.COMPLAINT,
    what="楼道的灯坏了三天\n二楼也坏了",
    where="清河苑5号楼",
    phone="13800000000",
    location=Location(39.9, 116.4, "东门"),
    images=("a.jpg", "b.jpg"),
    categories=(Guess("城乡建设", 0.8),),
    asked=Step.CONTACT,
    message=7,
)


def keep(stage: Stage, draft: Draft) -> None:
    with stage.means.sessions.begin() as session:
        save(session, draft, stage.means.vault, stage.now)


def found(stage: Stage, *states: DraftState) -> Draft | None:
    with stage.means.sessions() as session:
        pair = latest(session, "web:1", stage.means.vault, *states)
    return pair[0] if pair else None


@pytest.mark.parametrize("draft", [WHOLE, new_draft("web:1", "web", Kind.PRAISE)])
def test_a_draft_is_read_back_as_it_was_written(stage: Stage, draft: Draft) -> None:
    keep(stage, draft)
    assert found(stage, DraftState.OPEN) == draft


def test_the_draft_written_last_counts_of_the_states_that_are_wanted(stage: Stage) -> None:
    older = replace(WHOLE, key="older")
    keep(stage, older)
    stage.wait(minutes=1)
    keep(stage, replace(WHOLE, key="newer", state=DraftState.FILED))
    assert found(stage, DraftState.OPEN) == older
    newest = found(stage, *DraftState)
    assert newest is not None
    assert newest.key == "newer"
    assert found(stage, DraftState.CANCELLED) is None
    stage.wait(minutes=1)
    keep(stage, older)
    assert found(stage, *DraftState) == older


@pytest.mark.parametrize("kind", sorted(PLACELESS))
def test_some_kinds_need_no_place(kind: Kind) -> None:
    assert replace(WHOLE, kind=kind, where="", location=None, phone="").next_step() is Step.CONTACT


def test_a_point_on_the_map_is_a_place() -> None:
    assert replace(WHOLE, where="").next_step() is Step.CONFIRMATION


@pytest.mark.parametrize("contact", [{"phone": "1"}, {"anonymous": True}, {"no_phone": True}])
def test_each_of_these_settles_the_contact(contact: dict[str, object]) -> None:
    bare = replace(WHOLE, phone="")
    assert bare.next_step() is Step.CONTACT
    assert replace(bare, **contact).next_step() is Step.CONFIRMATION  # type: ignore[arg-type]


def test_tries_count_for_one_question_only() -> None:
    asked = replace(WHOLE, phone="", asked=Step.CONTACT, tries=2)
    assert asked.asking().tries == 2
    assert replace(asked, where="", location=None).asking().tries == 0


@pytest.mark.parametrize(
    ("state", "number", "agreed"),
    [
        (DraftState.OPEN, "", False),
        (DraftState.CONFIRMED, "", True),
        (DraftState.ENDORSED, "", True),
        (DraftState.ENDORSED, "LL1", False),
        (DraftState.FILED, "LL1", False),
        (DraftState.CANCELLED, "", False),
    ],
)
def test_agreed_is_what_is_yet_to_be_filed_or_joined(
    state: DraftState, number: str, agreed: bool
) -> None:
    assert replace(WHOLE, state=state, number=number).agreed is agreed


def test_the_subject_is_what_it_began_with() -> None:
    assert WHOLE.subject == "楼道的灯坏了三天"


def test_a_question_begins_no_report_but_may_become_one() -> None:
    assert KINDS["ask_policy"] is Kind.INQUIRY
    assert "ask_policy" not in BEGINNINGS


def test_a_draft_shows_nobody() -> None:
    shown = repr(WHOLE)
    assert "13800000000" not in shown
    assert "清河苑" not in shown
    assert "39.9" not in shown
