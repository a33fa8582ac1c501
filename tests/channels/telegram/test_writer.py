from datetime import timedelta

import pytest

from actions.reply import Button, Reply, TicketCard
from channels.outgoing import tell
from channels.tables import OutgoingState
from channels.telegram.standin import Refusal
from tests.channels.telegram.conftest import ANNE, Scene

pytestmark = pytest.mark.anyio

NEWS = Reply("您的工单有新进展", ticket=TicketCard("LL20301122-0042-7", "已办结", ""))
FORBIDDEN = Refusal(403, "Forbidden: bot was blocked by the user")


def tell_first(scene: Scene, *replies: Reply) -> None:
    [row] = scene.house.rows("recipients", "conversation")
    with scene.house.sessions.begin() as session:
        for reply in replies:
            tell(session, row["conversation"], reply, scene.house.vault, scene.house.clock())


def last(scene: Scene) -> tuple[str, int, str]:
    row = scene.house.rows("outgoing")[-1]
    return row["state"], row["failures"], row["reason"]


async def test_news_reaches_the_resident_at_any_time(scene: Scene) -> None:
    await scene.say("您好")
    scene.house.now += timedelta(days=90)
    tell_first(scene, NEWS)
    await scene.settle()
    assert scene.platform.seen(ANNE)[-1] == "您的工单有新进展"


async def test_too_much_is_waited_for_and_is_no_failure(scene: Scene) -> None:
    await scene.say("您好")
    scene.platform.faults = [Refusal(429, "Too Many Requests: retry later", retry_after=7)]
    tell_first(scene, Reply("一"))
    await scene.settle()
    assert last(scene)[:2] == (OutgoingState.PENDING, 0)
    scene.house.now += timedelta(seconds=6)
    await scene.settle()
    assert "一" not in scene.platform.seen(ANNE)
    scene.house.now += timedelta(seconds=2)
    await scene.settle()
    assert scene.platform.seen(ANNE)[-1] == "一"


async def test_who_has_blocked_the_bot_is_not_written_to_until_they_are_back(scene: Scene) -> None:
    await scene.say("您好")
    scene.platform.blocked.add(ANNE)
    tell_first(scene, Reply("一"), Reply("二"))
    await scene.settle()
    assert last(scene)[0] == OutgoingState.DEAD
    assert scene.platform.calls["sendMessage"] == 3
    scene.platform.blocked.clear()
    assert await scene.say("我回来了") == ["收到：我回来了", "第2句"]


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (Refusal(400, "Bad Request: message is too long"), OutgoingState.DEAD, "too long"),
        (Refusal(500, "Internal Server Error"), OutgoingState.PENDING, "NetworkError"),
        (Refusal(401, "Unauthorized"), OutgoingState.PENDING, "token refused"),
    ],
)
async def test_each_fault_is_treated_as_what_it_is(
    scene: Scene, fault: Refusal, state: OutgoingState, reason: str
) -> None:
    await scene.say("您好")
    scene.platform.faults = [fault]
    tell_first(scene, Reply("一"))
    await scene.settle()
    assert last(scene)[0] == state
    assert reason in last(scene)[2]
    scene.house.now += timedelta(hours=1)
    await scene.settle()
    assert ("一" in scene.platform.seen(ANNE)) == (state == OutgoingState.PENDING)


async def test_a_long_answer_is_read_on_with_more_until_its_end(scene: Scene) -> None:
    await scene.say("您好")
    whole = "".join(f"第{number}句话说完了。" for number in range(900))
    tell_first(scene, Reply(whole))
    await scene.settle()
    more, shown = scene.house.wording.text("more"), [scene.platform.seen(ANNE)[-1]]
    while shown[-1].endswith(more):
        await scene.platform.press(ANNE, "更多")
        await scene.settle()
        shown.append(scene.platform.seen(ANNE)[-1])
    assert len(shown) == 3
    assert "".join(text.removesuffix(f"\n{more}") for text in shown) == whole
    assert await scene.say("更多") == ["收到：更多", "第2句"]


async def test_of_several_lines_a_short_one_does_not_end_what_is_left_of_a_long_one(
    scene: Scene,
) -> None:
    async def answer(heard: object) -> tuple[Reply, ...]:
        return Reply("这是很长的一句。" * 600), Reply("短句")

    scene.gateway.respond = answer
    await scene.say("居住证怎么办")
    assert len(scene.house.rows("rests", "conversation")) == 1


async def test_choices_are_buttons_and_links_are_not_fetched(scene: Scene) -> None:
    await scene.say("您好")
    tell_first(scene, Reply("https://linli.example/ 哪一个？", (Button("办证", "居住证怎么办"),)))
    await scene.settle()
    assert scene.platform.screens[ANNE][-1].rows == [[("办证", "居住证怎么办")]]
    assert scene.platform.previews == [True] * 3


async def test_a_chat_of_another_bot_is_not_written_to(scene: Scene) -> None:
    await scene.say("您好")
    assert scene.telegram.writer is not None
    scene.telegram.writer.account = "7000002"
    tell_first(scene, Reply("一"))
    await scene.settle()
    assert last(scene) == (OutgoingState.DEAD, 0, "another bot's chat")
