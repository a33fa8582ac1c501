import pytest

from actions.offer import OfferKind
from actions.policy import answer_policy
from actions.talk import answering_or_saying, ask_human, fall_back, restart, say_danger, saying
from tests.actions.stage import Stage, buttons, words


def test_a_greeting_has_two_lines_and_three_examples(stage: Stage) -> None:
    (reply,) = stage.play(saying("greet"), stage.said("你好", "greet")).replies
    assert len(reply.text.splitlines()) == 2
    assert reply.text.count("“") == 3
    assert len(reply.buttons) == 3


@pytest.mark.parametrize("key", ["greet", "help", "small_talk", "out_of_scope"])
def test_in_the_middle_of_a_report_there_are_no_buttons_that_lead_away(
    stage: Stage, key: str
) -> None:
    stage.in_report = True
    (reply,) = stage.play(saying(key), stage.said("你好")).replies
    assert not reply.buttons


def test_a_question_taken_for_chat_is_answered(stage: Stage) -> None:
    turn = stage.said("借书证怎么办", "small_talk")
    (reply,) = stage.play(answering_or_saying("small_talk"), turn).replies
    assert "服务台" in reply.text


def test_chat_that_is_no_question_gets_one_friendly_line(stage: Stage) -> None:
    turn = stage.said("公积金", "small_talk")
    (reply,) = stage.play(answering_or_saying("small_talk"), turn).replies
    assert not reply.citations


def test_danger_names_the_three_numbers_before_everything(stage: Stage) -> None:
    (reply,) = stage.play(say_danger, stage.said("不得了了", "emergency")).replies
    assert reply.urgent
    assert {call.number for call in reply.calls} == {"110", "119", "120"}


def test_not_understood_twice_offers_to_write_down_both(stage: Stage) -> None:
    first = stage.play(fall_back, stage.said("阿巴阿巴"))
    second = stage.play(fall_back, stage.said("哇啦哇啦"))
    assert words(first.replies) != words(second.replies)
    assert "登记工单" in buttons(second.replies[0])
    offer = stage.offer()
    assert offer is not None
    assert (offer.kind, offer.about["question"]) == (OfferKind.REPORT, "阿巴阿巴\n哇啦哇啦")


def test_the_same_turn_run_twice_is_not_understood_once(stage: Stage) -> None:
    turn = stage.said("阿巴阿巴")
    assert stage.play(fall_back, turn) == stage.play(fall_back, turn)
    offer = stage.offer()
    assert offer is not None
    assert offer.about["question"] == "阿巴阿巴"


def test_not_understood_but_surely_known_is_answered(stage: Stage) -> None:
    assert stage.play(fall_back, stage.said("借书证怎么办")).replies[0].citations


def test_restarting_keeps_an_unfinished_report_and_offers_it(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    outcome = stage.play(restart, stage.said("重新开始", "restart"))
    assert outcome.restarts
    assert "有一堆垃圾一直没人清理" in outcome.replies[0].text
    assert buttons(outcome.replies[0]) == ["继续上次的", "不报了"]
    offer = stage.offer()
    assert offer is not None
    assert offer.kind is OfferKind.RESUME


def test_restarting_without_a_report_forgets_what_was_offered(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("公积金怎么提取"))
    assert stage.play(restart, stage.said("重新开始")).restarts
    assert stage.offer() is None


def test_a_person_is_reached_by_phone_in_office_hours(stage: Stage) -> None:
    (reply,) = stage.play(ask_human, stage.said("转人工")).replies
    assert "010-00000000" in reply.text
    assert "工作日9:00–17:00" in reply.text


def test_a_person_asked_for_in_a_report_changes_no_offer(stage: Stage) -> None:
    stage.in_report = True
    stage.play(ask_human, stage.said("转人工"))
    assert stage.offer() is None
