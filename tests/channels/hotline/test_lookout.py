from dataclasses import replace

import pytest

from channels.hotline.handover import Ending
from channels.hotline.lookout import end_one, look_once
from channels.hotline.operators import answer
from channels.metrics import HANDED_OVER, TAKEN_AFTER
from tests.channels.hotline.hall import Hall

pytestmark = pytest.mark.anyio


async def test_who_waits_too_long_is_told_and_offered_a_ticket_of_what_they_said(
    hall: Hall,
) -> None:
    await hall.tell("转人工")
    await hall.tell("水管漏水")
    hall.wait(minutes=9)
    assert hall.look() == 0
    hall.wait(minutes=2)
    assert hall.look() == 1
    line = hall.house.lines()[-1]
    assert line.content["text"] == hall.say("desk_nobody") + hall.say("desk_offer_ticket")
    assert [button["text"] for button in line.content["buttons"]] == ["登记工单"]
    offer = hall.offer()
    assert offer is not None
    assert offer.about["question"] == "水管漏水"
    assert (hall.last().ending, hall.last().closed_by) == (Ending.NOBODY, "linli")
    assert await hall.tell("路灯") == "答：路灯"


async def test_who_waits_in_a_report_goes_on_with_it(hall: Hall) -> None:
    hall.begin_report()
    await hall.tell("转人工")
    await hall.tell("灯在东门")
    hall.wait(minutes=11)
    hall.look()
    assert hall.last_line().endswith(hall.say("ask_where"))
    assert "灯在东门" in hall.draft().what


async def test_when_the_desk_closes_nobody_waits_till_the_morning(hall: Hall) -> None:
    hall.wait(hours=6, minutes=55)
    await hall.tell("转人工")
    hall.wait(minutes=6)
    assert hall.look() == 1
    assert "明天9:00" in hall.last_line()
    assert hall.last().ending is Ending.OFF_HOURS


async def test_where_the_desk_is_done_away_with_nobody_waits(hall: Hall) -> None:
    await hall.tell("转人工")
    desk = replace(hall.desk, hours=replace(hall.desk.hours, shifts=()))
    assert look_once(desk) == 1
    assert hall.last().ending is Ending.NOBODY


async def test_two_processes_tell_once(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.wait(minutes=11)
    assert [hall.look(), hall.look()] == [1, 0]
    assert not end_one(1, hall.desk)
    assert not end_one(99, hall.desk)


async def test_who_was_taken_in_time_is_not_sent_away(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    hall.wait(minutes=20)
    assert hall.look() == 0


async def test_whose_operator_has_gone_is_told_and_offered_a_ticket(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    await hall.tell("水管漏水")
    hall.wait(minutes=31)
    assert hall.look() == 1
    assert hall.say("desk_abandoned") in hall.last_line()
    assert hall.last().ending is Ending.ABANDONED


async def test_where_both_have_nothing_more_to_say_linli_goes_on(hall: Hall) -> None:
    await hall.tell("转人工")
    hall.take()
    await hall.tell("水管漏水")
    hall.run(lambda session: answer(session, 1, "小李", "明天来修", hall.desk))
    hall.wait(minutes=29)
    await hall.tell("好")
    hall.run(lambda session: answer(session, 1, "小李", "不客气", hall.desk))
    hall.wait(minutes=29)
    assert hall.look() == 0
    hall.wait(minutes=2)
    assert hall.look() == 1
    assert hall.last().ending is Ending.SILENCE
    assert hall.last_line() == hall.say("desk_over") + hall.say("desk_what_else")


async def test_who_waits_and_how_long_until_taken_is_counted_once(hall: Hall) -> None:
    before = TAKEN_AFTER._sum.get()
    await hall.tell("转人工")
    await hall.tell("转人工", "web:b")
    hall.wait(seconds=88)
    hall.take(1)
    (handover,) = [h for h in hall.queue() if h.id == 1]
    assert handover.taken is not None
    hall.look()
    hall.look()
    took = (handover.taken - handover.since).total_seconds()
    assert TAKEN_AFTER._sum.get() - before == pytest.approx(took)
    counts = [HANDED_OVER.labels(state)._value.get() for state in ("waiting", "taken")]
    assert counts == [1, 1]
