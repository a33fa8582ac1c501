"""What the gateway does with messages beyond a rate."""

import pytest

from actions.reply import Reply
from channels.arrival import Arrival
from channels.gateway import Gateway
from channels.handling import Heard
from tests.channels.house import LIMIT, House, arrival, ask

pytestmark = pytest.mark.anyio

WORD = Reply("请过一会儿再发")


class Two:
    """Lets two messages pass."""

    def __init__(self) -> None:
        self.counted: list[str] = []

    async def __call__(self, message: Arrival) -> Reply | None:
        self.counted.append(message.said.text)
        return WORD if len(self.counted) > 2 else None


@pytest.fixture
def two() -> Two:
    return Two()


@pytest.fixture
def gateway(house: House, two: Two) -> Gateway:
    return Gateway(
        house.sessions,
        house.answerer,
        vault=house.vault,
        wording=house.wording,
        clock=house.clock,
        message_limit=LIMIT,
        limit=two,
    )


async def test_beyond_the_limit_a_message_is_kept_and_gets_a_word(
    house: House, gateway: Gateway
) -> None:
    for number in "123":
        replies = await ask(gateway, arrival(f"第{number}", number))
    assert replies == (WORD,)
    assert house.said()[-2:] == [("resident", "第3"), ("linli", WORD.text)]
    assert house.answerer.texts == ["第1", "第2"]


async def test_a_repeat_counts_once_and_gets_what_the_first_got(
    house: House, gateway: Gateway, two: Two
) -> None:
    first = await ask(gateway, arrival("一", "1"))
    for _ in range(5):
        assert await ask(gateway, arrival("一", "1")) == first
    assert two.counted == ["一"]
    assert (await ask(gateway, arrival("二", "2")))[0].text == "收到：二"
    assert await ask(gateway, arrival("三", "3")) == (WORD,)
    assert await ask(gateway, arrival("三", "3")) == (WORD,)
    assert len(two.counted) == 3


@pytest.mark.parametrize("text", ["我家厨房着火了，快来人", "我家厨房着着着火了了，快来人！！！"])
async def test_an_emergency_is_never_limited(house: House, gateway: Gateway, text: str) -> None:
    for number in "12345":
        replies = await ask(gateway, arrival(text, number))
        assert replies[0].text == f"收到：{text}"


async def test_what_is_limited_waits_for_its_turn_like_all_else(
    house: House, gateway: Gateway
) -> None:
    for number in "1234":
        await ask(gateway, arrival(number, number))
    speakers = [speaker for speaker, _ in house.said()]
    assert speakers == ["resident", "linli", "linli"] * 2 + ["resident", "linli"] * 2


async def test_what_a_person_has_is_never_limited(house: House, two: Two) -> None:
    told: list[str] = []

    async def hold(heard: Heard) -> tuple[Reply, ...]:
        told.append(heard.said.text)
        return ()

    gateway = Gateway(
        house.sessions,
        house.answerer,
        vault=house.vault,
        wording=house.wording,
        clock=house.clock,
        message_limit=LIMIT,
        limit=two,
        stop=hold,
    )
    for number in "1234":
        assert await ask(gateway, arrival(number, number)) == ()
    assert told == ["1", "2", "3", "4"]
