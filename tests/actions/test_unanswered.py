from dataclasses import replace

from sqlalchemy import select

from actions.policy import answer_policy
from actions.take_up import take_up
from actions.talk import answering_or_saying, fall_back
from knowledge.gaps import GapKind, Noted, open_gaps
from knowledge.tables import GapRow
from tests.actions.stage import Stage
from tests.knowledge.corpus import LIBRARY

UNKNOWN = "公积金怎么提取"
NEAR = "办证"


def gaps(stage: Stage) -> list[Noted]:
    with stage.means.sessions() as session:
        return open_gaps(session)


def test_what_is_not_known_is_kept_once_however_often_the_turn_is_run(stage: Stage) -> None:
    turn = stage.said(f"我叫王小明，请问{UNKNOWN}，公积金提取", "ask_policy")
    stage.play(answer_policy, turn)
    stage.play(answer_policy, turn)
    [noted] = gaps(stage)
    assert noted.gap.kind is GapKind.UNKNOWN
    assert UNKNOWN in noted.gap.text
    assert "王小明" not in noted.gap.text


def test_what_was_not_understood_is_kept(stage: Stage) -> None:
    stage.play(fall_back, stage.said(UNKNOWN, "nlu_fallback"))
    assert [noted.gap.text for noted in gaps(stage)] == [UNKNOWN]


def test_what_is_off_the_subject_is_kept_and_chat_is_not(stage: Stage) -> None:
    stage.play(answering_or_saying("out_of_scope"), stage.said(UNKNOWN, "out_of_scope"))
    stage.play(answering_or_saying("small_talk"), stage.said("公积金", "small_talk"))
    assert [noted.gap.text for noted in gaps(stage)] == [UNKNOWN]


def test_each_want_of_a_message_is_kept_by_itself(stage: Stage) -> None:
    turn = stage.said(UNKNOWN, "ask_policy")
    stage.play(answer_policy, turn)
    stage.play(answer_policy, replace(turn, part=9))
    assert len(gaps(stage)) == 2


def test_a_question_in_the_middle_of_a_report_is_kept_too(stage: Stage) -> None:
    stage.tell("路灯坏了", "report_problem")
    stage.play(answer_policy, stage.said(UNKNOWN, "ask_policy"))
    assert [noted.gap.text for noted in gaps(stage)] == [UNKNOWN]


def test_an_answer_that_did_not_help_is_kept_with_its_question_and_entry(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("借书证怎么办", "ask_policy"))
    assert gaps(stage) == []
    stage.play(take_up, stage.said("没解决", "deny"))
    [noted] = gaps(stage)
    gap = noted.gap
    assert (gap.kind, gap.text, gap.entry) == (GapKind.UNSOLVED, "借书证怎么办", LIBRARY.id)
    assert gap.nearest[0][0] == LIBRARY.id


def test_where_none_of_the_near_ones_was_meant_the_question_is_kept(stage: Stage) -> None:
    stage.play(answer_policy, stage.said(NEAR, "ask_policy"))
    stage.play(take_up, stage.said("都不是", "deny"))
    [noted] = gaps(stage)
    assert (noted.gap.kind, noted.gap.text) == (GapKind.UNKNOWN, NEAR)
    assert len(noted.gap.nearest) > 1


def test_nothing_kept_says_who_asked(stage: Stage) -> None:
    turn = stage.said(UNKNOWN, "ask_policy")
    stage.play(answer_policy, turn)
    with stage.means.sessions() as session:
        [row] = session.scalars(select(GapRow))
        told = {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118
    assert not any(stage.conversation in str(value) for value in told.values())
    assert len(str(told["key"])) == 64


def test_nothing_is_kept_where_the_means_say_so(stage: Stage) -> None:
    stage.means = replace(stage.means, note_gap=lambda session, gap, key, now: False)
    stage.play(answer_policy, stage.said(UNKNOWN, "ask_policy"))
    assert gaps(stage) == []
