from dataclasses import replace

import pytest

from actions.rewording import note_rewording
from actions.tickets.history import history
from actions.tickets.ticket import EventKind
from actions.turn import Turn
from tests.actions.stage import Stage

LAMP = "清河苑5号楼楼道的灯坏了三天"
REWORDED = "清河苑6号楼楼道的灯坏了三天"


def edited(stage: Stage, text: str) -> Turn:
    turn = stage.said(text)
    return replace(turn, said=replace(turn.said, edited=True))


def test_a_new_wording_of_what_was_just_filed_is_added_to_the_ticket(stage: Stage) -> None:
    ticket = stage.file(LAMP)
    turn = edited(stage, f"{REWORDED}，电话13800000000")
    for _ in range(2):
        reply = note_rewording(turn, stage.means)
        assert reply is not None
        assert ticket.number in reply.text
    assert notes(stage, ticket.number) == [f"更正：{REWORDED}，电话138****0000"]
    assert stage.tickets()[0].description == ticket.description


def notes(stage: Stage, number: str) -> list[str]:
    with stage.means.sessions() as session:
        return [e.text for e in history(session, number) if e.kind is EventKind.NOTED]


@pytest.mark.parametrize("text", ["居住证怎么办", "小区里的路灯坏了"])
def test_a_new_wording_of_something_else_is_not(stage: Stage, text: str) -> None:
    ticket = stage.file(LAMP)
    assert note_rewording(edited(stage, text), stage.means) is None
    assert notes(stage, ticket.number) == []


def test_words_that_were_not_edited_are_not(stage: Stage) -> None:
    stage.file(LAMP)
    assert note_rewording(stage.said(REWORDED), stage.means) is None


def test_long_after_filing_it_is_a_message_like_any_other(stage: Stage) -> None:
    stage.file(LAMP)
    stage.wait(minutes=31)
    assert note_rewording(edited(stage, REWORDED), stage.means) is None


def test_while_a_report_is_open_it_is_the_reports(stage: Stage) -> None:
    stage.file(LAMP)
    stage.tell("清河苑5号楼门口的井盖松了", "report_problem")
    assert note_rewording(edited(stage, REWORDED), stage.means) is None


def test_with_nothing_filed_there_is_nothing_to_add_to(stage: Stage) -> None:
    assert note_rewording(edited(stage, REWORDED), stage.means) is None
