"""Answers that come too late for the request, and messages whose process has died."""

import asyncio
import time
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from channels.arrival import Arrival
from channels.gateway import TRIES, Gateway
from channels.handling import Answer, Heard
from channels.inbox import HOLD, REPEATS_WITHIN
from channels.load import SLOW_WRITING
from channels.tables import Handed, InboundState, Late, OutgoingState
from tests.channels.house import PATIENCE, Answerer, House, arrival, ask, until

pytestmark = pytest.mark.anyio

SOON = 0.05


def held() -> tuple[Answerer, asyncio.Event]:
    """One who answers only when let."""
    go = asyncio.Event()

    async def wait(heard: Heard) -> None:
        await go.wait()

    return Answerer(before=wait), go


RESIDENT = "o-resident-of-the-channel"


def pushing(text: str = "路灯坏了", external: str = "1") -> Arrival:
    return arrival(text, external, late=Late.PUSH, recipient=RESIDENT)


def owing(text: str = "路灯坏了", external: str = "1") -> Arrival:
    return arrival(text, external, late=Late.OWE, deliveries_at_most=3)


def sending(text: str = "路灯坏了", external: str = "1") -> Arrival:
    return arrival(text, external, late=Late.SEND, recipient="p1")


def texts(answer: Answer) -> list[str]:
    return [reply.text for reply in answer.replies]


def inbound(house: House, column: str) -> list[object]:
    return [row[column] for row in house.rows("inbound")]


async def finished(gateway: Gateway) -> None:
    await until(lambda: not gateway.running)


async def test_a_late_answer_is_queued_once_where_the_channel_may_write_first(
    house: House,
) -> None:
    called: list[None] = []
    answerer, go = held()
    gateway = house.gateway(answerer)
    gateway.call_courier = lambda: called.append(None)
    answer = await gateway.receive(pushing(), within=SOON)
    assert (answer.late, answer.again, answer.replies) == (True, False, ())
    assert house.rows("outgoing") == []
    go.set()
    await finished(gateway)
    assert [row["state"] for row in house.rows("outgoing")] == [OutgoingState.PENDING] * 2
    assert called


async def test_a_repeat_of_what_was_queued_gets_nothing_a_second_time(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    await gateway.receive(pushing(), within=SOON)
    go.set()
    await finished(gateway)
    again = await gateway.receive(pushing(), within=SOON)
    assert (again.late, again.replies) == (True, ())
    assert len(house.rows("outgoing")) == 2
    assert len(answerer.heard) == 1


async def test_an_answer_in_time_is_not_queued(house: House) -> None:
    gateway = house.gateway()
    answer = await gateway.receive(pushing(), within=PATIENCE)
    assert texts(answer) == ["收到：路灯坏了", "第1句"]
    assert house.rows("outgoing") == []
    assert inbound(house, "handed") == [Handed.GIVEN]


async def test_an_account_that_may_not_write_first_answers_at_the_repeat(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    first = await gateway.receive(owing(), within=SOON)
    assert (first.late, first.again, first.replies) == (True, True, ())
    second = asyncio.create_task(gateway.receive(owing(), within=PATIENCE))
    await asyncio.sleep(SOON)
    go.set()
    assert texts(await second) == ["收到：路灯坏了", "第1句"]
    assert len(answerer.heard) == 1


async def test_after_the_last_repeat_the_answer_is_owed_and_comes_with_the_next_message(
    house: House,
) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    answers = [await gateway.receive(owing(), within=SOON) for _ in range(3)]
    assert [answer.again for answer in answers] == [True, True, False]
    assert answers[-1].replies
    go.set()
    await finished(gateway)
    assert inbound(house, "handed") == [Handed.OWED]
    paid = await gateway.receive(owing("好", "2"), within=PATIENCE)
    assert texts(paid) == ["收到：路灯坏了", "第1句", "收到：好", "第2句"]
    assert texts(await gateway.receive(owing("好的", "3"), within=PATIENCE))[0] == "收到：好的"


async def test_an_answer_that_no_repeat_fetched_is_owed_too(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    await gateway.receive(owing(), within=SOON)
    go.set()
    await finished(gateway)
    house.now += REPEATS_WITHIN
    assert texts(await gateway.receive(owing("好", "2"), within=PATIENCE))[0] == "收到：路灯坏了"


async def test_an_answer_that_no_repeat_fetched_is_sent_where_the_channel_may_write_first(
    house: House,
) -> None:
    house.stop_time()
    house.record(pushing())
    house.now += HOLD
    other = house.gateway(Answerer())
    await other.watch_once()
    await finished(other)
    assert inbound(house, "handed") == [Handed.OPEN]
    house.now += REPEATS_WITHIN + timedelta(seconds=1)
    await other.watch_once()
    assert inbound(house, "handed") == [Handed.QUEUED]
    assert len(house.rows("outgoing")) == 2
    again = await other.receive(pushing(), within=SOON)
    assert (again.late, again.replies) == (True, ())


async def test_a_message_of_a_dead_process_is_answered_by_another(house: House) -> None:
    dead = house.gateway()
    await dead.change(dead.record, arrival("路灯坏了"))
    living = house.gateway()
    await living.watch_once()
    assert house.answerer.heard == []
    house.now += HOLD
    await living.watch_once()
    await finished(living)
    assert house.answerer.texts == ["路灯坏了"]
    assert inbound(house, "state") == [InboundState.ANSWERED]


async def test_a_repeat_at_another_process_waits_for_the_one_that_answers(house: House) -> None:
    answerer, go = held()
    one, other = house.gateway(answerer), house.gateway(Answerer())
    first = asyncio.create_task(ask(one, arrival()))
    await until(lambda: answerer.heard)
    house.stop_time()
    second = asyncio.create_task(ask(other, arrival()))
    await asyncio.sleep(SOON)
    go.set()
    assert await first == await second
    assert len(answerer.heard) == 1


async def test_signs_of_life_keep_a_slow_message_with_its_process(house: House) -> None:
    answerer, go = held()
    slow, other = house.gateway(answerer), house.gateway(Answerer())
    task = asyncio.create_task(ask(slow, arrival()))
    await until(lambda: answerer.heard)
    for _ in range(5):
        house.now += HOLD / 2
        await slow.watch_once()
        await other.watch_once()
    assert other.running == {}
    go.set()
    await task


async def test_messages_of_one_conversation_keep_their_order_across_processes(
    house: House,
) -> None:
    answerer, go = held()
    one, other = house.gateway(answerer), house.gateway(answerer)
    first = asyncio.create_task(ask(one, arrival("一", "1")))
    await until(lambda: answerer.heard)
    house.stop_time()
    second = asyncio.create_task(ask(other, arrival("二", "2")))
    third = asyncio.create_task(ask(one, arrival("三", "3")))
    await until(lambda: len(house.rows("inbound")) == 3)
    await asyncio.sleep(0.2)
    assert answerer.texts == ["一"]
    go.set()
    await asyncio.gather(first, second, third)
    assert answerer.texts[0] == "一"
    assert sorted(answerer.texts) == ["一", "三", "二"]


async def test_a_message_that_kills_whoever_answers_it_ends_with_an_apology(house: House) -> None:
    message = arrival("路灯坏了")
    for _ in range(TRIES):
        house.record(message)
        house.now += HOLD
    last = house.gateway()
    replies = await ask(last, message)
    assert replies[0].text == house.wording.text("failed")
    assert house.answerer.heard == []


async def test_too_many_at_once_are_put_off_but_not_an_emergency(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    gateway.load.at_most = 1
    first = asyncio.create_task(ask(gateway, arrival(conversation="web:a")))
    await until(lambda: answerer.heard)
    replies = await ask(gateway, arrival("居住证怎么办", conversation="web:b"))
    assert replies[0].text == house.wording.text("busy")
    urgent = asyncio.create_task(ask(gateway, arrival("我家着火了", conversation="web:c")))
    await until(lambda: len(answerer.heard) == 2)
    go.set()
    await asyncio.gather(first, urgent)


async def test_who_is_turned_away_has_an_answer_at_once_and_once(house: House) -> None:
    """Also behind a message of their own that is still being answered; a repeat finds it."""
    answerer, go = held()
    gateway = house.gateway(answerer)
    first = asyncio.create_task(gateway.receive(pushing(external="1"), within=9))
    await until(lambda: answerer.heard)
    gateway.load.at_most = 1
    busy = house.wording.text("busy")
    for _ in range(2):
        assert texts(await gateway.receive(pushing(external="2"), within=9)) == [busy]
    assert inbound(house, "state") == [InboundState.RECEIVED, InboundState.ANSWERED]
    go.set()
    await first
    assert next(text for speaker, text in house.said() if speaker == "linli") == busy
    assert len(answerer.heard) == 1
    assert house.rows("outgoing") == []


async def test_whoever_is_written_to_first_is_told_that_way(house: House) -> None:
    gateway = house.gateway()
    gateway.load.at_most = 0
    assert await gateway.accept(sending())
    assert [row["state"] for row in house.rows("outgoing")] == [OutgoingState.PENDING]
    assert not await gateway.accept(sending())
    assert [text for _, text in house.said()] == ["路灯坏了", house.wording.text("busy")]


async def test_nobody_is_turned_away_from_a_person(house: House) -> None:
    gateway = house.gateway()
    gateway.load.at_most = 0
    gateway.attended = lambda session, conversation: conversation == "web:a"
    assert (await ask(gateway, arrival("在吗")))[0].text == "收到：在吗"
    assert (await ask(gateway, arrival("在吗", conversation="web:b")))[0].text == (
        house.wording.text("busy")
    )


async def test_slow_writing_turns_away_too_but_only_while_it_lasts(house: House) -> None:
    gateway = house.gateway()
    gateway.clerk.wished[Future()] = time.perf_counter() - SLOW_WRITING - 1
    assert (await ask(gateway, arrival(external="1")))[0].text == house.wording.text("busy")
    gateway.clerk.wished.clear()
    assert (await ask(gateway, arrival(external="2")))[0].text == "收到：路灯坏了"
    assert gateway.clerk.behind == 0.0


async def test_what_is_not_answered_for_want_of_the_database_is_taken_up_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = house.gateway()

    def broken(inbound: int, replies: object) -> None:
        raise ConnectionError("13800000000")

    with monkeypatch.context() as patch:
        patch.setattr(gateway, "keep", broken)
        with pytest.raises(ConnectionError):
            await ask(gateway, arrival())
    assert inbound(house, "state") == [InboundState.RECEIVED]
    assert (await ask(gateway, arrival()))[0].text == "收到：路灯坏了"


async def test_a_recipient_is_known_as_last_heard(house: House) -> None:
    gateway = house.gateway()
    await ask(gateway, pushing())
    before = house.rows("recipients", "conversation")[0]["heard"]
    house.now += timedelta(hours=1)
    await ask(gateway, replace(pushing(external="2"), heard_by="menu"))
    [row] = house.rows("recipients", "conversation")
    assert row["heard"] > before
    assert row["heard_by"] == "menu"
    assert RESIDENT not in repr(row)


async def test_answers_are_counted_once_in_time_or_late_with_their_seconds(house: House) -> None:
    def counted() -> list[float]:
        answers = [{"channel": "web", "when": when} for when in ("in_time", "late")]
        found = [REGISTRY.get_sample_value("linli_answers_total", labels) for labels in answers]
        seconds = REGISTRY.get_sample_value("linli_answer_seconds_count", {"channel": "web"})
        return [count or 0 for count in (*found, seconds)]

    before = counted()
    answerer, go = held()
    gateway = house.gateway(answerer)
    await gateway.receive(pushing(external="1"), within=SOON)
    go.set()
    await finished(gateway)
    await gateway.receive(pushing(external="1"), within=SOON)
    await gateway.receive(pushing(external="2"), within=PATIENCE)
    await finished(gateway)
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 2]


async def test_an_accepted_message_is_kept_at_once_and_its_answer_queued(house: House) -> None:
    called: list[None] = []
    answerer, go = held()
    gateway = house.gateway(answerer)
    gateway.call_courier = lambda: called.append(None)
    assert await gateway.accept(sending())
    assert inbound(house, "state") == [InboundState.RECEIVED]
    go.set()
    await finished(gateway)
    assert inbound(house, "handed") == [Handed.QUEUED]
    assert len(house.rows("outgoing")) == 2
    assert called == [None]


async def test_an_accepted_message_brought_again_is_answered_once(house: House) -> None:
    gateway = house.gateway()
    assert await gateway.accept(sending())
    assert not await gateway.accept(sending())
    await finished(gateway)
    assert not await gateway.accept(sending())
    await finished(gateway)
    assert len(house.answerer.heard) == 1
    assert len(house.rows("outgoing")) == 2


async def test_what_a_process_accepted_and_did_not_answer_another_does(house: House) -> None:
    answerer, _ = held()
    dying = house.gateway(answerer)
    assert await dying.accept(sending())
    for task in dying.running.values():
        task.cancel()
    house.now += HOLD + timedelta(seconds=1)
    other = house.gateway()
    await other.watch_once()
    await finished(other)
    assert len(house.rows("outgoing")) == 2
    await other.watch_once()
    assert len(house.rows("outgoing")) == 2


async def test_what_can_wait_at_its_channel_waits_while_much_is_under_way(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    gateway.load.at_most = 2
    for number in "12":
        await gateway.accept(arrival(conversation=f"web:{number}", late=Late.SEND))
    waiting = asyncio.create_task(gateway.wait_for_room())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    go.set()
    await waiting
    await finished(gateway)


def test_where_writing_is_slow_less_time_is_left_for_the_answer(house: House) -> None:
    gateway = house.gateway()
    now = time.perf_counter()
    gateway.clerk.delay = 100.0
    assert 800 < gateway.left_of(1000, now) <= 900
    gateway.clerk.delay = 5000.0
    assert 650 < gateway.left_of(1000, now) <= 750
