import pytest

from actions.draft import DraftState, Step
from actions.reply import Reply, Signal
from actions.report import take_report
from actions.tickets.register import contact_of
from actions.tickets.ticket import Kind, Status
from actions.turn import Turn
from bot.degraded import answer_without_engine
from channels.handling import Heard
from tests.actions.conftest import stage
from tests.actions.stage import LIGHTING, Stage, words

__all__ = ["stage"]

PHONE = "13800000000"
FLOOD = "清河苑5号楼一楼大厅一直在漏水"


def heard(turn: Turn) -> Heard:
    return Heard(turn.message, turn.channel, turn.conversation, turn.said)


def tell(stage: Stage, text: str, *, images: tuple[str, ...] = ()) -> tuple[Reply, ...]:
    return tuple(answer_without_engine(heard(stage.said(text, images=images)), stage.means))


def test_a_sure_answer_is_given(stage: Stage) -> None:
    (reply,) = tell(stage, "借书证怎么办")
    assert reply.citations
    assert not stage.every_ticket()


def test_what_is_reported_is_kept_as_a_ticket_to_complete(stage: Stage) -> None:
    (reply,) = tell(stage, f"{FLOOD}，我姓王，电话{PHONE}")
    (ticket,) = stage.tickets()
    assert ticket.incomplete
    assert ticket.kind is Kind.REQUEST
    assert ticket.number in reply.text
    assert reply.ticket is not None
    assert reply.ticket.number == ticket.number
    assert FLOOD in ticket.description
    assert ticket.address is not None
    assert "清河苑5号楼" in ticket.address.said


def test_a_phone_is_sealed_and_no_part_of_the_description(stage: Stage) -> None:
    tell(stage, f"{FLOOD}，我姓王，电话{PHONE}")
    (ticket,) = stage.tickets()
    assert PHONE not in ticket.description
    with stage.means.sessions() as session:
        assert contact_of(session, ticket.number, vault=stage.means.vault).phone == PHONE


def test_the_wish_for_confidence_is_kept(stage: Stage) -> None:
    tell(stage, f"{FLOOD}，电话{PHONE}，请保密")
    assert stage.tickets()[0].confidential


def test_the_same_message_run_twice_is_kept_once_and_as_it_was(stage: Stage) -> None:
    message = heard(stage.said(FLOOD))
    first = answer_without_engine(message, stage.means)
    second = answer_without_engine(message, stage.means)
    (ticket,) = stage.every_ticket()
    assert ticket.description == FLOOD
    assert list(first) == list(second)


def test_what_follows_soon_joins_the_same_ticket(stage: Stage) -> None:
    tell(stage, FLOOD)
    stage.wait(minutes=5)
    later = heard(stage.said(f"电话{PHONE}，请尽快来看看", images=("a.jpg",)))
    answer_without_engine(later, stage.means)
    answer_without_engine(later, stage.means)
    (ticket,) = stage.every_ticket()
    assert ticket.has_phone
    assert ticket.attachments == ("a.jpg",)
    assert ticket.description.count("请尽快来看看") == 1
    assert PHONE not in ticket.description


def test_what_follows_an_hour_later_is_a_matter_of_its_own(stage: Stage) -> None:
    tell(stage, FLOOD)
    stage.wait(hours=1)
    tell(stage, "云溪家园门口的井盖也不见了")
    assert len(stage.every_ticket()) == 2


def test_what_follows_a_ticket_settled_meanwhile_is_still_kept(stage: Stage) -> None:
    tell(stage, FLOOD)
    number = stage.tickets()[0].number
    stage.move(number, Status.WITHDRAWN)
    said = words(tell(stage, "地下室也开始进水了"))
    assert number in said


def test_an_unknown_question_is_kept_as_an_inquiry(stage: Stage) -> None:
    tell(stage, "公积金怎么提取")
    assert stage.tickets()[0].kind is Kind.INQUIRY


@pytest.mark.parametrize("in_report", [False, True])
def test_a_person_can_be_asked_for_without_rasa(stage: Stage, in_report: bool) -> None:
    if in_report:
        stage.tell(FLOOD, "report_problem", category=LIGHTING)
    (reply,) = tell(stage, "转人工")
    assert reply.signal is Signal.PERSON
    assert bool(reply.buttons) is not in_report
    assert not stage.every_ticket()


def test_a_word_or_two_make_no_ticket(stage: Stage) -> None:
    assert "再发一次" in words(tell(stage, "谢谢"))
    assert not stage.every_ticket()


@pytest.mark.parametrize("by_number", [True, False])
def test_a_ticket_can_be_asked_after(stage: Stage, by_number: bool) -> None:
    ticket = stage.file()
    (reply,) = tell(stage, f"{ticket.number}办好了吗" if by_number else "我的工单")
    assert "待受理" in reply.text
    assert len(stage.every_ticket()) == 1


def test_a_report_at_hand_goes_on_and_is_filed(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem", category=LIGHTING)
    assert "电话" in words(tell(stage, "清河苑5号楼"))
    assert "请您核对" in words(tell(stage, PHONE))
    filed = words(tell(stage, "确认提交"))
    (ticket,) = stage.tickets()
    assert ticket.number in filed
    assert not ticket.incomplete
    assert ticket.description == "有一堆垃圾一直没人清理"


def test_a_question_in_a_report_is_answered_and_the_report_stays(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    before = stage.draft()
    assert tell(stage, "借书证怎么办")[0].citations
    assert stage.draft() == before


def test_a_turn_rasa_took_but_did_not_answer_is_taken_once(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    turn = stage.said("清河苑5号楼", "give_address")
    take_report(turn, stage.means)
    before = stage.draft()
    assert "电话" in words(answer_without_engine(heard(turn), stage.means))
    assert stage.draft() == before


def at_summary(stage: Stage) -> None:
    stage.tell("清河苑5号楼楼道的灯坏了三天", "report_problem", category=LIGHTING)
    stage.tell(PHONE, "give_contact")
    assert stage.draft().asked is Step.CONFIRMATION


def test_a_report_confirmed_when_rasa_was_lost_is_filed_and_once(stage: Stage) -> None:
    at_summary(stage)
    turn = stage.said("确认提交", "affirm")
    take_report(turn, stage.means)
    assert stage.draft().state is DraftState.CONFIRMED
    said = words(answer_without_engine(heard(turn), stage.means))
    (ticket,) = stage.every_ticket()
    assert ticket.number in said
    assert not ticket.incomplete
    assert "灯坏了" in ticket.description


def test_what_is_said_after_a_lost_confirmation_is_kept_too(stage: Stage) -> None:
    at_summary(stage)
    take_report(stage.said("确认提交", "affirm"), stage.means)
    tell(stage, "云溪家园门口的井盖也不见了")
    assert sorted(t.incomplete for t in stage.every_ticket()) == [False, True]


def test_a_similar_ticket_agreed_to_when_rasa_was_lost_is_joined(stage: Stage) -> None:
    stage.file("清河苑5号楼楼道的灯坏了三天")
    stage.conversation = "web:2"
    stage.tell("清河苑5号楼的楼道灯坏了", "report_problem", category=LIGHTING)
    turn = stage.said("附议", "affirm")
    take_report(turn, stage.means)
    answer_without_engine(heard(turn), stage.means)
    (ticket,) = stage.every_ticket()
    assert ticket.endorsements == 1


def test_words_after_an_opener_go_on_with_the_report_begun(stage: Stage) -> None:
    stage.tell("我要反映问题", "report_problem")
    tell(stage, FLOOD)
    assert stage.draft().what == FLOOD
    assert not stage.every_ticket()


def test_todays_words_do_not_go_into_a_report_left_lying_for_days(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.wait(days=3)
    tell(stage, "云溪家园门口的井盖不见了")
    (ticket,) = stage.tickets()
    assert "井盖" in ticket.description
    assert stage.draft(DraftState.OPEN).what == "有一堆垃圾一直没人清理"


def test_a_report_left_lying_for_days_can_be_gone_on_with(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.wait(days=3)
    assert "在哪里" in words(tell(stage, "继续上次的"))


def test_a_cancelled_report_files_nothing(stage: Stage) -> None:
    at_summary(stage)
    tell(stage, "取消")
    assert stage.draft().state is DraftState.CANCELLED
    assert not stage.every_ticket()
