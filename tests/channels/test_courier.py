import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from actions.reply import Reply
from channels.allowance import sent_since
from channels.courier import Courier, NotNow, Undeliverable
from channels.gateway import Gateway
from channels.inbox import record_arrival, record_replies, stop_waiting
from channels.outgoing import (
    PAUSES,
    SENDING_WITHIN,
    Errand,
    Key,
    find_sent,
    put_back,
    take_due,
    tell,
)
from channels.recipients import Recipient, lose_recipient
from channels.tables import Handed, Late, OutgoingState
from tests.channels.house import OWNER, House, arrival, ask, until

pytestmark = pytest.mark.anyio


@dataclass
class Postbox:
    """A channel that keeps what it is given; ``faults`` are raised first, one a line."""

    faults: list[Exception] = field(default_factory=list)
    got: list[tuple[str, str, bool]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    again: list[bool] = field(default_factory=list)

    async def send(self, to: Recipient, reply: Reply, *, inbound: int | None, key: Key) -> None:
        await asyncio.sleep(0)
        self.keys.append(key.text)
        self.again.append(key.again)
        if self.faults:
            raise self.faults.pop(0)
        self.got.append((to.person, reply.text, inbound is not None))

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.got]


def courier(house: House, postbox: Postbox) -> Courier:
    return Courier(
        house.sessions, {"web": postbox}, vault=house.vault, clock=house.clock, owner=OWNER
    )


async def met(house: House, person: str = "p1", conversation: str = "web:a") -> Gateway:
    """Somebody has written before, so that they can be written to."""
    gateway = house.gateway()
    message = arrival("您好", conversation=conversation, late=Late.PUSH, recipient=person)
    await ask(gateway, message)
    return gateway


def say(house: House, *texts: str, conversation: str = "web:a") -> None:
    with house.sessions.begin() as session:
        for text in texts:
            tell(session, conversation, Reply(text), house.vault, house.clock())


def states(house: House) -> list[str]:
    return [row["state"] for row in house.rows("outgoing")]


async def bring(courier: Courier, times: int = 1) -> None:
    for _ in range(times):
        await courier.bring()


async def test_what_is_said_unasked_goes_out_in_order(house: House) -> None:
    await met(house)
    say(house, "一", "二", "三")
    postbox = Postbox()
    await bring(courier(house, postbox), 3)
    assert postbox.got == [("p1", "一", False), ("p1", "二", False), ("p1", "三", False)]
    assert states(house) == [OutgoingState.SENT] * 3


async def test_a_line_that_was_sent_is_not_sent_again(house: House) -> None:
    await met(house)
    say(house, "一")
    postbox = Postbox()
    await bring(courier(house, postbox), 3)
    assert postbox.texts == ["一"]


async def test_a_failure_keeps_the_line_and_the_order(house: House) -> None:
    await met(house)
    say(house, "一", "二")
    postbox = Postbox(faults=[ConnectionError("13800000000")])
    brings = courier(house, postbox)
    await bring(brings)
    [first, second] = house.rows("outgoing")
    assert (first["state"], first["failures"]) == (OutgoingState.PENDING, 1)
    assert first["reason"] == "ConnectionError"
    assert second["state"] == OutgoingState.PENDING
    assert postbox.got == []
    house.now += PAUSES[0]
    await bring(brings, 2)
    assert postbox.texts == ["一", "二"]


async def test_one_conversation_does_not_wait_for_another(house: House) -> None:
    await met(house)
    await met(house, "p2", "web:b")
    say(house, "给甲")
    say(house, "给乙", conversation="web:b")
    postbox = Postbox(faults=[ConnectionError()])
    await bring(courier(house, postbox))
    assert len(postbox.got) == 1


async def test_a_line_that_fails_too_often_is_given_up_and_the_next_goes_on(house: House) -> None:
    await met(house)
    say(house, "一", "二")
    postbox = Postbox(faults=[ConnectionError()] * (len(PAUSES) + 1))
    brings = courier(house, postbox)
    for pause in (*PAUSES, timedelta()):
        await bring(brings)
        house.now += pause
    await bring(brings)
    assert states(house) == [OutgoingState.DEAD, OutgoingState.SENT]
    assert postbox.texts == ["二"]


async def test_a_channel_that_asks_to_wait_has_not_failed(house: House) -> None:
    await met(house)
    say(house, "一")
    postbox = Postbox(faults=[NotNow("45047", timedelta(hours=1))])
    brings = courier(house, postbox)
    await bring(brings, 2)
    [row] = house.rows("outgoing")
    assert (row["state"], row["failures"], row["reason"]) == (OutgoingState.PENDING, 0, "45047")
    house.now += timedelta(hours=1)
    await bring(brings)
    assert postbox.texts == ["一"]


async def test_what_can_never_be_delivered_is_buried_with_its_reason(house: House) -> None:
    await met(house)
    say(house, "一")
    await bring(courier(house, Postbox(faults=[Undeliverable("43004")])))
    [row] = house.rows("outgoing")
    assert (row["state"], row["reason"]) == (OutgoingState.DEAD, "43004")


async def test_nothing_is_queued_for_somebody_who_has_left(house: House) -> None:
    await met(house)
    with house.sessions.begin() as session:
        lose_recipient(session, "web:a")
    say(house, "一")
    assert states(house) == []
    assert house.said()[-1] == ("linli", "一")


async def test_two_couriers_send_a_line_once(house: House) -> None:
    await met(house)
    say(house, *"一二三四五")
    postbox = Postbox()
    both = [courier(house, postbox) for _ in range(2)]
    for _ in range(8):
        await asyncio.gather(*(one.bring() for one in both))
    assert postbox.texts == list("一二三四五")


async def test_a_line_that_a_dead_process_was_sending_is_sent_after_a_while(house: House) -> None:
    await met(house)
    say(house, "一")
    with house.sessions.begin() as session:
        [errand] = take_due(session, "dead", house.vault, house.clock())
        assert errand.reply.text == "一"
    postbox = Postbox()
    brings = courier(house, postbox)
    await bring(brings)
    assert postbox.got == []
    house.now += SENDING_WITHIN
    await bring(brings)
    assert postbox.texts == ["一"]
    assert postbox.again == [True]


async def test_a_line_has_one_key_however_often_it_is_sent(house: House) -> None:
    await met(house)
    say(house, "一", "二")
    postbox = Postbox(faults=[ConnectionError()])
    brings = courier(house, postbox)
    await bring(brings)
    house.now += PAUSES[0]
    await bring(brings, 2)
    assert len(set(postbox.keys)) == 2
    assert postbox.keys[0] == postbox.keys[1]
    assert postbox.again == [False, True, False]
    assert all(re.fullmatch(r"[0-9a-zA-Z_-]{1,32}", key) for key in postbox.keys)


async def test_a_line_that_did_not_arrive_goes_out_again_under_another_key(house: House) -> None:
    await met(house)
    say(house, "一")
    postbox = Postbox()
    brings = courier(house, postbox)
    await bring(brings)
    [key] = postbox.keys
    with house.sessions.begin() as session:
        assert not find_sent(session, key + "x", house.vault)
        assert not find_sent(session, "9" + key, house.vault)
        [row] = find_sent(session, key, house.vault)
        put_back(session, row, "fail_type 6", house.clock(), after=timedelta(hours=1))
    await bring(brings)
    assert states(house) == [OutgoingState.PENDING]
    house.now += timedelta(hours=1)
    await bring(brings)
    assert postbox.texts == ["一", "一"]
    assert len(set(postbox.keys)) == 2


@dataclass
class Hanging(Postbox):
    """Takes a line, and answers to the first only when let."""

    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, to: Recipient, reply: Reply, *, inbound: int | None, key: Key) -> None:
        if to.person == "p1":
            await self.go.wait()
        await super().send(to, reply, inbound=inbound, key=key)


async def test_a_platform_that_hangs_keeps_no_other_waiting(house: House) -> None:
    await met(house)
    await met(house, "p2", "web:b")
    postbox = Hanging()
    brings = courier(house, postbox)
    running = asyncio.create_task(brings.run())
    say(house, "给甲")
    brings.call()
    await until(lambda: brings.under_way)
    say(house, "给乙", "再给乙", conversation="web:b")
    brings.call()
    await until(lambda: postbox.texts == ["给乙", "再给乙"])
    assert states(house)[0] == OutgoingState.SENDING
    running.cancel()
    await asyncio.sleep(0.05)
    assert not running.done()
    postbox.go.set()
    await asyncio.gather(running, return_exceptions=True)
    assert states(house) == [OutgoingState.SENT] * 3


async def test_what_was_sent_is_noted_while_every_answer_waits(house: House) -> None:
    """Until then the line would be sent again, should the process die."""
    await met(house)
    say(house, "您的工单办结了。")
    go = threading.Event()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = asyncio.create_task(asyncio.to_thread(go.wait))
    try:
        async with asyncio.timeout(30):
            assert await courier(house, Postbox()).bring() == 1
        assert states(house) == [OutgoingState.SENT]
    finally:
        go.set()
        await waiting


async def test_the_courier_goes_on_after_a_fault_of_the_database(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await met(house)
    say(house, "一")
    postbox = Postbox()
    brings = courier(house, postbox)
    take, faults = brings.take, [1]

    def fail_once() -> list[Errand]:
        if faults:
            raise OperationalError(str(faults.pop()), {}, Exception())
        return take()

    monkeypatch.setattr(brings, "take", fail_once)
    running = asyncio.create_task(brings.run())
    await until(lambda: not faults)
    brings.call()
    await until(lambda: postbox.texts == ["一"])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert states(house) == [OutgoingState.SENT]


def answer_late(house: House, number: int, *texts: str) -> None:
    """A message whose answer nobody waited for."""
    message = arrival(f"第{number}问", external=str(number), late=Late.PUSH, recipient="p1")
    with house.sessions.begin() as session:
        inbound = record_arrival(session, message, house.vault, house.now, OWNER).id
        stop_waiting(session, inbound, Handed.QUEUED)
        replies = [Reply(text) for text in texts]
        about = (message.conversation, inbound, replies, house.vault, house.now)
        record_replies(session, *about, awaited=False)


def joining(house: House, postbox: Postbox) -> Courier:
    about = courier(house, postbox)
    about.joining = ("web",)
    return about


async def test_where_messages_are_counted_answers_that_wait_go_out_as_one(house: House) -> None:
    for number in range(1, 9):
        answer_late(house, number, f"答{number}")
    say(house, "工单有消息")
    answer_late(house, 9, "答9")
    postbox = Postbox()
    await bring(joining(house, postbox), 4)
    together = "\n\n".join(f"答{number}" for number in range(1, 7))
    assert postbox.texts == [together, "答7\n\n答8", "工单有消息", "答9"]
    assert states(house) == [OutgoingState.SENT] * 10
    with house.sessions() as session:
        assert sent_since(session, "web:a", house.now - timedelta(days=1)) == 4


async def test_elsewhere_each_answer_goes_alone(house: House) -> None:
    answer_late(house, 1, "答1", "还有")
    postbox = Postbox()
    await bring(courier(house, postbox), 2)
    assert postbox.texts == ["答1", "还有"]


async def test_what_fails_together_is_tried_together_again(house: House) -> None:
    answer_late(house, 1, "答1", "还有")
    postbox = Postbox(faults=[ConnectionError(), Undeliverable("gone")])
    sender = joining(house, postbox)
    await bring(sender)
    assert {(row["state"], row["failures"]) for row in house.rows("outgoing")} == {
        (OutgoingState.PENDING, 1)
    }
    house.now += timedelta(minutes=1)
    await bring(sender)
    assert states(house) == [OutgoingState.DEAD] * 2
