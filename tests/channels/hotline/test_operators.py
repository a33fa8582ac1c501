import pytest

from actions.draft import DraftState
from actions.offer import Offer, OfferKind, make_offer
from actions.tickets.register import contact_of
from channels.hotline.handover import Ending, HandoverError, NoHandover, State, Step
from channels.hotline.operators import (
    LONGEST,
    answer,
    file_ticket,
    give_back,
    own,
    settle,
    take_over,
)
from channels.recipients import note_recipient
from channels.tables import OutgoingState
from channels.transcript import OPERATOR
from tests.channels.hotline.hall import Hall
from tests.channels.house import arrival

pytestmark = pytest.mark.anyio

PHONE = "13812345678"


async def test_who_is_taken_is_told_by_whom(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take(by="小李")
    assert hall.last_line() == hall.say("desk_taken", by="小李")
    (handover,) = hall.queue()
    assert (handover.state, handover.taken_by) == (State.TAKEN, "小李")


async def test_taking_twice_is_taking_once_and_nobody_else_can(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take(by="小李")
    hall.take(by="小李")
    with pytest.raises(HandoverError, match="小李"):
        hall.take(by="老王")
    assert [event.step for event in hall.events(1)] == [Step.BEGAN, Step.TAKEN]


@pytest.mark.parametrize("by", ["老王", "小李"])
async def test_only_who_has_taken_it_may_speak_or_end_it(hall: Hall, by: str) -> None:
    await hall.tell("转人工")
    if by == "老王":
        hall.take(by="小李")
    for work in (
        lambda session: answer(session, 1, by, "您好", hall.desk),
        lambda session: give_back(session, 1, by, hall.desk),
        lambda session: settle(session, 1, by, hall.desk),
        lambda session: file_ticket(session, 1, by, hall.desk),
    ):
        with pytest.raises(HandoverError):
            hall.run(work)
    assert hall.queue()


async def test_what_is_over_can_be_neither_taken_nor_spoken_in(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    hall.run(lambda session: give_back(session, 1, "小李", hall.desk))
    for work in (
        lambda session: take_over(session, 1, "小李", hall.desk),
        lambda session: own(session, 1, "小李"),
    ):
        with pytest.raises(HandoverError, match="已经结束"):
            hall.run(work)
    with pytest.raises(NoHandover):
        hall.take(99)


async def test_a_reply_is_the_operators_line_and_goes_out_where_it_must_be_brought(
    hall: Hall,
) -> None:
    await hall.tell("转人工")
    with hall.house.sessions.begin() as session:
        reachable = arrival(recipient="openid")
        note_recipient(session, reachable, hall.house.vault, hall.house.now)
    hall.take()
    hall.run(lambda session: answer(session, 1, "小李", " 在哪里？ ", hall.desk))
    line = hall.house.lines()[-1]
    assert (line.speaker, line.content) == (OPERATOR, {"text": "在哪里？", "by": "小李"})
    shown = hall.lines()[-1]
    assert (shown.by, shown.text, shown.sent) == ("小李", "在哪里？", OutgoingState.PENDING)
    assert [row["line"] for row in hall.house.rows("outgoing")][-1] == line.id


async def test_the_same_wish_to_say_something_says_it_once(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    said = [
        hall.run(lambda session: answer(session, 1, "小李", "在哪里？", hall.desk, key="k"))
        for _ in range(2)
    ]
    assert said[0] == said[1]
    assert [line for _, line in hall.house.said()].count("在哪里？") == 1


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "灯坏了" * LONGEST])
async def test_nothing_or_too_much_is_not_said(hall: Hall, text: str) -> None:
    await hall.tell("转人工")
    hall.take()
    with pytest.raises(HandoverError):
        hall.run(lambda session: answer(session, 1, "小李", text, hall.desk))


async def test_a_report_goes_on_with_its_question_when_handed_back(hall: Hall) -> None:
    hall.begin_report()
    await hall.tell("转人工")
    hall.take()
    await hall.tell("还有件事想问")
    hall.wait(hours=9)
    hall.run(lambda session: give_back(session, 1, "小李", hall.desk))
    assert hall.say("desk_go_on") in hall.last_line()
    assert hall.last_line().endswith(hall.say("ask_where"))
    assert hall.last().ending is Ending.BACK
    assert "还有件事" not in hall.draft().what
    assert await hall.tell("在东门") == "答：在东门"


async def test_without_a_report_a_friendly_line_hands_back_and_no_old_offer_is_left(
    hall: Hall,
) -> None:
    await hall.tell("转人工")
    about = Offer(OfferKind.REPORT, {"question": "旧的"})
    with hall.house.sessions.begin() as session:
        make_offer(session, "web:a", about, hall.house.vault, hall.house.now)
    hall.take()
    hall.run(lambda session: give_back(session, 1, "小李", hall.desk))
    assert hall.last_line().endswith(hall.say("desk_what_else"))
    assert hall.offer() is None


async def test_what_is_settled_is_asked_for_no_more(hall: Hall) -> None:
    hall.begin_report()
    await hall.tell("转人工")
    hall.take()
    hall.run(lambda session: settle(session, 1, "小李", hall.desk))
    assert hall.last_line() == hall.say("desk_settled")
    assert hall.draft().state is DraftState.CANCELLED
    assert hall.last().closed_by == "小李"


async def test_a_ticket_of_the_report_at_hand_is_filed_once_and_told(hall: Hall) -> None:
    hall.begin_report()
    await hall.tell("转人工")
    hall.take()
    for _ in range(2):
        hall.run(lambda session: file_ticket(session, 1, "小李", hall.desk, "地点在东门"))
    (ticket,) = hall.tickets()
    assert ticket.incomplete
    assert ticket.description.endswith("地点在东门")
    assert ticket.number in hall.last_line()
    assert hall.house.lines()[-1].content["ticket"]["number"] == ticket.number
    assert hall.draft().state is DraftState.FILED
    assert [event.step for event in hall.events(1)].count(Step.FILED) == 1


@pytest.mark.parametrize("text", ["", "入户水管爆裂，要关总阀"])
async def test_a_ticket_without_a_report_has_what_was_said_with_its_place_and_phone(
    hall: Hall, text: str
) -> None:
    await hall.tell(f"我家水管漏水，电话{PHONE}")
    await hall.tell("转人工")
    hall.take()
    await hall.tell("在清河苑5号楼")
    hall.run(lambda session: file_ticket(session, 1, "小李", hall.desk, text))
    (ticket,) = hall.tickets()
    said = text or "我家水管漏水"
    assert said in ticket.description
    assert PHONE not in ticket.description
    assert ticket.address is not None
    assert ticket.address.said == "清河苑5号楼"
    assert ticket.incomplete
    with hall.means.sessions() as session:
        contact = contact_of(session, ticket.number, vault=hall.means.vault)
    assert contact is not None
    assert contact.phone == PHONE


async def test_a_ticket_of_nothing_is_not_filed(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    with pytest.raises(HandoverError, match="写一句"):
        hall.run(lambda session: file_ticket(session, 1, "小李", hall.desk))
    assert hall.tickets() == []


async def test_operators_see_no_phones_and_nothing_older_than_a_day(hall: Hall) -> None:
    await hall.tell("很久以前的事")
    hall.wait(hours=25)
    await hall.tell(f"我电话{PHONE}")
    await hall.tell("转人工")
    (handover,) = hall.queue()
    seen = "".join(line.text for line in hall.lines()) + repr(handover.summary)
    assert "我电话" in seen
    assert PHONE not in seen
    assert "很久以前" not in seen


async def test_what_is_said_after_the_end_is_not_seen_any_more(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    hall.run(lambda session: give_back(session, 1, "小李", hall.desk))
    hall.wait(minutes=1)
    await hall.tell("另外一件私事")
    assert "私事" not in "".join(line.text for line in hall.lines(hall.last()))


async def test_a_summary_tells_the_report_and_masks_its_phone(hall: Hall) -> None:
    hall.begin_report()
    await hall.tell("灯杆编号12")
    await hall.tell("转人工")
    summary = hall.queue()[0].summary
    assert summary["category"] == "城乡建设"
    assert summary["asked"] == "report_where"
    assert summary["question"] == "灯杆编号12"
    assert "路灯坏了三天" in summary["what"]
    assert PHONE not in repr(summary)
    assert "路灯" not in repr(hall.house.rows("handovers"))
