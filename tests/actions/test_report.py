from dataclasses import replace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from actions.draft import DraftState, Step
from actions.filing import finish_report, in_words
from actions.policy import answer_policy
from actions.report import take_report
from actions.tables import DraftRow
from actions.tickets.duplicates import endorsers
from actions.tickets.ticket import Datum, Kind, Status
from actions.turn import Guess, Location
from tests.actions.stage import LIGHTING, MORNING, Stage, buttons, words

PHONE = "13800000000"
OTHER_PHONE = "13900000001"
LAMP = "清河苑5号楼楼道的灯坏了三天"
PIN = Location(39.9, 116.4, "清河苑东门")


def at_summary(stage: Stage, first: str = LAMP) -> None:
    stage.tell(first, "report_problem", category=LIGHTING)
    summary = stage.tell(PHONE, "give_contact")
    assert stage.draft().asked is Step.CONFIRMATION
    assert "请您核对" in summary


def test_several_facts_in_one_message_are_asked_for_no_more(stage: Stage) -> None:
    said = f"我姓王，电话{PHONE}，清河苑5号楼楼道的灯昨天晚上坏了"
    summary = stage.tell(said, "report_problem", category=LIGHTING)
    draft = stage.draft()
    assert draft.asked is Step.CONFIRMATION
    assert (draft.where, draft.phone, draft.name) == ("清河苑5号楼", PHONE, "王")
    assert draft.when == "昨天晚上"
    assert "清河苑5号楼" in summary
    assert "138****0000" in summary
    assert PHONE not in summary


def test_nothing_is_asked_twice(stage: Stage) -> None:
    asked = [
        stage.tell("有一堆垃圾一直没人清理", "report_problem"),
        stage.tell("清河苑5号楼", "give_address"),
        stage.tell(PHONE, "give_contact"),
    ]
    assert "在哪里" in asked[0]
    assert "电话" in asked[1]
    assert "请您核对" in asked[2]
    assert not any("在哪里" in reply for reply in asked[1:])


def test_what_was_confirmed_is_filed_as_it_was_said(stage: Stage) -> None:
    at_summary(stage)
    filed = stage.tell("确认提交", "affirm")
    (ticket,) = stage.tickets()
    assert ticket.number in filed
    assert ticket.description == LAMP
    assert ticket.kind is Kind.REQUEST
    assert ticket.category == (LIGHTING,)
    assert ticket.address is not None
    assert (ticket.address.community, ticket.address.building) == ("清河苑", "5号楼")
    assert ticket.has_phone
    assert not ticket.incomplete
    assert stage.draft().number == ticket.number
    assert not stage.in_report


def test_a_second_confirmation_files_nothing(stage: Stage) -> None:
    at_summary(stage)
    stage.tell("确认提交", "affirm")
    again = finish_report(stage.said("确认提交", "affirm"), stage.means)
    assert len(stage.every_ticket()) == 1
    assert stage.tickets()[0].number in words(again.replies)
    assert "已经提交过" in words(again.replies)


def test_the_same_turn_finished_twice_files_once(stage: Stage) -> None:
    at_summary(stage)
    turn = stage.said("确认提交", "affirm")
    take_report(turn, stage.means)
    finish_report(turn, stage.means)
    finish_report(turn, stage.means)
    assert len(stage.every_ticket()) == 1


def test_the_same_turn_taken_twice_is_read_once_and_asks_the_same(stage: Stage) -> None:
    stage.tell(LAMP, "report_problem")
    turn = stage.said("物业来看过一次也没修好，晚上看不见台阶", "report_problem")
    first = take_report(turn, stage.means)
    draft = stage.draft()
    second = take_report(turn, stage.means)
    assert stage.draft() == draft
    assert second.replies[0].text in first.replies[0].text
    assert second.slots == first.slots


def test_finishing_what_is_not_complete_files_nothing_and_says_how_to_go_on(stage: Stage) -> None:
    stage.tell(LAMP, "report_problem")
    outcome = finish_report(stage.said("", ""), stage.means)
    assert not stage.every_ticket()
    assert buttons(outcome.replies[0]) == ["继续上次的", "不报了"]
    assert stage.draft().state is DraftState.OPEN


def test_a_database_that_refuses_loses_nothing(stage: Stage) -> None:
    at_summary(stage)
    turn = stage.said("确认提交", "affirm")
    take_report(turn, stage.means)
    refusing = replace(stage.means, sessions=sessionmaker(create_engine("sqlite://")))
    assert "都留着" in words(finish_report(turn, refusing).replies)
    finish_report(turn, stage.means)
    assert len(stage.every_ticket()) == 1


# Corrections


def test_a_building_is_corrected_within_the_address(stage: Stage) -> None:
    at_summary(stage, "清河苑3号楼2单元楼道的灯坏了三天")
    again = stage.tell("地址错了，是5号楼", "correct")
    assert stage.draft().where == "清河苑5号楼2单元"
    assert "地点改成了：清河苑5号楼2单元" in again
    assert "请您核对" in again


def test_what_is_denied_is_replaced_by_what_is_stated(stage: Stage) -> None:
    at_summary(stage, "清河苑5号楼3单元楼道的灯坏了三天")
    stage.tell("不是3单元是2单元", "correct")
    assert stage.draft().where == "清河苑5号楼2单元"


def test_a_corrected_phone_replaces_the_first_and_stays_out_of_the_description(
    stage: Stage,
) -> None:
    at_summary(stage)
    again = stage.tell(f"电话改成{OTHER_PHONE}", "correct")
    draft = stage.draft()
    assert draft.phone == OTHER_PHONE
    assert "139****0001" in again
    assert draft.what == LAMP


def test_a_mistyped_new_phone_is_asked_for_again_and_is_no_addition(stage: Stage) -> None:
    at_summary(stage)
    again = stage.tell("电话改成1390000001", "correct")
    assert "11位" in again
    assert stage.draft().asked is Step.CONTACT
    assert stage.draft().what == LAMP


def test_an_address_only_called_wrong_is_asked_for_again(stage: Stage) -> None:
    at_summary(stage)
    again = stage.tell("地址错了", "correct")
    assert "在哪里" in again
    assert stage.draft().asked is Step.WHERE
    assert "请您核对" in stage.tell("清河苑7号楼", "give_address")
    assert stage.draft().where == "清河苑7号楼"


@pytest.mark.parametrize(
    ("chosen", "asked"), [("改内容", Step.WHAT), ("改地点", Step.WHERE), ("改电话", Step.CONTACT)]
)
def test_amending_at_the_summary_asks_which_part_and_then_for_it(
    stage: Stage, chosen: str, asked: Step
) -> None:
    at_summary(stage)
    assert "改哪一项" in stage.tell("修改", "correct")
    stage.tell(chosen, "correct")
    assert stage.draft().asked is asked


@pytest.mark.parametrize("said", ["不对", "不用", "先别提交"])
def test_a_refusal_at_the_summary_asks_what_is_wrong_and_adds_nothing(
    stage: Stage, said: str
) -> None:
    at_summary(stage)
    again = stage.tell(said, "deny")
    assert "改哪一项" in again
    assert stage.draft().what == LAMP


def test_a_correction_of_the_estate_lets_go_of_the_point_on_the_map(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.tell(location=PIN)
    stage.tell("地址错了，是云溪家园2号楼", "correct")
    draft = stage.draft()
    assert (draft.where, draft.location) == ("云溪家园2号楼", None)


# What comes between


def test_a_question_in_the_middle_is_left_to_others_and_the_report_goes_on(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    before = stage.draft()
    first, again = stage.interrupt("借书证怎么办")
    assert first.declined
    assert not first.replies
    assert "在哪里" in again
    assert stage.draft() == before


def test_cancelling_files_nothing(stage: Stage) -> None:
    at_summary(stage)
    assert "不报了" in stage.tell("取消", "cancel")
    assert stage.draft().state is DraftState.CANCELLED
    assert not stage.every_ticket()
    assert not stage.in_report


def test_going_on_asks_what_was_asked_last(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.in_report = False
    assert "在哪里" in stage.tell("继续上次的", "resume")
    assert stage.draft().what == "有一堆垃圾一直没人清理"


def test_a_new_report_leaves_the_old_one_lying_and_offers_it_afterwards(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.in_report = False
    at_summary(stage, "云溪家园门口的井盖坏了两天")
    filed = stage.tell("确认提交", "affirm")
    (ticket,) = stage.tickets()
    assert "井盖" in ticket.description
    assert "垃圾" not in ticket.description
    assert "有一堆垃圾一直没人清理" in filed
    assert "接着报" in filed


def test_a_report_finished_while_rasa_was_away_ends_the_form(stage: Stage) -> None:
    at_summary(stage)
    stage.tell("确认提交", "affirm")
    stage.in_report = True
    outcome = take_report(stage.said("好的", "affirm"), stage.means)
    assert outcome.slots["requested_slot"] is None
    assert not outcome.declined
    assert stage.draft().state is DraftState.FILED


def test_a_question_to_a_form_that_is_over_is_answered_and_begins_no_report(stage: Stage) -> None:
    at_summary(stage)
    stage.tell("确认提交", "affirm")
    stage.in_report = True
    turn = stage.said("借书证怎么办", "ask_policy")
    assert take_report(turn, stage.means).declined
    after = take_report(replace(turn, interrupted=True), stage.means)
    assert after.slots["requested_slot"] is None
    assert stage.draft().state is DraftState.FILED


def test_a_story_to_a_form_that_is_over_begins_a_report_of_its_own(stage: Stage) -> None:
    at_summary(stage)
    stage.tell("确认提交", "affirm")
    stage.in_report = True
    stage.tell("门口的井盖碎了，老人差点掉下去", "give_address")
    assert "井盖碎了" in stage.draft(DraftState.OPEN).what
    assert len(stage.every_ticket()) == 1


# What, where, who


def test_an_opener_is_asked_what_it_is_and_the_next_words_are_the_content(stage: Stage) -> None:
    assert "什么事" in stage.tell("你好，我要反映问题", "report_problem", category="教育")
    stage.tell("建议小区里多装几盏路灯", "suggest", category=LIGHTING)
    draft = stage.draft()
    assert draft.what == "建议小区里多装几盏路灯"
    assert draft.kind is Kind.SUGGESTION
    assert [guess.name for guess in draft.categories] == [LIGHTING]


def test_what_kind_the_opener_named_is_not_changed_by_the_content(stage: Stage) -> None:
    stage.tell("我要投诉", "complain_about_service")
    stage.tell("物业的电梯坏了没人管", "report_problem")
    assert stage.draft().kind is Kind.COMPLAINT


def test_a_long_address_does_not_change_what_the_report_is_about(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem", category=LIGHTING)
    stage.tell("云溪街道清河苑小区5号楼3单元门口", "give_address", category="教育")
    assert [guess.name for guess in stage.draft().categories] == [LIGHTING]


def test_words_that_are_not_chinese_are_taken_when_said_again(stage: Stage) -> None:
    stage.tell("我要反映问题", "report_problem")
    stage.tell("the lamp is broken", "")
    stage.tell("the lamp is broken", "")
    assert stage.draft().what == "the lamp is broken"


@pytest.mark.parametrize(
    ("intent", "said"),
    [("praise", "表扬一下三号楼的保洁张阿姨"), ("suggest", "建议多摆几个垃圾桶")],
)
def test_praise_and_suggestions_are_not_asked_where(stage: Stage, intent: str, said: str) -> None:
    stage.tell(said, intent)
    assert stage.draft().asked is Step.CONTACT


def test_anonymous_means_that_neither_name_nor_phone_is_kept(stage: Stage) -> None:
    said = f"我姓王，电话{PHONE}，匿名举报清河苑5号楼群租"
    assert "匿名" in stage.tell(said, "report_violation")
    stage.tell("确认提交", "affirm")
    (ticket,) = stage.tickets()
    assert ticket.anonymous
    assert not ticket.has_phone
    assert PHONE not in ticket.description


@pytest.mark.parametrize("said", ["不留电话", "不用了", "算了", "没有"])
def test_no_phone_is_demanded(stage: Stage, said: str) -> None:
    stage.tell(LAMP, "report_problem")
    assert "请您核对" in stage.tell(said, "deny")
    stage.tell("确认提交", "affirm")
    assert not stage.tickets()[0].has_phone


def test_a_phone_refused_in_words_meant_for_cancelling_does_not_cancel(stage: Stage) -> None:
    stage.tell(LAMP, "report_problem")
    stage.tell("不用了", "cancel")
    assert stage.draft().state is DraftState.OPEN
    assert stage.draft().no_phone


def test_confidential_keeps_the_phone_and_says_so(stage: Stage) -> None:
    at_summary(stage)
    assert "保密" in stage.tell("我的信息请保密", "give_contact")
    stage.tell("确认提交", "affirm")
    (ticket,) = stage.tickets()
    assert ticket.confidential
    assert ticket.has_phone


def test_a_phone_mistyped_twice_ends_in_a_summary_without_one(stage: Stage) -> None:
    stage.tell(LAMP, "report_problem")
    assert "11位" in stage.tell("1380000000", "give_contact")
    assert "11位" in stage.tell("138000000", "give_contact")
    assert "不留电话" in stage.tell("1380000000", "give_contact")
    assert stage.draft().no_phone


def test_a_right_phone_after_a_mistyped_one_is_taken(stage: Stage) -> None:
    stage.tell(LAMP, "report_problem")
    stage.tell("1380000000", "give_contact")
    stage.tell(PHONE, "give_contact")
    assert stage.draft().phone == PHONE


def test_a_vague_place_is_asked_for_its_estate_and_both_are_kept(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    assert "“楼下”是哪个小区" in stage.tell("楼下", "give_address")
    stage.tell("清河苑5号楼", "give_address")
    assert stage.draft().where == "清河苑5号楼（楼下）"


def test_a_place_nobody_knows_is_taken_as_said_the_second_time(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    assert "没认出来" in stage.tell("大槐树那儿", "give_address")
    stage.tell("大槐树那儿", "give_address")
    assert stage.draft().where == "大槐树那儿"


@pytest.mark.parametrize(
    ("asked", "said", "kept"),
    [
        (Step.WHERE, "清河苑5号楼，味道特别大", "味道特别大"),
        (Step.WHERE, "清洁工三个月没来过一次，臭得不行", "三个月没来过"),
        (Step.CONTACT, f"{PHONE}，另外消防通道也被堵住了", "消防通道也被堵住了"),
        (Step.CONFIRMATION, "还有电梯也经常停", "电梯也经常停"),
    ],
)
def test_what_is_told_beside_the_answer_is_kept(
    stage: Stage, asked: Step, said: str, kept: str
) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    if asked is not Step.WHERE:
        stage.tell("清河苑5号楼", "give_address")
    if asked is Step.CONFIRMATION:
        stage.tell(PHONE, "give_contact")
    assert stage.draft().asked is asked
    stage.tell(said)
    draft = stage.draft()
    assert kept in draft.what
    assert PHONE not in draft.what
    assert draft.what.startswith("有一堆垃圾一直没人清理")


@pytest.mark.parametrize("answer", ["清河苑5号楼", "在清河苑5号楼这里", "就在清河苑5号楼"])
def test_a_plain_answer_is_no_addition(stage: Stage, answer: str) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.tell(answer, "give_address")
    stage.tell(f"我姓王，电话是{PHONE}，请联系我", "give_contact")
    assert stage.draft().what == "有一堆垃圾一直没人清理"


def test_after_two_fruitless_answers_a_story_is_still_kept(stage: Stage) -> None:
    stage.tell(LAMP, "report_problem")
    stage.tell("啥", "")
    stage.tell("哦", "")
    stage.tell("昨天有个老人差点摔了一跤", "")
    assert "老人差点摔了一跤" in stage.draft().what


# Pictures and places


def test_a_picture_is_attached_whatever_was_asked_and_answers_nothing(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    reply = stage.tell(images=("a.jpg",))
    assert reply.count("照片收到") == 1
    assert "没认出来" not in reply
    assert "在哪里" in reply
    stage.tell("清河苑5号楼", "give_address")
    reply = stage.tell(images=("b.jpg",))
    assert "不对" not in reply
    stage.tell(PHONE, "give_contact")
    stage.tell("确认提交", "affirm")
    assert stage.tickets()[0].attachments == ("a.jpg", "b.jpg")


def test_a_picture_with_vague_words_asks_where_once(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    assert stage.tell("您看看", images=("a.jpg",)).count("没认出来") <= 1


def test_a_location_message_fills_the_address(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    assert "电话" in stage.tell(location=PIN)
    stage.tell("不留电话", "give_contact")
    stage.tell("确认提交", "affirm")
    address = stage.tickets()[0].address
    assert address is not None
    assert (address.latitude, address.longitude, address.datum) == (39.9, 116.4, Datum.GCJ02)
    assert address.said == "清河苑东门"


def test_a_second_location_takes_the_place_of_the_first(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.tell(location=PIN)
    stage.tell(location=Location(39.8, 116.3, "云溪家园"))
    draft = stage.draft()
    assert draft.location is not None
    assert (draft.location.latitude, draft.where) == (39.8, "云溪家园")


def test_a_nameless_location_keeps_the_place_that_was_said(stage: Stage) -> None:
    stage.tell("楼下有一堆垃圾没人清", "report_problem")
    stage.tell(location=Location(39.9, 116.4))
    assert stage.draft().where == "楼下"


# After an unanswered question


def test_registering_after_an_unknown_question_carries_the_question(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("公积金怎么提取", "ask_policy"))
    asked = stage.tell("登记工单", "report_problem", category="教育")
    draft = stage.draft()
    assert (draft.what, draft.kind) == ("公积金怎么提取", Kind.INQUIRY)
    assert not draft.categories  # the words “登记工单” say nothing of it
    assert "电话" in asked
    stage.tell("不留电话", "give_contact")
    stage.tell("确认提交", "affirm")
    assert stage.tickets()[0].description == "公积金怎么提取"
    assert stage.offer() is None


def test_a_complaint_announced_after_an_unknown_question_is_another_matter(stage: Stage) -> None:
    stage.play(answer_policy, stage.said("公积金怎么提取", "ask_policy"))
    assert "什么事" in stage.tell("我要投诉", "complain_about_service")
    assert stage.draft().kind is Kind.COMPLAINT


# The same thing, reported already


def similar_on_offer(stage: Stage) -> str:
    """A neighbour's ticket, and a report of the same; the number of the former."""
    number = stage.file(LAMP).number
    stage.conversation = "web:2"
    offered = stage.tell("清河苑5号楼的楼道灯坏了", "report_problem", category=LIGHTING)
    assert number in offered
    assert stage.draft().asked is Step.SIMILAR
    return number


def test_a_similar_ticket_can_be_endorsed_and_nothing_is_filed(stage: Stage) -> None:
    number = similar_on_offer(stage)
    assert number in stage.tell("附议", "affirm")
    assert len(stage.every_ticket()) == 1
    assert stage.every_ticket()[0].endorsements == 1
    with stage.means.sessions() as session:
        assert endorsers(session, number) == [("web", "web:2")]


@pytest.mark.parametrize("said", ["不一样，单独报", "不附议"])
def test_a_similar_ticket_refused_leads_to_one_of_its_own(stage: Stage, said: str) -> None:
    similar_on_offer(stage)
    assert "电话" in stage.tell(said, "deny")
    stage.tell("不留电话", "give_contact")
    stage.tell("确认提交", "affirm")
    assert len(stage.every_ticket()) == 2
    assert all(ticket.endorsements == 0 for ticket in stage.every_ticket())


def test_a_picture_decides_nothing_about_the_similar_ticket(stage: Stage) -> None:
    similar_on_offer(stage)
    stage.tell(images=("a.jpg",))
    assert stage.draft().asked is Step.SIMILAR


def test_what_is_said_instead_of_deciding_goes_on_with_a_ticket_of_its_own(stage: Stage) -> None:
    similar_on_offer(stage)
    stage.tell(PHONE, "give_contact")
    draft = stage.draft()
    assert (draft.phone, draft.asked) == (PHONE, Step.CONFIRMATION)


def test_a_similar_ticket_settled_in_the_meantime_leaves_the_report_open(stage: Stage) -> None:
    number = similar_on_offer(stage)
    stage.resolve(number)
    assert "继续" not in stage.tell("附议", "affirm")
    assert stage.draft().state is DraftState.OPEN
    stage.in_report = False
    assert "电话" in stage.tell("继续上次的", "resume")


def test_one_is_not_asked_to_endorse_a_ticket_of_ones_own(stage: Stage) -> None:
    stage.file(LAMP)
    stage.tell("清河苑5号楼的楼道灯坏了", "report_problem", category=LIGHTING)
    assert stage.draft().asked is Step.CONTACT


def test_a_picture_sent_long_ago_does_not_go_with_todays_report(stage: Stage) -> None:
    stage.tell(images=("a.jpg",))
    stage.in_report = False
    stage.wait(days=20)
    stage.tell(LAMP, "report_problem")
    assert stage.draft(DraftState.OPEN).images == ()


def test_a_working_day_ends_at_midnight_of_that_day() -> None:
    assert in_words(MORNING.replace(hour=0)) == "11月22日24:00"
    assert in_words(MORNING) == "11月23日10:00"


def test_drafts_name_nobody_in_the_clear(stage: Stage) -> None:
    at_summary(stage)
    with stage.means.sessions() as session:
        row = session.get_one(DraftRow, stage.draft().key)
    assert PHONE not in row.sealed
    assert "清河苑" not in row.sealed
    assert PHONE not in repr(stage.draft())


def test_a_ticket_that_was_filed_is_new_in_the_register(stage: Stage) -> None:
    assert stage.file().status is Status.SUBMITTED


SMELL = "门口一股味道，不知道是哪家弄的"
GUESSES = (Guess("环境保护", 0.3), Guess("城乡建设", 0.25), Guess("商贸旅游", 0.1))


def tell_doubtfully(stage: Stage) -> str:
    stage.means = replace(stage.means, ask_category_below=0.4)
    turn = replace(stage.said(f"清河苑5号楼{SMELL}", "report_problem"), categories=GUESSES)
    return words(stage.through_form(turn).replies)


def test_an_unsure_category_is_asked_in_plain_words(stage: Stage) -> None:
    said = tell_doubtfully(stage)
    assert "1. 环境保护（噪声" in said
    assert "2. 城乡建设" in said
    assert stage.draft().asked is Step.CATEGORY


@pytest.mark.parametrize("answer", ["2", "第二个", "城乡建设", "应该是城乡建设吧"])
def test_the_category_chosen_is_the_residents(stage: Stage, answer: str) -> None:
    tell_doubtfully(stage)
    stage.tell(answer)
    draft = stage.draft()
    assert draft.categories[0].name == "城乡建设"
    assert draft.asked is Step.CONTACT
    stage.tell("不留电话", "deny")
    stage.tell("确认提交", "affirm")
    (ticket,) = stage.tickets()
    assert (ticket.category, ticket.confidence) == (("城乡建设",), None)


def test_a_category_that_nobody_knows_keeps_nobody_waiting(stage: Stage) -> None:
    tell_doubtfully(stage)
    stage.tell("说不准", "deny")
    assert stage.draft().asked is Step.CONTACT
    assert stage.draft().categories == GUESSES


def test_none_of_the_categories_leaves_it_open(stage: Stage) -> None:
    tell_doubtfully(stage)
    stage.tell("都不是")
    assert stage.draft().categories == ()
    assert stage.draft().asked is Step.CONTACT


def test_what_is_said_instead_of_a_category_still_counts(stage: Stage) -> None:
    tell_doubtfully(stage)
    stage.tell("我电话13800000000")
    draft = stage.draft()
    assert draft.phone == "13800000000"
    assert draft.asked is Step.CONFIRMATION


def test_a_likely_category_is_not_asked(stage: Stage) -> None:
    stage.means = replace(stage.means, ask_category_below=0.3)
    turn = replace(stage.said(f"清河苑5号楼{SMELL}", "report_problem"), categories=GUESSES)
    stage.through_form(turn)
    assert stage.draft().asked is Step.CONTACT


def test_praise_is_not_asked_for_its_category(stage: Stage) -> None:
    stage.means = replace(stage.means, ask_category_below=0.4)
    turn = replace(stage.said("保安小李特别热心，表扬一下", "praise"), categories=GUESSES)
    stage.through_form(turn)
    assert stage.draft().asked is Step.CONTACT
