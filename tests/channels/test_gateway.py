import asyncio
import logging
from typing import Any

import pytest

from actions.reply import Reply
from actions.turn import Location
from channels.gateway import Gateway
from channels.handling import Heard
from channels.tables import InboundState
from tests.channels.house import LIMIT, Answerer, House, arrival, ask, until

pytestmark = pytest.mark.anyio

IDENTITY = "11010519491231002X"


def held() -> tuple[Answerer, asyncio.Event]:
    """One who answers only when let."""
    go = asyncio.Event()

    async def wait(heard: Heard) -> None:
        await go.wait()

    return Answerer(before=wait), go


async def test_a_message_is_written_down_before_it_is_answered(house: House) -> None:
    seen: list[list[tuple[str, str]]] = []

    async def look(heard: Heard) -> None:
        seen.append(house.said())

    await ask(house.gateway(Answerer(before=look)), arrival("路灯坏了"))
    assert seen == [[("resident", "路灯坏了")]]


async def test_an_answer_is_written_down_and_given(house: House) -> None:
    replies = await ask(house.gateway(), arrival("路灯坏了"))
    assert [reply.text for reply in replies] == ["收到：路灯坏了", "第1句"]
    assert house.said() == [
        ("resident", "路灯坏了"),
        ("linli", "收到：路灯坏了"),
        ("linli", "第1句"),
    ]
    assert [row["state"] for row in house.rows("inbound")] == [InboundState.ANSWERED]


async def test_a_repeat_while_the_first_is_answered_waits_for_the_same_answer(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    first = asyncio.create_task(ask(gateway, arrival()))
    await until(lambda: answerer.heard)
    again = [asyncio.create_task(ask(gateway, arrival())) for _ in range(3)]
    await asyncio.sleep(0.1)
    assert not any(task.done() for task in (first, *again))
    go.set()
    answers = await asyncio.gather(first, *again)
    assert len(answerer.heard) == 1
    assert len(set(answers)) == 1
    assert len(house.rows("inbound")) == 1


async def test_a_repeat_afterwards_gets_the_answer_that_was_kept(house: House) -> None:
    gateway = house.gateway()
    first = await ask(gateway, arrival())
    assert await ask(gateway, arrival()) == first
    assert len(house.answerer.heard) == 1


async def test_a_repeat_after_a_restart_gets_the_answer_that_was_kept(house: House) -> None:
    first = await ask(house.gateway(), arrival())
    assert await ask(house.gateway(), arrival()) == first
    assert len(house.answerer.heard) == 1


async def test_what_a_kill_left_unanswered_is_answered_when_it_comes_again(house: House) -> None:
    house.record(arrival("路灯坏了"))
    replies = await ask(house.gateway(), arrival("路灯坏了"))
    assert replies[0].text == "收到：路灯坏了"
    assert [speaker for speaker, _ in house.said()] == ["resident", "linli", "linli"]
    assert len(house.rows("inbound")) == 1


async def test_what_was_recorded_is_answered_not_what_a_repeat_says_instead(house: House) -> None:
    house.record(arrival("路灯坏了", images=("a.jpg",)))
    await ask(house.gateway(), arrival("路灯好了", images=("b.jpg",)))
    [heard] = house.answerer.heard
    assert (heard.said.text, heard.said.images) == ("路灯坏了", ("a.jpg",))


async def test_a_repeat_that_looks_just_before_the_answer_is_kept_answers_nothing_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    change = gateway.change
    first = asyncio.create_task(ask(gateway, arrival()))
    await until(lambda: answerer.heard)
    looks = [await change(gateway.record, arrival())]
    assert looks[0].replies is None
    go.set()
    given = await first

    async def looked_before(*asked: Any) -> Any:
        return looks.pop() if looks else await change(*asked)

    monkeypatch.setattr(gateway, "change", looked_before)
    assert await ask(gateway, arrival()) == given
    assert len(answerer.heard) == 1


async def test_two_gateways_that_get_one_message_at_once_record_it_once(house: House) -> None:
    gateways = [house.gateway(Answerer()) for _ in range(4)]
    for number in range(10):
        message = arrival("路灯坏了", external=str(number))
        answers = await asyncio.gather(*(ask(g, message) for g in gateways))
        assert len(set(answers)) == 1
    assert len(house.rows("inbound")) == 10
    assert len(house.said()) == 30


async def test_the_same_number_of_two_conversations_is_two_messages(house: House) -> None:
    gateway = house.gateway()
    await ask(gateway, arrival("一", conversation="web:a"))
    await ask(gateway, arrival("二", conversation="web:b"))
    assert house.answerer.texts == ["一", "二"]


async def test_messages_of_one_conversation_are_answered_one_after_another(house: House) -> None:
    working: list[str] = []

    async def work(heard: Heard) -> None:
        assert working == []
        working.append(heard.said.text)
        await asyncio.sleep(0.01)
        working.remove(heard.said.text)

    answerer = Answerer(before=work)
    gateway = house.gateway(answerer)
    tasks = []
    for number in range(8):
        tasks.append(asyncio.create_task(ask(gateway, arrival(f"第{number}", str(number)))))
        await until(lambda: len(house.rows("inbound")) == len(tasks))
    answers = await asyncio.gather(*tasks)
    assert answerer.texts == [f"第{number}" for number in range(8)]
    assert all(answer[0].text.startswith("收到") for answer in answers)


async def test_conversations_do_not_wait_for_one_another(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    tasks = [
        asyncio.create_task(ask(gateway, arrival(conversation=f"web:{name}"))) for name in "abc"
    ]
    await until(lambda: len(answerer.heard) == 3)
    go.set()
    await asyncio.gather(*tasks)


async def test_a_client_that_goes_away_does_not_end_the_work(house: House) -> None:
    answerer, go = held()
    gateway = house.gateway(answerer)
    task = asyncio.create_task(ask(gateway, arrival()))
    await until(lambda: answerer.heard)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()
    await until(lambda: len(house.said()) == 3)
    assert (await ask(gateway, arrival()))[0].text == "收到：路灯坏了"
    assert len(answerer.heard) == 1


async def test_nothing_is_left_running_or_locked(house: House) -> None:
    gateway = house.gateway()
    for number in range(5):
        await ask(gateway, arrival(external=str(number)))
    await asyncio.sleep(0)
    assert (gateway.running, dict(gateway.awaited), dict(gateway.turns.waiting)) == ({}, {}, {})


async def test_where_answering_fails_the_resident_is_told_and_nothing_said_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(heard: Heard) -> None:
        raise RuntimeError(f"cannot bear {heard.said.text}")

    caplog.set_level(logging.DEBUG)
    replies = await ask(house.gateway(Answerer(before=fail)), arrival("三号楼漏水 13800000000"))
    assert replies == (house.wording.say("failed"),)
    assert house.said()[0] == ("resident", "三号楼漏水 13800000000")
    assert "RuntimeError" in caplog.text
    assert "漏水" not in caplog.text
    assert "13800000000" not in caplog.text


async def test_after_a_failure_the_conversation_goes_on(house: House) -> None:
    async def fail_once(heard: Heard) -> None:
        if heard.said.text == "一":
            raise RuntimeError

    gateway = house.gateway(Answerer(before=fail_once))
    await ask(gateway, arrival("一", "1"))
    assert (await ask(gateway, arrival("二", "2")))[0].text == "收到：二"


async def test_an_identity_number_is_masked_before_it_is_kept_and_the_resident_told(
    house: House,
) -> None:
    replies = await ask(house.gateway(), arrival(f"我的身份证是{IDENTITY}，楼道灯坏了"))
    masked = "*" * len(IDENTITY)
    assert house.answerer.texts == [f"我的身份证是{masked}，楼道灯坏了"]
    assert replies[-1] == house.wording.say("identity_masked")
    assert IDENTITY not in repr(house.lines())
    assert house.said()[-1] == ("linli", replies[-1].text)


async def test_an_identity_number_in_a_place_is_masked_as_well(house: House) -> None:
    place = Location(40.0, 116.3, f"{IDENTITY}\x00\ud800门口", "WGS-84")
    replies = await ask(house.gateway(), arrival("", location=place))
    [heard] = house.answerer.heard
    assert heard.said.location == Location(40.0, 116.3, f"{'*' * 18}?门口", "WGS-84")
    assert replies[-1] == house.wording.say("identity_masked")


@pytest.mark.parametrize(
    "text", ["", "   \n\t", "😀👍", "？？？！！", "\x00\x07\x1b", "\u200b\u202e"]
)
async def test_what_says_nothing_gets_a_word_and_is_kept(house: House, text: str) -> None:
    replies = await ask(house.gateway(), arrival(text))
    assert replies == (house.wording.say("empty"),)
    assert house.answerer.heard == []
    assert len(house.rows("inbound")) == 1


async def test_five_thousand_characters_are_kept_and_a_shorter_message_asked_for(
    house: House,
) -> None:
    said = "楼道里的灯坏了很久" * 556
    replies = await ask(house.gateway(), arrival(said[:5000]))
    assert replies == (house.wording.say("too_long", limit=LIMIT, length=5000),)
    assert house.answerer.heard == []
    assert house.said()[0] == ("resident", said[:5000])


async def test_too_long_is_too_long_with_a_picture_too(house: House) -> None:
    said = ("楼道里的灯坏了很久" * 556)[:5000]
    replies = await ask(house.gateway(), arrival(said, images=("a.jpg",)))
    assert replies == (house.wording.say("too_long", limit=LIMIT, length=5000),)
    assert house.lines()[0].content["images"] == ["a.jpg"]


async def test_as_many_characters_as_are_read_are_read(house: House) -> None:
    said = ("楼道里的灯坏了很久" * 300)[:LIMIT]
    await ask(house.gateway(), arrival(said))
    assert house.answerer.texts == [said]


@pytest.mark.parametrize("text", ["路灯坏了", "", "👍", "楼道里的灯坏了很久" * 556])
async def test_what_a_person_has_is_kept_and_gets_no_answer(house: House, text: str) -> None:
    async def stop(heard: Heard) -> tuple[Reply, ...]:
        return ()

    gateway = house.gateway()
    gateway.stop = stop
    for _ in range(2):
        assert await ask(gateway, arrival(text)) == ()
    assert house.answerer.heard == []
    assert house.said() == [("resident", text)]
    assert [row["state"] for row in house.rows("inbound")] == [InboundState.ANSWERED]


async def test_what_no_person_has_is_answered(house: House) -> None:
    async def stop(heard: Heard) -> None:
        return None

    gateway = house.gateway()
    gateway.stop = stop
    assert (await ask(gateway, arrival("路灯坏了")))[0].text == "收到：路灯坏了"


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("路灯\x00\x1b[31m坏了\x07", "路灯[31m坏了"),
        ("路灯\ud83d坏了\udc00", "路灯?坏了?"),
        ("路灯\r\n坏了", "路灯\n坏了"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
async def test_any_text_is_taken_clean(house: House, text: str, heard: str) -> None:
    await ask(house.gateway(), arrival(text))
    assert house.answerer.texts == [heard]
    assert house.said()[0] == ("resident", heard)


async def test_a_picture_or_a_place_needs_no_words(house: House) -> None:
    gateway: Gateway = house.gateway()
    await ask(gateway, arrival("", "1", images=("a.jpg",)))
    await ask(gateway, arrival("", "2", location=Location(40.0, 116.3)))
    assert len(house.answerer.heard) == 2
