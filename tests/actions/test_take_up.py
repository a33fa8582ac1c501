import pytest

from actions.draft import DraftState, Step
from actions.follow_up import withdraw_ticket
from actions.offer import Offer, OfferKind, make_offer
from actions.policy import answer_policy
from actions.report import take_report
from actions.take_up import REPORT_FORM, take_up
from actions.talk import ask_human
from actions.tickets.register import contact_of
from actions.tickets.ticket import Kind, Status
from tests.actions.stage import LIGHTING, Stage, buttons, words
from tests.knowledge.corpus import POOL

PHONE = "13800000000"
LAMP = "清河苑5号楼楼道的灯坏了三天"


def offer(stage: Stage, kind: OfferKind, **about: object) -> None:
    with stage.means.sessions.begin() as session:
        given = Offer(kind, about)
        make_offer(session, stage.conversation, given, stage.means.vault, stage.now)


def offer_which(stage: Stage) -> None:
    offer(
        stage,
        OfferKind.WHICH,
        question="证",
        entries=["library-card", "pool-hours", "seed-exchange"],
    )


def left_at_summary(stage: Stage) -> None:
    """A report complete but for its confirmation, and Rasa's session over."""
    stage.tell(LAMP, "report_problem", category=LIGHTING)
    stage.tell(PHONE, "give_contact")
    stage.in_report = False


def test_with_nothing_offered_there_is_a_friendly_line(stage: Stage) -> None:
    (reply,) = stage.play(take_up, stage.said("好的", "affirm")).replies
    assert "我要反映问题" in buttons(reply)


def test_the_second_of_several_is_answered(stage: Stage) -> None:
    offer_which(stage)
    (reply,) = stage.play(take_up, stage.said("第二个", "choose")).replies
    assert "六点半开门" in reply.text
    assert reply.citations


def test_one_that_is_said_as_it_stands_is_answered_whatever_else_it_looks_like(
    stage: Stage,
) -> None:
    offer_which(stage)
    (reply,) = stage.play(take_up, stage.said(f" {POOL.question}", "give_address")).replies
    assert "六点半开门" in reply.text


def test_a_choice_beyond_the_last_answers_nothing(stage: Stage) -> None:
    offer_which(stage)
    assert "六点半" not in words(stage.play(take_up, stage.said("第五个", "choose")).replies)


def test_an_address_chooses_nothing(stage: Stage) -> None:
    offer_which(stage)
    outcome = stage.play(take_up, stage.said("清河苑1号楼", "give_address"))
    assert not any(reply.citations for reply in outcome.replies)


def test_none_of_these_offers_to_register_the_question(stage: Stage) -> None:
    offer_which(stage)
    (reply,) = stage.play(take_up, stage.said("都不是", "deny")).replies
    assert "登记工单" in buttons(reply)
    now = stage.offer()
    assert now is not None
    assert (now.kind, now.about["question"]) == (OfferKind.REPORT, "证")


def test_an_answer_that_did_not_help_is_offered_as_a_ticket(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("借书证怎么办", "ask_policy"))
    (reply,) = stage.play(take_up, stage.said("没解决", "deny")).replies
    assert "登记工单" in buttons(reply)
    outcome = stage.play(take_up, stage.said("好的", "affirm"))
    assert outcome.continue_with == REPORT_FORM
    assert stage.draft().what == "借书证怎么办"
    assert stage.draft().kind is Kind.INQUIRY


def test_an_answer_that_helped_ends_the_matter(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("借书证怎么办", "ask_policy"))
    stage.play(take_up, stage.said("有帮助", "helpful"))
    assert stage.offer() is None


def test_agreeing_to_a_ticket_asks_for_the_phone_and_reads_the_yes_no_further(
    stage: Stage,
) -> None:
    stage.play(answer_policy, stage.said("公积金怎么提取", "ask_policy"))
    turn = stage.said("好的", "affirm")
    assert stage.play(take_up, turn).continue_with == REPORT_FORM
    assert "电话" in words(stage.through_form(turn).replies)
    assert stage.draft().asked is Step.CONTACT


def test_declining_a_ticket_begins_none(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("公积金怎么提取", "ask_policy"))
    outcome = stage.play(take_up, stage.said("不用了", "deny"))
    assert outcome.continue_with is None
    assert stage.offer() is None


def test_the_wish_for_a_person_is_no_ticket_of_its_own(stage: Stage) -> None:
    stage.play(ask_human, stage.said("转人工", "ask_human"))
    turn = stage.said("登记工单", "affirm")
    assert stage.play(take_up, turn).continue_with == REPORT_FORM
    assert "什么事" in words(stage.through_form(turn).replies)


def test_the_wish_for_a_person_after_a_question_keeps_the_question(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("公积金怎么提取", "ask_policy"))
    stage.play(ask_human, stage.said("转人工", "ask_human"))
    stage.play(take_up, stage.said("登记工单", "affirm"))
    assert stage.draft().what == "公积金怎么提取"


@pytest.mark.parametrize("kind", [OfferKind.REPORT, OfferKind.WITHDRAW, OfferKind.WHICH])
def test_an_offer_is_forgotten_after_half_a_day(stage: Stage, kind: OfferKind) -> None:
    number = stage.file().number
    offer(stage, kind, question="公积金怎么提取", number=number, entries=["pool-hours"])
    stage.wait(hours=12, seconds=1)
    outcome = stage.play(take_up, stage.said("好的", "affirm"))
    assert outcome.continue_with is None
    assert stage.tickets()[0].status is Status.SUBMITTED
    assert not any(reply.citations for reply in outcome.replies)


def test_agreeing_to_go_on_shows_the_summary_and_confirms_nothing(stage: Stage) -> None:
    left_at_summary(stage)
    stage.wait(days=1)
    offer(stage, OfferKind.RESUME)
    turn = stage.said("好", "affirm")
    assert stage.play(take_up, turn).continue_with == REPORT_FORM
    assert "请您核对" in words(stage.through_form(turn).replies)
    assert not stage.every_ticket()
    assert stage.draft().state is DraftState.OPEN


def test_going_on_needs_no_offer(stage: Stage) -> None:
    left_at_summary(stage)
    stage.wait(days=3)
    turn = stage.said("继续上次的", "resume")
    assert stage.play(take_up, turn).continue_with == REPORT_FORM
    assert "请您核对" in words(stage.through_form(turn).replies)


def test_going_on_names_what_it_goes_on_with(stage: Stage) -> None:
    left_at_summary(stage)
    outcome = stage.play(take_up, stage.said("继续上次的", "resume"))
    assert "清河苑5号楼楼道的灯坏了三天" in words(outcome.replies)


@pytest.mark.parametrize(("said", "intent"), [("不报了", "cancel"), ("不用了", "deny")])
def test_a_report_left_lying_can_be_dropped(stage: Stage, said: str, intent: str) -> None:
    left_at_summary(stage)
    offer(stage, OfferKind.RESUME)
    stage.play(take_up, stage.said(said, intent))
    assert stage.draft().state is DraftState.CANCELLED


def test_an_address_after_a_restart_still_goes_to_the_report(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.in_report = False
    turn = stage.said("清河苑5号楼", "give_address")
    assert stage.play(take_up, turn).continue_with == REPORT_FORM
    stage.through_form(turn)
    assert stage.draft().where == "清河苑5号楼"


def test_a_second_confirmation_names_the_ticket_and_files_nothing(stage: Stage) -> None:
    number = stage.file().number
    assert number in words(stage.play(take_up, stage.said("确认提交", "affirm")).replies)
    assert len(stage.every_ticket()) == 1


def test_a_report_confirmed_when_rasa_was_lost_is_filed_by_the_next_confirmation(
    stage: Stage,
) -> None:
    left_at_summary(stage)
    stage.in_report = True
    take_report(stage.said("确认提交", "affirm"), stage.means)
    assert stage.draft().state is DraftState.CONFIRMED
    outcome = stage.play(take_up, stage.said("确认提交", "affirm"))
    (ticket,) = stage.tickets()
    assert ticket.number in words(outcome.replies)


def test_a_phone_just_after_filing_goes_to_the_ticket(stage: Stage) -> None:
    number = stage.file().number
    stage.play(take_up, stage.said(PHONE, "give_contact"))
    with stage.means.sessions() as session:
        assert contact_of(session, number, vault=stage.means.vault).phone == PHONE


def test_a_phone_long_after_filing_does_not(stage: Stage) -> None:
    stage.file()
    stage.wait(hours=1)
    stage.play(take_up, stage.said(PHONE, "give_contact"))
    assert not stage.tickets()[0].has_phone


@pytest.mark.parametrize(
    ("said", "intent", "status"),
    [
        ("确定撤销", "affirm", Status.WITHDRAWN),
        ("好的", "affirm", Status.WITHDRAWN),
        ("不撤了", "deny", Status.SUBMITTED),
        ("算了", "cancel", Status.SUBMITTED),
    ],
)
def test_withdrawal_needs_a_yes(stage: Stage, said: str, intent: str, status: Status) -> None:
    stage.file()
    stage.play(withdraw_ticket, stage.said("撤销工单", "withdraw_ticket"))
    stage.play(take_up, stage.said(said, intent))
    assert stage.tickets()[0].status is status


def test_what_says_more_than_an_address_begins_a_report(stage: Stage) -> None:
    said = stage.said("清河苑5号楼门口一直有人大声放音乐", "give_address")
    assert stage.play(take_up, said).continue_with == REPORT_FORM


def test_a_bare_address_begins_none(stage: Stage) -> None:
    outcome = stage.play(take_up, stage.said("清河苑5号楼", "give_address"))
    assert outcome.continue_with is None
    assert outcome.replies


@pytest.mark.parametrize(
    ("text", "intent"),
    [("明天一早六点喊我起床去爬山", "give_time"), ("给我老同学拨个电话聊聊天", "give_contact")],
)
def test_a_time_or_a_call_with_words_around_it_begins_no_report(
    stage: Stage, text: str, intent: str
) -> None:
    assert stage.play(take_up, stage.said(text, intent)).continue_with is None


def test_a_story_at_an_address_begins_a_report_whatever_it_was_taken_for(stage: Stage) -> None:
    said = stage.said("云溪街道清河苑5号楼昨天半夜一直有人大声放音乐", "give_time")
    assert stage.play(take_up, said).continue_with == REPORT_FORM
