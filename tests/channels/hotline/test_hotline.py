import pytest

from actions.offer import OfferKind
from channels.handling import Heard
from channels.hotline.handover import Ending, Reason, State, Step
from channels.hotline.operators import answer, give_back
from channels.tables import Late
from tests.channels.hotline.hall import EVENING, OTHER_WANT, Hall
from tests.channels.house import arrival

pytestmark = pytest.mark.anyio


async def test_who_asks_for_a_person_waits_with_a_place_and_hours(hall: Hall) -> None:
    heard = await hall.tell("转人工")
    assert "第1位" in heard
    assert "工作日9:00–17:00" in heard
    (handover,) = hall.queue()
    assert (handover.state, handover.reason) == (State.WAITING, Reason.ASKED)
    assert [event.step for event in hall.events(handover.id)] == [Step.BEGAN]


async def test_places_are_given_in_the_order_of_coming(hall: Hall) -> None:
    for n, name in enumerate("abc", 1):
        assert f"第{n}位" in await hall.tell("转人工", f"web:{name}")


async def test_three_failures_in_a_row_lead_to_a_person(hall: Hall) -> None:
    assert "答：" in await hall.tell("阿巴阿巴一")
    assert "答：" in await hall.tell("阿巴阿巴二")
    assert hall.say("desk_because_failures") in await hall.tell("阿巴阿巴三")
    (handover,) = hall.queue()
    assert handover.reason is Reason.FAILURES
    assert handover.summary["question"] == "阿巴阿巴一\n阿巴阿巴二\n阿巴阿巴三"


async def test_failures_are_counted_across_a_restart(hall: Hall) -> None:
    for text in ("阿巴阿巴一", "阿巴阿巴二", "阿巴阿巴三"):
        assert hall.queue() == []
        await hall.tell(text)
        hall.restart()
    assert len(hall.queue()) == 1


async def test_a_success_between_begins_the_count_anew(hall: Hall) -> None:
    for text in ("阿巴阿巴", "阿巴阿巴", "路灯", "阿巴阿巴", "阿巴阿巴"):
        await hall.tell(text)
    assert hall.queue() == []


async def test_what_is_not_ours_neither_counts_nor_breaks_the_row(hall: Hall) -> None:
    for text in ("阿巴阿巴", "放首歌", "放首歌", "放首歌", "阿巴阿巴", "放首歌"):
        await hall.tell(text)
    assert hall.queue() == []
    await hall.tell("阿巴阿巴")
    assert hall.queue()[0].reason is Reason.FAILURES


async def test_answers_of_no_use_are_failures_in_a_row(hall: Hall) -> None:
    for text in ("问一", "没解决", "问二", "没解决", "问三"):
        await hall.tell(text)
    assert hall.queue() == []
    await hall.tell("没解决")
    assert hall.queue()[0].reason is Reason.FAILURES


async def test_faults_in_a_row_lead_to_a_person_and_the_others_stay_faults(hall: Hall) -> None:
    for _ in range(2):
        assert await hall.tell("出错") == hall.say("failed")
    assert hall.say("desk_because_failures") in await hall.tell("出错")
    assert hall.queue()[0].reason is Reason.FAILURES


async def test_a_repeated_failure_is_one(hall: Hall) -> None:
    message = arrival("阿巴阿巴", "x")
    for _ in range(4):
        await hall.gateway.receive(message)
    await hall.tell("阿巴阿巴")
    assert hall.queue() == []


async def test_after_a_handover_failures_are_counted_anew(hall: Hall) -> None:
    for _ in range(3):
        await hall.tell("阿巴阿巴")
    hall.take()
    hall.run(lambda session: give_back(session, 1, "小李", hall.desk))
    await hall.tell("阿巴阿巴")
    await hall.tell("阿巴阿巴")
    assert hall.queue() == []


async def test_a_rule_leads_to_a_person(hall: Hall) -> None:
    assert hall.say("desk_because_rule") in await hall.tell("找记者")
    assert hall.queue()[0].reason is Reason.RULE


async def test_what_was_answered_beside_it_is_still_said(hall: Hall) -> None:
    heard = await hall.tell(f"{OTHER_WANT}，转人工")
    assert heard.startswith(f"这件{OTHER_WANT}了")
    assert "第1位" in heard


async def test_two_processes_hand_over_once(hall: Hall) -> None:
    message = arrival("转人工", "x")
    first = await hall.gateway.receive(message)
    hall.restart()
    assert (await hall.gateway.receive(message)).replies == first.replies
    assert len(hall.queue()) == 1


async def test_where_the_process_died_after_handing_over_it_is_told_again(hall: Hall) -> None:
    recorded = await hall.gateway.change(hall.gateway.record, arrival("转人工", "x"))
    heard = Heard(recorded.id, "web", "web:a", recorded.said)
    (said,) = await hall.hotline(heard)
    hall.restart()
    hall.wait(seconds=10)
    assert (await hall.gateway.receive(arrival("转人工", "x"))).replies == (said,)
    assert len(hall.queue()) == 1


async def test_who_waits_may_go_on_writing_and_gets_one_short_note(hall: Hall) -> None:
    await hall.tell("转人工")
    assert await hall.tell("我家水管漏水") == hall.say("desk_noted")
    assert await hall.tell("漏了三天了") == ""
    hall.restart()
    assert await hall.tell("楼下都湿了") == ""
    assert [line.text for line in hall.lines() if line.speaker == "resident"] == [
        "转人工",
        "我家水管漏水",
        "漏了三天了",
        "楼下都湿了",
    ]
    assert hall.queue()[0].summary["question"] == "我家水管漏水\n漏了三天了\n楼下都湿了"


@pytest.mark.parametrize("text", ["还要等多久", "我排第几", "转人工", "有人吗"])
async def test_who_waits_is_told_their_place_on_asking(hall: Hall, text: str) -> None:
    await hall.tell("转人工", "web:before")
    await hall.tell("转人工")
    hall.wait(minutes=4)
    heard = await hall.tell(text)
    assert "第2位" in heard
    assert "4分钟" in heard


@pytest.mark.parametrize("text", ["不等了", "算了", "不用了，谢谢", "取消"])
async def test_who_waits_may_leave(hall: Hall, text: str) -> None:
    await hall.tell("转人工")
    assert hall.say("desk_cancelled") in await hall.tell(text)
    assert hall.queue() == []
    assert hall.last().ending is Ending.CANCELLED
    assert await hall.tell("路灯") == "答：路灯"


async def test_who_leaves_in_the_middle_of_a_report_goes_on_with_it(hall: Hall) -> None:
    hall.begin_report()
    await hall.tell("转人工")
    await hall.tell("灯在东门")
    heard = await hall.tell("不等了")
    assert hall.say("desk_go_on") in heard
    assert hall.say("ask_where") in heard
    assert "灯在东门" in hall.draft().what


async def test_who_waits_may_have_a_ticket_instead(hall: Hall) -> None:
    await hall.tell("转人工")
    await hall.tell("我家水管漏水")
    assert await hall.tell("登记工单") == "答：登记工单"
    assert hall.last().ending is Ending.TICKET
    offer = hall.offer()
    assert offer is not None
    assert (offer.kind, offer.about["question"]) == (OfferKind.REPORT, "我家水管漏水")


async def test_what_a_person_has_stops_at_the_gateway(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    for text in ("路灯坏了", "👍", "转人工", "x" * 3000, "不用了"):
        assert await hall.tell(text) == ""
    hall.run(lambda session: answer(session, 1, "小李", "在哪里？", hall.desk))
    assert hall.last_line() == "在哪里？"
    assert len(hall.lines()) == 9


async def test_who_has_a_person_may_send_what_arrives_twice(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    message = arrival("路灯坏了", "x")
    before = len(hall.house.rows("inbound"))
    for _ in range(3):
        assert (await hall.gateway.receive(message)).replies == ()
    assert len(hall.house.rows("inbound")) == before + 1


@pytest.mark.parametrize("taken", [False, True])
async def test_an_emergency_comes_first_and_goes_to_the_head_of_the_queue(
    hall: Hall, taken: bool
) -> None:
    await hall.tell("转人工", "web:before")
    await hall.tell("转人工")
    if taken:
        hall.take(2)
    assert "119" in await hall.tell("家里着火了")
    assert hall.waiting() == ([1] if taken else [2, 1])
    urgent = next(handover for handover in hall.queue() if handover.id == 2)
    assert urgent.urgent
    assert Step.URGENT in [event.step for event in hall.events(2)]
    assert await hall.tell("好的") in {"", hall.say("desk_noted")}


async def test_an_alarm_has_no_button_where_a_person_would_get_it(hall: Hall) -> None:
    free = await hall.gateway.receive(arrival("家里着火了", "x"))
    assert free.replies[0].buttons
    await hall.tell("转人工")
    held = await hall.gateway.receive(arrival("家里着火了", "y"))
    assert not held.replies[0].buttons


async def test_out_of_hours_they_are_told_when_and_offered_a_ticket(hall: Hall) -> None:
    hall.house.now = EVENING
    replies = (await hall.gateway.receive(arrival("转人工", "x"))).replies
    assert "明天9:00" in replies[-1].text
    assert [button.text for button in replies[-1].buttons] == ["登记工单"]
    assert hall.queue() == []
    assert await hall.tell("路灯") == "答：路灯"


async def test_failures_out_of_hours_offer_a_ticket_of_what_was_said(hall: Hall) -> None:
    hall.house.now = EVENING
    for _ in range(2):
        await hall.tell("阿巴阿巴")
    heard = await hall.tell("阿巴阿巴呀")
    assert hall.say("desk_shut_failures") in heard
    offer = hall.offer()
    assert offer is not None
    assert offer.about["question"] == "阿巴阿巴\n阿巴阿巴\n阿巴阿巴呀"


async def test_out_of_hours_a_rule_leaves_an_answer_and_nothing_else(hall: Hall) -> None:
    hall.house.now = EVENING
    heard = await hall.tell("找记者")
    assert heard.startswith(hall.say("desk_shut_rule"))
    heard = await hall.tell("有依据，找记者")
    assert heard.startswith("答：有依据，找记者")
    assert hall.say("desk_shut_rule") in heard


async def test_out_of_hours_a_report_goes_on(hall: Hall) -> None:
    hall.begin_report()
    hall.house.now = EVENING
    hall.begin_report()
    heard = await hall.tell("转人工")
    assert "明天9:00" in heard
    assert hall.say("desk_offer_ticket") not in heard
    assert await hall.tell("找记者") == "答：找记者"


async def test_where_no_word_of_a_person_would_arrive_none_is_promised(hall: Hall) -> None:
    assert await hall.tell("转人工", late=Late.OWE) == "答：转人工"
    assert hall.queue() == []


async def test_a_message_not_understood_by_a_machine_is_told_of_while_a_person_has_it(
    hall: Hall,
) -> None:
    await hall.tell("转人工")
    hall.take()
    heard = await hall.gateway.receive(arrival("", "v", notice="voice_unheard"))
    assert heard.replies == (hall.means.wording.say("voice_unheard"),)
